"""Schedules: the learning rate as a function of the iteration, over whole arrays of iterations at once.

A row's function takes ticks (whole numbers from 0; a tick is an epoch or an iteration) and gives what the base rate is
multiplied by, as PyTorch's schedulers do where there is one of that name. `schedule("step(30, 0.5)", 0.1, ...)` gives
what `machine.scalars.schedule("lr", ...)` takes. A schedule that waits for a metric is in `plateau`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.errors import UserError
from tui_nn.nn.spec import between, pick

Host = np.ndarray[Any, Any]
Curve = Callable[[Host], Host]
"""An array of iterations, from 1, to the values in them."""

Factor = Callable[[Host, Mapping[str, float], float], Host]
"""(ticks from 0, settings, ticks in all) to what the base rate is multiplied by."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One row.

    Attributes:
        factor: see `Factor`.
        settings: numbers with defaults; `over` of 0 is the whole run. Counts are in ticks.
        per_iteration: whether a tick is always an iteration, whatever else is asked for.
        source: what it equals in PyTorch.
    """

    factor: Factor
    settings: Mapping[str, float] = field(default_factory=dict)
    per_iteration: bool = False
    source: str = ""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def _cosine(start: float | Host, end: float | Host, share: Host) -> Host:
    """From start to end as the share goes from 0 to 1, along half a cosine."""
    return np.asarray(end + (start - end) * (1 + np.cos(np.pi * share)) / 2)


def _one_cycle(ticks: Host, s: Mapping[str, float], total: float) -> Host:
    """Up from 1/div to 1, then down to 1/div/final_div, along cosines: the base rate is the highest."""
    top = s["warm"] * total - 1
    end = max(total - 1, 1)
    if not 0 < top < end:
        raise UserError(f"one_cycle cannot rise and fall within {total:g} iterations; take more, or another warm")
    up = _cosine(1 / s["div"], 1.0, ticks / top)
    down = _cosine(1.0, 1 / s["div"] / s["final_div"], np.minimum((ticks - top) / (end - top), 1))
    return np.where(ticks <= top, up, down)


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule(lambda t, s, total: np.ones_like(t)),
    "step": Schedule(
        lambda t, s, total: s["gamma"] ** (t // s["every"]), {"every": 10.0, "gamma": 0.1}, source="StepLR"
    ),
    "exponential": Schedule(lambda t, s, total: s["gamma"] ** t, {"gamma": 0.95}, source="ExponentialLR"),
    "linear": Schedule(
        lambda t, s, total: s["start"] + (s["end"] - s["start"]) * np.minimum(t / (s["over"] or total), 1),
        {"start": 1.0, "end": 0.0, "over": 0.0},
        source="LinearLR",
    ),
    "cosine": Schedule(
        lambda t, s, total: _cosine(1.0, s["floor"], t / (s["over"] or total)),
        {"over": 0.0, "floor": 0.0},
        source="CosineAnnealingLR in closed form (after `over` it rises again); floor is a share of the base rate",
    ),
    "one_cycle": Schedule(
        _one_cycle,
        {"warm": 0.3, "div": 25.0, "final_div": 1e4},
        per_iteration=True,
        source="OneCycleLR(max_lr=base, total_steps=iterations), which moves the momentum too unless told not to",
    ),
}
"""Every schedule by its name."""


def schedule(
    spec: str,
    base: float,
    *,
    iterations: int,
    iterations_per_epoch: int = 1,
    per: str = "epoch",
    warmup: float = 0,
    warmup_start: float = 1 / 3,
) -> Curve:
    """The learning rate of each iteration.

    Args:
        spec: a name of `SCHEDULES`, perhaps with settings: `step(30, 0.5)`.
        base: the rate that the schedule multiplies.
        iterations: in the whole run; epochs are iterations / iterations_per_epoch.
        per: `epoch` (the rate changes after each, as where `scheduler.step()` stands at its end) or `iteration`;
            counts in the settings and in `warmup` are in these.
        warmup: a linear rise from warmup_start * base over so many ticks, before the schedule itself begins:
            PyTorch's SequentialLR of LinearLR and the other.

    Raises:
        UserError: for a name or a setting that is not there, or out of its range.
    """
    name, row, settings, _ = pick(SCHEDULES, spec, "schedule")
    _check(name, settings, base, warmup, warmup_start)
    if per not in ("epoch", "iteration"):
        raise UserError(f"a schedule goes per epoch or per iteration, not per `{per}`")
    length = 1 if per == "iteration" or row.per_iteration else iterations_per_epoch
    warm = float(warmup * iterations_per_epoch if per == "epoch" and row.per_iteration else warmup)
    total = max(-(-iterations // length) - warm, 1)
    if row.per_iteration:
        row.factor(np.zeros(1), settings, total)  # complains now rather than in the middle of a run

    def rate(iteration: Host) -> Host:
        ticks = (np.asarray(iteration, np.float64) - 1) // length
        factor = row.factor(np.maximum(ticks - warm, 0), settings, total)
        if warm:
            rise = warmup_start + (1 - warmup_start) * np.minimum(ticks / warm, 1)
            factor = np.where(ticks < warm, rise, factor)
        return np.asarray(base * factor)

    return rate


_RANGES: Mapping[str, tuple[float, float]] = {
    "every": (1, float("inf")),
    "gamma": (0, float("inf")),
    "over": (0, float("inf")),
    "start": (0, float("inf")),
    "end": (0, float("inf")),
    "floor": (0, float("inf")),
    "warm": (1e-9, 1),
    "div": (1e-9, float("inf")),
    "final_div": (1e-9, float("inf")),
}


def _check(name: str, settings: Mapping[str, float], base: float, warmup: float, start: float) -> None:
    for key, value in settings.items():
        between(value, *_RANGES[key], f"{key} of the schedule {name}")
    between(base, 0, float("inf"), "the learning rate")
    between(warmup, 0, float("inf"), "the length of the warm-up")
    between(start, 0, float("inf"), "the start of the warm-up")
