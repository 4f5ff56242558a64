"""Commands of one slice, for any desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tui_nn.tui.bridge import Slices

DeskT = TypeVar("DeskT")


def in_one(change: Callable[[DeskT], object]) -> Callable[[DeskT], Slices]:
    """A command that does its work at once, and cannot be cancelled."""

    def work(desk: DeskT) -> Slices:
        change(desk)
        return None
        yield  # makes it a generator

    return work
