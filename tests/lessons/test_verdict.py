"""Verdicts by printed digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.lessons.verdict import confirms, verdict_of, worst


@pytest.mark.parametrize(
    ("computed", "printed", "verdict"),
    [
        (0.6986, "0.7", "rounded"),
        (1 / 3, "0.33", "rounded"),
        (0.45, "0.45", "match"),
        (0.45 + 1e-12, "0.45", "match"),
        (0.7985076962177716, "0.798508", "match"),
        (0.7985076962177716, "0.798509", "erratum"),
        (0.24994, "0.249", "rounded"),  # cut off, not rounded
        (-0.24994, "-0.249", "rounded"),
        (0.24806, "0.249", "erratum"),  # nobody cuts upwards
        (0.24994, "-0.249", "erratum"),
        (0.19, "0.1", "erratum"),  # one digit is too little to believe in a cut
        (16.000000000000004, "16", "match"),
        (16.4, "16", "rounded"),
        (16.0, "0.16", "erratum"),
        (4.0, "0.0044", "erratum"),
        (0.25, "0.250", "match"),
        (1234.4, "1234", "match"),
        (float("nan"), "1", "erratum"),
        (float("inf"), "1", "erratum"),
    ],
)
def test_the_verdict_on_one_figure(computed: float, printed: str, verdict: str) -> None:
    figure = int(printed) if printed.isdigit() else Decimal(printed)
    assert verdict_of(computed, figure) == verdict


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_a_figure_rounded_by_python_is_never_an_erratum(value: float, places: int) -> None:
    assert verdict_of(value, Decimal(f"{value:.{places}f}")) != "erratum"


@given(st.floats(-1e3, 1e3), st.integers(0, 8), st.sampled_from([-2, 2]))
def test_a_figure_two_units_off_is_an_erratum(value: float, places: int, units: int) -> None:
    off = Decimal(f"{value:.{places}f}") + units * Decimal(1).scaleb(-places)
    assert verdict_of(value, off) == "erratum"


def test_right_values_are_exact_when_whole_and_to_the_last_digit_otherwise() -> None:
    assert confirms(10 + 1e-14, 10)
    assert not confirms(10.4, 10)
    assert confirms(0.8333333, Decimal("0.8333"))
    assert not confirms(0.83345, Decimal("0.8333"))
    assert not confirms(float("nan"), Decimal("0.8333"))


def test_one_wrong_entry_makes_the_row_an_erratum() -> None:
    assert worst(["match", "rounded"]) == "rounded"
    assert worst(["match", "erratum", "rounded"]) == "erratum"
    assert worst(["match"]) == "match"
