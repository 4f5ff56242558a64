"""Scaling of features, fitted on the training part only, kept with the model, applied to every later row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tui_nn.data.text import listed, quoted, shown
from tui_nn.errors import UserError

Kind = Literal["none", "mean", "standard", "minmax"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DESCRIPTIONS: dict[Kind, str] = {
    "none": "x",
    "mean": "(x − mean) / (max − min), mean normalisation",
    "standard": "(x − mean) / σ, standardisation; σ² is the mean squared deviation",
    "minmax": "(x − min) / (max − min)",
}
_BLOCK = 1 << 20  # values in a float64 block: 8 MiB, so that byte images need no full-size float copy


@dataclass(frozen=True, eq=False)
class Scaling:
    """z = (x − center) / scale, feature by feature. ``center`` and ``scale``: float64, shape (features,), scale > 0.

    A feature that is constant in the training part has scale 1 and so becomes 0.
    """

    kind: Kind
    center: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def fit(cls, kind: str, X: NDArray[Any], bounds: tuple[float, float] | None = None) -> Scaling:
        """The scaling of these rows (training rows only), shape (rows, features).

        bounds: `Dataset.bounds`, where all features have one known range. "minmax" then uses it in place of what
        occurs: pixels are divided by 255, also those that are always black in the training part.

        Raises UserError for an unknown kind or no rows.
        """
        if kind not in KINDS:
            raise UserError(f"There is no scaling {quoted(kind)}; there are: {listed(KINDS)}.")
        if not len(X):
            raise UserError("A scaling needs rows to be fitted on, and the training part has none.")
        zeros, ones = np.zeros(X.shape[1]), np.ones(X.shape[1])
        if kind == "none":
            return cls("none", zeros, ones)
        if kind == "minmax" and bounds is not None:
            return cls("minmax", zeros + bounds[0], ones * (bounds[1] - bounds[0]))
        low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
        with np.errstate(over="ignore"):
            mean = X.mean(axis=0, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            if kind == "standard":
                center, scale = mean, np.sqrt(_mean_squared_deviation(X, mean))
            else:
                center, scale = (mean if kind == "mean" else low), high - low
        lost = ~(np.isfinite(center) & np.isfinite(scale))
        if lost.any():
            first = int(np.argmax(lost)) + 1
            raise UserError(f"Feature {first} has numbers too large for the scaling {kind}; try minmax.")
        # Rounding of the mean gives a constant column a tiny spread: compare the extremes, which are exact.
        constant = (low == high) | (scale == 0.0)
        return cls(kind, np.where(constant, low, center), np.where(constant, 1.0, scale))

    def apply(self, X: NDArray[Any], dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """Scaled rows, computed in float64 and stored as ``dtype``; X is left alone.

        All rows at once and batch by batch give the same bits.
        Raises UserError where X has another number of features.
        """
        self._check(X)
        scaled = np.empty(X.shape, dtype)
        with np.errstate(over="ignore", invalid="ignore"):  # what is too large for the type is infinite
            for rows in _blocks(X):
                scaled[rows] = (X[rows] - self.center) / self.scale
        return scaled

    def invert(self, Z: NDArray[Any]) -> NDArray[np.float64]:
        """The rows before scaling, float64."""
        self._check(Z)
        return Z.astype(np.float64) * self.scale + self.center

    def to_dict(self) -> dict[str, Any]:
        """Plain values for TOML or JSON; floats round-trip."""
        return {"kind": self.kind, "center": self.center.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Scaling:
        """The scaling that `to_dict` wrote. Raises UserError where it is damaged."""
        try:
            center, scale = (np.array(values[key], np.float64) for key in ("center", "scale"))
            if values["kind"] not in KINDS or center.ndim != 1 or center.shape != scale.shape:
                raise ValueError("kind, center and scale do not fit together")
            if not (np.isfinite(center).all() and np.isfinite(scale).all() and (scale > 0).all()):
                raise ValueError("center and scale must be finite, scale above 0")
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(f"The stored scaling is damaged: {shown(str(error), 80)}.") from None
        return cls(values["kind"], center, scale)

    def _check(self, X: NDArray[Any]) -> None:
        if X.ndim != 2 or X.shape[1] != len(self.center):
            raise UserError(f"The scaling is for rows of {len(self.center)} features; these have shape {X.shape}.")


def _blocks(X: NDArray[Any]) -> list[slice]:
    size = max(1, _BLOCK // max(1, X.shape[1]))
    return [slice(start, start + size) for start in range(0, len(X), size)]


def _mean_squared_deviation(X: NDArray[Any], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros_like(mean)
    for rows in _blocks(X):
        total += ((X[rows] - mean) ** 2).sum(axis=0)
    return total / len(X)
