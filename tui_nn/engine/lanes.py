"""Lanes: pieces of one computation on several threads of ours, while BLAS computes each of them on one.

A large matrix product is split by rows, a long update by entries. The pieces depend on sizes only, never on how many
lanes there are or who takes which, so the bits do not either. A lane takes the next piece when it is done with one:
where another program has taken its core, the calling thread does the work itself, and waits for at most one piece.
It begins at the front and its helpers at the back, so that most pieces come to the core that had them last time and
still has them in its cache. NumPy lets other threads run while it computes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from queue import SimpleQueue
from threading import Thread
from typing import Any

import numpy as np

Piece = Sequence[Callable[[], Any]]
"""Calls in order. No piece of a computation reads what another piece of it writes."""

WORTH = 12e6  # floating-point operations of a product that are worth a piece: some tenth of a millisecond
MOST = 4  # pieces of a product: each of them packs the right factor anew


class Job:
    """One computation.

    Attributes:
        left: the pieces that nobody has taken.
        joined: an entry for each lane that has begun to help; each of them says so in `done` when it has ended.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.left = deque(pieces)
        self.joined: list[None] = []
        self.done: SimpleQueue[None] = SimpleQueue()
        self.errors: list[BaseException] = []

    def work(self, take: Callable[[], Piece]) -> None:
        """Do pieces until none is left."""
        while self.left:
            try:
                piece = take()
            except IndexError:  # another lane was faster
                return
            for call in piece:
                call()

    def help(self) -> None:
        """The same, as a lane."""
        self.joined.append(None)
        try:
            self.work(self.left.pop)
        except BaseException as error:
            self.errors.append(error)
        self.done.put(None)

    def end(self) -> None:
        """Leave the rest undone, if there is any, and wait for the lanes. Raises what a lane has raised."""
        self.left.clear()
        for _ in self.joined:  # a lane that joins from now on finds nothing to do
            self.done.get()
        for error in self.errors:
            raise error


class Team:
    """The threads that help the one that calls.

    Attributes:
        lanes: how many, with that of the caller.
    """

    def __init__(self, helpers: int) -> None:
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self.lanes = helpers + 1
        self._helpers = range(helpers)
        for _ in self._helpers:
            Thread(target=self._lane, name="tui-nn lane", daemon=True).start()

    def do(self, pieces: Sequence[Piece]) -> None:
        """All pieces. Raises what one of them raises, when no lane is at work any more."""
        job = Job(pieces)
        for _ in self._helpers:
            self._jobs.put(job)
        try:
            job.work(job.left.popleft)
        finally:
            job.end()

    def _lane(self) -> None:
        with np.errstate(all="ignore"):  # each thread has its own
            while True:
                self._jobs.get().help()


_team: Team | None = None


def use(lanes: int) -> None:
    """From now on, computations in this process are done on so many lanes."""
    global _team
    _team = _of(lanes - 1) if lanes > 1 else None


def in_use() -> int:
    """How many lanes there are now, with that of the caller."""
    return 1 if _team is None else _team.lanes


def together(pieces: Sequence[Piece]) -> Callable[[], None]:
    """The call that does all pieces, on the lanes that are in use when it is made."""
    return partial(_do, tuple(map(tuple, pieces)))


def rows(count: int, operations: float) -> list[slice]:
    """Split so many rows, which together take so many floating-point operations, into pieces that are worth it."""
    pieces = max(1, min(MOST, int(operations / WORTH), count // 16))
    ends = [count * i // pieces for i in range(pieces + 1)]
    return [slice(start, stop) for start, stop in pairwise(ends)]


def _do(pieces: Sequence[Piece]) -> None:
    team = _team
    if team is not None:
        team.do(pieces)
        return
    for piece in pieces:
        for call in piece:
            call()


@cache
def _of(helpers: int) -> Team:
    return Team(helpers)


def _forked() -> None:
    _of.cache_clear()  # a forked process has none of these threads
    use(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
