"""The network: its pages as text, its parameters, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nn.bench import Bench, assert_gradients, assert_same_bits
from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.nn.layers import Dense, DropConnect, Dropout
from tui_nn.nn.network import Network
from tui_nn.nn.normalization import BatchNorm
from tui_nn.nn.optimizers import optimizer

IRIS = Network(
    [Dense(10, "relu"), Dropout(0.2), Dense(8, "relu"), Dense(3)],
    inputs=4,
    loss="softmax_cross_entropy",
    penalty="l2(0.01)",
)

TRAINING = """\
forward   Z1 = W1 @ X + b1
forward   A1 = relu(Z1)
forward   mask1 = dropout_mask(A1, 0.8)
forward   D1 = A1 * mask1
forward   Z2 = W2 @ D1 + b2
forward   A2 = relu(Z2)
forward   Z3 = W3 @ A2 + b3
forward   data = softmax_cross_entropy(Z3, Y, axis=0)
forward   penalty = 0.005 * (sum(W1**2) + sum(W2**2) + sum(W3**2))
loss      J = data + penalty
backward  dpenalty = 1
backward  ddata = 1
backward  dZ3 = ddata * (softmax(Z3, axis=0) - Y) / 32
backward  dW3 = dZ3 @ A2.T + 0.01 * dpenalty * W3
backward  db3 = sum(dZ3, axis=1, keepdims=True)
backward  dA2 = W3.T @ dZ3
backward  dZ2 = dA2 * (Z2 > 0)
backward  dW2 = dZ2 @ D1.T + 0.01 * dpenalty * W2
backward  db2 = sum(dZ2, axis=1, keepdims=True)
backward  dD1 = W2.T @ dZ2
backward  dA1 = dD1 * mask1
backward  dZ1 = dA1 * (Z1 > 0)
backward  dW1 = dZ1 @ X.T + 0.01 * dpenalty * W1
backward  db1 = sum(dZ1, axis=1, keepdims=True)
update    step = lr * g
update    theta = theta - step"""

EVALUATION = """\
forward   Z1 = W1 @ X + b1
forward   A1 = relu(Z1)
forward   Z2 = W2 @ A1 + b2
forward   A2 = relu(Z2)
forward   Z3 = W3 @ A2 + b3
forward   P = softmax(Z3, axis=0)
forward   data = softmax_cross_entropy(Z3, Y, axis=0)
forward   penalty = 0.005 * (sum(W1**2) + sum(W2**2) + sum(W3**2))
loss      J = data + penalty"""


def listing(program) -> str:
    return "\n".join(f"{line.phase:<9} {line}" for line in program.lines)


def test_the_listing_of_a_training_step():
    assert listing(build(**IRIS.training_page(32).arguments, update=optimizer("sgd"))) == TRAINING


def test_the_listing_of_an_evaluation():
    page = IRIS.evaluation_page(32)
    assert listing(build(**page.arguments)) == EVALUATION
    assert (page.output, page.loss) == ("P", "J")


def test_the_listing_of_a_prediction():
    page = IRIS.prediction_page(32)
    assert listing(build(**page.arguments)) == "\n".join(EVALUATION.splitlines()[:6])
    assert "Y" not in page.leaves


def test_each_line_belongs_to_its_layer():
    page = IRIS.training_page(32)
    layers = {e.name: e.layer for e in page.equations}
    assert [layers[name] for name in ("Z1", "A1", "D1", "A2", "Z3", "J")] == [
        "dense1",
        "dense1",
        "dropout1",
        "dense2",
        "dense3",
        "",
    ]


def test_the_summary_counts_what_is_learned():
    ionosphere = Network([Dense(10, "relu"), Dense(8, "relu"), Dense(1)], inputs=34, loss="sigmoid_cross_entropy")
    assert ionosphere.summary().count == 447
    assert str(ionosphere.summary()).splitlines() == [
        "layer            units  parameters",
        "input               34",
        "dense(10, relu)     10         350  W1 10x34, b1 10x1",
        "dense(8, relu)       8          88  W2 8x10, b2 8x1",
        "dense(1)             1           9  W3 1x8, b3 1x1",
        "total                          447  loss: sigmoid_cross_entropy",
    ]


def test_the_summary_knows_every_parameter():
    network = Network(["dropout(0.1)", "maxout(3)", "batch_norm", "group_norm(3)", "dense(2)"], inputs=5)
    summary = network.summary()
    assert [name for layer in summary.layers for name, _ in layer.parameters] == [p.name for p in network.parameters]
    assert [layer.count for layer in summary.layers] == [0, 2 * (15 + 3), 6, 6, 8]


def test_initial_values_are_all_that_a_page_needs_beside_its_inputs():
    network = Network([Dense(4), BatchNorm(), "group_norm(2)", Dense(3)], 5, "softmax_cross_entropy", (), (1, 2, 3))
    values = network.initial_values(0)
    leaves = dict(network.training_page(8).leaves)
    assert (leaves.pop("X"), leaves.pop("Y")) == ((5, 8), (3, 8))
    assert {name: value.shape for name, value in values.items()} == leaves
    np.testing.assert_array_equal(values["running_var1"], np.ones((4, 1)))
    np.testing.assert_array_equal(values["class_weights"], [[1], [2], [3]])
    np.testing.assert_array_equal(values["b1"], np.zeros((4, 1)))


def test_initial_values_are_a_function_of_the_seed_and_the_name():
    one, again, other = (IRIS.initial_values(seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one["W1"], again["W1"])
    assert (one["W1"] != other["W1"]).all()
    wider = Network([Dense(10, "relu"), Dense(8, "relu"), Dense(5)], inputs=4)
    np.testing.assert_array_equal(one["W2"], wider.initial_values(1)["W2"])


def test_an_initialiser_of_a_layer_is_used():
    network = Network([Dense(30, init="constant(0.5)"), Dense(2, init="normal(scale=0.001)")], inputs=4)
    values = network.initial_values(0)
    assert (values["W1"] == 0.5).all()
    assert 0 < np.abs(values["W2"]).max() < 0.01


@pytest.mark.parametrize("name", ["adam", "momentum"])
def test_a_whole_network_runs_and_steps_to_the_same_bits(name):
    network = Network(
        [Dense(10), BatchNorm(), "activation(relu)", Dropout(0.2), DropConnect(0.1), Dense(8, "relu"), Dense(3)],
        inputs=4,
        loss="softmax_cross_entropy",
        penalty=["l2(0.01)", "l1(0.001)"],
    )
    assert_same_bits(Bench(network, batch=16, update=optimizer(name), dtype="float32"), iterations=5)


LAYERS = st.sampled_from(
    ["dense(3, tanh)", "dense(4, swish, bias=no)", "maxout(2)", "dropout(0.2)", "drop_connect(0.3)", "batch_norm",
     "layer_norm", "activation(softplus)", "dense(2, sigmoid, penalty=l1(0.1))"]
)  # fmt: skip
ENDS = st.sampled_from(
    [("dense(1)", "huber"), ("dense(1)", "logistic"), ("dense(3)", "softmax_cross_entropy"),
     ("dense(2, sigmoid)", "binary_cross_entropy(reduction=sum)"), ("dense(3, tanh)", "multiclass_hinge")]
)  # fmt: skip


@settings(max_examples=30)
@given(st.lists(LAYERS, max_size=5), ENDS, st.sampled_from([None, "l2(0.1)"]))
def test_any_layers_make_a_network_that_learns_what_it_says(layers, end, penalty):
    network = Network([*layers, end[0]], inputs=3, loss=end[1], penalty=penalty)
    assert_gradients(Bench(network, batch=7), tolerance=2e-5, alive=False)
    assert_same_bits(Bench(network, batch=7, update=optimizer("rmsprop")))


def test_a_machine_of_another_batch_size_trains_the_same_network():
    network = Network([Dense(5), BatchNorm(), "activation(relu)", Dense(1)], inputs=4, loss="mse")
    update = optimizer("sgd", {"lr": 0.1})
    rng = np.random.default_rng(0)
    machine = Machine(
        build(**network.training_page(8).arguments, update=update),
        network.initial_values(0) | {"X": rng.random((4, 8)), "Y": rng.random((1, 8))},
    )
    other = Machine(
        build(**network.training_page(3).arguments, update=update),
        {"X": rng.random((4, 3)), "Y": rng.random((1, 3))},
        share=machine,
    )
    machine.run(1)
    before = machine.read("W1"), machine.read("running_mean1")
    other.run(1)
    assert (machine.read("W1") != before[0]).any()
    assert (machine.read("running_mean1") != before[1]).all()
    np.testing.assert_array_equal(machine.read("running_mean1"), other.read("running_mean1"))


@pytest.mark.parametrize("layers", [[Dense(3, "sign"), Dense(1)], [Dense(3, "relu"), Dense(1, "step")]])
def test_layers_that_no_gradient_reaches_keep_their_weights(layers):
    """`step` is flat: what stands below it has a gradient of 0, and is evaluated with the rest of the network."""
    network = Network(layers, inputs=2, loss="mse")
    given = {"X": np.array([[1.0, 2.0], [3.0, -4.0]]), "Y": np.array([[0.0, 1.0]])}
    training = Machine(
        build(**network.training_page(2).arguments, update=optimizer("adam")), network.initial_values(0) | given
    )
    evaluation = Machine(build(**network.evaluation_page(2).arguments), given, share=training)
    before = training.read("W1")
    training.run(2)
    evaluation.run(1)
    np.testing.assert_array_equal(training.read("dW1"), np.zeros((3, 2)))
    np.testing.assert_array_equal(evaluation.read("W1"), before)
    assert evaluation.read("b1").shape == (3, 1)


def test_training_makes_the_loss_small():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((2, 64))
    Y = (X[:1] * X[1:] > 0).astype(float)
    network = Network([Dense(16, "tanh"), Dense(1)], inputs=2, loss="sigmoid_cross_entropy")
    program = build(**network.training_page(64).arguments, update=optimizer("adam", {"lr": 0.05}))
    machine = Machine(program, network.initial_values(0) | {"X": X, "Y": Y})
    machine.run(1)
    assert machine.number("J") > 0.5
    machine.run(300)
    assert machine.number("J") < 0.1


@pytest.mark.parametrize(
    ("layers", "inputs", "said"),
    [
        ([], 2, "at least one layer with weights"),
        ([Dropout(0.5)], 2, "at least one layer with weights"),
        ([Dense(1)], 0, "the number of inputs"),
        ([Dense(1)], 2.5, "the number of inputs"),
        ([3], 2, "3 is no layer"),
        (["dnse(3)"], 2, "did you mean dense"),
    ],
)
def test_what_makes_no_network_is_told(layers, inputs, said):
    with pytest.raises(UserError, match=said):
        Network(layers, inputs=inputs)


def test_a_batch_has_examples():
    with pytest.raises(UserError, match="examples in a batch"):
        IRIS.training_page(0)
