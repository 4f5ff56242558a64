"""Runs: to a number of iterations, to a condition, to the first number that is not finite."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_page
from tui_nn.lessons.problem import Settings, find
from tui_nn.nn.optimizers import optimizer
from tui_nn.session.session import Session


def session_of(text, values, **options):
    return find(text, Settings(values, **options)).session()


def parabola(lr=0.25, w=9.0):
    """w goes to w / 2 in each iteration (lr 0.25): J = w**2 is 81, 20.25, 5.06, 1.27, … at the loss line."""
    return session_of("J = w**2", {"w": w}, optimizer="sgd", hyper={"lr": lr})


@pytest.mark.parametrize(("start", "count", "end"), [
    ((1, 0), 1, (1, 4)), ((1, 0), 5, (5, 4)), ((2, 1), 1, (2, 4)), ((2, 4), 1, (3, 4)), ((2, 4), 200, (202, 4)),
    ((3, 0), 2, (4, 4)),
])  # fmt: skip
def test_so_many_iterations(start, count, end):
    session = parabola()
    session.goto(*start)
    stop = session.run(count)
    assert (stop.kind, session.position) == ("limit", end)
    assert session.value("w") == 9 / 2.0 ** end[0]


def test_a_condition_stops_at_the_line_after_which_it_can_be_told():
    session = parabola()
    stop = session.run_until("J < 6")
    assert (stop.kind, stop.text) == ("condition", "J < 6")
    assert session.position == (3, 1)
    assert session.value("J") == 81 / 16
    session = parabola()
    session.run_until("w < 3")
    assert (session.position, session.value("w")) == ((2, 4), 2.25)
    session = parabola()
    session.run_until("w < 3 and J < 6")  # w as the loss line has read it
    assert (session.position, session.value("w")) == ((3, 1), 2.25)


def test_a_condition_that_holds_at_once_stops_at_the_next_time_it_is_told():
    session = parabola()
    for iteration in (1, 2, 3):
        session.run_until("J > 0")
        assert session.position == (iteration, 1)


def test_a_condition_on_a_state_or_a_step():
    session = session_of("J = (w - 1)**2", {"w": 5}, optimizer="momentum", hyper={"lr": 0.1})
    session.run_until("abs(v.w) < 0.1 and t > 3")
    assert session.program.lines[session.position.line - 1].name == "v"
    assert abs(session.value("v.w")) < 0.1
    assert session.position.iteration > 3


def test_the_first_of_several_conditions():
    session = parabola()
    session.break_when("w < 0.2")
    session.break_when("dw < 3")
    assert session.breaks == ("w < 0.2", "dw < 3")
    stops = [(session.run(100).text, *session.position) for _ in range(4)]
    assert stops == [("dw < 3", 4, 2), ("dw < 3", 5, 2), ("dw < 3", 6, 2), ("w < 0.2", 6, 4)]
    session.clear_break("dw < 3")
    assert session.run(3).text == "w < 0.2"


@given(st.integers(1, 9), st.sets(st.integers(1, 4), min_size=1), st.integers(1, 9))
def test_breaks_at_lines_come_in_order_and_all_of_them(iterations, lines, start):
    """Up to the very last iteration."""
    session = parabola()
    session.goto(start, 0)
    for line in lines:
        session.break_at(line)
    found = []
    while True:
        rest = iterations - (session.position.iteration - start) - (session.position.line == 4)
        if rest == 0 or session.run(rest).kind == "limit":
            break
        found.append(session.position)
    assert found == [(start + i, line) for i in range(iterations) for line in sorted(lines)]


def test_a_condition_that_never_holds_ends_at_the_limit():
    session = parabola(lr=0.0)
    stop = session.run_until("J < 1", limit=150)
    assert (stop.kind, session.position) == ("limit", (150, 4))
    assert stop.text == "iteration 150 reached"


def test_back_to_the_latest_earlier_moment():
    session = parabola()
    session.goto(8, 4)
    assert session.back_until("J > 6").kind == "condition"
    assert (session.position, session.value("J")) == ((2, 1), 20.25)
    session.goto(3, 1)
    session.back_until("J > 5")  # J is 5.06 where it stands: an earlier moment is meant
    assert session.position == (2, 1)
    assert session.back_until("J > 1000").kind == "limit"
    assert session.position == (2, 1)


@pytest.mark.parametrize(("condition", "error", "message"), [
    ("dW > 3", UserError, "no value named `dW`; did you mean dw"),
    ("x > 3", UserError, r"the condition `x > 3` is a vector of 2; it must be one yes or no: any\(x > 3\) or all"),
    ("w >", EquationError, "w >"),
    ("x[2] > 1", EquationError, "index 2"),
    ("m.w > 1", UserError, "no value named `m.w`"),
    ("sum(dropout_mask(x, 0.5)) > 1", UserError, "a mask is drawn by its line"),
])  # fmt: skip
def test_a_condition_that_cannot_be(condition, error, message):
    session = session_of("J = sum((w * x)**2)", {"w": 5, "x": [1, 2]}, optimizer="sgd")
    for ask in (session.break_when, session.run_until, session.back_until):
        with pytest.raises(error, match=message):
            ask(condition)
    assert session.position == (1, 0)


# What is not finite.


def test_a_learning_rate_that_is_far_too_large_stops_the_algorithm():
    session = find("B6", Settings({}, optimizer="sgd", hyper={"lr": 1e200})).session()
    stop = session.run(100)
    assert stop.kind == "non-finite"
    line = session.program.lines[session.position.line - 1]
    assert f"iteration {session.position.iteration}, line {line.number}: `{line}` gives {line.name}" in stop.text
    assert "; operands: " in stop.text
    values = [v for _, v in session.line_values(line)]
    assert not all(np.isfinite(v).all() for v in values)
    session.back()
    for earlier in range(1, session.position.line + 1):
        for _, value in session.line_values(session.program.lines[earlier - 1]):
            assert np.isfinite(value).all(), "an earlier line of that iteration was at fault"


def test_the_line_the_entry_and_the_operands_are_named():
    session = session_of("a = w * x; b = log(a); J = sum(b)", {"w": 1.0, "x": [2.0, 0.0, -1.0]}, optimizer="sgd")
    stop = session.run(10)
    assert session.position == (1, 2)
    assert stop.text == ("iteration 1, line 2: `b = log(a)` gives b[1] = -Infinity (and 1 more); operands: a[1] = 0")


@pytest.mark.parametrize(
    ("text", "values", "operands"),
    [
        ("J = sum(X @ w)", {"X": [[2, 3], [3, 1e308]], "w": [5.0, 4.0]}, "X[1, 1] = 1e+308, w[1] = 4"),
        ("J = sum(w)", {"w": [-1.0, 1e308, 5.0, 1.5e308, 0.0, 0.0]}, "w[3] = 1.5e+308, w[1] = 1e+308"),
        ("J = sum(X @ w)", {"X": [[1.0] * 9], "w": [0.0] * 8 + [np.nan]}, "w[8] = NaN"),
    ],
)
def test_the_operands_that_are_to_blame_are_named(text, values, operands):
    assert session_of(text, values, optimizer="sgd").run(10).text.endswith(f"; operands: {operands}")


def test_operands_of_all_parameters_together_are_summed_up():
    lines = parse_page("total = norm(g)**4\nstep = lr * g * total\ntheta = theta - step")
    update = replace(optimizer("sgd"), equations=tuple(Equation(e.name, e.expression, "update") for e in lines))
    values = {"w": 1.0, "v": 2.0, "x": 1e100, "y": 3.0}
    page = parse_page("J = w * x + v * y")
    session = Session(build(page, dict.fromkeys(values, ()), ["w", "v"], update=update), values)
    assert session.run(10).text.endswith("gives total = Infinity; operands: g from 3 to 1e+100")


def test_an_operand_that_the_line_overwrites_is_shown_as_it_was():
    session = session_of("J = w * x", {"w": 1.0, "x": 1e200}, optimizer="adam")
    stop = session.run(10)
    assert "`v = beta2 * v + (1 - beta2) * g**2` gives v.w = Infinity" in stop.text
    assert stop.text.endswith("; operands: dw = 1e+200")


def test_what_goes_wrong_late_is_found_where_it_begins():
    """w grows by 3 times in each iteration, so w**2 overflows in iteration 324 = 1 + 154 / log10(3)."""
    session = session_of("J = w**2", {"w": 1.0}, optimizer="sgd", hyper={"lr": -1.0})
    assert session.run(1000).kind == "non-finite"
    first = next(k for k in range(1, 1000) if 3.0 ** (k - 1) > 1.4e154)
    assert session.position == (first, 1)


def test_a_condition_is_told_before_the_number_that_is_not_finite():
    session = session_of("a = w * x; b = log(a); J = b", {"w": 1.0, "x": -1.0}, optimizer="sgd")
    assert session.run_until("isnan(b)").kind == "condition"
    assert session.position == (1, 2)
    session.reset()
    assert session.run_until("a < 0").kind == "condition"
    assert session.position == (1, 1)
    session.reset()
    assert session.run_until("isnan(J)").kind == "non-finite"
    assert session.position == (1, 2)


def test_a_given_number_that_is_not_finite_hides_no_condition():
    program = build(parse_page("J = w**2"), {"w": (), "u": ()}, ["w", "u"])
    session = Session(program, {"w": 1.0, "u": np.nan})
    assert session.run_until("J > 0").kind == "condition"
    assert session.position == (1, 1)


def test_a_loss_that_is_infinite_for_one_iteration_stops_a_run_too():
    session = session_of("J = w**2", {"w": 1e200}, optimizer="sgd", hyper={"lr": 0.5})  # one step leads to 0
    stop = session.run(1000)
    assert (stop.kind, session.position) == ("non-finite", (1, 1))
    session.goto(3, session.length)
    assert session.run(1000).kind == "limit"
    assert session.value("w") == 0


def test_going_back_before_it_and_on_with_a_smaller_step():
    session = session_of("J = w**2", {"w": 1.0}, optimizer="sgd", hyper={"lr": -1.0})
    assert session.run(1000).kind == "non-finite"
    session.goto(5, 4)
    session.set("lr", (), 0.25)
    assert session.run(500).kind == "limit"
    assert session.value("w") == 0.5**505


@settings(max_examples=25)
@given(st.integers(1, 150), st.integers(0, 3), st.integers(1, 200))
def test_a_run_ends_where_steps_do(iteration, line, count):
    session, other = parabola(w=1e150, lr=0.3), parabola(w=1e150, lr=0.3)
    session.goto(iteration, line)
    session.run(count)
    other.goto(*session.position)
    assert session.position == (iteration + count - 1, 4)
    assert session.value("w") == other.value("w")


def test_what_one_batch_size_has_passed_is_forgotten_with_all_of_it_when_another_goes_back():
    program = build(parse_page("J = w**2"), {"w": ()}, ["w"], update=optimizer("sgd", {"lr": 0.5}))
    machine = Machine(program, {"w": 1.0})
    other = Machine(program, {}, share=machine)
    start = machine.save()
    other.write("w", 1e200)
    other.lines(1, len(program.lines))
    assert not other.is_finite()
    machine.restore(start)
    other.lines(1, len(program.lines))
    assert other.is_finite()
