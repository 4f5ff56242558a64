"""The report of an autopsy: how a number grew is seen, and there is always something to go by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui_nn.lessons.problem import Settings, find
from tui_nn.session.autopsy import autopsy
from tui_nn.session.frame import Position
from tui_nn.tui.batch_problem import REFUSED
from tui_nn.tui.drawing.autopsy import report
from tui_nn.tui.notation import Notation
from tui_nn.view.look import Look

BARS = Look().glyphs.bars


@pytest.fixture(scope="module")
def exploded():
    session = find("M3", Settings({}, hyper={"lr": 0.2})).session()
    session.run(5000)
    return autopsy(session), Notation(session.program)


def curve(text):
    """The heights of the bars that are drawn."""
    return next([BARS.index(c) for c in line.strip()] for line in text.splitlines() if BARS[0] in line)


def test_growth_by_a_factor_in_each_iteration_is_an_even_rise(exploded):
    heights = curve(report(*exploded, Look()))
    assert heights[0] == 0
    assert heights[-1] == len(BARS) - 1
    even = [round(i * (len(BARS) - 1) / (len(heights) - 1)) for i in range(len(heights))]
    assert max(abs(a - b) for a, b in zip(heights, even, strict=True)) <= 1


def test_the_curve_says_what_it_shows_and_that_it_is_logarithmic(exploded):
    found, notation = exploded
    first, last = (Look().number(size, digits=3) for _, size in (found.sizes[0], found.sizes[-1]))
    label = f"|J| from {first} to {last} in iterations 1 to {found.sizes[-1][0]}, logarithmic:"
    assert label in report(found, notation, Look())
    assert "logarithmic" not in report(found, notation, Look(), curve=False)


def test_late_growth_fills_half_of_the_curve(exploded):
    found, notation = exploded
    sizes = tuple((i, max(1.0, 10.0 ** (i - 900))) for i in range(1, 1001))
    heights = curve(report(replace(found, sizes=sizes, began=Position(900, 17)), notation, Look()))
    assert heights.count(0) == pytest.approx(len(heights) / 2, rel=0.2)
    assert heights[-1] == len(BARS) - 1


def test_a_size_of_0_is_no_hole_in_the_curve(exploded):
    found, notation = exploded
    sizes = ((1, 2.0), (2, 0.0), (3, 20.0), (4, 200.0), (5, 2e7))
    assert curve(report(replace(found, sizes=sizes, began=None), notation, Look())) == [0, 0, 1, 2, 7]


def test_no_heading_stands_over_nothing(exploded):
    found, notation = exploded
    text = report(replace(found, causes=()), notation, Look(), notes=(REFUSED["smaller"],))
    blocks = [block.splitlines() for block in text.split("\n\n")]
    headings = [block[0] for block in blocks[1:]]
    assert headings == ["Its operands", "Where the growth began", "Likely causes, and what to do"]
    assert all(len(block) > 1 for block in blocks)


@pytest.mark.parametrize(
    ("start", "iterations", "is_after_steps"), [("w2", 1, False), ("lr", 1, True), ("lr", 2, True)]
)
def test_in_the_very_first_pass_no_step_has_led_there(start, iterations, is_after_steps):
    large = {"w2": 1e200} if start == "w2" else {}
    rate = {} if start == "w2" else {"lr": 1e308 if iterations == 1 else 1e200}
    session = find("S5", Settings(large, hyper=rate)).session()
    session.run(3)
    found = autopsy(session)
    assert found.position.iteration == iterations
    assert found.is_after_steps is is_after_steps
