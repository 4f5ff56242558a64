"""Scaling: goldens by hand, the inverse, the same bits in batches, bytes and constant columns."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui_nn.data.scaling import DESCRIPTIONS, KINDS, Scaling
from tui_nn.errors import UserError

X = np.array([[1.0, 10.0, 7.0], [2.0, 30.0, 7.0], [6.0, 20.0, 7.0]])
GOLDEN = {
    "none": X.tolist(),
    "mean": [[-0.4, -0.5, 0], [-0.2, 0.5, 0], [0.6, 0, 0]],
    "standard": [
        [-2 / 14**0.5 * 3**0.5, -(1.5**0.5), 0],
        [-1 / 14**0.5 * 3**0.5, 1.5**0.5, 0],
        [3 / 14**0.5 * 3**0.5, 0, 0],
    ],
    "minmax": [[0, 0, 0], [0.2, 1, 0], [1, 0.5, 0]],
}
values = st.floats(-1e6, 1e6)
matrices = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=values)


@pytest.mark.parametrize("kind", KINDS)
def test_goldens(kind):
    np.testing.assert_allclose(Scaling.fit(kind, X).apply(X), GOLDEN[kind], atol=1e-15)
    assert DESCRIPTIONS[kind]


def test_new_rows_are_scaled_by_the_training_rows():
    assert Scaling.fit("minmax", X).apply(np.array([[11.0, 0.0, 9.0]])).tolist() == [[2.0, -0.5, 2.0]]


@given(st.sampled_from(KINDS), matrices)
def test_the_inverse_gives_the_rows_back(kind, X):
    scaling = Scaling.fit(kind, X)
    Z = scaling.apply(X)
    spread = max(1.0, np.abs(X).max())
    np.testing.assert_allclose(scaling.invert(Z), X, atol=1e-9 * spread)
    if kind != "none":
        assert np.abs(Z).max() <= (np.sqrt(len(X)) if kind == "standard" else 1) + 1e-6


@given(st.sampled_from(KINDS), matrices, st.integers(1, 4), st.sampled_from([np.float32, np.float64]))
def test_batch_by_batch_gives_the_same_bits(kind, X, size, dtype):
    scaling = Scaling.fit(kind, X)
    whole = scaling.apply(X, dtype)
    assert whole.dtype == dtype
    parts = np.concatenate([scaling.apply(X[i : i + size], dtype) for i in range(0, len(X), size)])
    assert whole.tobytes() == parts.tobytes()


@pytest.mark.parametrize("kind", ["mean", "standard", "minmax"])
@pytest.mark.parametrize("constant", [0.0, 0.1, -1e17, 1e-300])
def test_a_constant_column_becomes_zero_and_stays_finite(kind, constant):
    X = np.full((7, 1), constant)
    assert Scaling.fit(kind, X).apply(X).tolist() == [[0.0]] * 7


@given(hnp.arrays(np.uint8, (5, 3)), st.sampled_from(KINDS))
def test_bytes_scale_as_the_floats_that_they_stand_for(X, kind):
    from_bytes, from_floats = Scaling.fit(kind, X), Scaling.fit(kind, X.astype(np.float64))
    np.testing.assert_allclose(from_bytes.apply(X), from_floats.apply(X.astype(np.float64)), atol=1e-12)


def test_pixels_are_divided_by_255_also_the_always_black_ones():
    X = np.array([[0, 10], [0, 200]], np.uint8)
    Z = Scaling.fit("minmax", X, bounds=(0.0, 255.0)).apply(np.array([[255, 51]], np.uint8), np.float32)
    assert Z.tolist() == [[1.0, np.float32(0.2)]]


def test_a_large_byte_matrix_in_blocks():
    X = np.random.default_rng(0).integers(0, 256, (3000, 784)).astype(np.uint8)
    scaling = Scaling.fit("standard", X)
    np.testing.assert_allclose(scaling.scale, X.std(axis=0, dtype=np.float64), rtol=1e-12)
    np.testing.assert_array_equal(scaling.apply(X), (X - scaling.center) / scaling.scale)


@given(st.sampled_from(KINDS), matrices)
def test_a_scaling_survives_its_dict_bit_for_bit(kind, X):
    scaling = Scaling.fit(kind, X)
    again = Scaling.from_dict(json.loads(json.dumps(scaling.to_dict())))
    assert again.kind == kind
    assert again.apply(X).tobytes() == scaling.apply(X).tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "log"},
        {"center": [0.0]},
        {"scale": [1.0, 0.0, 1.0]},
        {"scale": [1.0, float("nan"), 1.0]},
        {"center": "abc"},
        {"center": [[0.0, 0.0, 0.0]], "scale": [[1.0, 1.0, 1.0]]},
    ],
)
def test_a_damaged_scaling_is_an_error(change):
    with pytest.raises(UserError, match="damaged"):
        Scaling.from_dict({**Scaling.fit("minmax", X).to_dict(), **change})
    with pytest.raises(UserError, match="damaged"):
        Scaling.from_dict({})


def test_what_does_not_fit():
    with pytest.raises(UserError, match="no scaling 'log'; there are: none, mean, standard, minmax"):
        Scaling.fit("log", X)
    with pytest.raises(UserError, match="needs rows"):
        Scaling.fit("minmax", X[:0])
    with pytest.raises(UserError, match=r"rows of 3 features; these have shape \(3, 2\)"):
        Scaling.fit("minmax", X).apply(X[:, :2])
