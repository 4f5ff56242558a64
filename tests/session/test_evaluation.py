"""Evaluation: losses by formulas in plain NumPy, however many rows go through at once; penalties told apart."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.data.scaling import Scaling
from tui_nn.nn.network import Network
from tui_nn.session import evaluation
from tui_nn.session.evaluation import Evaluation, Reader
from tui_nn.session.machines import Machines

RNG = np.random.default_rng(5)
X, CODES = RNG.normal(size=(103, 3)), RNG.integers(0, 3, 103)


def figures(network, y, monkeypatch, entries=None):
    if entries:
        monkeypatch.setattr(evaluation, "ENTRIES", entries)
    machines = Machines(network, None, 1, dtype="float64", seed=1)
    read = Reader(network, 3)
    found = Evaluation(machines, X, read.encode(y)).figures()
    return found, machines.owner


def logits(machine):
    return X @ machine.read("W1").T + machine.read("b1").T


@pytest.mark.parametrize("entries", [None, 3, 30, 309], ids=lambda e: f"{e} entries at once")
@pytest.mark.parametrize("spec", ["softmax_cross_entropy", "softmax_cross_entropy(reduction=sum)"])
@pytest.mark.parametrize("weights", [(), (0.5, 1.0, 4.0)])
def test_the_loss_is_that_of_all_rows_together(monkeypatch, entries, spec, weights):
    network = Network(["dense(3)"], 3, spec, (), weights)
    found, machine = figures(network, CODES, monkeypatch, entries)
    Z = logits(machine)
    each = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), CODES]
    w = np.array(weights or (1.0, 1.0, 1.0))[CODES]
    expected = (w * each).sum() / (1 if "sum" in spec else w.sum())
    assert found.loss == pytest.approx(expected, rel=1e-12)
    assert found.outputs == pytest.approx(np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True))


def test_the_penalty_stands_apart(monkeypatch):
    plain, _ = figures(Network(["dense(3)"], 3, "softmax_cross_entropy"), CODES, monkeypatch)
    network = Network(["dense(3)"], 3, "softmax_cross_entropy", ("l1(0.1)", "l2(0.01)"))
    found, machine = figures(network, CODES, monkeypatch)
    W = machine.read("W1")
    assert found.loss == pytest.approx(plain.loss, rel=1e-12)
    assert found.penalty == pytest.approx(0.1 * np.abs(W).sum() + 0.01 * (W**2).sum() / 2, rel=1e-12)
    assert plain.penalty == 0


@pytest.mark.parametrize(("loss", "threshold"), [("sigmoid_cross_entropy", 0.5), ("hinge", 0.0), ("mse", 0.5)])
def test_one_output_tells_two_classes_apart(loss, threshold):
    read = Reader(Network(["dense(1)"], 3, loss), 2)
    outputs = np.array([[threshold - 0.1], [threshold + 0.1], [threshold + 0.3]])
    assert read.codes(outputs).tolist() == [0, 1, 1]
    assert read.gives_probabilities == (loss == "sigmoid_cross_entropy")


def test_a_regression_is_read_in_the_targets_own_unit():
    y = np.array([10.0, 20.0, 60.0])
    scaling = Scaling.fit("standard", y[:, None])
    read = Reader(Network(["dense(1)"], 3), 0, scaling)
    outputs = scaling.apply(y[:, None]) + scaling.apply(np.array([[31.0]])) - scaling.apply(np.array([[30.0]]))
    assert read.values(outputs) == pytest.approx(y + 1)
    assert read.measure(y, outputs).summary()["mae"] == pytest.approx(1)
