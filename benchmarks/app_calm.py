"""Measure when others leave the machine alone, as far as they do; and say how far they did."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from benchmarks.machine import busy

CALM = 0.15  # cores that others may use
PATIENCE = 4.0  # seconds to wait for that
LOOK = 0.5  # seconds
TRIES = 2

MeasureT = TypeVar("MeasureT")


class Others:
    """How many cores other programs keep busy, from when it is made on."""

    def __init__(self) -> None:
        self._began, self._all, self._own = _used()

    def cores(self) -> float:
        """On average; what this one has started counts with the others until it has ended."""
        now, everything, own = _used()
        return max(everything - self._all - (own - self._own), 0.0) / max(now - self._began, 1e-9)


def calmly(measure: Callable[[], MeasureT]) -> tuple[MeasureT, float]:
    """The least disturbed of a few tries, and the cores that others used meanwhile."""
    tries = []
    for _ in range(TRIES):
        _wait()
        others = Others()
        tries.append((measure(), others.cores()))
        if tries[-1][1] < CALM:
            break
    return min(tries, key=lambda each: each[1])


def _wait() -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        others = Others()
        time.sleep(LOOK)
        if others.cores() < CALM:
            return


def _used() -> tuple[float, float, float]:
    """Now; what all cores have worked since the machine's start; what this program and those it started have."""
    return time.perf_counter(), busy() or 0.0, sum(os.times()[:4])
