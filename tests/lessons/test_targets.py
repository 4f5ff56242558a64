"""Targets that a loss takes for granted: refused where its gradient would not be that of its value."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Settings, find
from tui_nn.session.gradcheck import Verdict, gradcheck

ROWS, COLUMNS = "L = softmax_cross_entropy(Z, Y)", "L = softmax_cross_entropy(Z, Y, axis=0)"
Z = [[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]]


@pytest.mark.parametrize(
    ("text", "z", "y", "said"),
    [
        (ROWS, Z[0], [0, 1, 1], r"`Y` adds up to 2: "),
        (ROWS, Z, [[0, 1, 0], [0.5, 0.25, 0]], r"`Y` in row 1 adds up to 0.75: "),
        (COLUMNS, Z, [[1, 0, 0], [0, 1, 0]], r"`Y` in column 2 adds up to 0: "),
        (ROWS, Z[0], [0, float("nan"), 1], r"`Y` adds up to nan: "),
        (f"A = softmax(Z); {ROWS} + 0 * sum(A)", Z[0], [2, 0, 0], r"`Y` adds up to 2: "),
    ],
)
def test_targets_that_do_not_add_up_to_1_are_named(text, z, y, said):
    with pytest.raises(UserError, match=said):
        find(text, Settings({"Z": z, "Y": y}, parameters=["Z"]))


@pytest.mark.parametrize(
    ("text", "z", "y"),
    [
        (ROWS, Z, [[0, 1, 0], [0.2, 0.3, 0.5]]),
        (COLUMNS, np.transpose(Z), np.transpose([[0, 0, 1], [0.1, 0.2, 0.7]])),
        ("L = softmax_cross_entropy(Z, Y / sum(Y))", Z[0], [1, 2, 1]),
    ],
)
def test_those_that_do_have_the_gradient_of_the_value(text, z, y):
    problem = find(text, Settings({"Z": z, "Y": y}, parameters=["Z"]))
    assert [row.verdict for row in gradcheck(problem.program(), problem.values)] == [Verdict.HOLDS]


def test_probabilities_may_be_rounded():
    find(ROWS, Settings({"Z": Z[0], "Y": [0.333333] * 3}, parameters=["Z"]))
