"""Activations: a row each, written in the language; `{x}` is what comes in. A column is an example, a row is a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui_nn.lang.write import write_number
from tui_nn.nn.spec import pick


class Activation(NamedTuple):
    """One row: the text, and the numbers that it takes, PyTorch's defaults."""

    text: str
    settings: Mapping[str, float] = {}
    choices: Mapping[str, Mapping[str, str]] = {}


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(""),
    "relu": Activation("relu({x})"),
    "leaky_relu": Activation("leaky_relu({x}, {slope})", {"slope": 0.01}),
    "elu": Activation("elu({x}, {alpha})", {"alpha": 1.0}),
    "selu": Activation("1.0507009873554805 * elu({x}, 1.6732632423543772)"),
    "gelu": Activation("gelu({x})"),
    "swish": Activation("swish({x})"),
    "mish": Activation("{x} * tanh(softplus({x}))"),
    "softplus": Activation("softplus({x})"),
    "softsign": Activation("{x} / (1 + abs({x}))"),
    "sigmoid": Activation("sigmoid({x})"),
    "tanh": Activation("tanh({x})"),
    "hard_tanh": Activation("clip({x}, -1, 1)"),
    "step": Activation("step({x})"),
    "sign": Activation("sign({x})"),
    "softmax": Activation("softmax({x}, axis=0)"),
    "log_softmax": Activation("log_softmax({x}, axis=0)"),
}
"""Every activation by its name; `linear` is none at all."""


def activation(spec: str) -> tuple[str, str]:
    """(name, text) of `relu` or `leaky_relu(0.2)`; the text is '' for linear. Raises UserError."""
    name, row, settings, _ = pick(ACTIVATIONS, spec, "activation")
    return name, row.text.format(x="{x}", **{key: write_number(value) for key, value in settings.items()})
