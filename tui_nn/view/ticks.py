"""Where an axis is marked and what the marks say: 200, 400, 600; never 249.8.

Steps are 1, 2 or 5 times a power of ten (decades on a logarithmic axis), and all labels of an axis have the same
decimals.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tui_nn.view.number import column_format, number


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in the axis's own units, and its label."""

    value: float
    label: str


def linear_ticks(low: float, high: float, count: int, *, least: float = 0.0, ascii_only: bool = False) -> list[Tick]:
    """About `count` ticks (at most count + 1) within [low, high], at least `least` apart."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low or count < 1:
        return []
    step = max(_nice((high - low) / count), least)
    if step <= 0 or not math.isfinite(step):
        return []
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > 2 * count + 2:  # the range is a rounding error of its ends
        return []
    return _labelled([k * step for k in range(first, last + 1)], ascii_only)


def log_ticks(low: float, high: float, count: int, *, ascii_only: bool = False) -> list[Tick]:
    """About `count` ticks of a logarithmic axis from `low` > 0: decades, or 1, 2 and 5 times them."""
    exponents = range(math.floor(math.log10(low)), min(math.ceil(math.log10(high)), 308) + 1)
    within = _inside([10.0**e for e in exponents], low, high)
    if len(within) < 2:
        within = _inside([m * 10.0**e for e in exponents for m in (1, 2, 5)], low, high)
    if len(within) < 2:
        return linear_ticks(low, high, count, ascii_only=ascii_only)
    every = max(1, -(-len(within) // max(count, 2)))
    within = within[(len(within) - 1) % every :: every]
    plain = [number(v, ascii_only=ascii_only) for v in within]
    if max(map(len, plain)) > 5:
        plain = [f"{v:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e") for v in within]
    return [Tick(v, label) for v, label in zip(within, plain, strict=True)]


def _inside(values: list[float], low: float, high: float) -> list[float]:
    return [v for v in values if low <= v * (1 + 1e-9) and v <= high * (1 + 1e-9)]


def _nice(rough: float) -> float:
    """The smallest 1, 2 or 5 times a power of ten that is not below `rough`."""
    if rough <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 5) if m * power >= rough * (1 - 1e-9)), 10 * power)


def _labelled(values: list[float], ascii_only: bool) -> list[Tick]:
    if values and all(v % 1000 == 0 for v in values) and max(map(abs, values)) >= 10_000:
        unit, letter = (1e6, "M") if all(v % 1e6 == 0 for v in values) else (1e3, "k")
        if max(map(abs, values)) / unit < 10_000:
            texts = [f"{v / unit:.0f}{letter}" if v else "0" for v in values]
            return [Tick(v, t if ascii_only else t.replace("-", "−")) for v, t in zip(values, texts, strict=True)]
    form = column_format(values, digits=12, max_width=12, ascii_only=ascii_only)
    return [Tick(v, form.write(v).strip()) for v in values]
