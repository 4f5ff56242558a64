"""Strips: parts of the flat vectors that a fast run takes through gradient and update, one after the other.

A block of a strip is short enough for what an update touches of it to stay in a cache, and long enough for threads not
to wait for one another between two calls: each call lets Python's lock go and takes it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tui_nn.engine.backend import Bound

BLOCK = 110_000  # entries at most
FEW = 16_384  # entries that are not worth a strip of their own
LONG = 100_000  # entries of a vector from which on a fast run goes through it in strips


class Strip(NamedTuple):
    """Entries `start` to `stop` of the flat vectors, and the calls that leave their gradient there."""

    start: int
    stop: int
    gradient: tuple[Bound, ...] = ()


def covering(known: Sequence[Strip], length: int) -> list[Strip]:
    """Strips for all entries, in order: the known ones, which do not overlap, and more for what lies between them.

    A few entries between two are taken along by the one before.
    """
    strips: list[Strip] = []
    at = 0
    for strip in [*sorted(known, key=lambda s: s.start), Strip(length, length)]:
        if strips and strip.start - at <= FEW:
            strips[-1] = strips[-1]._replace(stop=strip.start)
        else:
            strips += blocks(Strip(at, strip.start))
        strips += [strip] if strip.stop > strip.start else []
        at = strip.stop
    return strips


def blocks(strip: Strip) -> list[Strip]:
    """A strip, without its gradient, in blocks of much the same length."""
    count = -(-(strip.stop - strip.start) // BLOCK)
    ends = [strip.start + (strip.stop - strip.start) * i // count for i in range(count + 1)] if count else []
    return [Strip(start, stop) for start, stop in pairwise(ends)]
