"""What a terminal can show, from its environment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.view.look import Colours, Look, Role, detect

UTF8 = {"LANG": "en_GB.UTF-8"}


@pytest.mark.parametrize(
    ("environment", "colours", "ascii_only"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", **UTF8}, Colours.TRUE, False),
        ({"TERM": "xterm-256color", **UTF8}, Colours.XTERM, False),
        ({"TERM": "xterm-kitty", **UTF8}, Colours.XTERM, False),
        ({"TERM": "xterm", **UTF8}, Colours.ANSI, False),
        ({"TERM": "linux", **UTF8}, Colours.ANSI, True),
        ({"TERM": "dumb", **UTF8}, Colours.NONE, True),
        ({}, Colours.NONE, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", **UTF8}, Colours.NONE, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "", **UTF8}, Colours.XTERM, False),
        ({"TERM": "xterm", "LC_ALL": "C", **UTF8}, Colours.ANSI, True),
        ({"TERM": "xterm", "LANG": "de_DE.utf8"}, Colours.ANSI, False),
        ({"TERM": "xterm-direct"}, Colours.TRUE, False),
    ],
)
def test_detection(environment: dict[str, str], colours: Colours, ascii_only: bool) -> None:
    look = detect(environment)
    assert (look.colours, look.ascii_only) == (colours, ascii_only)


def test_slow_links_get_fewer_levels() -> None:
    assert detect({"TERM": "xterm"}, slow=True).levels < detect({"TERM": "xterm"}).levels


@given(st.integers(-5, 40))
def test_levels_have_a_middle(levels: int) -> None:
    if levels >= 3 and levels % 2:
        assert Look(levels=levels).levels == levels
    else:
        with pytest.raises(ValueError, match="odd"):
            Look(levels=levels)


@pytest.mark.parametrize("role", Role.__args__)
def test_without_colour_no_style_has_any(role: Role) -> None:
    style = Look(Colours.NONE).style(role)
    assert (style.color, style.bgcolor) == (None, None)
    assert not style.dim


def test_the_roles_that_matter_show_without_colour() -> None:
    look = Look(Colours.NONE)
    for role in ("cursor", "current", "changed", "nonfinite"):
        assert look.style(role) != look.style("text")


def test_styles_are_made_once_a_look() -> None:
    assert Look().style("dim") is Look().style("dim")
    assert Look().style("dim") is not Look(dark=False).style("dim")
