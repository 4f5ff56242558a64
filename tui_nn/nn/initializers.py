"""Initialisers: what parameters start from, a function of seed and name, so that the same seed gives the same start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion
from tui_nn.lang.shape_rules import Shape
from tui_nn.randomness import generator

Draw = Callable[[np.random.Generator, Shape, Mapping[str, float]], np.ndarray[Any, Any]]

INITIALIZERS: dict[str, Draw] = {
    "zeros": lambda rng, shape, s: np.zeros(shape),
    "ones": lambda rng, shape, s: np.ones(shape),
    "constant": lambda rng, shape, s: np.full(shape, s["value"]),
    "uniform": lambda rng, shape, s: rng.uniform(s["low"], s["high"], shape),
    "normal": lambda rng, shape, s: s.get("mean", 0.0) + s["scale"] * rng.standard_normal(shape),
}


def draw(kind: str, shape: Shape, settings: Mapping[str, float], seed: int, name: str) -> np.ndarray[Any, Any]:
    """A float64 array of `shape` for the parameter `name`."""
    if kind not in INITIALIZERS:
        raise UserError(
            f"there is no initialiser `{kind}`{suggestion(kind, INITIALIZERS)}; there are {', '.join(INITIALIZERS)}"
        )
    return INITIALIZERS[kind](generator(seed, f"init {name}"), shape, settings)
