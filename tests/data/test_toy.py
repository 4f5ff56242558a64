"""Toy sets: exact sizes, seeded, and each point where its rule says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.data.toy import TOYS, make_toy
from tui_nn.errors import UserError

names = st.sampled_from(sorted(TOYS))


@given(names, st.integers(2, 300), st.integers(-5, 2**70))
def test_exact_sizes_balanced_classes_and_the_seed_decides(name, n, seed):
    toy = make_toy(name, n=n, seed=seed)
    assert toy.X.shape == (n, len(TOYS[name].features))
    assert np.isfinite(toy.X).all()
    assert np.isfinite(toy.y).all()
    if toy.task == "classification":
        counts = np.bincount(toy.y, minlength=2)
        assert counts.sum() == n
        assert abs(int(counts[0]) - int(counts[1])) <= 1
    again = make_toy(name, n=n, seed=seed)
    assert again.sha256 == toy.sha256
    assert make_toy(name, n=n, seed=seed + 1).sha256 != toy.sha256


@pytest.mark.parametrize("name", TOYS)
def test_default_sizes_and_sources(name):
    toy = make_toy(name)
    assert toy.rows == TOYS[name].rows
    assert toy.source == f"generated: n = {toy.rows}, noise = {TOYS[name].noise:g}, seed = 0"


@given(names, st.floats(0.01, 2))
def test_noise_moves_what_it_says_and_nothing_else(name, noise):
    clean, noisy = make_toy(name, n=60, noise=0.0), make_toy(name, n=60, noise=noise)
    if clean.task == "classification":
        assert (clean.y == noisy.y).all()
        moved = noisy.X - clean.X
    else:
        assert (clean.X == noisy.X).all()
        moved = noisy.y - clean.y
    assert 0.6 * noise < moved.std() < 1.4 * noise


def radius(X):
    return np.hypot(X[:, 0], X[:, 1])


def nearest_arm(X):
    """The class whose spiral arm passes nearest, by brute force along both arms."""
    along = np.linspace(0, 1, 4001)
    gaps = []
    for code in (0, 1):
        angle = 2 * np.pi * 1.75 * along + np.pi * code
        arm = 5 * along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        gaps.append(np.sqrt(((X[:, None] - arm[None]) ** 2).sum(-1)).min(axis=1))
    return np.argmin(gaps, axis=0)


CLASS_RULES = {
    "circle": lambda X: radius(X) <= 2.5,
    "xor": lambda X: X[:, 0] * X[:, 1] < 0,
    "spiral": nearest_arm,
    "moons": lambda X: np.abs(np.hypot(X[:, 0] - 1, X[:, 1] - 0.5) - 1) < np.abs(radius(X) - 1),
    "checkerboard": lambda X: np.floor(X / 2).sum(axis=1) % 2,
}


@pytest.mark.parametrize("name", CLASS_RULES)
def test_without_noise_the_rule_tells_the_classes_apart(name):
    toy = make_toy(name, n=101, noise=0, seed=3)
    assert (CLASS_RULES[name](toy.X).astype(int) == toy.y).all()


def test_regions():
    circle, xor = make_toy("circle", n=400, noise=0).X, make_toy("xor", n=400, noise=0).X
    assert not ((radius(circle) > 2.5) & (radius(circle) < 3.5)).any()
    assert radius(circle).max() <= 5
    assert (np.abs(xor) >= 0.3).all()
    assert (np.abs(xor) <= 5).all()
    assert {tuple(q) for q in np.sign(xor).tolist()} == {(1, 1), (1, -1), (-1, 1), (-1, -1)}
    board = make_toy("checkerboard", n=400, noise=0).X
    assert len({tuple(cell) for cell in np.floor(board / 2).tolist()}) == 16
    gauss = make_toy("gauss", n=2000)
    for code, center in ((0, -2), (1, 2)):
        np.testing.assert_allclose(gauss.X[gauss.y == code].mean(axis=0), center, atol=0.15)
        np.testing.assert_allclose(gauss.X[gauss.y == code].std(axis=0), 1, atol=0.1)


def test_heights():
    plane, sine = make_toy("plane", noise=0), make_toy("sine", noise=0)
    np.testing.assert_allclose(plane.y, (plane.X[:, 0] + plane.X[:, 1]) / 10)
    np.testing.assert_allclose(sine.y, np.sin(2 * np.pi * sine.X[:, 0]))
    hills = make_toy("multi-gauss", n=20_000, noise=0)
    near_top = np.hypot(hills.X[:, 0] - 4, hills.X[:, 1] - 2.5) < 0.2
    near_pit = np.hypot(hills.X[:, 0] - 4, hills.X[:, 1] + 2.5) < 0.2
    assert near_top.any()
    assert near_pit.any()
    assert (hills.y[near_top] > 0.9).all()
    assert (hills.y[near_pit] < -0.9).all()
    assert (hills.y[np.abs(hills.X[:, 1]) > 4.5] == 0).all()


@pytest.mark.parametrize("options", [{"n": 1}, {"n": -3}, {"n": 10**9}, {"noise": -0.1}, {"noise": float("nan")}])
def test_impossible_sizes_and_noise(options):
    with pytest.raises(UserError, match=next(iter(options))):
        make_toy("circle", **options)
