"""The bridge: one thread that owns one desk. Commands go in, the latest Snapshot comes out.

A command is a generator: it works in slices of a few hundredths of a second and yields between them, so that it can
be cancelled and looked at. The screen waits a moment for the answer of a quick command, and polls for that of a long
one. Nothing here knows a widget, and no widget knows the session.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

from tui_nn.errors import UserError
from tui_nn.session.frame import Stop

Slices = Generator[float | None, None, Stop | None]
"""A command at work: yields seconds to wait before it goes on, or None."""

DeskT = TypeVar("DeskT")
WantedT = TypeVar("WantedT")
ShotT = TypeVar("ShotT")

Take = Callable[[DeskT, WantedT, Stop | None, bool], ShotT]
"""Makes a snapshot of a desk: what is wanted, why a run stopped, and whether a command is still at work."""


class Bridge(Generic[DeskT, WantedT, ShotT]):
    """Runs commands on a desk, one after the other, in a thread of its own.

    Attributes:
        wanted: what the next snapshots must hold.
        error: what the last command could not do, in words; '' where all went well.
        crash: an exception that no command should raise.
    """

    def __init__(self, desk: DeskT, wanted: WantedT, take: Take[DeskT, WantedT, ShotT]) -> None:
        self._desk = desk
        self._take = take
        self._jobs: queue.SimpleQueue[tuple[int, Callable[[DeskT], Slices]] | None] = queue.SimpleQueue()
        self._generation = 0  # of commands; those of an earlier one are cancelled
        self._pending = 0
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._wake = threading.Event()
        self._latest: ShotT | None = None
        self.wanted = wanted
        self.error = ""
        self.crash: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="session", daemon=True)
        self._thread.start()

    # -- the screen's side

    def submit(self, command: Callable[[DeskT], Slices]) -> None:
        """Queue a command."""
        with self._lock:
            self._pending += 1
            self._idle.clear()
        self._jobs.put((self._generation, command))

    def wait(self, seconds: float) -> bool:
        """Wait until all commands are done, at most so long; whether they are."""
        return self._idle.wait(seconds)

    @property
    def busy(self) -> bool:
        """Whether a command is at work or waits."""
        return not self._idle.is_set()

    def cancel(self) -> None:
        """Make the commands that are at work or wait now end at their next slice; later ones are not concerned."""
        self._generation += 1
        self._wake.set()

    def poll(self) -> ShotT | None:
        """The newest snapshot, once."""
        found, self._latest = self._latest, None
        return found

    def close(self) -> None:
        """End the thread. It is a daemon: one that does not listen does not hold the program."""
        self.cancel()
        self._jobs.put(None)
        self._thread.join(timeout=1)

    # -- the thread's side

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                self._do(*job)
            except Exception as error:
                self.crash = error
            with self._lock:
                self._pending -= 1
                if not self._pending:
                    self._idle.set()

    def _do(self, generation: int, command: Callable[[DeskT], Slices]) -> None:
        self._wake.clear()
        self.error = ""
        stop: Stop | None = None
        slices = command(self._desk)
        try:
            while generation == self._generation:
                pause = next(slices)
                if self._latest is None:  # the screen took the last one
                    self._latest = self._take(self._desk, self.wanted, None, True)
                if pause:
                    self._wake.wait(pause)
            slices.close()
        except StopIteration as end:
            stop = end.value
        except UserError as error:
            self.error = str(error)
        self._latest = self._take(self._desk, self.wanted, stop, False)


def settle(bridge: Bridge[Any, Any, Any], seconds: float = 10.0) -> None:
    """Wait until the bridge is idle: for scripts and tests. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not bridge.wait(0.05):
        if time.monotonic() > end:
            raise TimeoutError("the session is still at work")
