"""Numbers in cells: what is read back is the number, within what the cells show; nothing is wider than asked."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.view.number import column_format, number

FINITE = st.floats(allow_nan=False, allow_infinity=False)
USUAL = st.floats(-1e5, 1e5, allow_subnormal=False)


def read(text: str) -> Decimal:
    return Decimal(text.strip().replace("−", "-"))


def half_a_unit(text: str) -> Decimal:
    """Half of the last digit's place: what a rightly rounded text may differ from its number."""
    exponent = read(text).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(5) * Decimal(10) ** (exponent - 1)


def honest(text: str, value: float) -> bool:
    return abs(read(text) - Decimal(value)) <= half_a_unit(text) * Decimal("1.0001")


@given(FINITE, st.integers(1, 8))
def test_reads_back_within_its_last_digit(value: float, digits: int) -> None:
    text = number(value, digits=digits)
    assert honest(text, value)
    assert (read(text) == 0) == (value == 0)


@given(FINITE, st.integers(1, 14), st.integers(1, 8))
def test_fits_and_is_honest_or_says_that_it_does_not_fit(value: float, width: int, digits: int) -> None:
    text = number(value, width=width, digits=digits)
    assert len(text) <= width
    if set(text) == {"#"}:
        assert len(text) == width
    else:
        assert honest(text, value)
        assert (read(text) == 0) == (value == 0)


@given(FINITE.filter(bool))
def test_seven_cells_are_enough_for_the_sign_a_digit_and_the_exponent(value: float) -> None:
    assert "#" not in number(value, width=7)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-9, "1.0e-9"),
        (0.5, "0.5"),
        (-2.0, "−2"),
        (0.7, "0.7"),
        (0.70000001, "0.7000"),  # rounded, and so it says
        (0.69861234, "0.6986"),
        (0.1 + 0.2, "0.3"),
        (np.float32(0.1), "0.1"),
        (123456.7, "123457"),
        (1e6, "1.0e6"),
        (-1e-300, "−1.0e-300"),
        (1200.0, "1200"),
        (784, "784"),
        (True, "1"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_spelling(value: float, text: str) -> None:
    assert number(value) == text


def test_ascii_spelling() -> None:
    assert [number(v, ascii_only=True) for v in (-0.5, -math.inf, math.nan)] == ["-0.5", "-inf", "NaN"]


def test_what_is_not_finite_is_marked_even_in_one_cell() -> None:
    assert [number(v, width=1) for v in (math.nan, math.inf, -math.inf)] == ["✗", "∞", "✗"]


@given(st.lists(st.one_of(USUAL, FINITE), min_size=1, max_size=12), st.integers(1, 6), st.integers(7, 12))
def test_a_column_is_aligned_and_honest(values: list[float], digits: int, max_width: int) -> None:
    form = column_format(values, digits=digits, max_width=max_width)
    texts = [form.write(v) for v in values]
    assert form.width <= max_width
    assert {len(t) for t in texts} == {form.width}
    for text, value in zip(texts, values, strict=True):
        assert "#" in text or honest(text, value)
        assert "#" in text or (read(text) == 0) == (value == 0)


@given(st.lists(st.floats(-99, 99, allow_subnormal=False).filter(lambda v: abs(v) > 0.01), min_size=2, max_size=9))
def test_points_stand_under_one_another(values: list[float]) -> None:
    form = column_format(values)
    assert len({form.write(v).find(".") for v in values}) == 1


@given(st.lists(FINITE, min_size=1, max_size=9), FINITE, st.integers(7, 10))
def test_a_format_never_lies_about_a_number_that_it_was_not_made_for(
    values: list[float], other: float, width: int
) -> None:
    text = column_format(values, max_width=width).write(other)
    assert "#" in text or honest(text, other)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.5, 0.1, -0.5, 1.0], [" 0.5", " 0.1", "−0.5", " 1.0"]),
        ([1e-9, 1.0, -0.3], ["1.0e-9", "   1.0", "  −0.3"]),
        ([0, 0.6986, 0, 1.2345678], ["0    ", "0.699", "0    ", "1.235"]),
        ([1e-9, 1e-7], ["1.0e-9", "1.0e-7"]),
        ([1, 2, 300], ["  1", "  2", "300"]),
        ([math.nan, 1.5, -math.inf], ["NaN", "1.5", " −∞"]),
        ([17, 0.0058], ["17.0000", " 0.0058"]),
        ([0.9123, 0.00581], ["0.91230", "0.00581"]),
        ([1.99, -0.000125], ["     1.99", "−0.000125"]),
        ([17.1, 1.23456e-9, 0.0058], ["  17.10", "1.23e-9", " 0.0058"]),
        ([True, False], ["1", "0"]),
        ([0.0, 0.0], ["0", "0"]),
    ],
)
def test_columns(values: list[float], texts: list[str]) -> None:
    form = column_format(values)
    assert [form.write(v) for v in values] == texts


@given(st.lists(st.floats(-999, 999, allow_subnormal=False), min_size=1, max_size=9), st.integers(4, 6))
def test_a_small_number_keeps_two_digits_beside_a_large_one(values: list[float], digits: int) -> None:
    form = column_format(values, digits=digits)
    for value in values:
        assert abs(float(read(form.write(value))) - value) <= (0.00501 if digits == 6 else 0.0501) * abs(value)


def test_a_column_of_nothing() -> None:
    assert column_format([]).width == 1
    assert column_format([math.nan]).write(math.nan) == "NaN"


def test_float32_is_exact_to_its_own_precision() -> None:
    assert column_format(np.array([0.1, 0.25], dtype=np.float32)).decimals == 2


def test_a_narrow_column_gives_up_digits_before_it_turns_scientific() -> None:
    form = column_format([0.2509, -0.71828], digits=4, max_width=6)
    assert [form.write(v) for v in (0.2509, -0.71828)] == [" 0.251", "−0.718"]
    assert column_format([0.00025], max_width=6).write(0.00025) == "2.5e-4"
