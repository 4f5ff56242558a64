"""Each optimiser's page against a loop written by hand, against hand-worked steps, and against PyTorch where it is."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.parse import parse_page
from tui_nn.lang.write import write_equation
from tui_nn.lessons.problem import Settings, find
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer

PAGE = "J = 0.5 * sum(C * (W - T)**2) + (b - 3)**4 / 4"
C = np.array([[1.0, 4.0, 0.5], [0.0, 2.0, 9.0]])
T = np.array([[0.5, -1.0, 2.0], [1.0, 0.0, -0.25]])
START = {"W": np.array([[1.0, 0.0, -2.0], [3.0, 0.1, 0.5]]), "b": np.array(1.5)}
GRADIENT = {"W": lambda w: C * (w - T), "b": lambda b: (b - 3) ** 3}
HYPER = {
    "lr": 0.05, "gamma": 0.8, "rho": 0.95, "beta1": 0.85, "beta2": 0.98, "eps": 1e-3, "weight_decay": 0.1,
}  # fmt: skip


def trained(name, settings, steps):
    program = build(
        parse_page(PAGE), {"W": (2, 3), "C": (2, 3), "T": (2, 3), "b": ()}, ["W", "b"], update=optimizer(name, settings)
    )
    machine = Machine(program, {"C": C, "T": T, **START})
    machine.run(steps)
    return {p: machine.read(p) for p in START}


def by_hand(name, lr, steps, **s):
    """The same for each parameter by itself, as the papers have it."""
    out = {}
    for parameter, gradient in GRADIENT.items():
        w = START[parameter].copy()
        m = v = np.full(w.shape, s.get("initial", 0.0))
        for t in range(1, steps + 1):
            g = gradient(w)
            if name == "sgd":
                w = w - lr * g
            elif name == "momentum":
                gamma = s["gamma"]
                if s["form"] == "classic":
                    v = gamma * v + lr * g
                    w = w - v
                else:
                    v = gamma * v + (g if s["form"] == "pytorch" else (1 - gamma) * g)
                    w = w - lr * v
            elif name == "nesterov":
                gamma = s["gamma"]
                if s["form"] == "pytorch":
                    v = gamma * v + g
                    w = w - lr * (g + gamma * v)
                else:
                    v = gamma * v + lr * g
                    w = w - (gamma * v + lr * g)
            elif name in ("adagrad", "rmsprop"):
                v = v + g * g if name == "adagrad" else s["rho"] * v + (1 - s["rho"]) * g * g
                w = w - lr * g / root(v, s)
            else:
                m = s["beta1"] * m + (1 - s["beta1"]) * g
                v = s["beta2"] * v + (1 - s["beta2"]) * g * g
                on = s["bias_correction"] == "on"
                m_hat = m / (1 - s["beta1"] ** t) if on else m
                v_hat = v / (1 - s["beta2"] ** t) if on else v
                decay = lr * s["weight_decay"] * w if name == "adamw" else 0
                w = w - decay - lr * m_hat / root(v_hat, s)
        out[parameter] = w
    return out


def root(v, s):
    return np.sqrt(v + s["eps"]) if s["eps_place"] == "inside" else np.sqrt(v) + s["eps"]


def every_choice():
    for name, row in OPTIMIZERS.items():
        options = [[(choice, option) for option in texts] for choice, texts in row.choices.items()]
        starts = [0.0, 0.25] if row.states else [None]
        for chosen in product(*options, starts):
            settings = dict(chosen[:-1]) | {k: HYPER[k] for k in row.hyper}
            yield name, settings | ({} if chosen[-1] is None else {"initial": chosen[-1]})


@pytest.mark.parametrize(("name", "settings"), list(every_choice()), ids=str)
def test_fifty_steps(name, settings):
    got, want = trained(name, settings, 50), by_hand(name, steps=50, **settings)
    for parameter in START:
        np.testing.assert_allclose(got[parameter], want[parameter], rtol=1e-11, atol=1e-13)


def test_the_table_offers_the_choices_on_which_frameworks_differ():
    places, forms = ["inside", "outside"], ["classic", "pytorch"]
    moments = {"bias_correction": ["off", "on"], "eps_place": places}
    assert {name: {k: sorted(v) for k, v in row.choices.items()} for name, row in OPTIMIZERS.items()} == {
        "sgd": {}, "momentum": {"form": ["averaged", *forms]}, "nesterov": {"form": forms},
        "adagrad": {"eps_place": places}, "rmsprop": {"eps_place": places}, "adam": moments, "adamw": moments,
    }  # fmt: skip


def test_unless_said_momentum_has_the_form_of_pytorch_and_the_slide_its_own():
    assert optimizer("momentum").choices["form"] == optimizer("nesterov").choices["form"] == "pytorch"
    update = find("optimizers", Settings({}, optimizer="momentum")).update
    assert [write_equation(e) for e in update.equations] == ["v = gamma * v + lr * g", "theta = theta - v"]


# The slides' example, one step, worked by hand: weights 1, -1, 1, 2 and their gradient -2, -4, -2, 2.

WEIGHTS = [Fraction(1), Fraction(-1), Fraction(1), Fraction(2)]
SLOPES = [Fraction(-2), Fraction(-4), Fraction(-2), Fraction(2)]
LR, EPS = Fraction(1, 10), Fraction(1, 20_000)


ONE_STEP = {
    "sgd": [w - LR * g for w, g in zip(WEIGHTS, SLOPES, strict=True)],  # 1.2, -0.6, 1.2, 1.8
    "momentum": [w - LR * g for w, g in zip(WEIGHTS, SLOPES, strict=True)],
    "adagrad": [w - LR * g / (abs(g) + EPS) for w, g in zip(WEIGHTS, SLOPES, strict=True)],
    # the root of (1 - 0.99) g**2 is |g| / 10
    "rmsprop": [w - LR * g / (abs(g) / 10 + EPS) for w, g in zip(WEIGHTS, SLOPES, strict=True)],
    "adam": [w - LR * g / (abs(g) + Fraction(1, 100_000)) for w, g in zip(WEIGHTS, SLOPES, strict=True)],
}


@pytest.mark.parametrize("name", ONE_STEP)
def test_one_step_of_the_slides_example(name):
    problem = find("S6", Settings({}, optimizer=name))
    session = problem.session()
    session.goto(1, session.length)
    for i, want in enumerate(ONE_STEP[name]):
        assert session.value(f"w{i}") == pytest.approx(float(want), rel=0, abs=1e-12)


def test_adams_second_moments_in_the_slides_example():
    session = find("S6", Settings({}, optimizer="adam")).session()
    session.goto(1, session.length)
    for name, want in {
        "m": [-0.2, -0.4, -0.2, 0.2],
        "v": [0.004, 0.016, 0.004, 0.004],
        "m_hat": [-2, -4, -2, 2],
        "v_hat": [4, 16, 4, 4],
    }.items():
        for i, value in enumerate(want):
            assert session.value(f"{name}.w{i}") == pytest.approx(value, rel=0, abs=1e-12)


def test_two_steps_of_adam_by_hand():
    """theta = 1, J = theta**2 / 2, so g = theta; lr 0.5, beta1 0.5, beta2 0.75, eps 0."""
    update = optimizer("adam", {"lr": 0.5, "beta1": 0.5, "beta2": 0.75, "eps": 0})
    machine = Machine(
        build(parse_page("J = theta1**2 / 2"), {"theta1": ()}, ["theta1"], update=update), {"theta1": 1.0}
    )
    machine.run()
    assert machine.number("theta1") == 0.5  # the first step is lr, whatever the gradient
    machine.run()
    m = 0.5 * 0.5 + 0.5 * 0.5  # m was 0.5, g is 0.5
    v = 0.75 * 0.25 + 0.25 * 0.25  # v was 0.25
    assert machine.number("m_hat.theta1") == pytest.approx(m / 0.75, rel=1e-14)
    assert machine.number("v_hat.theta1") == pytest.approx(v / 0.4375, rel=1e-14)
    assert machine.number("theta1") == pytest.approx(0.5 - 0.5 * (m / 0.75) / (v / 0.4375) ** 0.5, rel=1e-14)


# What is refused.


@pytest.mark.parametrize(("name", "settings", "message"), [
    ("adm", {}, "no optimizer `adm`; did you mean adam"),
    ("adam", {"beta3": 1}, "adam has no `beta3`"),
    ("sgd", {"gamma": 0.9}, "sgd has no `gamma`.*; it has lr"),
    ("sgd", {"initial": 0.1}, "sgd has no `initial`"),
    ("adam", {"eps_place": "between"}, "`eps_place` is one of outside, inside, not `between`"),
    ("momentum", {"lr": "fast"}, "`lr` takes a number, not `fast`"),
    ("momentum", {"lr": math.inf}, "`lr` takes a number, not `inf`"),
    ("adam", {"beta1": 2.0}, r"`beta1` takes a number, from 0 up to \(but not at\) 1, not `2`"),
    ("adamw", {"beta2": 1}, "`beta2` takes a number, from 0 up to .* 1, not `1`"),
    ("rmsprop", {"rho": -0.1}, "`rho` takes a number, from 0 up to .* 1, not `-0.1`"),
    ("adagrad", {"eps": -1.0}, "`eps` takes a number, 0 or more, not `-1`"),
    ("nesterov", {"gamma": "-3"}, "`gamma` takes a number, from 0 to 1, not `-3`"),
])  # fmt: skip
def test_refusals(name, settings, message):
    with pytest.raises(UserError, match=message):
        optimizer(name, settings)


def test_bias_correction_takes_yes_and_no():
    assert optimizer("adam", {"bias_correction": False}) == optimizer("adam", {"bias_correction": "off"})
    assert optimizer("adam", {"bias_correction": True}) == optimizer("adam")


# PyTorch, where somebody has it.

TORCH = {
    "sgd": lambda optim, p: optim.SGD(p, lr=0.05),
    "momentum": lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.8),
    "nesterov": lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True),
    "adagrad": lambda optim, p: optim.Adagrad(p, lr=0.05, eps=1e-3),
    "rmsprop": lambda optim, p: optim.RMSprop(p, lr=0.05, alpha=0.95, eps=1e-3),
    "adam": lambda optim, p: optim.Adam(p, lr=0.05, betas=(0.85, 0.98), eps=1e-3),
    "adamw": lambda optim, p: optim.AdamW(p, lr=0.05, betas=(0.85, 0.98), eps=1e-3, weight_decay=0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_fifty_steps_of_pytorch(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is no dependency")
    start = {p: torch.tensor(v, dtype=torch.float64, requires_grad=True) for p, v in START.items()}
    optim = TORCH[name](torch.optim, list(start.values()))
    for _ in range(50):
        optim.zero_grad()
        loss = 0.5 * (torch.tensor(C) * (start["W"] - torch.tensor(T)) ** 2).sum() + (start["b"] - 3) ** 4 / 4
        loss.backward()
        optim.step()
    settings = {k: HYPER[k] for k in OPTIMIZERS[name].hyper}
    got = trained(name, settings, 50)  # no choice is named: the conventions are PyTorch's unless said
    for parameter, tensor in start.items():
        np.testing.assert_allclose(got[parameter], tensor.detach().numpy(), rtol=1e-10, atol=1e-12)
