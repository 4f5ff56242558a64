"""Targets: what each kind of loss reads, and what is refused with its row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.errors import UserError
from tui_nn.nn.targets import encode, one_hot


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20))
def test_one_hot_has_one_1_a_column_at_the_code(codes):
    columns = one_hot(codes, 7)
    assert columns.shape == (7, len(codes))
    assert (columns.sum(axis=0) == 1).all()
    assert columns.argmax(axis=0).tolist() == codes


@pytest.mark.parametrize(
    ("kind", "y", "outputs", "wanted"),
    [
        ("values", [1.5, 2], 1, [[1.5, 2]]),
        ("values", [[1, 2], [3, 4], [5, 6]], 2, [[1, 3, 5], [2, 4, 6]]),
        ("values", [0, 2], 3, [[1, 0], [0, 0], [0, 1]]),
        ("binary", [0, 1, 1], 1, [[0, 1, 1]]),
        ("binary", [[0], [1]], 1, [[0, 1]]),
        ("binary", [True, False], 1, [[1, 0]]),
        ("binary", [[0, 1], [1, 1]], 2, [[0, 1], [1, 1]]),
        ("signs", [0, 1], 1, [[-1, 1]]),
        ("signs", [-1, 1], 1, [[-1, 1]]),
        ("signs", [1, 0], 2, [[-1, 1], [1, -1]]),
        ("one_hot", [1, 0], 2, [[0, 1], [1, 0]]),
        ("one_hot", [[0.2, 0.8]], 2, [[0.2], [0.8]]),
    ],
)
def test_targets_become_columns(kind, y, outputs, wanted):
    columns = encode(kind, y, outputs)
    assert columns.dtype == np.float64
    np.testing.assert_array_equal(columns, wanted)


@pytest.mark.parametrize(
    ("kind", "y", "outputs", "said"),
    [
        ("one_hot", [0, 3], 3, "example 2, 3, is no class code from 0 to 2"),
        ("one_hot", [0, -1], 3, "example 2"),
        ("one_hot", [0, 0.5], 3, "whole number"),
        ("one_hot", [[1, 1]], 2, "does not add up to 1"),
        ("binary", [0, 2], 1, "example 2, 2, does not lie from 0 to 1"),
        ("signs", [1, 2], 1, "neither -1 nor 1"),
        ("signs", [-1, 0, 1], 1, "is 0 where others are -1"),
        ("values", [1, np.nan], 1, "example 2, nan, is not a finite number"),
        ("values", [[1, 2]], 3, "puts out 3 numbers for an example, and a target has 2"),
        ("values", ["a"], 1, "targets are numbers"),
        ("values", [[[1]]], 1, "3 axes"),
    ],
)
def test_targets_that_do_not_fit_are_told(kind, y, outputs, said):
    with pytest.raises(UserError, match=said):
        encode(kind, y, outputs)
