"""Layouts that are meant: what stands where at each size, held against files; resizing; and too small a terminal."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from tests.tui.driving import opened
from tests.tui.goldens import assert_golden
from tui_nn.view.look import Colours, Look

SIZES = [(80, 24), (100, 30), (160, 48), (200, 60)]
SCENES = {
    "lessons": ("", []),
    "S5-start": ("S5", []),
    "S5-gradient": ("S5", ["1", "3", "n", "enter", "enter"]),
    "B6-iteration": ("B6", ["i", "i", "1", "2", "n"]),
    "S6-branch": ("S6", ["i", "e", *"w2=3", "enter", "i"]),
}


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids="{0[0]}x{0[1]}".format)
async def test_a_screen_is_drawn_as_it_was_meant(scene, size):
    target, pressed = SCENES[scene]
    async with opened(target, size=size) as driver:
        for key in pressed:
            await (driver.type(key) if len(key) == 1 and not key.isalnum() else driver.press(key))
        await driver.pause()
        assert_golden(f"{scene}-{size[0]}x{size[1]}", driver.text())


@pytest.mark.parametrize("size", [(80, 24), (120, 30), (160, 48)], ids="{0[0]}x{0[1]}".format)
async def test_lockstep_is_drawn_as_it_was_meant(size):
    async with opened(size=size) as driver:
        driver.app.open_lockstep("S6")
        await driver.until("LockstepScreen")
        await driver.press("i", "i", "v", "v", "v", "v")
        await driver.pause()
        assert_golden(f"S6-lockstep-{size[0]}x{size[1]}", driver.text())


@pytest.mark.parametrize("width", [60, 70, 80])
async def test_help_is_wrapped_for_its_width_with_explanations_beside_their_signs(width):
    async with opened("S5", size=(60, 18)) as driver:
        await driver.press("question_mark")
        await driver.resize(width, 24)
        static = driver.screen.query_one("#page Static")
        lines = static.content.plain.splitlines()
        assert static.size.height == len(lines)
        assert max(map(cell_len, lines)) > static.size.width - 12


async def test_in_ascii_everything_is_ascii():
    async with opened("B6", look=Look(Colours.NONE, ascii_only=True)) as driver:
        await driver.press("i", "i", "1", "2", "n")
        await driver.pause()
        assert driver.text().isascii()
        await driver.press("question_mark")
        assert driver.text().isascii()
        await driver.press("escape")
        assert_golden("B6-ascii-80x24", driver.text())


@pytest.mark.parametrize("keys", [[], ["down", "down"], ["t"], ["e"], ["m"], ["question_mark"]], ids=" ".join)
async def test_in_ascii_other_screens_are_ascii_too(keys):
    async with opened(look=Look(Colours.NONE, ascii_only=True)) as driver:
        await driver.press(*keys)
        await driver.pause()
        assert driver.text().isascii()


@pytest.mark.parametrize("size", [*SIZES, (60, 18), (61, 40), (300, 20)], ids="{0[0]}x{0[1]}".format)
async def test_every_pane_has_a_place_within_the_screen(size):
    async with opened("S5", size=size) as driver:
        await driver.press("i")
        await driver.pause()
        shown = [w for w in driver.screen.query("Pane") if w.display and w.region.area]
        names = {w.id for w in shown}
        assert {"headline", "listing", "card", "scrubber", "keybar"} <= names
        assert ({"graph", "tensor", "state", "loss", "watch"} <= names) == driver.screen.is_wide
        assert ("tabs" in names) != driver.screen.is_wide
        for i, a in enumerate(shown):
            assert driver.screen.region.contains_region(a.region)
            assert a.size.height >= (1 if a.id in ("headline", "scrubber", "keybar", "tabs") else 4)
            for b in shown[i + 1 :]:
                assert not a.region.overlaps(b.region), (a.id, b.id)
        assert all(cell_len(line) <= size[0] for line in driver.text().splitlines())


async def test_below_its_smallest_size_it_says_so_and_comes_back():
    async with opened("S5") as driver:
        await driver.press("1", "3", "n")
        for size in ((59, 18), (60, 17), (10, 3)):
            await driver.resize(*size)
            text = " ".join(driver.text().split())
            assert "∂L/∂w₁" not in text
            if size[0] > 20:
                assert "60 columns and 18 rows" in text
        await driver.resize(80, 24)
        assert "∂L/∂w₁ = −4" in driver.text()


async def test_resizing_shows_the_same_moment_in_another_layout():
    async with opened("S5") as driver:
        await driver.press("i", "I", "1", "3", "n")
        for size in [*SIZES, *reversed(SIZES), (60, 18), (80, 24)]:
            await driver.resize(*size)
            await driver.settle()
            assert driver.snapshot.position == (1, 13)
            assert "∂L/∂w₁ = −4" in driver.text()


async def test_a_pane_that_has_not_changed_is_not_drawn_again():
    async with opened("S5", size=(160, 48)) as driver:
        await driver.press("n")
        await driver.pause()
        refreshed = []
        for pane in driver.screen.query("Pane"):
            inner = pane.refresh
            pane.refresh = lambda *regions, inner=inner, pane=pane, **options: (
                refreshed.append((pane.id, len(regions))),
                inner(*regions, **options),
            )[1]
        driver.screen.look_again()
        await driver.settle()
        assert refreshed == [], "nothing has changed"
        await driver.press("n")
        changed = dict(refreshed)
        assert set(changed) <= {"listing", "card", "graph", "tensor", "state", "scrubber", "headline", "loss"}
        assert "keybar" not in changed
        assert changed["listing"] <= 5, "the lines that changed, not the whole listing"


@pytest.mark.parametrize("size", [(80, 24), (60, 18)], ids="{0[0]}x{0[1]}".format)
async def test_a_graph_that_is_wider_than_its_pane_cuts_no_number_in_two(size):
    async with opened("S5", size=size) as driver:
        await driver.press("i", "i")
        await driver.pause()
        graph = driver.screen.query_one("#graph")
        drawn = re.sub("[⋮›╰]", r" \g<0> ", graph.draw(*graph.body).plain).split()
        whole = {"x₀", "w₀", "1", "▸", "∂"} | {text for node in graph._place[0].texts.values() for text in node}
        numbers = [part for part in drawn if any(c.isdecimal() for c in part)]
        assert numbers
        assert all(any(part in text.split() for text in whole) for part in numbers)
        assert {"…", "›"} & set(drawn), "that there is more on the right"
