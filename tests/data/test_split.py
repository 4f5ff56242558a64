"""Splits: the decks' sizes, a partition, each class in proportion, a given test part kept."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui_nn.data.dataset import Dataset
from tui_nn.data.schema import Field, Schema
from tui_nn.data.split import part_size, split
from tui_nn.errors import UserError


def with_codes(codes, classes=None):
    names = tuple(map(str, range(classes or max(codes) + 1)))
    schema = Schema((Field("x"),), "y", "classification", names, ("x", "y"))
    return Dataset("d", np.arange(float(len(codes)))[:, None], np.array(codes, np.int64), schema)


def with_numbers(rows):
    return Dataset("d", np.zeros((rows, 1)), np.arange(float(rows)), Schema((Field("x"),), "y", "regression"))


@pytest.mark.parametrize(
    ("rows", "share", "size"),
    [(351, 0.33, 116), (150, 0.33, 50), (100, 0.07, 7), (100, 0.29, 29), (10, 0.25, 3), (1, 0.5, 1), (7, 0.0, 0)],
)
def test_shares_are_rounded_up_as_the_decks_have_them(rows, share, size):
    assert part_size(share, rows) == size
    assert len(split(with_numbers(rows), test=share).test) == size if size < rows else True


def test_the_decks_splits():
    ionosphere, iris = with_codes([1] * 225 + [0] * 126), with_codes([0] * 50 + [1] * 50 + [2] * 50)
    assert [len(part) for part in (split(ionosphere, test=0.33).train, split(ionosphere, test=0.33).test)] == [235, 116]
    parts = split(iris, test=0.33)
    assert (len(parts.train), len(parts.test)) == (100, 50)
    assert sorted(np.bincount(iris.y[parts.test]).tolist()) == [16, 17, 17]


def test_numbers_of_rows_and_defaults():
    parts = split(with_numbers(40), test=7, validation=0.1)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (29, 4, 7)
    assert len(split(with_numbers(20)).test) == 5
    assert len(split(with_numbers(19)).test) == 0, "a worked example is fitted whole"


codes = st.lists(st.integers(0, 4), min_size=2, max_size=80)
shares = st.fractions(0, Fraction(1, 2), max_denominator=100).map(float)


@given(codes, shares, shares, st.integers(0, 99), st.booleans())
def test_the_parts_are_a_partition_that_the_seed_decides(codes, test, validation, seed, stratify):
    dataset, rows = with_codes(codes), len(codes)
    sizes = [math.ceil(Fraction(str(share)) * rows) for share in (test, validation)]
    assume(sum(sizes) < rows)
    parts = split(dataset, test=test, validation=validation, stratify=stratify, seed=seed)
    assert [len(parts.test), len(parts.validation)] == sizes
    assert sorted([*parts.train, *parts.validation, *parts.test]) == list(range(rows))
    for part in (parts.train, parts.validation, parts.test):
        assert (np.diff(part) > 0).all()
    again = split(dataset, test=test, validation=validation, stratify=stratify, seed=seed)
    assert (again.train.tolist(), again.test.tolist()) == (parts.train.tolist(), parts.test.tolist())


@given(codes, st.integers(0, 60), st.integers(0, 60), st.integers(0, 99))
def test_each_class_has_its_proportional_number_rounded_up_or_down(codes, test, validation, seed):
    dataset, rows = with_codes(codes), len(codes)
    assume(test + validation < rows)
    parts = split(dataset, test=test, validation=validation, seed=seed)
    pool = np.arange(rows)
    for part in (parts.test, parts.validation):
        have, of = np.bincount(dataset.y[part], minlength=5), np.bincount(dataset.y[pool], minlength=5)
        for got, count in zip(have.tolist(), of.tolist(), strict=True):
            exact = Fraction(len(part) * count, len(pool))
            assert math.floor(exact) <= got <= math.ceil(exact)
        pool = np.setdiff1d(pool, part)


def test_a_rare_class_stays_in_the_training_part_where_it_can():
    for seed in range(20):
        parts = split(with_codes([0] * 10 + [1] * 10 + [2]), test=0.5, seed=seed)
        assert 20 in parts.train


def test_other_seeds_give_other_parts():
    tests = {tuple(split(with_numbers(100), test=0.2, seed=seed).test.tolist()) for seed in range(10)}
    assert len(tests) == 10


def test_a_given_test_part_is_kept():
    given_split = replace(with_codes([0, 1] * 50), test_from=80)
    parts = split(given_split, validation=0.25)
    assert parts.test.tolist() == list(range(80, 100))
    assert len(parts.validation) == 20
    assert sorted([*parts.train, *parts.validation]) == list(range(80))
    with pytest.raises(UserError, match="comes with a test part"):
        split(given_split, test=0.2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test": 1.0}, "size of the test part is 1.0"),
        ({"test": -0.1}, "size of the test part"),
        ({"test": float("nan")}, "size of the test part"),
        ({"test": True}, "size of the test part"),
        ({"validation": 1.5}, "size of the validation part is 1.5"),
        ({"test": 0.5, "validation": 0.5}, "leave none to train on"),
        ({"test": 30}, "30 rows to cut; 30 for test"),
        ({"stratify": True}, "no classes"),
    ],
)
def test_impossible_splits(options, message):
    with pytest.raises(UserError, match=message):
        split(with_numbers(30), **options)
