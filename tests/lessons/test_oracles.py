"""The hand-worked lessons against finite differences and against the sentences of the lessons' notes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.lessons import oracles


def test_linear_regression_gradients_are_slopes_of_the_cost() -> None:
    _, by_w, by_b, *_ = oracles.line_step(5.0, 1.0)
    by_slope = oracles.slope(lambda p: oracles.line_step(p[0], p[1])[0], np.array([5.0, 1.0]))
    assert by_slope == pytest.approx([by_w, by_b], rel=1e-7)


def test_what_the_notes_say_of_the_linear_regression_slide() -> None:
    slide_errors = np.array([11, 16, 31, 26]) - np.array(oracles.M3_Y)
    assert (slide_errors**2).mean() / 2 == 71.375
    assert slide_errors.mean() == 11.25  # the slide's J
    assert (slide_errors * oracles.M3_X).mean() == 49.5
    assert (slide_errors * oracles.M3_X).sum() * 0.01 == pytest.approx(1.98)
    new_w = 5 - 0.01 * 49.5
    assert new_w == pytest.approx(4.505)


def test_algorithm_gradients_are_slopes_of_the_cost() -> None:
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=shape) for shape in ((4, 3), (4, 1), (1, 4), (1, 1))]
    for i, gradient in enumerate(oracles.algorithm_gradients(*weights)):
        by_slope = oracles.slope(lambda w, i=i: oracles.algorithm_cost(*weights[:i], w, *weights[i + 1 :]), weights[i])
        assert by_slope == pytest.approx(gradient, abs=1e-8)


def test_network_from_scratch_gradients_are_slopes_of_the_summed_squares() -> None:
    rng = np.random.default_rng(2)
    w1, w2 = rng.random((3, 4)), rng.random((4, 1))
    d1, d2 = oracles.scratch_gradients(w1, w2)
    assert oracles.slope(lambda w: oracles.scratch_losses(w, w2)[1], w1) == pytest.approx(d1, abs=1e-8)
    assert oracles.slope(lambda w: oracles.scratch_losses(w1, w)[1], w2) == pytest.approx(d2, abs=1e-8)


def test_the_range_of_the_network_from_scratch_holds_other_starts() -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        figures = oracles.network_from_scratch(rng.random((3, 4)), rng.random((4, 1)))
        assert 0.25 <= figures["loss at iteration 0"] <= 0.45
        assert 0.0006 <= figures["loss at iteration 1000"] <= 0.002
        assert 0.025 <= figures["final training loss, in %"] <= 0.075


def test_graph_gradient_is_the_slope_of_the_loss() -> None:
    assert oracles.slope(oracles.graph_loss, oracles.S6_W) == pytest.approx(oracles.graph_gradient(oracles.S6_W))
    assert oracles.graph_gradient(oracles.S6_W).tolist() == [[-2, -4], [-2, 2]]


@pytest.mark.parametrize(
    ("printed", "root"),
    [
        ([[-0.025, -0.006], [-0.025, 0.025]], lambda g: 5e-5 + np.abs(g)),  # Adagrad, and Adam
        ([[-0.249, -0.063], [-0.249, 0.250]], lambda g: 5e-5 + 0.1 * np.abs(g)),  # RMSProp
    ],
)
def test_the_slides_steps_divide_by_the_gradient(printed: list[list[float]], root: object) -> None:
    g = oracles.graph_gradient(oracles.S6_W)
    divided = 0.1 / (root(g) * g)  # type: ignore[operator]
    assert divided == pytest.approx(np.array(printed), abs=1e-3)  # to the last digit printed, up or down


def test_dense_layer_by_one_matrix_product() -> None:
    z = np.array([[200, 17]]) @ np.array([[1, -3, 5], [-2, 4, -6]]) + np.array([[-1, 1, 2]])
    assert oracles.dense_layer()["Z"] == z.tolist()
