"""Initialisers: what parameters start from, a function of seed and name, so that the same seed gives the same start.

Definitions are PyTorch's (`torch.nn.init`): plain normal distributions, none cut off. A weight of a layer is
(outputs, inputs), so `fan_in` is its number of columns; where a page stores weights the other way round (`X @ W`), give
`fan_in` (and `fan_out`) as settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from tui_nn.errors import UserError
from tui_nn.lang.shape_rules import Shape, describe
from tui_nn.nn.spec import find, merge
from tui_nn.randomness import generator

Draw = Callable[[np.random.Generator, Shape, Mapping[str, float]], "np.ndarray[Any, Any]"]


class Initializer(NamedTuple):
    """One row: how to draw, the settings that it takes, and where it comes from."""

    draw: Draw
    settings: Mapping[str, float] = {}
    source: str = ""
    choices: Mapping[str, Mapping[str, str]] = {}


def fans(shape: Shape, settings: Mapping[str, float]) -> tuple[float, float]:
    """(fan_in, fan_out): the settings where they are given (not 0), else columns and rows."""
    given = settings["fan_in"], settings["fan_out"]
    if len(shape) != 2 and not all(given):
        raise UserError(f"this initialiser counts the inputs of a matrix, and the parameter is {describe(shape)}")
    return given[0] or shape[1], given[1] or shape[0]


def _glorot(shape: Shape, s: Mapping[str, float]) -> float:
    return s["gain"] * sqrt(2 / sum(fans(shape, s)))


def _he(shape: Shape, s: Mapping[str, float]) -> float:
    return sqrt(2 / (1 + s["slope"] ** 2) / fans(shape, s)[0])


def _lecun(shape: Shape, s: Mapping[str, float]) -> float:
    return 1 / sqrt(fans(shape, s)[0])


def _scaled(deviation: Callable[[Shape, Mapping[str, float]], float], *, normal: bool) -> Draw:
    """Numbers of this standard deviation, from a bell curve or evenly from an interval."""

    def draw(rng: np.random.Generator, shape: Shape, s: Mapping[str, float]) -> np.ndarray[Any, Any]:
        scale = deviation(shape, s)
        return scale * rng.standard_normal(shape) if normal else rng.uniform(-1, 1, shape) * (sqrt(3) * scale)

    return draw


_FANS = {"fan_in": 0.0, "fan_out": 0.0}
_GLOROT, _HE, _LECUN = "Glorot and Bengio 2010", "He et al. 2015", "LeCun et al. 1998"

INITIALIZERS: dict[str, Initializer] = {
    "zeros": Initializer(lambda rng, shape, s: np.zeros(shape)),
    "ones": Initializer(lambda rng, shape, s: np.ones(shape)),
    "constant": Initializer(lambda rng, shape, s: np.full(shape, s["value"]), {"value": 0.0}),
    "uniform": Initializer(lambda rng, shape, s: rng.uniform(s["low"], s["high"], shape), {"low": 0.0, "high": 1.0}),
    "normal": Initializer(
        lambda rng, shape, s: s["mean"] + s["scale"] * rng.standard_normal(shape), {"mean": 0.0, "scale": 1.0}
    ),
    "glorot_uniform": Initializer(_scaled(_glorot, normal=False), {"gain": 1.0, **_FANS}, _GLOROT),
    "glorot_normal": Initializer(_scaled(_glorot, normal=True), {"gain": 1.0, **_FANS}, _GLOROT),
    "he_uniform": Initializer(_scaled(_he, normal=False), {"slope": 0.0, **_FANS}, _HE),
    "he_normal": Initializer(_scaled(_he, normal=True), {"slope": 0.0, **_FANS}, _HE),
    "lecun_uniform": Initializer(_scaled(_lecun, normal=False), _FANS, _LECUN),
    "lecun_normal": Initializer(_scaled(_lecun, normal=True), _FANS, _LECUN),
}
"""Every initialiser by its name. `slope` of He's is that of a leaky ReLU below zero; a fan of 0 is the shape's own."""


def draw(kind: str, shape: Shape, settings: Mapping[str, float], seed: int, name: str) -> np.ndarray[Any, Any]:
    """A float64 array of `shape` for the parameter `name`.

    Raises:
        UserError: for an initialiser or a setting that is not there, and for a shape that it cannot start.
    """
    row = find(INITIALIZERS, kind, "initialiser")
    values = merge(kind, row, "the initialiser", settings)
    return row.draw(generator(seed, f"init {name}"), shape, values)
