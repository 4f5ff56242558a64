"""The bridge: one thread that owns one Session. Commands go in, the latest Snapshot comes out.

A command is a generator: it works in slices of a few hundredths of a second and yields between them, so that it can
be cancelled and looked at. The screen waits a moment for the answer of a quick command, and polls for that of a long
one. Nothing here knows a widget.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator

from tui_nn.errors import UserError
from tui_nn.session.frame import Stop
from tui_nn.session.session import Session
from tui_nn.tui.snapshot import Snapshot, Wanted, take

Pause = float | None
"""What a command yields: seconds to wait before it goes on, or None."""

Command = Callable[[Session], Generator[Pause, None, Stop | None]]


class Bridge:
    """Runs commands on a session, one after the other, in a thread of its own.

    Attributes:
        error: what the last command could not do, in words; '' where all went well.
        crash: an exception that no command should raise.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._jobs: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._pending = 0
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._cancelled = threading.Event()
        self._latest: Snapshot | None = None
        self.wanted = Wanted()
        self.error = ""
        self.crash: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="session", daemon=True)
        self._thread.start()

    # -- the screen's side

    def submit(self, command: Command) -> None:
        """Queue a command."""
        with self._lock:
            self._pending += 1
            self._idle.clear()
        self._jobs.put(command)

    def wait(self, seconds: float) -> bool:
        """Wait until all commands are done, at most so long; whether they are."""
        return self._idle.wait(seconds)

    @property
    def busy(self) -> bool:
        """Whether a command is at work or waits."""
        return not self._idle.is_set()

    def cancel(self) -> None:
        """Make the commands that are at work or wait end at their next slice."""
        if self.busy:
            self._cancelled.set()

    def poll(self) -> Snapshot | None:
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
        while (command := self._jobs.get()) is not None:
            try:
                self._do(command)
            except Exception as error:
                self.crash = error
            with self._lock:
                self._pending -= 1
                if not self._pending:
                    self._cancelled.clear()
                    self._idle.set()

    def _do(self, command: Command) -> None:
        self.error = ""
        stop: Stop | None = None
        slices = command(self._session)
        try:
            while not self._cancelled.is_set():
                pause = next(slices)
                if self._latest is None:  # the screen took the last one
                    self._latest = take(self._session, self.wanted)
                if pause:
                    self._cancelled.wait(pause)
            slices.close()
        except StopIteration as end:
            stop = end.value
        except UserError as error:
            self.error = str(error)
        self._latest = take(self._session, self.wanted, stop)


def settle(bridge: Bridge, seconds: float = 10.0) -> None:
    """Wait until the bridge is idle: for scripts and tests. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not bridge.wait(0.05):
        if time.monotonic() > end:
            raise TimeoutError("the session is still at work")
