"""Pictures and the canvas: every line is as wide as the picture, whatever is drawn, cut or put beside another."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from tests.view.looks import check_size
from tui_nn.view.canvas import Canvas
from tui_nn.view.picture import Picture, picture
from tui_nn.view.text import clean

TEXT = st.text(st.sampled_from("ab漢字é\u0301 ▀⠿"), max_size=12)


@given(st.lists(TEXT, max_size=6), st.integers(0, 14))
def test_lines_are_cut_and_padded(lines: list[str], width: int) -> None:
    check_size(picture([[Segment(line)] for line in lines], width), width)


@given(st.lists(TEXT, min_size=1, max_size=4), st.integers(-3, 9), st.integers(-2, 5), st.integers(0, 9))
def test_crop_is_a_window(lines: list[str], left: int, top: int, size: int) -> None:
    whole = picture([[Segment(line)] for line in lines], 8)
    cut = whole.crop(left, top, size, 3)
    check_size(cut, size, 3)
    assert cut.height == 3


def test_crop_takes_what_is_there() -> None:
    whole = picture([[Segment("abcd")], [Segment("efgh")]], 4)
    assert whole.crop(1, 0, 2, 2).plain == "bc\nfg"
    assert whole.crop(-1, 1, 3, 2).plain == " ef\n"


def test_beside_and_above() -> None:
    a, b = picture([[Segment("a")]], 1), picture([[Segment("bb")], [Segment("c")]], 2)
    assert a.beside(b).plain == "a bb\n  c"
    assert a.above(b).plain == "a\nbb\nc"
    check_size(a.above(b), 2)


@given(st.lists(st.tuples(st.integers(-3, 12), st.integers(-1, 4), TEXT), max_size=12))
def test_a_canvas_keeps_its_size(puts: list[tuple[int, int, str]]) -> None:
    canvas = Canvas(9, 3)
    for x, y, text in puts:
        canvas.put(x, y, clean(text))
    check_size(canvas.picture(), 9, 3)


def test_a_canvas_joins_cells_of_one_style_and_keeps_the_last_word() -> None:
    canvas, red = Canvas(6, 1), Style(color="red")
    canvas.put(0, 0, "aaa", red)
    canvas.put(2, 0, "b", Style(color="red"))
    canvas.put(3, 0, "cc")
    assert [s.text for s in canvas.picture().lines[0]] == ["aab", "cc "]


def test_half_of_a_wide_character_leaves_a_blank() -> None:
    canvas = Canvas(4, 1)
    canvas.put(0, 0, "漢字")
    canvas.put(1, 0, "x")
    assert canvas.picture().plain == " x字"


def test_rich_prints_the_text_and_nothing_else() -> None:
    console = Console(file=io.StringIO(), width=20, color_system=None)
    console.print(Picture(3, ((Segment("[b]"),), (Segment("a  "),))))
    assert console.file.getvalue() == "[b]\na  \n"  # type: ignore[attr-defined]
