"""The optimisers, as pages of equations. Conventions on which frameworks and slides differ are choices in plain sight.

Every optimiser is a row: its lines, its hyper-parameters and conventions with PyTorch's defaults, what its states start
from, and the choices that change a line. `optimizer("adam", {"lr": 0.1, "eps_place": "inside"})` writes the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.parse import parse_page


class Optimizer(NamedTuple):
    """One row of the table.

    Attributes:
        title: its name in words.
        lines: the page; `{choice}` stands for what a choice puts there.
        hyper: hyper-parameter to default.
        states: what it remembers of each parameter entry; `initial` sets what they start from.
        choices: convention to its options (option to the text put into the lines); the first option is the default.
        source: where the equations come from.
    """

    title: str
    lines: str
    hyper: Mapping[str, float]
    source: str
    states: tuple[str, ...] = ()
    choices: Mapping[str, Mapping[str, str]] = {}


_EPS = {"outside": "(sqrt({x}) + eps)", "inside": "sqrt({x} + eps)"}


def _eps(x: str) -> dict[str, str]:
    return {place: text.format(x=x) for place, text in _EPS.items()}


_MOMENTS = """\
m = beta1 * m + (1 - beta1) * g
v = beta2 * v + (1 - beta2) * g**2
{bias_correction}
"""
_MOMENTS_CHOICES = {
    "bias_correction": {"on": "m_hat = m / (1 - beta1**t)\nv_hat = v / (1 - beta2**t)", "off": "m_hat = m\nv_hat = v"},
    "eps_place": _eps("v_hat"),
}

OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(
        "gradient descent",
        "step = lr * g\ntheta = theta - step",
        {"lr": 0.01},
        "Cauchy 1847; Robbins and Monro 1951",
    ),
    "momentum": Optimizer(
        "gradient descent with momentum",
        "{form}",
        {"lr": 0.01, "gamma": 0.9},
        "Polyak 1964",
        states=("v",),
        choices={
            "form": {
                "pytorch": "v = gamma * v + g\nstep = lr * v\ntheta = theta - step",
                "classic": "v = gamma * v + lr * g\ntheta = theta - v",
                "averaged": "v = gamma * v + (1 - gamma) * g\nstep = lr * v\ntheta = theta - step",
            }
        },
    ),
    "nesterov": Optimizer(
        "Nesterov's momentum",
        "{form}",
        {"lr": 0.01, "gamma": 0.9},
        "Nesterov 1983; the form is Sutskever et al. 2013, rewritten in the looked-ahead weights",
        states=("v",),
        choices={
            "form": {
                "pytorch": "v = gamma * v + g\nstep = lr * (g + gamma * v)\ntheta = theta - step",
                "classic": "v = gamma * v + lr * g\nstep = gamma * v + lr * g\ntheta = theta - step",
            }
        },
    ),
    "adagrad": Optimizer(
        "Adagrad",
        "r = r + g**2\nstep = lr * g / {eps_place}\ntheta = theta - step",
        {"lr": 0.01, "eps": 1e-10},
        "Duchi, Hazan and Singer 2011",
        states=("r",),
        choices={"eps_place": _eps("r")},
    ),
    "rmsprop": Optimizer(
        "RMSProp",
        "r = rho * r + (1 - rho) * g**2\nstep = lr * g / {eps_place}\ntheta = theta - step",
        {"lr": 0.01, "rho": 0.99, "eps": 1e-8},
        "Tieleman and Hinton 2012",
        states=("r",),
        choices={"eps_place": _eps("r")},
    ),
    "adam": Optimizer(
        "Adam",
        _MOMENTS + "step = lr * m_hat / {eps_place}\ntheta = theta - step",
        {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        "Kingma and Ba 2015",
        states=("m", "v"),
        choices=_MOMENTS_CHOICES,
    ),
    "adamw": Optimizer(
        "AdamW: Adam with decoupled weight decay",
        _MOMENTS + "step = lr * m_hat / {eps_place}\ndecay = lr * weight_decay * theta\ntheta = theta - decay - step",
        {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
        "Loshchilov and Hutter 2019",
        states=("m", "v"),
        choices=_MOMENTS_CHOICES,
    ),
}


_DECAY = ("from 0 up to (but not at) 1", lambda x: 0 <= x < 1)
_LEAST_0 = ("0 or more", lambda x: x >= 0)
RANGES: dict[str, tuple[str, Callable[[float], bool]]] = {
    "beta1": _DECAY,
    "beta2": _DECAY,
    "rho": _DECAY,
    "gamma": ("from 0 to 1", lambda x: 0 <= x <= 1),
    "eps": _LEAST_0,
    "weight_decay": _LEAST_0,
}
"""What a hyper-parameter may be, in words, and whether a number is that; others may be any finite number."""


def optimizer(name: str, settings: Mapping[str, float | str] | None = None) -> Update:
    """The page of the optimiser `name`.

    Args:
        settings: hyper-parameters by name (numbers), choices by name (text), and `initial`, what every entry of the
            accumulators starts from (0 unless said).

    Raises:
        UserError: for a name or a setting that is not there, with those that are; for a number out of its range.
    """
    row = OPTIMIZERS.get(name)
    if row is None:
        raise UserError(
            f"there is no optimizer `{name}`{suggestion(name, OPTIMIZERS) or ';'} there are {', '.join(OPTIMIZERS)}"
        )
    hyper = dict(row.hyper)
    initial = 0.0
    chosen = {choice: next(iter(options)) for choice, options in row.choices.items()}
    for key, value in (settings or {}).items():
        if key in row.choices:
            chosen[key] = _option(name, key, value, row.choices[key])
        elif key == "initial" and row.states:
            initial = _number(name, key, value)
        elif key in hyper:
            hyper[key] = _number(name, key, value)
        else:
            known = [*hyper, *row.choices, *(["initial"] if row.states else [])]
            raise UserError(f"{name} has no `{key}`{suggestion(key, known) or ';'} it has {', '.join(known)}")
    text = row.lines.format(**{choice: row.choices[choice][option] for choice, option in chosen.items()})
    equations = tuple(Equation(e.name, e.expression, "update", line=e.line) for e in parse_page(text))
    states = dict.fromkeys(row.states, initial)
    return Update(name, equations, hyper, states, chosen | ({"initial": f"{initial:g}"} if states else {}), row.source)


def computing(name: str) -> list[str]:
    """The optimisers whose pages have a line for `name`: adam and adamw for `v_hat`."""
    return [each for each in OPTIMIZERS if name in {e.name for e in optimizer(each).equations}]


def _number(name: str, key: str, value: float | str) -> float:
    words, fits = RANGES.get(key, ("", math.isfinite))
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and fits(number)):
        shown = value if isinstance(value, str) else f"{value:g}"
        raise UserError(f"{name}: `{key}` takes a number{words and f', {words}'}, not `{shown}`")
    return number


def _option(name: str, key: str, value: float | str, options: Mapping[str, str]) -> str:
    text = {1.0: "on", 0.0: "off"}.get(value, str(value)) if isinstance(value, int | float) else value
    if text not in options:
        raise UserError(f"{name}: `{key}` is one of {', '.join(options)}, not `{value}`")
    return text
