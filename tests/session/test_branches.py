"""What if: a number is changed, all that follows is computed again, and the run without the change is still there."""

from __future__ import annotations

import numpy as np
import pytest

from tests.session.naive import Naive
from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError
from tui_nn.lessons.problem import Settings, find
from tui_nn.session.explain import explain
from tui_nn.session.session import Session

PAGE = "z = w @ x + b; a = tanh(z); L = (a - y)**2"
VALUES = {"w": [0.5, -0.25], "x": [1.0, 2.0], "b": 0.1, "y": 1.0}


def begun(optimizer="momentum", **hyper):
    form = {"form": "classic"} if optimizer == "momentum" else {}
    problem = find(PAGE, Settings(VALUES, optimizer=optimizer, hyper={"lr": 0.1} | form | hyper))
    return problem.session(), Naive(problem.program(), problem.values)


def number_of(session, name):
    return next(line.number for line in session.program.lines if line.name == name)


def same(session, naive):
    want = naive.at(*session.position)
    for name, value in want.items():
        np.testing.assert_allclose(session.value(name), value, 1e-12, 1e-14, err_msg=f"{name} at {session.position}")


EDITS = {
    "an input": ("x", (1,), 5.0, (1, 0)),
    "a target": ("y", (), -1.0, (1, 0)),
    "a parameter": ("w", (0,), 2.0, (3, 9)),
    "a value": ("z", (), 0.75, (4, 1)),
    "a loss": ("L", (), 7.0, (4, 3)),
    "a gradient": ("dw", (1,), 0.5, (4, 6)),
    "a state": ("v.w", (1,), -3.0, (4, 8)),
    "a hyper-parameter": ("gamma", (), 0.2, (1, 0)),
    "the learning rate": ("lr", (), 0.02, (1, 0)),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_lasts_before_and_after_where_it_was_made(what):
    """It is put in where that number was computed last; all positions agree with a run that is computed anew."""
    session, naive = begun()
    assert session.length == 9
    name, index, value, place = EDITS[what]
    session.goto(4, 9 if what != "a parameter" else 7)
    session.set(name, index, value)
    assert [(e.iteration, e.line, e.name, e.index) for e in session.edits] == [(*place, name, index)]
    assert session.value(name)[index] == value or what == "a state"
    naive.edits.append((place, name, index, value))
    same(session, naive)
    for to in ((4, 9), (3, 9), (6, 2), (1, 0), (1, 4), (5, 0), (4, 1), (12, 9)):
        session.goto(*to)
        same(session, naive)


def test_edits_add_up_and_are_undone_one_by_one():
    session, naive = begun("adam")
    for position, (name, index, value), place in [
        ((3, 10), ("z", (), 2.0), (3, 1)),
        ((5, 2), ("w", (1,), 0.0), (4, session.length)),
        ((2, 4), ("x", (0,), -1.0), (1, 0)),
        ((2, 4), ("x", (0,), -2.0), (1, 0)),
        ((6, 12), ("m.b", (), 0.5), (6, 8)),
    ]:
        session.goto(*position)
        session.set(name, index, value)
        assert (session.edits[0].iteration, session.edits[0].line) <= place
        assert any((e.iteration, e.line, e.name, e.value) == (*place, name, value) for e in session.edits)
        naive.edits.append((place, name, index, value))
        assert session.position == position
        for to in ((7, 3), position):
            session.goto(*to)
            same(session, naive)
    while naive.edits:
        naive.edits.pop()
        session.undo()
        same(session, naive)
    assert session.edits == ()
    with pytest.raises(UserError, match="nothing was changed"):
        session.undo()


def test_the_original_stays_and_the_changed_names_are_marked():
    session, _ = begun()
    fresh, _ = begun()
    session.goto(2, 3)
    fresh.goto(2, 3)
    session.set("z", (), 3.0)
    assert session.frame().edits == ("z",)
    original = session.original(["z", "a", "L"])
    for name, value in original.items():
        np.testing.assert_array_equal(value, fresh.value(name))
    assert session.value("a") == np.tanh(3.0)
    session.next_iteration(3)
    fresh.next_iteration(3)
    np.testing.assert_array_equal(session.original(["w"])["w"], fresh.value("w"))
    assert not np.array_equal(session.value("w"), fresh.value("w"))
    assert session.position == (4, session.length)


def test_an_edit_has_no_other_reason_than_the_hand():
    session, _ = begun()
    session.goto(2, 9)
    session.set("w", (1,), 4.0)
    card = explain(session, "w", (1,))
    assert (card.value, card.role, card.note) == (4.0, "edited", "changed by hand on this branch")
    assert explain(session, "w", (0,)).formula == "w[0] = w[0] - v.w[0]"
    assert explain(session, "theta.w", (1,)).role == "edited"
    session.set("x", (0,), 9.0)
    assert explain(session, "x", (0,)).note == "changed by hand on this branch"
    assert explain(session, "x", (1,)).note == "given"
    session.goto(3, 1)
    assert explain(session, "z", ()).numbers.startswith(
        f"{session.value('w')[0]:.6g} * 9 + 4 * 2".replace(" + -", " + (-")
    )


def test_one_tensor_under_either_of_its_names():
    session, naive = begun()
    session.goto(2, 9)
    session.set("theta.b", (), 1.0)
    session.set("g.w", (0,), 0.25)
    assert session.frame().edits == ("dw", "b")
    naive.edits += [((2, 9), "b", (), 1.0), ((2, number_of(session, "dw")), "dw", (0,), 0.25)]
    same(session, naive)
    assert session.value("g.w")[0] == session.value("dw")[0] == 0.25


def test_an_edit_of_what_an_activation_gives():
    """dz reads A as well as Z: the mask of a relu is that of its formula, whatever stands in A."""
    problem = find(
        "Z = W * X; A = relu(Z); L = sum(A * Y)", Settings({"W": [1, -1, 2], "X": [3, 3, -3], "Y": [1, 1, 1]})
    )
    session = problem.session()
    naive = Naive(problem.program(), problem.values, [((1, 2), "A", (1,), 5.0)])
    session.goto(1, session.length)
    session.set("A", (1,), 5.0)
    same(session, naive)
    assert session.value("dZ")[1] == 0


def test_an_edit_of_logits_reaches_loss_and_gradient():
    problem = find(
        "Z = X @ W; L = softmax_cross_entropy(Z, Y)",
        Settings({"W": [[1, -1], [2, 0]], "X": [[3, 1], [0, 2]], "Y": [[1, 0], [0, 1]]}, optimizer="sgd"),
    )
    session = problem.session()
    naive = Naive(problem.program(), problem.values, [((2, 1), "Z", (1, 0), -4.0)])
    session.goto(2, session.length)
    session.set("Z", (1, 0), -4.0)
    same(session, naive)


def test_a_folded_bias_and_its_gradient():
    text = "Z = W @ X + b; A = tanh(Z); L = mean((A - Y)**2)"
    values = {"W": [[1.0, -0.5]], "X": [[1.0, 2, 3], [0, -1, 1]], "b": [[0.25]], "Y": [[1.0, 0, 1]]}
    problem = find(text, Settings(values, optimizer="adam", hyper={"lr": 0.1}))
    session, naive = problem.session(), Naive(problem.program(), problem.values)
    line = {line.name: line.number for line in session.program.lines}
    session.goto(3, session.length)
    for name, index, value, place in [
        ("db", (0, 0), 2.0, (3, line["db"])),
        ("dW", (0, 1), -1.0, (3, line["dW"])),
        ("dZ", (0, 2), 0.5, (3, line["dZ"])),
        ("b", (0, 0), 0.0, (3, session.length)),
        ("X", (1, 1), 4.0, (1, 0)),
        ("v.b", (0, 0), 0.5, (3, line["v"])),
    ]:
        session.set(name, index, value)
        naive.edits.append((place, name, index, value))
        same(session, naive)
    for to in ((2, 4), (3, line["dW"]), (3, line["db"]), (5, session.length)):
        session.goto(*to)
        for name, value in naive.at(*to).items():
            np.testing.assert_allclose(session.value(name), value, 1e-11, 1e-13, err_msg=f"{name} at {to}")


def test_negative_indices_count_from_the_end():
    session, _ = begun()
    session.step(1)
    session.set("x", (-1,), 7.0)
    assert session.edits[0].index == (1,)
    assert session.value("x")[1] == 7


@pytest.mark.parametrize(("name", "index", "error", "message"), [
    ("q", (), UserError, "no value named `q`"),
    ("x", (), EquationError, "an entry of it has 1 indices, not 0"),
    ("x", (2,), EquationError, "index 2 of axis 0 is not in 0 to 1"),
    ("L", (), UserError, "`L` is not computed yet"),
    ("g.w", (0,), UserError, "`g.w` is not computed yet"),
    ("t", (), UserError, "`t` cannot be set"),
    ("v", (0,), UserError, "write v.w"),
])  # fmt: skip
def test_what_cannot_be_set(name, index, error, message):
    session, _ = begun()
    session.goto(1, 2)
    with pytest.raises(error, match=message):
        session.set(name, index, 1.0)
    assert session.edits == ()
    assert session.position == (1, 2)
    assert session.value("a") == np.tanh(0.1)


def test_what_no_line_reads_cannot_be_set():
    """In a long update `step` is computed to be seen; theta is computed without it."""
    problem = find("L = sum((W - 1)**2)", Settings({"W": np.zeros((130, 130)).tolist()}, optimizer="sgd"))
    session = problem.session()
    session.goto(1, session.length)
    with pytest.raises(UserError, match=r"`step.W` is only shown.*; set what comes of it"):
        session.set("step.W", (0, 0), 5.0)
    session.set("W", (0, 0), 5.0)
    session.set("dW", (0, 1), 100.0)
    assert (session.value("W")[0, 0], session.value("W")[0, 1]) == (5, -1)


def test_inputs_that_are_fed_are_changed_in_their_iteration_only():
    problem = find(PAGE, Settings(VALUES, optimizer="sgd"))
    session = Session(problem.program(), problem.values, feed=lambda t: {"x": [t, 2.0 * t], "y": 1.0})
    session.goto(3, 1)
    session.set("x", (0,), 100.0)
    assert (session.edits[0].iteration, session.edits[0].line) == (3, 0)
    for iteration, first in ((2, 2.0), (3, 100.0), (4, 4.0), (3, 100.0), (1, 1.0)):
        session.goto(iteration, 1)
        assert session.value("x")[0] == first


def test_conditions_and_breaks_hold_on_a_branch():
    session, _ = begun()
    session.goto(3, 2)
    session.set("z", (), 10.0)
    session.reset()
    session.run_until("z > 5")
    assert session.position == (3, 1), "the edit comes right after its line"
