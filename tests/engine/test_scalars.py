"""The single numbers of the update: of each iteration, however one gets there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.parse import parse_page
from tui_nn.nn.optimizers import optimizer


def machine(name="adam", dtype="float64", **hyper):
    program = build(parse_page("J = w**2"), {"w": ()}, ["w"], update=optimizer(name, hyper), dtype=dtype)
    return Machine(program, {"w": 1.0})


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=8))
def test_corrections_of_any_iteration_in_any_order(iterations):
    one = machine()
    for t in iterations:
        one.begin(t)
        one.lines(1, len(one.program.lines))
        m, v = one.number("m.w"), one.number("v.w")
        assert one.number("t") == t
        assert one.number("m_hat.w") == m / (1 - 0.9**t)
        assert one.number("v_hat.w") == pytest.approx(v / (1 - 0.999**t), rel=1e-15)


def test_t_is_right_where_no_line_reads_it():
    one = machine("sgd")
    one.run(3)
    assert one.number("t") == 3
    one.begin(300)
    assert one.number("t") == 300


def test_in_single_precision_the_corrections_are_computed_in_double():
    """1 - 0.999 is 0.001 to seven digits in single precision only if it is computed before it is rounded."""
    one = machine(dtype="float32")
    one.run(1)
    assert one.read("v_hat.w") == pytest.approx(4, rel=2e-7)


def test_a_hyper_parameter_that_is_set_counts_from_the_next_iteration_on():
    one = machine("sgd", lr=0.25)
    one.run(1)
    one.write("lr", 0.5)
    assert one.number("w") == 0.5
    one.run(1)
    assert one.number("w") == 0
    assert one.number("lr") == 0.5


def test_a_schedule_gives_each_iteration_its_value():
    one = machine("sgd")
    one.scalars.schedule("lr", lambda t: 1 / (t + 1))
    w = 1.0
    for t in range(1, 600):
        one.run(1)
        w -= 2 * w / (t + 1)
        assert one.number("lr") == 1 / (t + 1)
    assert one.number("w") == pytest.approx(w, rel=1e-12)
    one.write("lr", 0.0)
    one.run(2)
    assert one.number("w") == pytest.approx(w, rel=1e-12), "a number that is set ends the schedule"


@pytest.mark.parametrize("name", ["w", "m", "momentum", "t"])
def test_what_is_no_hyper_parameter(name):
    with pytest.raises(UserError, match=f"`{name}` cannot be set; the hyper-parameters are lr, beta1, beta2, eps"):
        machine().scalars.set(name, 1.0)
