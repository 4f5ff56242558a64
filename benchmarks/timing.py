"""Compare durations on a machine that is never quiet: interleave the contestants, report medians and ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Timing(NamedTuple):
    """What one contestant took, in seconds."""

    median: float
    p95: float
    least: float


def interleaved(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """Run each contestant once a round, after one round that does not count.

    A machine that is slow for a while is so slow for all of them; the ratio of two medians is what can be trusted.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for counts in [False, *[True] * rounds]:
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            duration = time.perf_counter() - start
            if counts:
                seconds[name].append(duration)
    return {name: summary(durations) for name, durations in seconds.items()}


def summary(durations: list[float]) -> Timing:
    """Return median, 95th percentile and least of at least two durations."""
    return Timing(statistics.median(durations), statistics.quantiles(durations, n=20)[-1], min(durations))


def seconds_of(
    contestants: Mapping[str, Callable[[], object]], rounds: int, least: float = 0.05
) -> dict[str, list[float]]:
    """Seconds of one call of each contestant, a number for each round: the mean over a slice of `least` seconds.

    Slices are interleaved, A B C and then C B A.
    """
    calls = {name: _calls(run, least) for name, run in contestants.items()}
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds):
        for name in contestants if turn % 2 == 0 else reversed(list(contestants)):
            seconds[name].append(_slice(contestants[name], calls[name]) / calls[name])
    return seconds


def _calls(run: Callable[[], object], least: float) -> int:
    """How many calls take `least` seconds."""
    count = 1
    while _slice(run, count) < least:
        count *= 2
    return count


def _slice(run: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return time.perf_counter() - start
