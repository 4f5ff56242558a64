"""The machine's figures against the hand-worked ones, and a checker that is not to be fooled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.lessons import oracles
from tests.lessons.test_figures import ORACLES
from tui_nn.errors import UserError
from tui_nn.lessons.catalogue import all_lessons, load
from tui_nn.lessons.check import Checked, check
from tui_nn.lessons.nested import leaves
from tui_nn.lessons.problem import Settings, find
from tui_nn.lessons.reader import read_lesson

LESSONS = [lesson.slug for lesson in all_lessons()]


def by_key(slug: str) -> dict[Any, list[float]]:
    """What the machine computes for each figure, by optimiser and label."""
    return {
        (c.figure.optimizer, c.figure.label) if c.figure.optimizer else c.figure.label: list(leaves(c.computed))
        for c in check(load(slug))
    }


@pytest.mark.parametrize("slug", LESSONS)
def test_every_verdict_holds(slug: str) -> None:
    checked = check(load(slug))
    assert len(checked) == len(load(slug).figures)
    assert [(c.figure.title, c.problem) for c in checked if not c.holds] == []


@pytest.mark.parametrize("slug", ORACLES)
def test_the_machine_computes_what_was_worked_by_hand(slug: str) -> None:
    worked = ORACLES[slug]()
    for key, computed in by_key(slug).items():
        # A closed form and an iteration of 2,000 steps may differ in more than the last bits.
        far = 1e-9 if slug == "linear-regression" else 1e-12
        assert computed == pytest.approx(np.ravel(worked[key]).tolist(), rel=far, abs=far), key


def test_the_algorithm_from_the_machines_own_start() -> None:
    start = find("B6").values
    worked = oracles.the_algorithm(*(start[name] for name in ("W1", "b1", "W2", "b2")))
    computed = by_key("the-algorithm")
    for label, value in worked.items():
        assert computed[label] == pytest.approx([value], rel=1e-9), label


def test_the_algorithm_has_the_decks_gradients() -> None:
    problem = find("B6", Settings({}, seed=5))
    session = problem.session()
    session.goto(1, session.program.phase_end("backward"))
    worked = oracles.algorithm_gradients(*(problem.values[name] for name in ("W1", "b1", "W2", "b2")))
    for name, gradient in zip(("dW1", "db1", "dW2", "db2"), worked, strict=True):
        assert session.value(name) == pytest.approx(gradient, rel=1e-12, abs=1e-15), name


def test_the_network_from_scratch_from_the_machines_own_start() -> None:
    start = find("N3").values
    worked = oracles.network_from_scratch(start["w1"], start["w2"])
    computed = by_key("network-from-scratch")
    for label, value in worked.items():
        assert computed[label] == pytest.approx([value], rel=1e-9), label


def test_later_steps_of_each_optimizer_recompute_the_gradient() -> None:
    """Three steps of momentum, by hand, on the graph of S5."""
    w, v = oracles.S6_W.copy(), np.zeros((2, 2))
    for _ in range(3):
        v = 0.9 * v + 0.1 * oracles.graph_gradient(w)
        w = w - v
    session = find("S6", Settings({}, optimizer="momentum")).session()
    session.goto(3, session.length)
    assert [float(session.value(f"w{i}")) for i in range(4)] == pytest.approx(w.ravel().tolist(), rel=1e-12)


# A checker that says yes to everything would pass all of the above.

LINE = """
equations = "L = (y - w * x)**2"
parameters = ["w"]
[values]
x = 2
y = 1
w = 0.35
[optimizer]
name = "sgd"
lr = 0.1
[[figures]]
"""  # L = 0.09, dw = -1.2, new w = 0.47


def checked(figure: str) -> Checked:
    return check(read_lesson(LINE + figure, "mine.toml"))[0]


@pytest.mark.parametrize(
    ("figure", "problem"),
    [
        ('name = "L"\nprinted = 0.09\nverdict = "match"', ""),
        ('name = "L"\nprinted = 0.1\nverdict = "rounded"', ""),
        ('name = "L"\nprinted = 0.08\nverdict = "erratum"\nnote = "a slip"', ""),
        ('name = "L"\nprinted = 0.08\nverdict = "match"', "the file says match, recomputed it is erratum"),
        ('name = "L"\nprinted = 0.09\nverdict = "rounded"', "the file says rounded, recomputed it is match"),
        ('name = "L"\nprinted = 0.1\nverdict = "match"', "the file says match, recomputed it is rounded"),
        (
            'name = "L"\nprinted = 0.09\nverdict = "erratum"\nnote = "x"',
            "the file says erratum, recomputed it is match",
        ),
        ('name = "dw"\nright = -1.2', ""),
        ('name = "dw"\nright = 1.2', "what the file gives as right is not what is computed"),
        ('name = "theta"\nparameter = "w"\nright = 0.47', ""),
        ('name = "theta"\nparameter = ["w"]\nright = [0.47]', ""),
        ('name = "w"\nright = 0.35', ""),
        ('name = "w"\niteration = 2\nright = 0.47', ""),
        ('name = "w - lr * dw"\nright = 0.47', ""),
        ('name = "dw"\nprinted = "2 * x * (w * x - y)"\nverdict = "match"', ""),
        ('name = "dw"\nprinted = "x"\nverdict = "match"', "the file says match, recomputed it is erratum"),
        ('name = "L"\nbetween = [0, 1]', ""),
        ('name = "L"\nbetween = [1, 2]', "what is computed is not between 1 and 2"),
        ('name = "L"\nprinted = 0.5\nbetween = [0, 1]\nverdict = "match"', ""),
        (
            'name = "L"\nprinted = 1.5\nbetween = [0, 1]\nverdict = "match"',
            "the file says match, recomputed it is erratum",
        ),
        ('name = ["L", "dw"]\nprinted = [0.09, 1.2]\nverdict = "erratum"\nnote = "the sign"', ""),
    ],
)
def test_a_verdict_is_recomputed_not_believed(figure: str, problem: str) -> None:
    found = checked(figure)
    assert found.problem == problem
    assert found.holds is (not problem)


def test_a_row_tells_which_of_its_entries_is_wrong() -> None:
    found = checked('name = ["L", "dw"]\nprinted = [0.09, 1.2]\nverdict = "erratum"\nnote = "the sign"')
    assert found.cells == ("match", "erratum")
    assert found.found == "erratum"


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        ('label = "∂L"\nname = "dv"\nright = 1', r"mine.toml, figure 1 \(∂L\): there is no value named `dv`.*dw"),
        ('name = "stepp"\nparameter = "w"\nright = 1', r"mine.toml, figure 1 \(stepp\): .*step"),
        ('name = "L"\nright = [1, 2]', "laid out alike"),
        ('name = "L"\nindex = [0]\nright = 1', "there is no such entry"),
        ('name = "L"\nprinted = "q"\nverdict = "match"', "`q`"),
    ],
)
def test_a_figure_that_cannot_be_computed_names_itself(figure: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        checked(figure)
