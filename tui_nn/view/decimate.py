"""Fewer points for the same picture: the lowest and the highest of each column, in their order.

A curve of a million points on 70 columns draws the same from 140 of them, and a spike of one step stays a spike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def decimate(columns: Floats, y: Floats, count: int) -> tuple[Floats, Floats]:
    """At most two points for each of `count` columns.

    Args:
        columns: where each point falls, from 0 to count - 1, fractions allowed; finite and ascending.
        y: the points' heights; finite.
        count: columns.

    Returns:
        The columns and heights that are kept, in the given order.
    """
    if len(y) <= 2 * count:
        return columns, y
    cell = np.clip(np.rint(columns), 0, count - 1).astype(np.intp)
    starts = np.flatnonzero(np.diff(cell, prepend=-1)).tolist()
    kept: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(y)], strict=True):
        part = y[start:end]
        kept += sorted({start + int(part.argmin()), start + int(part.argmax())})
    return columns[kept], y[kept]


def runs(finite: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The runs [start, end) of True: a curve is drawn run by run, so that a NaN is a gap and not a bridge."""
    padded = np.concatenate([[False], finite, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
