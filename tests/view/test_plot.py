"""Plots: ticks as a person would choose them, no peak lost, gaps where there is no number, no size exceeded."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view.looks import FEW, LOOKS, ascii_only, cells, check_size, name
from tui_nn.view.axis import Axis
from tui_nn.view.decimate import decimate, runs
from tui_nn.view.look import Look
from tui_nn.view.plot import Series, curves, histogram
from tui_nn.view.sparkline import sparkline
from tui_nn.view.ticks import linear_ticks, log_ticks

ANY = st.floats(width=64)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6), st.integers(1, 12))
def test_ticks_are_round_numbers_within_the_axis(low: float, span: float, count: int) -> None:
    ticks = linear_ticks(low, low + span, count)
    assert len(ticks) <= count + 1
    assert all(low - span * 1e-6 <= t.value <= low + span * (1 + 1e-6) for t in ticks)
    steps = np.diff([t.value for t in ticks])
    if len(steps):
        leading = f"{steps[0]:.6e}"
        assert leading[0] in "125"
        assert set(leading[2:8]) <= {"0", "9"} or steps[0] == 0
        np.testing.assert_allclose(steps, steps[0], rtol=1e-3)


@pytest.mark.parametrize(
    ("ends", "count", "labels"),
    [
        ((0, 999), 5, ["0", "200", "400", "600", "800"]),
        ((-1, 1), 4, ["−1.0", "−0.5", "0", "0.5", "1.0"]),
        ((0, 50_000), 5, ["0", "10k", "20k", "30k", "40k", "50k"]),
        ((0, 3.2e-4), 3, ["0", "0.0002"]),
        ((1e-9, 2e-9), 3, ["1.0e-9", "1.5e-9", "2.0e-9"]),
        ((0, 3e6), 3, ["0", "1M", "2M", "3M"]),
        ((1, 1), 3, []),
        ((0, math.inf), 3, []),
    ],
)
def test_labels(ends: tuple[float, float], count: int, labels: list[str]) -> None:
    assert [t.label for t in linear_ticks(*ends, count)] == labels


@pytest.mark.parametrize(
    ("ends", "labels"),
    [
        ((0.003, 1.2), ["0.01", "0.1", "1"]),
        ((1e-6, 1), ["1e-6", "1e-4", "1e-2", "1e0"]),
        ((0.03, 0.7), ["0.05", "0.1", "0.2", "0.5"]),
        ((0.31, 0.35), ["0.31", "0.32", "0.33", "0.34", "0.35"]),
    ],
)
def test_logarithmic_labels(ends: tuple[float, float], labels: list[str]) -> None:
    assert [t.label for t in log_ticks(*ends, 5)] == labels


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=400), st.integers(1, 40))
def test_decimation_keeps_order_ends_of_range_and_all_of_a_short_curve(values: list[float], count: int) -> None:
    y = np.array(values)
    x = np.linspace(0, count - 1, len(y))
    px, py = decimate(x, y, count)
    assert len(py) <= max(2 * count, 1) or len(y) <= 2 * count
    assert (np.diff(px) >= 0).all()
    assert (py.min(), py.max()) == (y.min(), y.max())
    pairs = set(zip(x.tolist(), y.tolist(), strict=True))
    assert set(zip(px.tolist(), py.tolist(), strict=True)) <= pairs
    for cell in range(count):  # each column draws the same
        here, there = y[np.rint(x) == cell], py[np.rint(px) == cell]
        assert len(here) == len(there) == 0 or (here.min(), here.max()) == (there.min(), there.max())


@given(st.lists(st.booleans()))
def test_runs_cover_exactly_what_is_known(known: list[bool]) -> None:
    covered = [i for start, end in runs(np.array(known, dtype=bool)) for i in range(start, end)]
    assert covered == [i for i, k in enumerate(known) if k]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(ANY, max_size=30), min_size=1, max_size=3),
    st.integers(-1, 90),
    st.integers(-1, 25),
    st.booleans(),
    st.one_of(st.none(), ANY),
    st.sampled_from(FEW),
)
def test_any_curve_in_any_size(
    curves_: list[list[float]], width: int, height: int, log: bool, at: float | None, look: Look
) -> None:
    series = [Series(f"s\x1b{i}漢", y) for i, y in enumerate(curves_)]
    drawn = curves(series, look, width, height, title="loss", log=log, at=at)
    check_size(drawn, max(width, 0), max(height, 0))
    assert not look.ascii_only or ascii_only(drawn)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 10**9), max_size=60), st.integers(-1, 90), st.integers(-1, 20), st.sampled_from(FEW))
def test_any_histogram_in_any_size(counts: list[int], width: int, height: int, look: Look) -> None:
    drawn = histogram(counts, np.arange(len(counts) + 1) * 0.1 - 1, look, width, height, title="W1")
    check_size(drawn, max(width, 0), max(height, 0))
    assert not look.ascii_only or ascii_only(drawn)


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_a_curve_looks_the_same_whatever_lies_beside_it(look: Look) -> None:
    def drawn(*series: Series) -> dict[str, tuple[str, object]]:
        """By name: the marker before it in the legend, and its style; the marker is on the canvas in that style."""
        head, *rest = cells(curves(series, look, 70, 12, title="loss"))
        text = "".join(character for character, _ in head)
        found = {}
        for s in series:
            marker, style = head[text.index(s.name) - 2]
            assert any(character == marker and shown == style for line in rest for character, shown in line)
            found[s.name] = marker, style
        return found

    up, down = Series("training", [1.0, 2.0, 3.0], slot=0), Series("validation", [3.0, 2.5, 1.0], slot=1)
    beside = Series("batches", [2.0, 1.0, 2.0], slot=2)
    three = drawn(beside, up, down)
    assert len(set(three.values())) == 3
    assert drawn(up, down) == {name: three[name] for name in ("training", "validation")}
    assert drawn(Series("training", [1.0, 2.0, 3.0]), Series("validation", [3.0, 2.5, 1.0])) == drawn(up, down)


@pytest.mark.parametrize("width", range(24, 60))
def test_a_legend_names_every_curve_beside_its_marker(width: int) -> None:
    names = ("sgd", "momentum", "adagrad", "rmsprop", "adam")
    drawn = curves([Series(n, [1.0, i]) for i, n in enumerate(names)], Look(), width, 14, title="loss")
    check_size(drawn, width, 14)
    head = drawn.plain.split("┤")[0]
    for marker, n in zip(Look().glyphs.markers, names, strict=False):
        assert f"{marker} {n}" in head


def dots(line: str, start: int) -> list[int]:
    """The columns of a line that hold braille."""
    return [x for x, c in enumerate(line) if x >= start and 0x2800 < ord(c) <= 0x28FF]


def test_a_rising_line_rises_from_the_first_column_to_the_last() -> None:
    lines = curves([Series("", np.arange(5.0))], Look(), 40, 12).plain.split("\n")
    start = lines[0].index("│") + 1 if "│" in lines[0] else lines[0].index("┤") + 1
    columns = {y: dots(line, start) for y, line in enumerate(lines[:10])}
    assert min(columns[9]) == start
    assert max(columns[0]) == 39
    assert all(min(columns[y]) > min(columns[y + 1]) for y in range(9))


@pytest.mark.parametrize("height", [6, 7, 8, 12])
@pytest.mark.parametrize("high", [1.0, 1.9, 2.1, 3.3, 4.9, 5.1, 7.0, 9.9])
def test_two_heights_are_told_even_in_few_rows(high: float, height: int) -> None:
    drawn = curves([Series("", [high, 0.0])], Look(), 40, height).plain
    labels = [float(line.split("┤")[0]) for line in drawn.split("\n") if "┤" in line]
    assert len(labels) >= 2
    assert labels == sorted(labels, reverse=True)


def test_a_gap_is_a_gap_and_is_marked_on_the_axis() -> None:
    y = np.ones(61)
    y[20:41] = np.nan
    lines = curves([Series("", y)], Look(), 64, 10, y_range=(0.0, 2.0)).plain.split("\n")
    margin = lines[-2].index("└") + 1
    size = 64 - margin
    at = [round(i / 60 * (size - 1)) for i in range(20, 41)]
    drawn = {x - margin for line in lines[:-2] for x in dots(line, margin)}
    assert not drawn & set(range(at[0], at[-1] + 1))
    assert drawn >= set(range(at[0] - 1)) | set(range(at[-1] + 2, size))
    assert {x - margin for x, c in enumerate(lines[-2]) if c == "✗"} == set(at)


@pytest.mark.parametrize("heights", [[2.0], [math.nan, 2.0, math.nan], [3.0, math.nan, 1.0]])
def test_a_point_without_neighbours_is_a_marker(heights: list[float]) -> None:
    drawn = curves([Series("loss", heights)], Look(), 40, 12, title="loss").plain
    assert drawn.count(Look().glyphs.markers[0]) == sum(map(math.isfinite, heights))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9), st.booleans())
def test_an_axis_says_its_scale_by_two_numbers_at_least(low: float, span: float, count: int, counts: bool) -> None:
    ticks = Axis(low, low + span, 40, counts=counts and span >= 3).ticks(count, False)
    assert len(ticks) >= 2


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_what_is_not_above_zero_lies_below_a_logarithmic_axis(look: Look) -> None:
    y = np.array([1.0, 0.1, 0.0, 0.01, -2.0, 0.001, math.nan])
    lines = curves([Series("", y)], look, 50, 12, log=True).plain.split("\n")
    assert any(f"0.1{look.glyphs.frame[0]}" in line for line in lines)
    axis = lines[-2][lines[-2].index(look.glyphs.frame[2]) + 1 :]
    assert [i for i, c in enumerate(axis) if c == look.glyphs.below] == [round(i * (len(axis) - 1) / 6) for i in (2, 4)]
    assert axis.endswith(look.glyphs.nonfinite)
    assert look.glyphs.below not in curves([Series("", y)], look, 50, 12).plain.split("\n")[-2]


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_series_are_told_apart_without_colour(look: Look) -> None:
    steps = np.arange(300)
    drawn = curves([Series("a", steps * 1.0), Series("b", 300.0 - steps)], look, 70, 14, title="loss")
    head, *body = drawn.plain.split("\n")
    first, second = look.glyphs.markers[:2]
    assert head == f"loss  {first} a  {second} b"
    assert sum(first in line for line in body) >= 3
    assert sum(second in line for line in body) >= 3


def test_the_position_in_time_is_marked_with_its_number() -> None:
    lines = curves([Series("", np.linspace(1, 0, 1001))], Look(), 60, 12, at=512).plain.split("\n")
    x = lines[-2].index("▲")
    margin = lines[-2].index("└") + 1
    assert x - margin == round(0.512 * (60 - margin - 1))
    assert sum(line.ljust(60)[x] == "│" for line in lines[:-2]) >= 8
    label = lines[-1].index("512")
    assert label <= x < label + 3


def test_a_spike_of_one_step_is_seen() -> None:
    y = np.zeros(100_000)
    y[54_321] = 7.0
    lines = curves([Series("", y)], Look(), 60, 10).plain.split("\n")
    assert len(dots(lines[0], 4)) >= 1


@pytest.mark.parametrize("last", [2, 3, 4, 7, 11, 1000])
def test_what_counts_is_marked_at_whole_numbers(last: int) -> None:
    x = np.arange(1.0, last + 1)
    labels = curves([Series("", x, x)], Look(), 60, 10).plain.split("\n")[-1].split()
    assert labels
    assert all(label.isdecimal() for label in labels)
    fractions = curves([Series("", [1, 2], [0.1, 0.4])], Look(), 60, 10).plain.split("\n")[-1].split()
    assert set(fractions) <= {"0.1", "0.2", "0.3", "0.4"}


@pytest.mark.parametrize("value", [1.0, 0.8])
def test_no_axis_goes_beyond_what_a_figure_can_be(value: float) -> None:
    drawn = curves([Series("", [value] * 5)], Look(), 60, 12, y_most=1.0).plain
    heights = [float(line.split("┤")[0]) for line in drawn.split("\n") if "┤" in line]
    assert max(heights) == 1.0
    assert len(heights) >= 2
    row = next(i for i, line in enumerate(drawn.split("\n")) if dots(line, 5))
    assert (row == 0) == (value == 1.0)


def test_values_beyond_a_fixed_range_are_cut_off() -> None:
    y = np.array([0.5, 1e300, 0.5, -1e300, 0.5] * 4)
    check_size(curves([Series("", y)], Look(), 60, 10, y_range=(0.0, 1.0)), 60, 10)


@given(st.floats(-1e300, 1e300), st.floats(1e-12, 1e300), st.integers(2, 200), st.floats(0, 1))
def test_axis_places(low: float, span: float, size: int, share: float) -> None:
    high = low + span
    if high > low:
        axis = Axis(low, high, size)
        np.testing.assert_allclose(axis.pixel(np.array([low, high])), [0, size - 1], atol=1e-6)
        cell = axis.cell(low / 2 + (high / 2 - low / 2) * share + low / 2)
        assert cell is None or 0 <= cell < size


@settings(max_examples=60, deadline=None)
@given(st.integers(-40, 40), st.integers(1, 120), st.integers(6, 26), st.booleans(), st.sampled_from(FEW))
def test_a_height_is_drawn_beside_its_tick(low: int, span: int, height: int, log: bool, look: Look) -> None:
    ends = (float(low), float(low + span)) if not log else (10.0 ** (low // 8), 10.0 ** (low // 8) * (1 + span))
    tick, bar, *_ = look.glyphs.frame
    for t in Axis(*ends, height - 2, log).ticks(max((height - 2) // 2, 3), look.ascii_only):
        drawn = curves([Series("", [t.value] * 4)], look, 30, height, log=log, y_range=ends).plain.split("\n")
        rows = [line.partition(tick if tick in line[:12] else bar) for line in drawn[: height - 2]]
        assert [label.strip() for label, _, curve in rows if curve.strip()] == [t.label]


def test_bars_stand_on_the_axis_and_are_as_high_as_their_counts() -> None:
    look = Look()
    drawn = histogram([0, 5, 10], [0, 1, 2, 3], look, 42, 12)
    rows = [line[3:] for line in drawn.plain.split("\n")[:10]]
    heights = [sum(0.5 if row.ljust(39)[x] == "▄" else row.ljust(39)[x] == "█" for row in rows) for x in (5, 18, 32)]
    assert heights == [0, 5, 10]


def test_the_smallest_bar_is_seen_and_none_is_not() -> None:
    bottom = histogram([0, 1, 10**6], [0, 1, 2, 3], Look(), 42, 12).plain.split("\n")[9]
    margin = bottom.index("┤") + 1
    assert bottom[margin + 3] == " "
    assert bottom[margin + 16] == "▄"


def test_sparklines() -> None:
    look = Look()
    assert sparkline(range(8), look, 8).plain == "▁▂▃▄▅▆▇█"
    assert sparkline([0, 0, 5, 0], look, 2).plain == "▁█"
    assert sparkline([1, np.nan, 2], look, 9).plain == "▁✗█"
    assert sparkline([], look, 5).plain == ""
    assert sparkline([3, 3], look, 4).plain == "▁▁"
    assert cells(sparkline([1, np.inf], look, 4))[0][1][1] == look.style("nonfinite")


@given(st.lists(ANY), st.integers(-1, 30), st.sampled_from(FEW))
def test_any_sparkline(values: list[float], width: int, look: Look) -> None:
    check_size(sparkline(values, look, width), max(width, 0), 1)


def test_series_and_places_must_match() -> None:
    with pytest.raises(ValueError, match="'s' has 2 values at 1 places"):
        curves([Series("s", [1, 2], [1])], Look(), 50, 10)
    with pytest.raises(ValueError, match="edges"):
        histogram([1, 2], [0, 1], Look(), 50, 10)
