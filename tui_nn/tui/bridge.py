"""The bridge: one thread that owns one desk. Commands go in, the latest Snapshot comes out.

A command is a generator: it works in slices of a few hundredths of a second and yields between them, so that it can
be cancelled and looked at. The screen waits a moment for the answer of a quick command, and polls for that of a long
one. Nothing here knows a widget, and no widget knows the session.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from tui_nn.errors import UserError
from tui_nn.session.frame import Stop

COURTESY = 0.05  # seconds that what is at work rests for an aside: the screen draws its answer
DRAWING = 0.2  # seconds that it rests for a drawing, at most

Slices = Generator[float | None, None, Stop | None]
"""A command at work: yields seconds to wait before it goes on, or None."""

DeskT = TypeVar("DeskT")
WantedT = TypeVar("WantedT")
ShotT = TypeVar("ShotT")

Take = Callable[[DeskT, WantedT, Stop | None, bool], ShotT]
"""Makes a snapshot of a desk: what is wanted, why a run stopped, and whether a command is still at work."""


class Ticket:
    """A command that was handed over: whether it is done, and what it could not do."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self.error = ""

    def wait(self, seconds: float) -> bool:
        """Wait until it is done, at most so long; whether it is."""
        return self._done.wait(seconds)

    def finish(self) -> None:
        """It is done."""
        self._done.set()


@dataclass(frozen=True, slots=True)
class _Job(Generic[DeskT]):
    command: Callable[[DeskT], Slices]
    ticket: Ticket
    generation: int


class Bridge(Generic[DeskT, WantedT, ShotT]):
    """Runs commands on a desk, one after the other, in a thread of its own.

    An aside is a quick command that does not wait for a long one to end: it is done between two slices of it.

    Attributes:
        wanted: what the next snapshots must hold.
        error: what the last command could not do, in words; '' where all went well.
        crash: an exception that no command should raise.
    """

    def __init__(self, desk: DeskT, wanted: WantedT, take: Take[DeskT, WantedT, ShotT]) -> None:
        self._desk = desk
        self._take = take
        self._jobs: queue.SimpleQueue[_Job[DeskT] | Literal["aside", "end"]] = queue.SimpleQueue()
        self._asides: queue.SimpleQueue[_Job[DeskT]] = queue.SimpleQueue()
        self._generation = 0  # of commands; those of an earlier one are cancelled
        self._pending = 0
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._wake = threading.Event()
        self._quiet_until = 0.0  # by `time.monotonic`; what is at work rests
        self._latest: ShotT | None = None
        self.wanted = wanted
        self.error = ""
        self.crash: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="session", daemon=True)
        self._thread.start()

    # -- the screen's side

    def submit(self, command: Callable[[DeskT], Slices], *, aside: bool = False) -> Ticket:
        """Queue a command."""
        job = _Job(command, Ticket(), self._generation)
        with self._lock:
            self._pending += 1
            self._idle.clear()
        if aside:
            self._asides.put(job)
            self._jobs.put("aside")
            if self._quiet_until < (now := time.monotonic()):  # a key that is held down does not stop what is at work
                self._quiet_until = now + COURTESY
            self._wake.set()
        else:
            self._jobs.put(job)
        return job.ticket

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

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Have what is at work rest after its slice while the screen draws: the two would share the interpreter."""
        before, self._quiet_until = self._quiet_until, time.monotonic() + DRAWING
        try:
            yield
        finally:
            self._quiet_until = before
            self._wake.set()

    def poll(self) -> ShotT | None:
        """The newest snapshot, once."""
        found, self._latest = self._latest, None
        return found

    def close(self) -> None:
        """End the thread. It is a daemon: one that does not listen does not hold the program."""
        self.cancel()
        self._jobs.put("end")
        self._thread.join(timeout=1)

    # -- the thread's side

    def _work(self) -> None:
        while (job := self._jobs.get()) != "end":
            self._do_asides(running=False)
            if isinstance(job, _Job):
                self._finishing(job, self._do)

    def _finishing(self, job: _Job[DeskT], do: Callable[[_Job[DeskT]], None]) -> None:
        """Do a job, keep a defect for the screen, and say that it is done."""
        try:
            do(job)
        except Exception as error:
            self.crash = error
        job.ticket.finish()
        with self._lock:
            self._pending -= 1
            if not self._pending:
                self._idle.set()

    def _do(self, job: _Job[DeskT]) -> None:
        self._wake.clear()
        self.error = ""
        stop: Stop | None = None
        slices = job.command(self._desk)
        try:
            while job.generation == self._generation:
                pause = next(slices)
                self._do_asides(running=True)
                if self._latest is None:  # the screen took the last one
                    self._latest = self._take(self._desk, self.wanted, None, True)
                self._rest(pause or 0.0, job.generation)
            slices.close()
        except StopIteration as end:
            stop = end.value
        except UserError as error:
            self.error = job.ticket.error = str(error)
        self._latest = self._take(self._desk, self.wanted, stop, False)

    def _rest(self, seconds: float, generation: int) -> None:
        """Wait between two slices, and while it is to be quiet; asides are done meanwhile, a cancellation ends it."""
        end = time.monotonic() + seconds
        while generation == self._generation and (left := max(end, self._quiet_until) - time.monotonic()) > 0:
            self._wake.wait(left)
            self._wake.clear()
            self._do_asides(running=True)

    def _do_asides(self, *, running: bool) -> None:
        while not self._asides.empty():
            self._finishing(self._asides.get(), lambda job: self._do_aside(job, running=running))

    def _do_aside(self, job: _Job[DeskT], *, running: bool) -> None:
        try:
            for _ in (slices := job.command(self._desk)):
                if job.generation != self._generation:
                    slices.close()
                if self._latest is None:
                    self._latest = self._take(self._desk, self.wanted, None, True)
        except UserError as error:
            self.error = job.ticket.error = str(error)
        self._latest = self._take(self._desk, self.wanted, None, running)


def settle(bridge: Bridge[Any, Any, Any], seconds: float = 10.0) -> None:
    """Wait until the bridge is idle: for scripts and tests. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not bridge.wait(0.05):
        if time.monotonic() > end:
            raise TimeoutError("the session is still at work")
