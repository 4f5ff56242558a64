"""Numbers, matrices and formulas as text: nothing lost, nothing too wide, points below points."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui_nn.cli.layout import ROWS, cells, formula_rows, matrix_rows, number, pad, prose

FLOATS = st.floats(width=64)


@given(FLOATS)
def test_seventeen_digits_are_the_number_itself(value):
    text = number(value, 17)
    again = float(text)
    assert again == value or (np.isnan(again) and np.isnan(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (-0.0, "0"), (1 / 3, "0.333333"), (np.nan, "NaN"), (np.inf, "Infinity"), (-np.inf, "-Infinity")],
)
def test_number(value, text):
    assert number(value, 6) == text


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=6), elements=FLOATS))
def test_a_matrix_shows_all_of_its_numbers(value):
    rows = matrix_rows(value, 6)
    shown = [[cell.rstrip("]") for cell in row.strip("[]").split()] for row in rows]
    table = np.atleast_2d(value)
    assert shown == [[number(float(x), 6) for x in row] for row in table]
    assert len(set(map(len, rows))) == 1


@given(
    hnp.arrays(np.float64, (4, 3), elements=st.floats(-1e4, 1e4).filter(lambda x: x == 0 or abs(x) > 1e-3)),
)
def test_decimal_points_stand_below_one_another(value):
    rows = matrix_rows(np.round(value, 3), 12)
    for column in range(3):
        points = set()
        for row in rows:
            cell = list(re.finditer(r"-?[\d.]+", row))[column]
            digits = cell[0].find(".")
            points.add(cell.start() + (digits if digits >= 0 else len(cell[0])))
        assert len(points) == 1


@given(hnp.array_shapes(min_dims=1, max_dims=2, max_side=60), st.integers(24, 100))
def test_a_shortened_matrix_fits_and_counts_what_it_leaves_out(shape, width):
    value = np.full(shape, -1.2345e-7)
    rows = matrix_rows(value, 6, width)
    columns = shape[-1]
    count = shape[0] if len(shape) == 2 else 1
    body = [row for row in rows if row.startswith("[")]
    assert max(map(len, rows)) <= width
    assert len(body) == min(count, ROWS)
    for row in body:
        more = re.search(r"… (\d+) more\]$", row)
        assert row.count("e-07") + (int(more[1]) if more else 0) == columns
    if count > ROWS:
        assert rows[-1] == f"… {count - ROWS} more rows of {count}"


FORMULAS = st.recursive(
    st.sampled_from(["x", "w1[0, 2]", "-4", "(-0.25)", "0.5"]),
    lambda inner: (
        st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from("+-*/@"), inner)
        | st.builds(lambda f, a: f"{f}({a})", st.sampled_from(["exp", "log"]), inner)
    ),
    max_leaves=25,
)


@given(FORMULAS, st.integers(24, 80))
def test_a_broken_formula_is_the_same_formula(text, width):
    rows = formula_rows(f"= {text}", width)
    assert re.sub(r"\s", "", "".join(rows)) == re.sub(r"\s", "", f"= {text}")
    assert all(len(row) <= width or " " not in row.strip() for row in rows)


def test_a_sum_breaks_before_its_outermost_signs():
    assert formula_rows("= a * (b + c) + d * (e - f) - g", 16) == ["= a * (b + c)", "+ d * (e - f)", "- g"]
    assert formula_rows("= (aaaa + bbbb - cccc) / 5", 16) == ["= (aaaa + bbbb", "  - cccc) / 5"]
    assert formula_rows("= a + b", 16) == ["= a + b"]


@pytest.mark.parametrize("width", [0, -40])
def test_a_formula_for_which_there_is_no_room_is_written_all_the_same(width):
    text = "(" * 20 + "a" + " + bbbb)" * 20
    assert re.sub(r"\s", "", "".join(formula_rows(text, width))) == text.replace(" ", "")


def test_cells_of_a_terminal():
    assert [cells(text) for text in ("abc", "v̂", "猫", "∂L/∂w₁")] == [3, 1, 2, 6]
    assert pad("猫", 4) + "|" == "猫  |"


def test_prose_is_broken_anew_and_cannot_act_on_the_terminal():
    assert list(prose("one two\nthree\n\nfour \x1b[31m", 9)) == ["one two", "three", "", "four", r"\x1b[31m"]
