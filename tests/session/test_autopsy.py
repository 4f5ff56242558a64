"""Autopsies of runs that are known to go wrong, and why."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tui_nn.lessons.problem import Settings, find
from tui_nn.session.autopsy import autopsy
from tui_nn.session.open_run import open_run
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values


def test_a_learning_rate_that_is_too_large():
    session = find("M3", Settings({}, hyper={"lr": 0.2})).session()
    session.run(5000)
    end = session.position
    found = autopsy(session)
    assert session.position == end == found.position
    assert not np.isfinite(found.card.value)
    # The cost grows from the very first step on: about by the square of 1 − lr·λ, λ the largest curvature.
    X = np.array([1.0, 3, 6, 5])
    curvature = np.linalg.eigvalsh([[np.mean(X**2), X.mean()], [X.mean(), 1]])[-1]
    assert found.began == (1, session.length)
    assert "lr = 0.2 is too large" in found.causes[-1]
    assert f"×{(1 - 0.2 * curvature) ** 2:.3g}" in found.causes[-1]


def test_the_first_of_them_is_found_also_from_far_behind_it():
    session = find("M3", Settings({}, hyper={"lr": 0.2})).session()
    session.run(5000)
    first = session.position
    session.goto(first.iteration + 40, 2)
    assert autopsy(session).position == first
    assert session.position == (first.iteration + 40, 2)


@pytest.mark.parametrize(
    ("equations", "values", "cause"),
    [
        ("a = w * x; L = log(a)", {"w": -1.0, "x": 2.0}, "logarithm of -2"),
        ("a = exp(w * x); L = a**2", {"w": 1.0, "x": 900.0}, "e to the power of 900"),
        ("a = w - x; L = x / a", {"w": 2.0, "x": 2.0}, "divides by 0"),
        ("L = sqrt(w) * x", {"w": -4.0, "x": 1.0}, "root of -4"),
        ("L = (w * x)**2", {"w": 1e200, "x": 1.0}, "too large for float64, made of 1e200 and 2"),
        ("L = (w * x)**2", {"w": 1.0, "x": float("nan")}, "not finite before this line"),
    ],
)
def test_a_line_that_cannot_do_better(equations, values, cause):
    session = find(equations, Settings(values, optimizer="sgd")).session()
    session.run(1)
    found = autopsy(session)
    assert found.began is None
    assert cause in found.causes[0]
    assert "very first pass" in found.causes[-1]


def test_all_is_well():
    session = find("S5").session()
    session.run(20)
    assert autopsy(session) is None


def run_away(tmp_path, **settings):
    """A run that training had to end, in the stepper, right after the line that did it."""
    run = Run.begin(from_values({"out": str(tmp_path / "run"), "steps": 60, **settings}))
    while run.trainer.stop is None:
        run.advance(0)
    session = open_run(run.folder, run.trainer.course.iteration)
    assert session.run(3).kind == "non-finite"
    return session


def test_numbers_that_float32_cannot_hold_are_a_cause(tmp_path):
    found = autopsy(run_away(tmp_path, data="iris", lr=1e30))
    assert found.began is None
    line, step = found.causes
    product = re.match(r"W2\[\d+, \d+\] \* A1\[\d+, \d+\] is too large for float32, made of (\S+) and (\S+)$", line)
    assert [f"{o}" for o in found.card.operands[:2]] == line.partition(" is ")[0].split(" * ")
    assert "; operands: W2[" in found.text
    assert 3.4e38 < abs(float(product[1]) * float(product[2])) < 1e308
    assert re.match(r"the largest parameter went from 1\.\d+ to 1e30 in the one step of iteration 1", step)
    assert step.endswith("the learning rate lr = 1e30 is too large")


def test_growth_from_nothing_has_no_factor(tmp_path):
    session = run_away(tmp_path, data="iris", lr=100.0, optimizer="sgd")
    found = autopsy(session)
    assert found.sizes[found.began.iteration - 1][1] == 0
    assert re.match(r"\|J\| grew from 0 to \S+ in \d+ iterations: most likely", found.causes[-1])
