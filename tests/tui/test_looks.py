"""Colours and glyphs: sign is told by glyph in every look, and the theme's colours come through."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tests.tui.driving import opened
from tui_nn.tui.app import THEMES, TuiNN
from tui_nn.view.colour import luminance
from tui_nn.view.look import Colours, Look

LOOKS = {
    "colours": Look(),
    "xterm": Look(Colours.XTERM),
    "ansi": Look(Colours.ANSI),
    "none": Look(Colours.NONE),
    "ascii": Look(Colours.NONE, ascii_only=True),
}


def cells(driver, pane):
    """(text, style) of each segment of a pane."""
    widget = driver.screen.query_one(f"#{pane}")
    return [
        (segment.text, segment.style) for y in range(widget.size.height) for segment in widget.render_line(y)._segments
    ]


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_both_signs_are_told_apart_by_glyph(look):
    async with opened("S5", look=look) as driver:
        await driver.press("i")
        listing = [text for text, _ in cells(driver, "listing")]
        minus = look.glyphs.minus
        assert any(text.strip().startswith(minus) for text in listing)
        assert any(text.strip() == "1" for text in listing)
        if look.colours in (Colours.TRUE, Colours.XTERM):
            values = [(text, style) for text, style in cells(driver, "listing") if len(text) > 4]
            shades = {style.color for text, style in values if text.strip() in (f"{minus}2", "2")}
            assert len(shades) == 2


async def test_without_colour_nothing_is_coloured_by_the_drawings():
    async with opened("B6", look=LOOKS["none"], size=(160, 48)) as driver:
        await driver.press("i")
        plain = driver.screen.query_one("#listing").rich_style
        for pane in ("listing", "card", "tensor", "graph", "state", "loss"):
            base = driver.screen.query_one(f"#{pane}").rich_style
            assert {style.color for _, style in cells(driver, pane)} <= {base.color, plain.color, None}


@pytest.mark.parametrize("name", ["colours", "none", "ascii"])
async def test_the_pointer_of_a_list_has_a_sign_and_without_colour_it_is_underlined(name):
    look = LOOKS[name]
    async with opened(look=look) as driver:
        options = driver.screen.query_one("#lessons")
        for _ in range(2):
            await driver.press("down")
            strips = [options.render_line(y) for y in range(options.size.height)]
            assert [y for y, strip in enumerate(strips) if look.glyphs.arrow in strip.text[:2]] == [options.highlighted]
            here, other = (strips[options.highlighted + by]._segments[0].style for by in (0, 1))
            assert bool(here.underline) == (look.colours is Colours.NONE)
            assert not other.underline


@pytest.mark.parametrize("name", ["none", "ascii"])
async def test_a_scrollbar_is_drawn_in_glyphs_where_there_are_no_colours(name):
    async with opened("S5", look=LOOKS[name]) as driver:
        await driver.press("question_mark")
        page = driver.screen.query_one("#page")
        bar = "".join(strip.text for strip in page.vertical_scrollbar.render_lines(page.vertical_scrollbar.size.region))
        thumb, track = "#|" if LOOKS[name].ascii_only else "█│"
        assert bar.startswith(thumb)
        assert bar.endswith(track)
        assert set(bar) == {thumb, track}
        page.scroll_end(animate=False)
        await driver.pause()
        bar = "".join(strip.text for strip in page.vertical_scrollbar.render_lines(page.vertical_scrollbar.size.region))
        assert (bar[0], bar[-1]) == (track, thumb)


@pytest.mark.parametrize("name", ["none", "ascii"])
async def test_without_colour_the_line_that_is_pointed_at_can_be_told_from_the_current_one(name):
    async with opened("S5", look=LOOKS[name]) as driver:
        await driver.press("5", "n", "home")

        def drawn(attribute):
            """The words of the listing that are drawn so, each line's apart."""
            return [text.strip() for text, style in cells(driver, "listing") if getattr(style, attribute)]

        pointed = "x0" if LOOKS[name].ascii_only else "x₀"
        assert drawn("reverse") == [pointed]
        await driver.press("tab")
        assert drawn("reverse") == []
        assert drawn("underline") == [pointed]


async def test_dark_and_light_can_be_changed_on_the_way():
    async with opened("S5") as driver:
        await driver.press("i")
        dark = {style.color for _, style in cells(driver, "listing")}
        await driver.press("f2")
        await driver.pause()
        assert not driver.app.look.dark
        light = {style.color for _, style in cells(driver, "listing")}
        assert dark != light
        await driver.press("f2")
        await driver.pause()
        assert {style.color for _, style in cells(driver, "listing")} == dark


@pytest.mark.parametrize(
    ("environment", "look"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}, Look(Colours.TRUE)),
        ({"TERM": "xterm-256color", "LANG": "C.UTF-8"}, Look(Colours.XTERM)),
        ({"TERM": "xterm", "LANG": "C.UTF-8"}, Look(Colours.ANSI)),
        ({"TERM": "xterm-256color", "LANG": "C.UTF-8", "NO_COLOR": "1"}, Look(Colours.NONE)),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, Look(Colours.ANSI, ascii_only=True)),
    ],
)
def test_the_terminal_says_how_it_looks(environment, look, monkeypatch):
    for name in ("TERM", "COLORTERM", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert TuiNN().look == look


async def test_brackets_in_a_lesson_are_not_markup(tmp_path):
    path = tmp_path / "brackets.toml"
    path.write_text(
        'code = "X1"\ntitle = "[red]a[/red] \\u001b[31m"\ndeck = "[/]"\nslide = "[b]"\nsummary = "[/x]"\nnotes = ""\n'
        'equations = "L = (w * x)**2"\nparameters = ["w"]\nloss = "L"\n[values]\nw = 1\nx = 2\n',
        encoding="utf-8",
    )
    async with opened(str(path)) as driver:
        await driver.press("n", "question_mark", "escape")
        assert "[red]a[/red] ␛[31m" in driver.text()
        await driver.press("w")
        await driver.type("w[/b]")
        await driver.press("enter")
        assert "w[/b]" in driver.text()


@pytest.mark.parametrize(("theme", "dark"), [(THEMES[0], True), (THEMES[1], False)])
@pytest.mark.parametrize(
    "role", ["dim", "header", "changed", "current", "accent", "positive", "negative", "gradient", "nonfinite"]
)
@pytest.mark.parametrize("colours", [Colours.TRUE, Colours.XTERM])
def test_words_can_be_read_from_afar(theme, dark, role, colours):
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), on the screen's ground and, where they stand there, on a headline's."""
    grounds = BUILTIN_THEMES[theme].to_color_system().generate()
    ink = luminance(tuple(Look(colours, dark=dark).style(role).color.get_truecolor()))
    for ground in ("background", *(("panel",) if role in ("current", "changed", "dim") else ())):
        light, shade = sorted((ink, luminance(Color.parse(grounds[ground]).rgb)), reverse=True)
        assert (light + 0.05) / (shade + 0.05) >= 4.5, ground
