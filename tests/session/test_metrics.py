"""Metrics: figures worked by hand, and the definitions stated another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui_nn.session.metrics import auc, classification, confusion_matrix, regression


def test_a_classifier_by_hand():
    # True classes a a a b b c; the highest probability says a a b b a c: four of six are right.
    probabilities = np.array(
        [[0.8, 0.1, 0.1], [0.5, 0.3, 0.2], [0.2, 0.7, 0.1], [0.1, 0.6, 0.3], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7]]
    )
    found = classification(np.array([0, 0, 0, 1, 1, 2]), probabilities)
    assert found.confusion.tolist() == [[2, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.precision == pytest.approx([2 / 3, 1 / 2, 1])
    assert found.recall == pytest.approx([2 / 3, 1 / 2, 1])
    assert found.f1 == pytest.approx([2 / 3, 1 / 2, 1])
    # Pairs in order: a: 3 + 2 + 2 of 9; b: 3 + 2, and one tie, of 8; c: 5 of 5.
    assert found.auc == pytest.approx((7 / 9 + 5.5 / 8 + 1) / 3)
    assert found.summary()["f1"] == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)


def test_a_class_that_does_not_occur_has_no_recall_and_is_left_out_of_averages():
    found = classification(np.array([0, 0, 1]), np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.3, 0.7, 0]]))
    assert found.recall[:2] == pytest.approx([1 / 2, 1])
    assert np.isnan(found.recall[2])
    assert np.isnan(found.precision[2])
    assert found.summary()["recall"] == pytest.approx(3 / 4)


def test_a_regression_by_hand():
    found = regression(np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 1.0, 5.0, 6.0]))
    assert found.mae == pytest.approx(3 / 4)
    assert found.rmse == pytest.approx(np.sqrt(5 / 4))
    assert found.r2 == pytest.approx(1 - 5 / 14)


def test_what_is_undefined_is_no_number():
    assert np.isnan(regression(np.array([2.0, 2.0]), np.array([1.0, 2.0])).r2)
    assert np.isnan(auc(np.array([True, True]), np.array([0.1, 0.2])))
    assert np.isnan(auc(np.array([True, False]), np.array([np.nan, 0.2])))


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            arrays(np.bool_, n),
            arrays(np.float64, n, elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])),
        )
    )
)
def test_auc_is_the_share_of_pairs_in_order(drawn):
    positive, score = drawn
    pairs = [(p, n) for p in score[positive] for n in score[~positive]]
    if not pairs:
        assert np.isnan(auc(positive, score))
    else:
        assert auc(positive, score) == pytest.approx(np.mean([(p > n) + (p == n) / 2 for p, n in pairs]))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=50))
def test_the_confusion_matrix_counts_pairs(pairs):
    true, called = (np.array([p[i] for p in pairs], np.int64) for i in (0, 1))
    counted = confusion_matrix(true, called, 4)
    assert [[pairs.count((i, j)) for j in range(4)] for i in range(4)] == counted.tolist()
