"""What each primitive means, in plain NumPy and `math`, and pages evaluated by Python itself: the language is a subset.

Nothing here comes from the program: a page's text is run by Python over float64 arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def _float(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **keywords: np.asarray(function(*args, **keywords), dtype=np.float64)


def _softmax(a: Array, axis: int = -1) -> Array:
    powers = np.exp(a - a.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _log_softmax(a: Array, axis: int = -1) -> Array:
    shifted = a - a.max(axis=axis, keepdims=True)
    return shifted - np.logaddexp.reduce(shifted, axis=axis, keepdims=True)


def _softmax_cross_entropy(a: Array, b: Array, axis: int = -1) -> float:
    return float(np.mean(-np.sum(b * _log_softmax(a, axis), axis=axis)))


def _sigmoid(a: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.where(a >= 0, 1 / (1 + np.exp(-a)), np.exp(a) / (1 + np.exp(a)))


def _norm(a: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    return np.sqrt(np.sum(np.square(a), axis=axis, keepdims=keepdims))


_erf = np.vectorize(math.erf, otypes=[float])

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{f.__name__: f for f in (np.exp, np.log, np.log1p, np.sqrt, np.sign, np.square, np.tanh, np.maximum, np.minimum)},
    **{f.__name__: f for f in (np.clip, np.outer, np.sum, np.mean, np.max, np.min)},
    **{f.__name__: _float(f) for f in (np.any, np.all, np.isnan, np.isinf, np.isfinite)},
    "abs": np.abs,
    "stop_gradient": lambda a: a,
    "sigmoid": _sigmoid,
    "relu": lambda a: np.maximum(a, 0),
    "leaky_relu": lambda a, slope=0.01: np.where(a > 0, a, slope * a),
    "elu": lambda a, alpha=1.0: np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0))),
    "softplus": lambda a: np.logaddexp(0, a),
    "erf": _erf,
    "gelu": lambda a: a * (1 + _erf(a / math.sqrt(2))) / 2,
    "swish": lambda a: a * _sigmoid(a),
    "step": _float(lambda a: a >= 0),
    "where": lambda c, a, b: np.where(np.asarray(c) != 0, a, b),
    "norm": _norm,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "softmax_cross_entropy": _softmax_cross_entropy,
    "sigmoid_cross_entropy": lambda z, y: np.mean(-y * np.log(_sigmoid(z)) - (1 - y) * np.log(_sigmoid(-z))),
    "like": lambda a, b: np.broadcast_to(a, np.shape(b)),
    "expand": lambda a, axis=-1: np.expand_dims(a, axis),
}


def evaluate(expression: str, values: Mapping[str, Any]) -> Array:
    """The value of an expression, by Python; no `and`, `or`, `not`, which Python does not do entry by entry."""
    code = compile(expression, "expression", "eval")
    with np.errstate(all="ignore"):
        return np.asarray(eval(code, {"__builtins__": {}, **FUNCTIONS}, dict(values)), dtype=np.float64)


def run(page: str, values: Mapping[str, Any]) -> dict[str, Array]:
    """Every name of a page (`name = expression` lines) with its value; the given values too."""
    found = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    for line in page.splitlines():
        name, expression = line.split("=", 1)
        found[name.strip()] = evaluate(expression.strip(), found)
    return found
