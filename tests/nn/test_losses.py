"""Losses: each against a NumPy formula of its own, its gradient against finite differences, its listing as text."""

from __future__ import annotations

import numpy as np
import pytest

from tests.nn.bench import Bench, assert_gradients, assert_same_bits
from tui_nn.errors import UserError
from tui_nn.nn.layers import Dense
from tui_nn.nn.losses import FITTING, LOSSES, USUAL, choose, usual
from tui_nn.nn.network import Network


def _softmax(z):
    powers = np.exp(z)
    return powers / powers.sum(axis=0)


def _hinge_of(p, y, margin=1.0):
    right = (p * y).sum(axis=0)
    wrong = [[max(0.0, p[k, i] - right[i] + margin) for k in range(len(p)) if not y[k, i]] for i in range(p.shape[1])]
    return np.array([sum(terms) / len(p) for terms in wrong])


def _huber_of(p, y, delta=1.0):
    error = np.abs(p - y)
    return np.array([[e * e / 2 if e <= delta else delta * e - delta * delta / 2 for e in row] for row in error])


# What each entry or each example adds, as the textbooks write it.
FORMULAS = {
    "mse": lambda p, y: (p - y) ** 2,
    "half_mse": lambda p, y: (p - y) ** 2 / 2,
    "mae": lambda p, y: np.abs(p - y),
    "huber": _huber_of,
    "hinge": lambda p, y: np.maximum(0, 1 - y * p),
    "multiclass_hinge": _hinge_of,
    "logistic": lambda p, y: np.log(1 + np.exp(-y * p)),
    "binary_cross_entropy": lambda p, y: -np.log(np.where(y == 1, p, 1 - p)),
    "sigmoid_cross_entropy": lambda p, y: -np.log(np.where(y == 1, 1, -1) * (1 / (1 + np.exp(-p)) - (y == 0))),
    "categorical_cross_entropy": lambda p, y: -np.log((p * y).sum(axis=0)),
    "negative_log_likelihood": lambda p, y: -(p * y).sum(axis=0),
    "softmax_cross_entropy": lambda p, y: -np.log((_softmax(p) * y).sum(axis=0)),
}
REDUCTIONS = {
    "mean": lambda losses, examples: losses.mean(),
    "sum": lambda losses, examples: losses.sum(),
    "batchmean": lambda losses, examples: losses.sum() / examples,
}


def network_with(loss, outputs=3, **settings):
    """A small network whose last layer puts out what the loss reads."""
    row = choose(loss).row
    last = FITTING.get(row.outputs, ("linear",))
    activation = last[-1] if row.targets == "one_hot" else last[0]
    return Network([Dense(4, "tanh"), Dense(outputs, activation)], inputs=3, loss=loss, **settings)


def test_each_loss_has_a_formula_here():
    assert set(FORMULAS) == set(LOSSES)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_its_formula(name, reduction):
    bench = Bench(network_with(f"{name}(reduction={reduction})"))
    computed = bench.loss()
    losses = FORMULAS[name](bench.machine.read(bench.output), bench.values["Y"])
    assert computed == pytest.approx(REDUCTIONS[reduction](losses, bench.batch), rel=1e-12)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_the_gradient_of_finite_differences(name, reduction):
    assert_gradients(Bench(network_with(f"{name}(reduction={reduction})")))


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_runs_and_steps_to_the_same_bits(name):
    assert_same_bits(Bench(network_with(name), dtype="float32"))


WEIGHTED = [name for name, row in LOSSES.items() if row.targets != "values"]


@pytest.mark.parametrize("name", WEIGHTED)
def test_class_weights_are_a_weighted_mean(name):
    outputs = 3 if LOSSES[name].targets == "one_hot" else 1
    weights = (0.5, 2.0, 3.0) if outputs == 3 else (0.5, 2.0)
    bench = Bench(network_with(name, outputs, class_weights=weights))
    computed = bench.loss()
    Y = bench.values["Y"]
    losses = FORMULAS[name](bench.machine.read(bench.output), Y)
    each = np.array(weights)[Y.argmax(axis=0) if outputs == 3 else (Y > 0).astype(int)]
    assert len(np.unique(each)) > 1
    assert computed == pytest.approx((losses * each).sum() / each.sum(), rel=1e-12)
    assert_gradients(bench)


def test_equal_class_weights_change_nothing():
    plain, weighted = Bench(network_with("softmax_cross_entropy")), Bench(
        network_with("softmax_cross_entropy", class_weights=(2, 2, 2))
    )  # fmt: skip
    assert weighted.loss() == pytest.approx(plain.loss(), rel=1e-14)


@pytest.mark.parametrize(
    ("loss", "formula"),
    [
        ("huber(0.25)", lambda p, y: _huber_of(p, y, 0.25)),
        ("multiclass_hinge(0.5)", lambda p, y: _hinge_of(p, y, 0.5)),
        ("multiclass_hinge(over_classes=sum)", lambda p, y: _hinge_of(p, y) * 3),
    ],
)
def test_settings_reach_the_formula(loss, formula):
    bench = Bench(network_with(loss))
    computed = bench.loss()
    assert computed == pytest.approx(formula(bench.machine.read(bench.output), bench.values["Y"]).mean(), rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_certain_probabilities_stay_finite(dtype):
    bench = Bench(network_with("binary_cross_entropy", 1), dtype=dtype)
    bench.machine.write("W2", np.full((1, 4), 1e4))
    assert np.isfinite(bench.loss())
    assert all(np.isfinite(g).all() for g in bench.gradients().values())


@pytest.mark.parametrize("name", ["softmax_cross_entropy", "sigmoid_cross_entropy", "logistic"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_losses_from_logits_stay_finite_far_out(name, reduction):
    bench = Bench(network_with(f"{name}(reduction={reduction})"), dtype="float32")
    bench.machine.write("W2", np.full((3, 4), 1e5) * np.array([[1], [-1], [1]]))
    assert np.isfinite(bench.loss())
    assert all(np.isfinite(g).all() for g in bench.gradients().values())


def loss_lines(loss, **settings):
    page = network_with(loss, **settings).training_page(6)
    return [line for line in str(page).splitlines() if not line.startswith(("Z", "A"))]


@pytest.mark.parametrize(
    ("loss", "settings", "lines"),
    [
        ("mse", {}, ["J = mean((Z2 - Y)**2)"]),
        ("half_mse", {}, ["J = mean((Z2 - Y)**2) / 2"]),
        ("mse(reduction=batchmean)", {}, ["losses = (Z2 - Y)**2", "J = sum(losses) / 6"]),
        (
            "huber(0.5)",
            {},
            [
                "E = Z2 - Y",
                "losses = where(abs(E) < 0.5, E**2 / 2, 0.5 * (abs(E) - 0.5 / 2))",
                "J = mean(losses)",
            ],
        ),
        ("softmax_cross_entropy", {}, ["J = softmax_cross_entropy(Z2, Y, axis=0)"]),
        (
            "softmax_cross_entropy",
            {"class_weights": (1, 2, 3)},
            [
                "losses = -sum(Y * log_softmax(Z2, axis=0), axis=0)",
                "weights = sum(class_weights * Y, axis=0)",
                "J = sum(weights * losses) / sum(weights)",
            ],
        ),
        (
            "binary_cross_entropy(eps=0.001)",
            {"outputs": 1},
            ["Q = clip(A2, 0.001, 0.999)", "J = -mean(Y * log(Q) + (1 - Y) * log(1 - Q))"],
        ),
        ("binary_cross_entropy(eps=0)", {"outputs": 1}, ["J = -mean(Y * log(A2) + (1 - Y) * log(1 - A2))"]),
        (
            "hinge",
            {"outputs": 1, "class_weights": (1, 4)},
            [
                "M = 1 - Y * Z2",
                "losses = relu(M)",
                "weights = where(Y > 0, 4.0, 1.0)",
                "J = sum(weights * losses) / sum(weights)",
            ],
        ),
        (
            "mae",
            {"penalty": ["l1(0.1)", "l2(0.01)"]},
            [
                "data = mean(abs(Z2 - Y))",
                "penalty = 0.1 * (sum(abs(W1)) + sum(abs(W2))) + 0.005 * (sum(W1**2) + sum(W2**2))",
                "J = data + penalty",
            ],
        ),
    ],
)
def test_a_loss_reads_as_text(loss, settings, lines):
    assert loss_lines(loss, **settings) == lines


def test_each_task_has_a_usual_loss_for_a_linear_last_layer():
    assert [usual(task) for task in USUAL] == ["mse", "sigmoid_cross_entropy", "softmax_cross_entropy"]
    assert all(LOSSES[name].outputs not in FITTING for name in USUAL.values())
    with pytest.raises(UserError, match="did you mean regression"):
        usual("regresion")


@pytest.mark.parametrize(
    ("layers", "loss", "said"),
    [
        ([Dense(3, "softmax")], "softmax_cross_entropy", "make it linear, or take the loss categorical_cross_entropy"),
        ([Dense(3, "log_softmax")], "softmax_cross_entropy", "or take the loss negative_log_likelihood"),
        ([Dense(1, "sigmoid")], "sigmoid_cross_entropy", "or take the loss binary_cross_entropy"),
        ([Dense(3)], "categorical_cross_entropy", "make it sigmoid or softmax, or take the loss softmax_cross_entropy"),
        ([Dense(1)], "softmax_cross_entropy", "needs an output for each class"),
        ([Dense(1)], "mze", "did you mean mse"),
        ([Dense(1)], "huber(0)", "delta"),
        ([Dense(1)], "huber(delta=x)", "takes a number"),
        ([Dense(1)], "mse(reduction=max)", "is one of mean, sum, batchmean"),
        ([Dense(1)], "mse(half=1)", "has no `half`"),
    ],
)
def test_a_loss_that_does_not_fit_is_told(layers, loss, said):
    with pytest.raises(UserError, match=said):
        Network(layers, inputs=2, loss=loss)


@pytest.mark.parametrize(
    ("outputs", "loss", "weights", "said"),
    [
        (1, "mse", (1, 2), "a loss of numbers"),
        (3, "softmax_cross_entropy", (1, 2), "3 classes and 2 class weights"),
        (1, "hinge", (1, 2, 3), "2 classes and 3"),
        (2, "hinge", (1, 2), "single output"),
        (3, "softmax_cross_entropy", (1, 2, -1), "class weight"),
    ],
)
def test_class_weights_that_do_not_fit_are_told(outputs, loss, weights, said):
    with pytest.raises(UserError, match=said):
        Network([Dense(outputs)], inputs=2, loss=loss, class_weights=weights)
