"""The gradient check: it passes what is right, finds what is wrong by a thousandth, and calls a kink a kink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine.lessons import LESSONS, lesson_problem
from tests.engine.pages import RandomPage, pages
from tui_nn.errors import UserError
from tui_nn.lang.expression import Number, call
from tui_nn.lessons.problem import Settings, find
from tui_nn.nn.optimizers import optimizer
from tui_nn.session.gradcheck import TOLERANCE, Verdict, gradcheck


def check(text, parameters=None, at=None, **options):
    problem = find(text, Settings(at or {}, parameters=parameters or ()))
    return {row.parameter: row for row in gradcheck(problem.program(), problem.values, **options)}


def spoiled(program, name, factor):
    """The same listing with one gradient's line multiplied by a number: a mistake in a derivative."""
    lines = [
        replace(line, equation=replace(line.equation, expression=call("multiply", line.expression, Number(factor))))
        if line.name == name
        else line
        for line in program.lines
    ]
    return replace(program, lines=tuple(lines))


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_that_learns(lesson):
    problem = lesson_problem(lesson, "adam")
    if not problem.parameters:
        with pytest.raises(UserError, match="no gradients to check"):
            gradcheck(problem.program(), problem.values)
        return
    rows = gradcheck(problem.program(), problem.values)
    assert [row.parameter for row in rows] == list(problem.parameters)
    assert all(row.verdict == Verdict.HOLDS and row.worst.error < TOLERANCE and row.kinks == 0 for row in rows)
    assert all(row.checked == problem.values[row.parameter].size for row in rows)


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("L = w * stop_gradient(w)", 3.0),  # not 2 w
        ("y = stop_gradient(tanh(w)); L = (y - w)**2 + stop_gradient(y * w) * w", 6 + np.tanh(3)),
        ("L = (w * stop_gradient(w * stop_gradient(w)))**2", 2 * 27 * 9),
    ],
)
def test_what_is_held_constant_is_held_in_the_differences_too(text, slope):
    row = check(text, at={"w": 3.0})["w"]
    assert row.verdict == Verdict.HOLDS
    assert row.worst.analytic == pytest.approx(slope, rel=1e-12)


@settings(max_examples=200)
@given(pages())
def test_random_pages(page):
    """Every entry of every parameter to 1e-6, or on a kink: a maximum of equals, a relu of an exact 0."""
    for row in gradcheck(page.program(), page.values):
        assert row.holds, row
        assert row.worst.error < TOLERANCE or row.verdict == Verdict.KINK


@settings(max_examples=60)
@given(pages(bent=False), st.sampled_from([0.999, 1.001, -1, 0]), st.data())
def test_a_wrong_gradient_is_found(page, factor, data):
    program = page.program()
    rows = {row.parameter: row for row in gradcheck(program, page.values)}
    parameter = data.draw(st.sampled_from(sorted(rows)))
    assume(abs(rows[parameter].worst.analytic) > 1e-4)
    wrong = {row.parameter: row for row in gradcheck(spoiled(program, f"d{parameter}", factor), page.values)}
    assert wrong.pop(parameter).verdict == Verdict.DIFFERS
    assert all(row.holds for row in wrong.values())


def test_a_wrong_gradient_is_found_in_its_entry():
    text = "J = sum(W * X) + sum(W**2)"
    values = {"W": np.array([[1.0, 2.0], [3.0, -4.0]]), "X": np.ones((2, 2))}
    program = RandomPage(text, values, ("W",)).program()
    wrong = replace(
        program,
        lines=tuple(
            replace(line, equation=replace(line.equation, expression=call("power", line.expression, Number(1.2))))
            if line.name == "dW"
            else line
            for line in program.lines
        ),
    )
    values["W"] = np.array([[0.0, 0.0], [1.0, 0.0]])  # gradients 1, 1, 3, 1: to the power of 1.2 only the third differs
    (row,) = gradcheck(wrong, values)
    assert (row.worst.index, row.worst.numeric) == ((1, 0), pytest.approx(3, rel=1e-9))
    assert row.worst.analytic == pytest.approx(3**1.2)
    assert row.worst.error == pytest.approx(1 - 3 / 3**1.2, rel=1e-6)


def test_dtype_and_optimiser_do_not_matter():
    text, values = "J = sum(tanh(W @ X)**2)", {"W": np.full((2, 3), 0.3), "X": np.arange(6.0).reshape(3, 2)}
    page = RandomPage(text, values, ("W",))
    assert gradcheck(page.program(), values) == gradcheck(page.program(optimizer("adam"), "float32"), values)


def test_the_values_are_left_alone():
    values = {"w": np.array([1.0, 2.0])}
    gradcheck(RandomPage("J = sum(w**3)", values, ("w",)).program(), values)
    np.testing.assert_array_equal(values["w"], [1, 2])


# Kinks.

KINKS = {
    "relu": "J = relu(w)",
    "abs": "J = 3 * abs(w)",
    "leaky_relu": "J = leaky_relu(w)",
    "a maximum of equals": "J = maximum(w, 0 * w)",
    "the largest of equals": "J = max(outer(w * like(1, v), v))",
    "a hinge": "J = maximum(1 - (w + 1), 0)",
    "a clip at its bound": "J = clip(w, 0, 1)",
    "a norm of nothing": "J = norm(w * v)",
    "a kink within": "J = exp(relu(2 * w)) * (w + 3)",
}


@pytest.mark.parametrize("kink", KINKS)
def test_a_kink_is_no_mistake(kink):
    row = check(KINKS[kink], ["w"], {"w": 0, **({"v": [1, 1]} if "v" in KINKS[kink] else {})})["w"]
    assert row.holds
    assert row.verdict == Verdict.KINK or row.worst.error < TOLERANCE
    if kink not in ("abs", "a norm of nothing", "a maximum of equals", "the largest of equals"):
        # … where the middle of both sides is PyTorch's sub-gradient, the differences agree with it
        assert (row.verdict, row.kinks) == (Verdict.KINK, 1)


@pytest.mark.parametrize("kink", ["relu", "leaky_relu", "a hinge", "a kink within"])
@pytest.mark.parametrize("factor", [-1, 5])
def test_a_slope_that_is_on_neither_side_is_a_mistake_on_a_kink_too(kink, factor):
    """The derivative of either side times the factor is no slope between the two."""
    side = {"relu": "where(w >= 0, w, 0)", "leaky_relu": "where(w >= 0, w, 0.01 * w)"}
    text = f"J = {side[kink]}" if kink in side else KINKS[kink].replace("relu(2 * w)", "where(w >= 0, 2 * w, 0)")
    text = text.replace("maximum(1 - (w + 1), 0)", "where(w <= 0, -w, 0)")
    program = RandomPage(text, {"w": np.array(0.0)}, ("w",)).program()
    (right,) = gradcheck(program, {"w": 0.0})
    assert right.verdict == Verdict.KINK
    (wrong,) = gradcheck(spoiled(program, "dw", factor), {"w": 0.0})
    assert wrong.verdict == Verdict.DIFFERS


@pytest.mark.parametrize("distance", [1e-1, 3e-4, 1e-5, 2e-6, -2e-6, -1e-5, -3e-4])
def test_beside_a_kink_the_step_shrinks_until_it_does_not_reach_over(distance):
    row = check("J = relu(w)**2 + 5 * relu(w) + w", ["w"], {"w": distance})["w"]
    assert row.verdict == Verdict.HOLDS
    assert row.worst.analytic == pytest.approx(1 + (distance > 0) * (2 * distance + 5))


@given(st.floats(-1e-2, 1e-2))
def test_no_distance_from_a_kink_gives_a_false_alarm(distance):
    assert check("J = relu(w) + abs(w - 0.001) * w", ["w"], {"w": distance})["w"].holds


# Sizes.


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1e-3, 1.0, 1e3, 1e6, 1e12])
def test_values_of_any_size(size):
    row = check(f"J = (w / {size!r} - 2)**3 + tanh(w / {size!r})", ["w"], {"w": size})["w"]
    assert row.verdict == Verdict.HOLDS
    assert row.worst.analytic == pytest.approx((3 + 1 - np.tanh(1) ** 2) / size)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1.0, 1e9, 1e200])
def test_losses_of_any_size(scale):
    assert check("J = s * sum(tanh(w * x)**2)", ["w"], {"w": [0.3, 2], "x": [1, -1], "s": scale})["w"].holds


def test_a_steep_curve():
    row = check("J = exp(300 * w)", ["w"], {"w": 0.7})["w"]
    assert row.verdict == Verdict.HOLDS


def test_a_gradient_of_nothing():
    rows = check("J = sum(0 * w) + mean(step(v))", ["w", "v"], {"w": [1, 2], "v": [1, -1]})
    assert [(row.worst.analytic, row.worst.error, row.verdict) for row in rows.values()] == [(0, 0, "holds")] * 2


def test_what_is_not_finite_does_not_hold():
    row = check("J = log(w)", ["w"], {"w": -1.0})["w"]
    assert (row.verdict, row.holds) == (Verdict.NOT_FINITE, False)
    row = check("J = sqrt(w)", ["w"], {"w": 0.0})["w"]
    assert not row.holds


def test_a_large_tensor_is_sampled_by_the_seed():
    at = {"W": np.linspace(-1, 1, 900).reshape(30, 30).tolist(), "v": [1.0, 2.0]}
    rows = check("J = sum(tanh(W)**2) + sum(v**2)", ["W", "v"], at)
    assert (rows["W"].checked, rows["v"].checked) == (200, 2)
    again = check("J = sum(tanh(W)**2) + sum(v**2)", ["W", "v"], at)
    other = check("J = sum(tanh(W)**2) + sum(v**2)", ["W", "v"], at, seed=1)
    assert rows == again
    assert rows["W"].worst != other["W"].worst
    assert check("J = sum(tanh(W)**2) + sum(v**2)", ["W", "v"], at, entries=900)["W"].checked == 900


def test_dropout_is_held_still():
    rows = check(
        "A = tanh(w * x); J = mean((A * dropout_mask(A, 0.5) - 1)**2)", ["w"], {"w": 0.4, "x": [1, 2, 3, 4, 5]}
    )
    assert rows["w"].verdict == Verdict.HOLDS
    assert rows["w"].worst.analytic != 0
