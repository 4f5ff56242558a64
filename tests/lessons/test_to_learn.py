"""What is learned where nobody names an optimiser."""

from __future__ import annotations

import pytest

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Settings, find
from tui_nn.lessons.to_learn import find_to_learn

LINE = "L = (y - w * x)**2"
GIVEN = {"y": 6.0, "w": 1.0, "x": 2.0}


def test_equations_with_something_to_learn_get_gradient_descent_and_say_so():
    problem, settings = find_to_learn(LINE, Settings(GIVEN))
    assert problem.update.name == settings.optimizer == "sgd"
    assert problem.remark == "no optimizer was named; gradient descent (sgd) with lr = 0.01"
    session = problem.session()
    session.next_iteration()
    assert float(session.value("w")) == pytest.approx(1 + 0.01 * 2 * 4 * 2)
    assert find(LINE, settings).program() == problem.program()


def test_what_is_set_of_it_holds():
    problem, settings = find_to_learn(LINE, Settings(GIVEN, hyper={"lr": 0.5}), learns=False)
    assert problem.update.hyper["lr"] == 0.5
    assert settings.hyper == {"lr": 0.5}


@pytest.mark.parametrize("target", ["S5", "S6", "A1", "M3"])
def test_a_lesson_is_as_it_is(target):
    problem, settings = find_to_learn(target, Settings({}))
    assert (problem.remark, settings) == ("", Settings({}))
    assert problem.program() == find(target).program()


def test_where_there_is_nothing_to_learn_or_none_is_wanted_there_is_no_optimiser():
    alone, _ = find_to_learn(LINE, Settings(GIVEN), learns=False)
    assert alone.update is None
    vector, _ = find_to_learn("v = w * x", Settings({"w": [1.0, 2.0], "x": 3.0}))
    assert vector.update is None
    assert "nothing to differentiate" in vector.remark
    with pytest.raises(UserError, match="has no parameters"):
        find_to_learn("A1", Settings({}, hyper={"lr": 1.0}))
