"""The matrix view: the window shows the array's own numbers, wherever it stands, and touches nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.view.looks import FEW, LOOKS, ascii_only, cells, check_size, name
from tui_nn.view.look import Colours, Look
from tui_nn.view.matrix import grid, matrix, sheet

RANDOM = np.random.default_rng(7).normal(size=(50, 40))


def numbers(line: str) -> list[float]:
    return [float(n.replace("−", "-")) for n in re.findall(r"[−-]?\d+(?:\.\d+)?(?:e-?\d+)?", line)]


@given(st.integers(0, 49), st.integers(0, 39), st.integers(12, 90), st.integers(2, 30), st.sampled_from(FEW))
def test_a_window_shows_the_array(top: int, left: int, width: int, height: int, look: Look) -> None:
    data = sheet(RANDOM, look)
    place = grid(data, width, height, top, left)
    drawn = matrix(data, look, width, height, top=top, left=left)
    check_size(drawn, width, height)
    lines = drawn.plain.split("\n")
    assert numbers(lines[0]) == list(range(left, left + place.columns))
    assert len(lines) == 1 + place.rows == 1 + min(height - 1, 50 - top)
    for i, line in enumerate(lines[1:]):
        index, *values = numbers(line)
        assert index == top + i
        np.testing.assert_allclose(values, RANDOM[top + i, left : left + place.columns], atol=0.00051)


@given(st.integers(-3, 40), st.integers(-3, 12), st.integers(0, 5), st.integers(0, 5), st.sampled_from(FEW))
def test_any_size_is_kept(width: int, height: int, rows: int, columns: int, look: Look) -> None:
    data = sheet(np.full((rows, columns), -1.5), look, rows=["a\x1bb漢"] * rows, columns=["long name of it"] * columns)
    check_size(matrix(data, look, width, height, cursor=(0, 0)), max(width, 0), max(height, 0))


def test_only_the_window_is_touched() -> None:
    class Spy:
        def __init__(self, array: np.ndarray) -> None:
            self.array, self.touched = array, 0

        def __getitem__(self, key: Any) -> Any:
            part = self.array[key]
            self.touched += part.size
            return part

    data = sheet(RANDOM, Look(), changed=RANDOM > 1)
    values, changed = Spy(RANDOM), Spy(RANDOM > 1)
    matrix(replace(data, values=values, changed=changed), Look(), 60, 9, top=5, left=3)  # type: ignore[arg-type]
    place = grid(data, 60, 9, 5, 3)
    assert 0 < values.touched <= 2 * place.rows * place.columns
    assert changed.touched <= place.rows * place.columns


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_both_signs_can_be_told_apart(look: Look) -> None:
    drawn = matrix(sheet([[2.5, -2.5]], look), look, 30, 2)
    line = drawn.plain.split("\n")[1]
    assert line.count(look.glyphs.minus) == 1
    assert line.index(look.glyphs.minus) > line.index("2.5")
    styles = {style for text, style in cells(drawn)[1] if text == "2"}
    assert len(styles) == (1 if look.colours is Colours.NONE else 2)
    assert not look.ascii_only or ascii_only(drawn)


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_cursor_and_changes_show_in_the_text(look: Look) -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    drawn = matrix(sheet(values, look, changed=values == 2.0), look, 30, 3, cursor=(1, 0))
    _, first, second = drawn.plain.split("\n")
    assert f"2{look.glyphs.changed}" in first
    assert first.count(look.glyphs.changed) == 1
    assert "[3]" in second.replace(" ", "")
    both = matrix(sheet(values, look, changed=values == 3.0), look, 30, 3, cursor=(1, 0)).plain
    assert f"[3{look.glyphs.changed}]" in both.replace(" ", "")


@given(st.integers(0, 4), st.integers(0, 3), st.integers(8, 60), st.sampled_from(FEW))
def test_dots_and_brackets_leave_the_numbers_under_their_headings(
    row: int, column: int, width: int, look: Look
) -> None:
    values = np.arange(20).reshape(5, 4) * 7 - 30
    data = sheet(values, look, changed=values > 60)
    place = grid(data, width, 6)
    lines = matrix(data, look, width, 6, cursor=(row, column)).plain.split("\n")
    dot = look.glyphs.changed
    for r, line in enumerate(lines[1:]):
        for c in range(place.columns):
            start = place.index_width + c * place.cell_width
            cell = line[start : start + place.cell_width]
            pointed, changed = (r, c) == (row, column), bool(values[r, c] > 60)
            signs = re.sub(r"[−\-\d ]", "", cell)
            assert signs == "[" * pointed + dot * changed + "]" * pointed
            assert cell.rstrip().endswith(f"{abs(values[r, c])}{signs.removeprefix('[')}")
            assert numbers(cell) == [values[r, c]]
            assert lines[0][start : start + place.cell_width].rstrip().endswith(str(c))
            assert line[start + len(lines[0][start : start + place.cell_width].rstrip()) - 1].isdigit()


@pytest.mark.parametrize("look", FEW, ids=name)
def test_what_is_not_computed_says_so(look: Look) -> None:
    lines = matrix(sheet(None, look, shape=(2, 3)), look, 40, 4).plain.split("\n")
    assert [line.split() for line in lines[1:]] == [
        ["0", *[look.glyphs.unknown] * 3],
        ["1", *[look.glyphs.unknown] * 3],
    ]


@pytest.mark.parametrize("look", FEW, ids=name)
def test_what_is_not_finite_stands_out(look: Look) -> None:
    drawn = matrix(sheet([[np.nan, -np.inf, 1.0]], look), look, 40, 2)
    minus_infinity = look.glyphs.minus + look.glyphs.infinity
    assert drawn.plain.split("\n")[1].split() == ["0", "NaN", minus_infinity, "1"]
    line = cells(drawn)[1]
    at = {text: style for text, style in line if text in ("N", "1")}
    assert at["N"] != at["1"]


@given(st.integers(0, 49), st.integers(0, 39), st.integers(0, 49), st.integers(0, 39))
def test_reveal_brings_the_cursor_into_view_and_moves_no_more_than_that(
    top: int, left: int, row: int, col: int
) -> None:
    data = sheet(RANDOM, Look())
    place = grid(data, 50, 12, top, left)
    new_top, new_left = place.reveal((row, col))
    moved = grid(data, 50, 12, new_top, new_left)
    assert moved.top <= row < moved.top + moved.rows
    assert moved.left <= col < moved.left + moved.columns
    if top <= row < top + place.rows and left <= col < left + place.columns:
        assert (new_top, new_left) == (top, left)


def test_a_click_finds_the_number_under_it() -> None:
    data = sheet(np.arange(2000).reshape(50, 40), Look())
    place = grid(data, 60, 10, 3, 7)
    drawn = cells(matrix(data, Look(), 60, 10, top=3, left=7))
    seen = 0
    for y, line in enumerate(drawn):
        for x, (text, _) in enumerate(line):
            hit = place.cell_at(x, y)
            if hit is not None and text.isdigit():
                word = "".join(t for t, _ in line[: x + 1]).split(" ")[-1]
                assert str(hit[0] * 40 + hit[1]).startswith(word)
                seen += 1
            elif y == 0 or x < place.index_width:
                assert hit is None
    assert seen > 50


def test_names_replace_indices() -> None:
    text = matrix(sheet([[1, 2]], Look(), rows=["x"], columns=["in", "out"]), Look(), 30, 2).plain
    assert text.split() == ["in", "out", "x", "1", "2"]


def test_vectors_and_scalars_are_matrices_too() -> None:
    assert sheet([1.0, 2.0], Look()).shape == (1, 2)
    assert sheet(3.0, Look()).shape == (1, 1)


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        sheet(np.zeros((2, 2, 2)), Look())
    with pytest.raises(ValueError, match="names"):
        sheet(np.zeros((2, 2)), Look(), rows=["one"])
    with pytest.raises(ValueError, match="shape"):
        sheet(np.zeros((2, 2)), Look(), changed=[True])
