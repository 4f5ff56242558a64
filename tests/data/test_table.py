"""Raw tables: what counts as a number and as missing, and how a column is found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.data.csv_file import parse_csv
from tui_nn.data.table import Column, plain_number, to_number
from tui_nn.errors import UserError


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1", 1.0), ("-2.5", -2.5), ("+.5", 0.5), ("3.", 3.0), ("1e3", 1000.0), ("1E-3", 0.001), ("007", 7.0)],
)
def test_numbers(cell, number):
    assert to_number(cell) == number


@pytest.mark.parametrize("cell", ["", "abc", "1_000", "inf", "nan", "1e999", "0x10", "1,5", "1 2", "١", "--1", "."])
def test_what_is_no_number(cell):
    assert to_number(cell) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_survives_its_text(value):
    assert to_number(repr(value)) == value


@given(st.text())
def test_any_text_is_a_finite_number_or_none(cell):
    number = to_number(cell)
    assert number is None or math.isfinite(number)


@pytest.mark.parametrize(("cell", "plain"), [("05", "5"), ("5.0", "5"), ("-1", "-1"), ("0.50", "0.5"), ("a", "a")])
def test_one_spelling_for_a_number(cell, plain):
    assert plain_number(cell) == plain


def test_a_column_tells_missing_from_wrong():
    column = Column("c", ["1", "?", "x", "", "2", "NA", "NaN", "null"])
    assert column.missing.tolist() == [False, True, False, True, False, True, True, True]
    assert column.not_numbers.tolist() == [2]
    np.testing.assert_array_equal(column.numbers, [1, np.nan, np.nan, np.nan, 2, np.nan, np.nan, np.nan])
    assert column.distinct == ["1", "2", "x"]
    assert not column.is_text


def test_distinct_values_are_in_order_of_size():
    assert Column("c", ["10", "9", "b", "-1", "a", "9"]).distinct == ["-1", "9", "10", "a", "b"]


@pytest.mark.parametrize(("wanted", "position"), [("b", 1), ("1", 0), (2, 1), (-1, 3), ("-4", 0), ("7", 2)])
def test_a_column_is_found_by_name_then_by_number(wanted, position):
    assert parse_csv(b"a,b,7,d\n1,2,3,4\n", "t", header=True).find(wanted) == position


@pytest.mark.parametrize("wanted", ["petal", 0, 5, -5, "99999999999999", ""])
def test_a_wrong_column_gets_the_names(wanted):
    with pytest.raises(UserError, match=r"no column .*Its columns: a, b, c, d"):
        parse_csv(b"a,b,c,d\n1,2,3,4\n", "t").find(wanted)


def test_a_near_name_is_suggested():
    with pytest.raises(UserError, match="Did you mean 'species'"):
        parse_csv(b"width,species\n1,a\n", "t").find("specis")


def test_a_place_is_counted_as_editors_count():
    table = parse_csv(b'a,b\n"x\ny",1\n\nz,2\n', "t")
    assert table.place(0, "a") == "row 1 (line 3), column 'a'"
    assert table.place(1, "b") == "row 2 (line 5), column 'b'"
