"""Profiles of columns: counts and ranges against a hand count."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.data import load
from tui_nn.data.csv_file import parse_csv
from tui_nn.data.profile import class_counts, profiles
from tui_nn.data.table import Column, Table


def test_each_type_by_hand():
    data = b"n,f,t,m,e\n1,0.5,a,1,\n2,?,b,x,NA\n3,2.5,a,,\n,1.5,,2,\n"
    n, f, t, m, e = profiles(parse_csv(data, "t", header=True))
    assert (n.type, n.rows, n.missing, n.distinct, n.lowest, n.mean, n.highest) == ("integer", 4, 1, 3, 1, 2, 3)
    assert (f.type, f.missing, f.lowest, f.mean, f.highest) == ("number", 1, 0.5, 1.5, 2.5)
    assert f.histogram == (1, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    assert f.edges[0] == 0.5
    assert f.edges[-1] == 2.5
    assert (t.type, t.missing, t.categories, t.histogram, t.mean) == ("text", 1, ("a", "b"), (2, 1), None)
    assert (m.type, m.missing, m.distinct) == ("mixed", 1, 3)
    assert (e.type, e.missing, e.distinct, e.histogram) == ("empty", 4, 0, ())


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_every_value_is_counted_once(values):
    cells = ["" if value is None else repr(value) for value in values]
    (profile,) = profiles(Table("t", (Column("c", cells),), range(len(cells)), True))
    assert sum(profile.histogram) + profile.missing == len(values)
    there = [value for value in values if value is not None]
    if there:
        assert (profile.lowest, profile.highest) == (min(there), max(there))
        assert profile.distinct == len(set(there))


def test_a_data_set_has_its_target_last():
    *features, target = profiles(load("circle", n=50))
    assert [profile.name for profile in features] == ["x1", "x2"]
    assert (target.name, target.categories, target.histogram) == ("y", ("0", "1"), (25, 25))
    *_, height = profiles(load("plane"))
    assert height.type == "number"


def test_class_counts():
    assert class_counts(load("iris")) == {"setosa": 50, "versicolor": 50, "virginica": 50}
    assert class_counts(load("iris").take(np.arange(60))) == {"setosa": 50, "versicolor": 10, "virginica": 0}
    assert class_counts(load("plane")) == {}
