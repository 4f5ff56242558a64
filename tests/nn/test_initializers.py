"""Initialisers: shape of the distribution, its scale from the fans, and the same numbers for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_nn.errors import UserError
from tui_nn.nn.initializers import INITIALIZERS, draw

SHAPE = (300, 200)  # (outputs, inputs)
DEVIATION = {
    "glorot": math.sqrt(2 / 500),
    "he": math.sqrt(2 / 200),
    "lecun": math.sqrt(1 / 200),
}


@pytest.mark.parametrize("family", DEVIATION)
@pytest.mark.parametrize("form", ["uniform", "normal"])
def test_the_scale_comes_from_the_fans(family, form):
    numbers = draw(f"{family}_{form}", SHAPE, {}, 0, "W1")
    wanted = DEVIATION[family]
    assert numbers.std() == pytest.approx(wanted, rel=0.01)
    assert abs(numbers.mean()) < wanted / 50
    if form == "uniform":
        assert 0.999 < np.abs(numbers).max() / (math.sqrt(3) * wanted) <= 1
    else:
        assert np.abs(numbers).max() > 3.5 * wanted
        assert (np.abs(numbers) < wanted).mean() == pytest.approx(0.6827, abs=0.01)


def test_settings_change_the_scale():
    assert draw("glorot_normal", SHAPE, {"gain": 3}, 0, "W").std() == pytest.approx(3 * DEVIATION["glorot"], rel=0.01)
    assert draw("he_normal", SHAPE, {"slope": 1}, 0, "W").std() == pytest.approx(math.sqrt(1 / 200), rel=0.01)
    assert draw("he_normal", SHAPE, {"fan_in": 300}, 0, "W").std() == pytest.approx(math.sqrt(2 / 300), rel=0.01)
    given_for_vector = draw("lecun_normal", (10_000,), {"fan_in": 4, "fan_out": 4}, 0, "W")
    assert given_for_vector.std() == pytest.approx(0.5, rel=0.02)


def test_the_plain_ones():
    assert (draw("zeros", (2, 3), {}, 0, "W") == 0).all()
    assert (draw("ones", (2, 3), {}, 0, "W") == 1).all()
    assert (draw("constant", (2, 3), {"value": 0.1}, 0, "W") == 0.1).all()
    numbers = draw("uniform", SHAPE, {"low": 2, "high": 5}, 0, "W")
    assert 2 <= numbers.min() < 2.01 < 4.99 < numbers.max() < 5
    numbers = draw("normal", SHAPE, {"mean": 7, "scale": 0.5}, 0, "W")
    assert (numbers.mean(), numbers.std()) == pytest.approx((7, 0.5), rel=0.01)


@pytest.mark.parametrize("kind", INITIALIZERS)
def test_numbers_are_a_function_of_seed_and_name(kind):
    one = draw(kind, (4, 5), {}, 1, "W1")
    assert one.shape == (4, 5)
    assert one.dtype == np.float64
    np.testing.assert_array_equal(one, draw(kind, (4, 5), {}, 1, "W1"))
    if kind not in ("zeros", "ones", "constant"):
        assert (one != draw(kind, (4, 5), {}, 2, "W1")).all()
        assert (one != draw(kind, (4, 5), {}, 1, "W2")).all()


@pytest.mark.parametrize(
    ("kind", "shape", "settings", "said"),
    [
        ("he_normall", SHAPE, {}, "did you mean he_normal"),
        ("he_normal", (3,), {}, "a vector of 3"),
        ("normal", SHAPE, {"std": 1}, "has no `std`"),
    ],
)
def test_what_cannot_be_drawn_is_told(kind, shape, settings, said):
    with pytest.raises(UserError, match=said):
        draw(kind, shape, settings, 0, "W")
