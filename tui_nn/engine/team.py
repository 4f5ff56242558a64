"""Team: threads that do the pieces of a computation with the one that calls, which waits for at most one piece.

The caller begins at the front and its helpers at the back, so that most pieces come to the core that had them last time
and still has them in its cache. NumPy lets other threads run while it computes.

A thread that sleeps takes some 40 µs to wake, a tenth of a small step. So the caller, when it has no piece left,
stays awake for as long as a helper should need. It computes something idle meanwhile: a loop in Python would hold the
lock that the helper needs between its calls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any

import numpy as np

AWAKE = 100  # idle computations of some 5 µs each, before the caller sleeps until its helpers have ended

Piece = Sequence[Callable[[], Any]]
"""Calls in order. No piece of a computation reads what another piece of it writes."""


_ones = np.ones(16_384, "float32")
_idle = partial(np.sqrt, _ones, _ones)


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
        for _ in range(AWAKE):
            if self.done.qsize() >= len(self.joined):
                break
            _idle()
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
