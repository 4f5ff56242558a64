"""Heat maps: the colour or glyph of each pixel is that of the field's value there, in every kind of terminal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tests.view.looks import FEW, LOOKS, ascii_only, cells, check_size, name
from tui_nn.view.heat import Mark, heat, legend, levels, resample
from tui_nn.view.look import Look
from tui_nn.view.palette import diverging

FIELD = np.random.default_rng(3).normal(size=(8, 10))


def test_half_blocks_hold_two_pixels() -> None:
    look = Look()
    drawn = cells(heat(FIELD, look, 10, 4, scale=2.0))
    colours = diverging(look).colours
    for y in range(4):
        for x in range(10):
            text, style = drawn[y][x]
            assert text == "▀"
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            wanted = [
                colours[int(np.clip(np.rint(FIELD[row, x] / 2 * 16), -16, 16)) + 16] for row in (2 * y, 2 * y + 1)
            ]
            assert [tuple(c.get_truecolor()) for c in (style.color, style.bgcolor)] == wanted


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_both_signs_can_be_told_apart_in_the_drawn_cells(look: Look) -> None:
    field = np.repeat([[-1.0, -0.2, 0.2, 1.0]], 2, axis=0)
    (line,) = cells(heat(field, look, 4, 1))
    if look.pixels:
        assert len({style for _, style in line}) == 4
    else:
        assert len({text for text, _ in line}) == 4
        assert {t for t, _ in line[:2]} <= set(look.glyphs.negative)
        assert {t for t, _ in line[2:]} <= set(look.glyphs.positive)


@pytest.mark.parametrize("look", FEW, ids=name)
def test_magnitude_is_density(look: Look) -> None:
    if look.pixels:
        return
    ramp = np.linspace(0, 1, 60)[None, :]
    text = heat(ramp, look, 60, 1).plain
    order = " " + look.glyphs.positive
    steps = [order.index(c) for c in text.ljust(60)]
    assert steps == sorted(steps)
    assert set(steps) == {0, 1, 2, 3, 4}


@given(st.integers(-1, 20), st.integers(-1, 9), st.integers(1, 30), st.integers(1, 30), st.sampled_from(FEW))
def test_any_size_of_field_and_screen(width: int, height: int, rows: int, columns: int, look: Look) -> None:
    field = np.random.default_rng(rows).normal(size=(rows, columns))
    drawn = heat(field, look, width, height, marks=[Mark(0.5, 1.0, "x"), Mark(0, 0, "漢")])
    check_size(drawn, max(width, 0), max(height, 0))
    assert not look.ascii_only or ascii_only(drawn)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_resampling_keeps_constants_and_bounds(rows: int, columns: int, to_rows: int, to_columns: int) -> None:
    field = np.random.default_rng(rows * 41 + columns).normal(size=(rows, columns))
    small = resample(field, to_rows, to_columns)
    assert small.shape == (to_rows, to_columns)
    assert field.min() - 1e-12 <= small.min() <= small.max() <= field.max() + 1e-12
    np.testing.assert_allclose(resample(np.full((rows, columns), 0.3), to_rows, to_columns), 0.3)


def test_shrinking_averages_and_growing_repeats() -> None:
    np.testing.assert_array_equal(resample(np.array([[1.0, 3.0], [5.0, 7.0]]), 1, 1), [[4.0]])
    np.testing.assert_array_equal(resample(np.array([[1.0, 2.0]]), 2, 4), [[1, 1, 2, 2]] * 2)


@pytest.mark.parametrize("look", FEW, ids=name)
def test_images_run_from_nothing_to_all(look: Look) -> None:
    pixels = levels(np.array([[0.0, 128.0, 255.0, np.nan]]), look, 4, 1, colour_map="sequential")
    assert pixels[0].tolist() == [0, 16, 32, 33]


@pytest.mark.parametrize("look", FEW, ids=name)
def test_a_mark_lies_over_its_place(look: Look) -> None:
    drawn = heat(np.ones((4, 9)), look, 9, 3, marks=[Mark(1.0, 0.5, "x", Style(bold=True))])
    (place,) = [(x, y) for y, line in enumerate(cells(drawn)) for x, (text, _) in enumerate(line) if text == "x"]
    assert place[0] == 8
    assert place[1] == 1


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_the_legend_names_both_ends(look: Look) -> None:
    drawn = legend(look, 1.25, 30)
    check_size(drawn, 30, 1)
    assert drawn.plain.startswith(look.glyphs.minus + "1.25")
    assert drawn.plain.endswith("+1.25")
    check_size(legend(look, 1.25, 8), 8, 1)


def test_a_field_has_two_dimensions() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        heat(np.zeros(3), Look(), 3, 3)
