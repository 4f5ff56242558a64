"""Reduce on plateau: the rate falls when a metric has not got better for a while. PyTorch's ReduceLROnPlateau.

The rule is frozen, and the state a small frozen record that a checkpoint can hold: `state = rule.after(state, metric)`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from tui_nn.nn.spec import between, whole


@dataclass(frozen=True, slots=True)
class PlateauState:
    """What the rule remembers: the rate, the best metric, epochs since then, and epochs left to wait after a cut."""

    rate: float
    best: float
    bad_epochs: int = 0
    cooldown: int = 0


@dataclass(frozen=True, slots=True)
class Plateau:
    """The rule.

    Attributes:
        factor: what the rate is multiplied by.
        patience: epochs without a better metric that are let pass.
        threshold: how much better counts, as a share of the best (`relative`) or as a number.
        cooldown: epochs after a cut that are not counted.
        least: the rate does not fall below it; eps: a cut smaller than this is not made.
        larger_is_better: as with accuracy.
    """

    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    relative: bool = True
    cooldown: int = 0
    least: float = 0.0
    eps: float = 1e-8
    larger_is_better: bool = False

    def __post_init__(self) -> None:
        between(self.factor, 0, 1, "the factor of a cut on a plateau")
        for name in ("patience", "cooldown"):
            whole(getattr(self, name), 0, 1_000_000, f"the {name} on a plateau, in epochs,")

    def start(self, rate: float) -> PlateauState:
        """Before the first epoch."""
        return PlateauState(rate, -inf if self.larger_is_better else inf)

    def after(self, state: PlateauState, metric: float) -> PlateauState:
        """The state after an epoch that ended with this metric; `state.rate` is the next epoch's."""
        if self._is_better(metric, state.best):
            state = replace(state, best=metric, bad_epochs=0)
        else:
            state = replace(state, bad_epochs=state.bad_epochs + 1)
        if state.cooldown > 0:
            state = replace(state, cooldown=state.cooldown - 1, bad_epochs=0)
        if state.bad_epochs <= self.patience:
            return state
        rate = max(state.rate * self.factor, self.least)
        kept = state.rate - rate <= self.eps
        return PlateauState(state.rate if kept else rate, state.best, 0, self.cooldown)

    def _is_better(self, metric: float, best: float) -> bool:
        sign = 1 if self.larger_is_better else -1
        if self.relative:
            return metric > best * (1 + self.threshold) if sign > 0 else metric < best * (1 - self.threshold)
        return sign * metric > sign * best + self.threshold
