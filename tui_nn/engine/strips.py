"""Strips: parts of the flat vectors that a fast run takes through gradient and update, one after the other.

A block of a strip is so short that all an update touches of it stays in a core's L2 cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui_nn.engine.backend import Bound

BLOCK = 32_768  # entries
LONG = 250_000  # entries of a vector from which on a fast run goes through it in strips


class Strip(NamedTuple):
    """Entries `start` to `stop` of the flat vectors, and the calls that leave their gradient there."""

    start: int
    stop: int
    gradient: tuple[Bound, ...] = ()


def covering(known: Sequence[Strip], length: int) -> list[Strip]:
    """The known strips, which do not overlap, and more of them for the entries between, in order."""
    strips: list[Strip] = []
    at = 0
    for strip in [*sorted(known, key=lambda s: s.start), Strip(length, length)]:
        strips += blocks(Strip(at, strip.start))
        strips += [strip] if strip.stop > strip.start else []
        at = strip.stop
    return strips


def blocks(strip: Strip) -> list[Strip]:
    """A strip, without its gradient, in blocks."""
    starts = range(strip.start, strip.stop, BLOCK)
    return [Strip(start, min(start + BLOCK, strip.stop)) for start in starts]
