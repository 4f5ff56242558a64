"""A screen with a bridge: hands commands to the session's thread, and shows the snapshots that come back."""

from __future__ import annotations

import gc
import math
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.timer import Timer

from tui_nn.tui import keys
from tui_nn.tui.bridge import Bridge, Slices, Ticket
from tui_nn.tui.screens.base import BaseScreen
from tui_nn.tui.travel import ahead, iterations, look, move, phases
from tui_nn.tui.wording import without_flags
from tui_nn.view.plotext_canvas import preload

QUICK = 0.03  # seconds that a key waits for its answer; what takes longer is polled for
PATIENT = 0.2  # seconds that a prompt waits for its answer to be found right or wrong
LONG = 0.4  # seconds without an answer after which it is said that one is worked at
COLLECT_AFTER = 2.0  # seconds: the screen below has been drawn
LARGEST_COUNT = 1_000_000

ShotT = TypeVar("ShotT")


class BridgedScreen(BaseScreen[None], Generic[ShotT]):
    """Moves through time with counts, and shows what it finds.

    Attributes:
        snapshot: the latest.
        is_late: whether an answer is worked at that takes long.
    """

    DIGITS: ClassVar[str] = "0123456789"
    LOOKS: ClassVar[float] = math.inf  # a second at what is at work, at most

    def __init__(self, bridge: Bridge[Any, Any, ShotT]) -> None:
        super().__init__()
        self.bridge = bridge
        self.snapshot: ShotT | None = None
        self.counted = ""
        self._timer: Timer | None = None
        self._looking: Ticket | None = None
        self._outdated = False
        self._then: list[Callable[[], None]] = []
        self.is_late = False
        self._waiting_since = 0.0

    def on_mount(self) -> None:
        """Begin to look."""
        self._timer = self.set_interval(1 / min(self.app.fps, self.LOOKS), self.poll, pause=True)  # type: ignore[attr-defined]
        self.call_after_refresh(threading.Thread(target=preload, name="plotext", daemon=True).start)

    def on_unmount(self) -> None:
        """Leave no thread behind, and soon no memory: a session can hold much, and widgets hold one another."""
        self.bridge.close()
        self.app.set_timer(COLLECT_AFTER, gc.collect)

    def resized(self) -> None:
        """Other panes are seen: other things are wanted."""
        self.look_again()

    def redraw(self) -> None:
        """Draw the latest snapshot again; nothing where there is none yet, or where the screen has left."""
        if self.snapshot is not None and self.is_attached:
            self.show(self.snapshot)

    # -- what a screen must say

    def want(self) -> None:
        """Tell the bridge what the next snapshots must hold."""
        raise NotImplementedError

    def show(self, shot: ShotT) -> None:
        """Draw a snapshot."""
        raise NotImplementedError

    def complain(self, text: str) -> None:
        """Say what a command could not do; '' takes back what was said."""
        raise NotImplementedError

    # -- the session

    def do(
        self, command: Callable[[Any], Slices], then: Callable[[], None] | None = None, *, aside: bool = False
    ) -> None:
        """Hand a command to the session and show the answer when it is there; `then` is called after it.

        An aside does not wait for what is at work. Where the screen has left, nothing is done.
        """
        if not self.is_attached:
            return
        if then is not None:
            self._then.append(then)
        self.complain("")
        self.want()
        self.bridge.submit(command, aside=aside).wait(QUICK)
        self._wake()

    def look_again(self) -> None:
        """Ask for a fresh snapshot, also of what is at work; after the one that was asked for already."""
        if not (self.is_mounted and self.is_attached):
            return
        self.want()
        self._outdated = self._looking is not None and not self._looking.wait(0)
        if not self._outdated:
            self._looking = self.bridge.submit(look, aside=True)
            self._looking.wait(QUICK)
            self._wake()

    def ask(self, command: Callable[[Any], Slices], *, aside: bool = False) -> str:
        """Hand over the command of a prompt; what is wrong with it, if that is soon clear."""
        self.complain("")
        self.want()
        ticket = self.bridge.submit(command, aside=aside)
        ticket.wait(PATIENT)
        if ticket.error:
            self.bridge.error = ""
        self._wake()
        return without_flags(ticket.error)

    def _wake(self) -> None:
        """Look at the bridge now, and again and again until it is idle."""
        if self._timer is not None:
            self._timer.resume()
        self._waiting_since = time.monotonic()
        self.poll()

    def poll(self) -> None:
        """Show what is new."""
        if self.bridge.crash is not None:
            self.app.fail(self.bridge.crash)  # type: ignore[attr-defined]
            return
        idle = not self.bridge.busy  # asked before the last snapshot is taken, so that none is missed
        shot, was_late = self.bridge.poll(), self.is_late
        if shot is not None:
            self.snapshot = shot
            self._waiting_since = time.monotonic()
        self.is_late = not idle and time.monotonic() - self._waiting_since > LONG
        if shot is not None or self.is_late != was_late:
            self.redraw()
        if self._outdated and self._looking is not None and self._looking.wait(0):
            self.look_again()
        if idle and not self.bridge.busy:  # what was shown may have led to another command
            if self._timer is not None:
                self._timer.pause()
            if self.bridge.error:
                self.complain(without_flags(self.bridge.error))
                self.bridge.error = ""
            waiting, self._then = self._then, []
            for then in waiting:
                then()

    # -- counts: 10n

    def on_key(self, event: events.Key) -> None:
        """Digits before a key say how often."""
        if event.character and event.character in self.DIGITS and (self.counted or event.character != "0"):
            counted = self.counted + event.character
            if int(counted) <= LARGEST_COUNT:
                self.counted = counted
            else:
                self.refuse(f"The largest count is {LARGEST_COUNT:,}: it stays at {int(self.counted):,}.")
        elif event.key == "backspace" and self.counted:
            self.counted = ""
            self.refuse("")
        else:
            return
        event.stop()
        self.redraw()

    def is_typed(self, key: str) -> None:
        """A key that takes no count ends one."""
        if self.counted and key not in keys.counted(self.TABLE) and key not in (*self.DIGITS, "backspace"):
            self.counted = ""
            self.redraw()

    def refuse(self, text: str) -> None:
        """Say why a digit does not count; '' takes back what was said."""
        self.complain(text)

    def count(self) -> int:
        """The count that was typed, once."""
        text, self.counted = self.counted, ""
        return int(text or 1)

    # -- through time

    def travel(self, command: Callable[[Any], Slices]) -> None:
        """A command that moves through time: what is running ends first."""
        self.bridge.cancel()
        self.do(command)

    def action_next(self) -> None:
        self.travel(ahead(self.count()))

    def action_back(self) -> None:
        self.travel(ahead(-self.count()))

    def action_next_phase(self) -> None:
        self.travel(phases(self.count()))

    def action_back_phase(self) -> None:
        self.travel(move("back_phase", self.count()))

    def action_next_iteration(self) -> None:
        self.travel(iterations(self.count()))

    def action_back_iteration(self) -> None:
        self.travel(iterations(-self.count()))

    def action_reset(self) -> None:
        self.count()
        self.travel(move("reset"))

    def action_stop(self) -> None:
        self.counted = ""
        self.bridge.cancel()
        self.look_again()

    def action_close(self) -> None:
        self.bridge.cancel()
        self.dismiss()
