"""Layers: training and evaluation forms against NumPy written here, gradients against finite differences, same bits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nn.bench import Bench, assert_gradients, assert_same_bits
from tui_nn.errors import UserError
from tui_nn.nn.activations import ACTIVATIONS
from tui_nn.nn.layer_text import describe, layer
from tui_nn.nn.layers import LAYERS, Activation, Dense, DropConnect, Dropout, Maxout
from tui_nn.nn.network import Network
from tui_nn.nn.normalization import BatchNorm, BatchRenorm, GroupNorm, LayerNorm

# The layer under test between two dense ones, so that gradients pass through it.
STACKS = {
    "dense": [Dense(4, "tanh"), Dense(2)],
    "dense without bias": [Dense(4, "tanh", bias=False), Dense(2)],
    "maxout": [Dense(4, "tanh"), Maxout(3), Dense(2)],
    "maxout of three": [Maxout(3, pieces=3), Dense(2)],
    "dropout": [Dense(6, "tanh"), Dropout(0.4), Dense(2)],
    "dropout of inputs": [Dropout(0.3), Dense(4, "tanh"), Dense(2)],
    "two dropouts": [Dense(6, "tanh"), Dropout(0.4), Dropout(0.2), Dense(2)],
    "drop_connect": [Dense(4, "tanh"), DropConnect(0.4), Dense(2)],
    "drop_connect of maxout": [DropConnect(0.4), Maxout(3), Dense(2)],
    "batch_norm": [Dense(4), BatchNorm(), Activation("tanh"), Dense(2)],
    "batch_norm of inputs": [BatchNorm(), Dense(2)],
    "batch_renorm": [Dense(4), BatchRenorm(), Activation("tanh"), Dense(2)],
    "batch_renorm at its limits": [Dense(4), BatchRenorm(0.1, r_max=1.1, d_max=0.2), Activation("tanh"), Dense(2)],
    "batch_renorm of inputs": [BatchRenorm(0.1, r_max=1.2, d_max=0.5), Dense(2)],
    "layer_norm": [Dense(4, "tanh"), LayerNorm(), Dense(2)],
    "group_norm": [Dense(6, "tanh"), GroupNorm(2), Dense(2)],
    "penalties": [Dense(4, "tanh", penalty="l1(0.1)"), Dense(3, "tanh"), Dense(2, penalty=())],
}


def bench(name: str, **settings) -> Bench:
    return Bench(Network(STACKS[name], inputs=3, loss="mse", penalty="l2(0.2)"), **settings)


def read(machine, *names):
    return [machine.read(name) for name in names]


@pytest.mark.parametrize("name", STACKS)
def test_a_layer_has_the_gradient_of_finite_differences(name):
    assert_gradients(bench(name), tolerance=3e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", STACKS)
def test_a_layer_runs_and_steps_to_the_same_bits(name, dtype):
    assert_same_bits(bench(name, dtype=dtype))


@pytest.mark.parametrize("name", STACKS)
def test_evaluation_repeats_itself_and_changes_nothing(name):
    b = bench(name)
    b.machine.run(2)
    before = b.machine.save()
    evaluation = b.evaluation()
    evaluation.run(1)
    first = evaluation.number("J")
    evaluation.run(5)
    assert evaluation.number("J") == first
    for key, vector in b.machine.save().vectors.items():
        np.testing.assert_array_equal(vector, before.vectors[key])


# -- each activation, by a formula of scalars

NORMAL = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: 1.0507009873554804934193349852946 * (x if x > 0 else 1.6732632423543772848170 * math.expm1(x)),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "swish": lambda x: x / (1 + math.exp(-x)),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "hard_tanh": lambda x: min(max(x, -1.0), 1.0),
    "step": lambda x: float(x >= 0),
    "sign": lambda x: math.copysign(1, x),
}  # fmt: skip
FLAT = ("step", "sign")


def columns(z, name):
    powers = np.exp(z)
    share = powers / powers.sum(axis=0)
    return share if name == "softmax" else np.log(share)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_its_formula(name):
    b = Bench(Network([Dense(5, name), Dense(2)], inputs=3, loss="mse"), batch=20)
    b.loss()
    z = b.machine.read("Z1")
    assert (z > 1).any()
    assert (z < -1).any()
    wanted = np.vectorize(NORMAL[name])(z) if name in NORMAL else columns(z, name)
    np.testing.assert_allclose(b.machine.read("A1" if name != "linear" else "Z1"), wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in FLAT])
def test_an_activation_has_the_gradient_of_finite_differences(name):
    assert_gradients(Bench(Network([Dense(5, name), Dense(2)], inputs=3, loss="mse")))


@pytest.mark.parametrize("name", FLAT)
def test_through_a_flat_activation_nothing_is_learned(name):
    gradients = Bench(Network([Dense(5, name), Dense(2)], inputs=3, loss="mse")).gradients()
    assert not gradients["W1"].any()
    assert gradients["W2"].any()


# -- each layer, by NumPy


def test_dense():
    b = bench("dense")
    b.loss()
    W1, b1, X = read(b.machine, "W1", "b1", "X")
    by_hand = [[math.tanh(sum(W1[i, k] * X[k, n] for k in range(3)) + b1[i, 0]) for n in range(6)] for i in range(4)]
    np.testing.assert_allclose(b.machine.read("A1"), by_hand, rtol=1e-12)


def test_maxout_takes_the_largest_piece():
    b = bench("maxout of three")
    b.loss()
    X = b.values["X"]
    pieces = [b.values[f"W1_{k}"] @ X + b.values[f"b1_{k}"] for k in (1, 2, 3)]
    np.testing.assert_allclose(b.machine.read("A1"), np.max(pieces, axis=0), rtol=1e-12)


def test_dropout_drops_its_share_and_keeps_the_mean():
    b = Bench(Network([Dropout(0.2), Dense(1)], inputs=50, loss="mse"), batch=400)
    b.loss()
    mask = b.machine.read("mask0")
    assert set(np.unique(mask)) == {0.0, 1.25}
    assert (mask == 0).mean() == pytest.approx(0.2, abs=0.01)
    np.testing.assert_array_equal(b.machine.read("D0"), b.values["X"] * mask)
    b.machine.begin(2)
    b.machine.lines(1, 1)
    assert (b.machine.read("mask0") != mask).any()


def test_drop_connect_masks_the_weights_of_the_next_layer():
    b = bench("drop_connect")
    b.loss()
    W2, mask, V2, A1, b2 = read(b.machine, "W2", "mask_W2", "V2", "A1", "b2")
    assert set(np.unique(mask)) <= {0.0, 1 / 0.6}
    np.testing.assert_array_equal(V2, W2 * mask)
    np.testing.assert_allclose(b.machine.read("Z2"), V2 @ A1 + b2, rtol=1e-12)


def test_dropped_weights_have_no_gradient_but_the_penalty():
    b = bench("drop_connect")
    gradient = b.gradients()["W2"]
    dropped = b.machine.read("mask_W2") == 0
    assert dropped.any()
    np.testing.assert_allclose(gradient[dropped], 0.2 * b.values["W2"][dropped], rtol=1e-12)


@pytest.mark.parametrize("name", ["dropout", "drop_connect", "drop_connect of maxout", "two dropouts"])
def test_evaluation_drops_nothing(name):
    page = bench(name).network.evaluation_page(4)
    assert "dropout_mask" not in str(page)
    assert set(page.parameters) == set(bench(name).program.parameters)


def test_batch_norm_normalises_by_the_batch():
    b = bench("batch_norm of inputs", batch=9)
    b.loss()
    X = b.values["X"]
    normal = (X - X.mean(axis=1, keepdims=True)) / np.sqrt(X.var(axis=1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(b.machine.read("N0"), normal, rtol=1e-10)
    np.testing.assert_allclose(b.machine.read("B0"), normal * b.values["scale0"] + b.values["shift0"], rtol=1e-10)


def test_batch_norm_keeps_running_statistics_and_evaluates_with_them():
    b = bench("batch_norm of inputs", batch=9)
    X, mean, variance = b.values["X"], b.values["running_mean0"], b.values["running_var0"]
    b.machine.run(3)
    for _ in range(3):
        mean = 0.9 * mean + 0.1 * X.mean(axis=1, keepdims=True)
        variance = 0.9 * variance + 0.1 * X.var(axis=1, ddof=1, keepdims=True)
    np.testing.assert_allclose(b.machine.read("running_mean0"), mean, rtol=1e-12)
    np.testing.assert_allclose(b.machine.read("running_var0"), variance, rtol=1e-12)
    evaluation = b.evaluation()
    evaluation.run(1)
    np.testing.assert_allclose(evaluation.read("N0"), (X - mean) / np.sqrt(variance + 1e-5), rtol=1e-10)


def test_batch_norm_of_a_batch_of_one_is_refused():
    with pytest.raises(UserError, match="at least 2 examples"):
        Network([Dense(3), BatchNorm(), Dense(1)], inputs=2).training_page(1)
    Network([Dense(3), BatchNorm(), Dense(1)], inputs=2).evaluation_page(1)


def test_batch_renorm_corrects_towards_the_running_statistics_within_its_limits():
    b = bench("batch_renorm of inputs", batch=9)
    b.loss()
    X, mean, sigma = b.values["X"], b.values["running_mean0"], b.values["running_sigma0"]
    own_mean, own_sigma = X.mean(axis=1, keepdims=True), np.sqrt(X.var(axis=1, keepdims=True) + 1e-5)
    r, d = own_sigma / sigma, (own_mean - mean) / sigma
    assert ((r > 1.2) | (r < 1 / 1.2)).any()
    assert (np.abs(d) > 0.5).any()
    wanted = (X - own_mean) / own_sigma * np.clip(r, 1 / 1.2, 1.2) + np.clip(d, -0.5, 0.5)
    np.testing.assert_allclose(b.machine.read("N0"), wanted, rtol=1e-10)
    b.machine.run(1)
    np.testing.assert_allclose(b.machine.read("running_mean0"), 0.9 * mean + 0.1 * own_mean, rtol=1e-12)
    np.testing.assert_allclose(b.machine.read("running_sigma0"), 0.9 * sigma + 0.1 * own_sigma, rtol=1e-12)
    evaluation = b.evaluation()
    evaluation.run(1)
    mean, sigma = b.machine.read("running_mean0"), b.machine.read("running_sigma0")
    np.testing.assert_allclose(evaluation.read("N0"), (X - mean) / sigma, rtol=1e-10)


def test_batch_renorm_within_its_limits_normalises_as_in_evaluation():
    b = Bench(Network([BatchRenorm(r_max=1e3, d_max=1e3), Dense(2)], inputs=3), batch=9)
    b.loss()
    wanted = (b.values["X"] - b.values["running_mean0"]) / b.values["running_sigma0"]
    np.testing.assert_allclose(b.machine.read("N0"), wanted, rtol=1e-9)


def test_batch_renorm_without_room_is_batch_norm():
    """r = 1 and d = 0: values and gradients are batch norm's, but for what runs."""
    found = []
    for each in (BatchRenorm(r_max=1, d_max=0), BatchNorm()):
        b = Bench(Network([Dense(4), each, Activation("tanh"), Dense(2)], inputs=3, loss="mse"), batch=9)
        gradients = b.gradients()
        found.append([b.loss(), *(gradients[name] for name in sorted(gradients))])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-13)


def test_batch_renorm_holds_its_correction_constant_in_the_gradient():
    """The gradient is that of a batch norm with a scale of r: dZ by hand, with r as it stands."""
    b = bench("batch_renorm", batch=9)
    b.gradients()
    dN, C, sigma, r = read(b.machine, "dN1", "C1", "sigma1", "r1")
    g = dN * r / sigma
    normal = C / sigma
    wanted = g - g.mean(axis=1, keepdims=True) - normal * (g * normal).mean(axis=1, keepdims=True)
    np.testing.assert_allclose(b.machine.read("dZ1"), wanted, rtol=1e-8, atol=1e-12)


def test_running_statistics_are_in_checkpoints():
    b = bench("batch_norm")
    b.machine.run(2)
    saved = b.machine.save()
    wanted = b.machine.read("running_var1")
    b.machine.run(2)
    assert (b.machine.read("running_var1") != wanted).any()
    b.machine.restore(saved)
    np.testing.assert_array_equal(b.machine.read("running_var1"), wanted)


def test_layer_norm_normalises_each_example():
    b = bench("layer_norm")
    b.loss()
    A = b.machine.read("A1")
    wanted = np.stack([(a - a.mean()) / math.sqrt(a.var() + 1e-5) for a in A.T], axis=1)
    np.testing.assert_allclose(b.machine.read("N1"), wanted, rtol=1e-10)


def test_group_norm_normalises_each_group():
    b = bench("group_norm")
    b.loss()
    groups = b.machine.read("A1").reshape(2, 3, -1)
    wanted = (groups - groups.mean(axis=1, keepdims=True)) / np.sqrt(groups.var(axis=1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(b.machine.read("N1"), wanted.reshape(6, -1), rtol=1e-10)


def test_penalties_of_a_layer_stand_instead_of_the_networks():
    b = bench("penalties")
    b.loss()
    W1, W2 = b.values["W1"], b.values["W2"]
    assert b.machine.number("penalty") == pytest.approx(0.1 * np.abs(W1).sum() + 0.1 * (W2**2).sum(), rel=1e-12)
    assert b.machine.number("J") == pytest.approx(b.machine.number("data") + b.machine.number("penalty"), rel=1e-14)


@pytest.mark.parametrize(
    ("penalty", "wanted"),
    [
        ("l2(0.3)", lambda W: 0.15 * (W**2).sum()),
        ("l2(0.3, form=sum)", lambda W: 0.3 * (W**2).sum()),
        ("l2(0.3, form=mean)", lambda W: 0.3 * (W**2).mean()),
        ("l1(0.3)", lambda W: 0.3 * np.abs(W).sum()),
        ("l1(0.3, form=mean)", lambda W: 0.3 * np.abs(W).mean()),
    ],
)
def test_forms_of_penalties(penalty, wanted):
    b = Bench(Network([Dense(2)], inputs=3, penalty=penalty))
    b.loss()
    assert b.machine.number("penalty") == pytest.approx(wanted(b.values["W1"]), rel=1e-12)


def test_a_penalty_of_zero_leaves_no_line():
    assert "penalty" not in str(Network([Dense(2)], inputs=3, penalty="l2(0)").training_page(4))


# -- as text


def test_each_layer_is_in_the_table_and_has_a_test():
    assert {name.split(" ")[0] for name in STACKS} - {"two", "penalties"} | {"activation"} == set(LAYERS)


SPECS = st.one_of(
    st.builds(
        Dense,
        st.integers(1, 999),
        st.sampled_from([*ACTIVATIONS, "leaky_relu(0.2)"]),
        st.sampled_from(["he_normal", "normal(scale=0.1)"]),
        st.booleans(),
        st.sampled_from([None, (), "l1(0.1)", "l2(0.1, form=sum)"]),
    ),
    st.builds(Maxout, st.integers(1, 9), st.integers(2, 9)),
    st.builds(Dropout, st.floats(0, 0.99)),
    st.builds(DropConnect, st.floats(0, 0.99)),
    st.builds(BatchNorm, st.floats(0, 0.9), st.floats(1e-9, 0.1)),
    st.builds(LayerNorm),
    st.builds(GroupNorm, st.integers(1, 9)),
    st.builds(Activation, st.sampled_from(["relu", "elu(2)"])),
)


@given(SPECS)
def test_a_layer_reads_back_from_its_text(spec):
    assert layer(describe(spec)) == spec


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dens(10)", "did you mean dense"),
        ("dense", "needs its units"),
        ("dense(x)", "units takes a whole number"),
        ("dense(10, rellu)", "did you mean relu"),
        ("dense(10, leaky_relu(a))", "takes a number"),
        ("dense(10, bias=perhaps)", "takes yes or no"),
        ("dense(10, rate=1)", "has no `rate`"),
        ("dense(0)", "from 1 to"),
        ("dense(10, init=he_normall)", "did you mean he_normal"),
        ("dense(10, penalty=l3(1))", "there is no regulariser"),
        ("dense(10, penalty=l2(-1))", "from 0"),
        ("dropout(1)", "from 0 up to"),
        ("dropout(0.1, 2)", "takes rate"),
        ("maxout(3, 1)", "from 2 to 100"),
        ("group_norm(0)", "from 1"),
        ("dense(10", "cannot be read"),
        ("dense(units=10, relu)", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_a_slip_in_a_layers_text_is_told(text, said):
    with pytest.raises(UserError, match=said):
        layer(text)


def test_groups_must_part_the_units():
    with pytest.raises(UserError, match="7 units cannot be parted into 2"):
        Network([Dense(7), GroupNorm(2), Dense(1)], inputs=2)


def test_drop_connect_needs_a_layer_after_it():
    with pytest.raises(UserError, match="no layer with weights follows"):
        Network([Dense(7), DropConnect(0.5)], inputs=2)
