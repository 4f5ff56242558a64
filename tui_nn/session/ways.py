"""Ways: what can take long is gone in slices.

A way is a generator. It yields between its slices, where whoever walks it may close it; at its end it has a value.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

Way = Generator[None, None, T]


def whole(way: Way[T]) -> T:
    """Go all of a way at once; returns its value."""
    while True:
        try:
            next(way)
        except StopIteration as end:
            value: T = end.value
            return value
