"""The definitions are PyTorch's, where it is installed: values, gradients, running statistics, schedules, whole runs.

All of it agreed with torch 2.13.0 on the CPU, in float64: values and gradients to 1e-11, runs of 20 steps to 1e-8.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.nn.bench import Bench
from tests.nn.test_losses import network_with
from tui_nn.nn.initializers import draw
from tui_nn.nn.layers import Activation, Dense, Dropout
from tui_nn.nn.network import Network
from tui_nn.nn.normalization import BatchNorm, GroupNorm, LayerNorm
from tui_nn.nn.optimizers import optimizer
from tui_nn.nn.plateau import Plateau
from tui_nn.nn.schedules import schedule
from tui_nn.nn.transforms import clip_by_norm, clip_by_value, weight_decay

torch = pytest.importorskip("torch", reason="PyTorch is not installed; its definitions are held by goldens elsewhere")
F, nn = torch.nn.functional, torch.nn


def tensor(array, **settings):
    return torch.tensor(np.asarray(array), dtype=torch.float64, **settings)


def close(ours, theirs, rtol=1e-11, atol=1e-13):
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=rtol, atol=atol)


# -- activations

ACTIVATIONS = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "leaky_relu(0.2)": lambda x: F.leaky_relu(x, 0.2),
    "elu": F.elu,
    "elu(0.5)": lambda x: F.elu(x, 0.5),
    "selu": F.selu,
    "gelu": F.gelu,
    "swish": F.silu,
    "mish": F.mish,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "hard_tanh": F.hardtanh,
    "softmax": lambda x: F.softmax(x, dim=0),
    "log_softmax": lambda x: F.log_softmax(x, dim=0),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    b = Bench(Network([Dense(5, name), Dense(2)], inputs=3, loss="mse"), batch=20)
    gradients = b.gradients()
    W1, b1, W2, b2 = (tensor(b.values[n], requires_grad=True) for n in ("W1", "b1", "W2", "b2"))
    out = ACTIVATIONS[name](W1 @ tensor(b.values["X"]) + b1)
    close(b.machine.read("A1"), out)
    F.mse_loss(W2 @ out + b2, tensor(b.values["Y"])).backward()
    close(gradients["W1"], W1.grad)
    close(gradients["b1"], b1.grad)


# -- losses: ours by columns, theirs by rows


def codes(y):
    return y.argmax(dim=1)


LOSSES = {
    "mse": (lambda w, r: nn.MSELoss(reduction=r), lambda y: y),
    "mae": (lambda w, r: nn.L1Loss(reduction=r), lambda y: y),
    "huber": (lambda w, r: nn.HuberLoss(reduction=r), lambda y: y),
    "huber(0.3)": (lambda w, r: nn.HuberLoss(reduction=r, delta=0.3), lambda y: y),
    "multiclass_hinge": (lambda w, r: nn.MultiMarginLoss(reduction=r), codes),
    "multiclass_hinge(0.4)": (lambda w, r: nn.MultiMarginLoss(reduction=r, margin=0.4), codes),
    "logistic": (lambda w, r: nn.SoftMarginLoss(reduction=r), lambda y: y),
    "binary_cross_entropy": (lambda w, r: nn.BCELoss(reduction=r), lambda y: y),
    "sigmoid_cross_entropy": (lambda w, r: nn.BCEWithLogitsLoss(reduction=r), lambda y: y),
    "categorical_cross_entropy": (lambda w, r: lambda p, y: nn.NLLLoss(w, reduction=r)(p.log(), y), codes),
    "negative_log_likelihood": (lambda w, r: nn.NLLLoss(w, reduction=r), codes),
    "softmax_cross_entropy": (lambda w, r: nn.CrossEntropyLoss(w, reduction=r), codes),
}
LAST = {"sigmoid": torch.sigmoid, "softmax": lambda z: z.softmax(0), "log_softmax": lambda z: z.log_softmax(0)}


def compare_loss(name, reduction, weights=()):
    spec = name[:-1] + ", " if name.endswith(")") else name + "("
    network = network_with(f"{spec}reduction={reduction})", class_weights=weights)
    b = Bench(network)
    gradients = b.gradients()
    parameters = {n: tensor(b.values[n], requires_grad=True) for n in ("W1", "b1", "W2", "b2")}
    W1, b1, W2, b2 = parameters.values()
    out = W2 @ torch.tanh(W1 @ tensor(b.values["X"]) + b1) + b2
    out = LAST.get(network.layers[-1].activation, lambda z: z)(out)
    make, targets = LOSSES[name]
    loss = make(tensor(weights) if weights else None, reduction)(out.T, targets(tensor(b.values["Y"]).T))
    assert b.machine.number("J") == pytest.approx(loss.item(), rel=1e-12)
    loss.backward()
    for n, p in parameters.items():
        close(gradients[n], p.grad)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
def test_losses(name, reduction):
    compare_loss(name, reduction)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", ["categorical_cross_entropy", "negative_log_likelihood", "softmax_cross_entropy"])
def test_class_weights(name, reduction):
    compare_loss(name, reduction, (0.5, 2.0, 3.0))


# -- layers: a net of ours with the same numbers in one of theirs

NORMS = {
    "batch_norm": (BatchNorm(), lambda: nn.BatchNorm1d(6)),
    "batch_norm with settings": (BatchNorm(0.3, 1e-3), lambda: nn.BatchNorm1d(6, momentum=0.3, eps=1e-3)),
    "layer_norm": (LayerNorm(), lambda: nn.LayerNorm(6)),
    "group_norm": (GroupNorm(3), lambda: nn.GroupNorm(3, 6)),
}


@pytest.mark.parametrize("name", NORMS)
def test_normalisation_through_a_run(name):
    ours, theirs = NORMS[name]
    network = Network([Dense(6), ours, Activation("tanh"), Dense(2)], inputs=3, loss="mse")
    b = Bench(network, batch=9, update=optimizer("sgd", {"lr": 0.1}))
    net = nn.Sequential(nn.Linear(3, 6), theirs(), nn.Tanh(), nn.Linear(6, 2)).double()
    pairs = {"0.weight": "W1", "0.bias": "b1", "1.weight": "scale1", "1.bias": "shift1", "3.weight": "W2",
             "3.bias": "b2", "1.running_mean": "running_mean1", "1.running_var": "running_var1"}  # fmt: skip
    state = net.state_dict()
    for theirs_name, ours_name in pairs.items():
        if theirs_name in state:
            state[theirs_name].copy_(tensor(b.values[ours_name]).reshape(state[theirs_name].shape))
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    X, Y = tensor(b.values["X"].T), tensor(b.values["Y"].T)
    for _ in range(5):
        sgd.zero_grad()
        F.mse_loss(net(X), Y).backward()
        sgd.step()
    b.machine.run(5)
    for theirs_name, ours_name in pairs.items():
        if theirs_name in state:
            close(b.machine.read(ours_name).reshape(state[theirs_name].shape), state[theirs_name], rtol=1e-9)
    net.eval()
    evaluation = b.evaluation()
    evaluation.run(1)
    close(evaluation.read("Z2").T, net(X), rtol=1e-9)


def test_dropout_with_the_same_mask():
    b = Bench(Network([Dense(6, "relu"), Dropout(0.4), Dense(2)], inputs=3, loss="mse"))
    gradients = b.gradients()
    W1, b1, W2, b2 = (tensor(b.values[n], requires_grad=True) for n in ("W1", "b1", "W2", "b2"))
    kept = tensor(b.machine.read("mask1") > 0)
    F.mse_loss(W2 @ (F.relu(W1 @ tensor(b.values["X"]) + b1) * kept / 0.6) + b2, tensor(b.values["Y"])).backward()
    close(gradients["W1"], W1.grad)
    close(gradients["W2"], W2.grad)


# -- whole runs: penalty, clipping, coupled decay, schedule, optimiser

OPTIMIZERS = {
    "sgd": (optimizer("sgd", {"lr": 0.1}), lambda p: torch.optim.SGD(p, lr=0.1)),
    "momentum": (
        optimizer("momentum", {"lr": 0.1}),
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    ),
    "adam": (optimizer("adam", {"lr": 0.05}), lambda p: torch.optim.Adam(p, lr=0.05)),
    "adam with coupled decay": (
        weight_decay(optimizer("adam", {"lr": 0.05}), 0.1),
        lambda p: torch.optim.Adam(p, lr=0.05, weight_decay=0.1),
    ),
    "rmsprop with coupled decay": (
        weight_decay(optimizer("rmsprop", {"lr": 0.05}), 0.1),
        lambda p: torch.optim.RMSprop(p, lr=0.05, weight_decay=0.1),
    ),
    "adamw": (
        optimizer("adamw", {"lr": 0.05, "weight_decay": 0.1}),
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1),
    ),
}
CLIPS = {
    "none": (lambda u: u, lambda p: None),
    "norm": (lambda u: clip_by_norm(u, 0.3), lambda p: nn.utils.clip_grad_norm_(p, 0.3)),
    "value": (lambda u: clip_by_value(u, 0.05), lambda p: nn.utils.clip_grad_value_(p, 0.05)),
}


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_whole_runs(name, clip):
    update, theirs = OPTIMIZERS[name]
    our_clip, their_clip = CLIPS[clip]
    network = Network([Dense(10, "relu"), Dense(8, "relu"), Dense(3)], 4, "softmax_cross_entropy", "l2(0.02)")
    b = Bench(network, batch=20, update=our_clip(update))
    net = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 3)).double()
    names = [p.name for p in network.parameters]
    with torch.no_grad():
        for parameter, ours in zip(net.parameters(), names, strict=True):
            parameter.copy_(tensor(b.values[ours]).reshape(parameter.shape))
    X, y = tensor(b.values["X"].T), codes(tensor(b.values["Y"].T))
    use = theirs(net.parameters())
    curve = torch.optim.lr_scheduler.StepLR(use, 4, 0.5)
    b.machine.scalars.schedule("lr", schedule("step(4, 0.5)", update.hyper["lr"], iterations=20))
    for _ in range(20):
        use.zero_grad()
        penalty = sum((net[i].weight ** 2).sum() for i in (0, 2, 4))
        loss = F.cross_entropy(net(X), y) + 0.01 * penalty
        loss.backward()
        their_clip(net.parameters())
        use.step()
        curve.step()
    b.machine.run(20)
    assert b.machine.number("J") == pytest.approx(loss.item(), rel=1e-9)
    for parameter, ours in zip(net.parameters(), names, strict=True):
        close(b.machine.read(ours).reshape(parameter.shape), parameter, rtol=1e-8, atol=1e-11)


# -- schedules

LR = torch.optim.lr_scheduler
SCHEDULES = {
    "step(7, 0.3)": lambda o: LR.StepLR(o, 7, 0.3),
    "exponential(0.9)": lambda o: LR.ExponentialLR(o, 0.9),
    "linear(0.2, 0.9, over=10)": lambda o: LR.LinearLR(o, 0.2, 0.9, 10),
    "cosine(20)": lambda o: LR.CosineAnnealingLR(o, 20),
    "cosine(20, floor=0.1)": lambda o: LR.CosineAnnealingLR(o, 20, 0.02),
    "one_cycle": lambda o: LR.OneCycleLR(o, 0.2, 30, cycle_momentum=False),
    "one_cycle(0.5, 10, 100)": lambda o: LR.OneCycleLR(
        o, 0.2, 30, pct_start=0.5, div_factor=10, final_div_factor=100, cycle_momentum=False
    ),
}


def their_rates(make, steps=30):
    use = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
    curve, found = make(use), []
    for _ in range(steps):
        found.append(use.param_groups[0]["lr"])
        use.step()
        if len(found) < steps:
            curve.step()
    return found


@pytest.mark.parametrize("spec", SCHEDULES)
def test_schedules(spec):
    ours = schedule(spec, 0.2, iterations=30)(np.arange(1, 31))
    np.testing.assert_allclose(ours, their_rates(SCHEDULES[spec]), rtol=1e-12, atol=1e-15)


def test_warm_up():
    def sequence(o):
        parts = [LR.LinearLR(o, 0.1, total_iters=5), LR.ExponentialLR(o, 0.9)]
        return LR.SequentialLR(o, parts, milestones=[5])

    ours = schedule("exponential(0.9)", 0.2, iterations=30, warmup=5, warmup_start=0.1)(np.arange(1, 31))
    np.testing.assert_allclose(ours, their_rates(sequence), rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("relative", [True, False])
def test_plateau(seed, mode, relative):
    rng = np.random.default_rng(seed)
    use = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    settings = {"factor": 0.5, "patience": 2, "threshold": 0.05, "cooldown": 1}
    theirs = LR.ReduceLROnPlateau(use, mode, threshold_mode="rel" if relative else "abs", min_lr=0.01, **settings)
    rule = Plateau(**settings, relative=relative, least=0.01, larger_is_better=mode == "max")
    state = rule.start(1.0)
    for metric in rng.random(60).tolist():
        theirs.step(metric)
        state = rule.after(state, metric)
        assert state.rate == use.param_groups[0]["lr"]
    assert state.rate < 1


INIT = {
    "glorot_uniform": nn.init.xavier_uniform_,
    "glorot_normal": nn.init.xavier_normal_,
    "he_uniform": nn.init.kaiming_uniform_,
    "he_normal": nn.init.kaiming_normal_,
}


@pytest.mark.parametrize("name", INIT)
def test_initialisers_have_the_same_spread(name):
    torch.manual_seed(0)
    theirs = INIT[name](torch.empty(300, 200))
    ours = draw(name, (300, 200), {}, 0, "W")
    assert ours.std() == pytest.approx(theirs.std().item(), rel=0.02)
    if name.endswith("uniform"):
        assert np.abs(ours).max() == pytest.approx(theirs.abs().max().item(), rel=1e-3)
