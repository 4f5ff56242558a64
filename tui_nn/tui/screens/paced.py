"""A screen that runs at a speed: run and pause, faster and slower."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tui_nn.tui.bridge import Bridge, Slices
from tui_nn.tui.pace import Pace
from tui_nn.tui.screens.bridged import BridgedScreen

ShotT = TypeVar("ShotT")


class PacedScreen(BridgedScreen[ShotT]):
    """Adds running to the moves through time.

    Attributes:
        pace: the speed, which may be changed while it runs.
        running: whether what is at work is a run, as opposed to a move.
    """

    def __init__(self, bridge: Bridge[Any, Any, ShotT]) -> None:
        super().__init__(bridge)
        self.pace = Pace()
        self.running = False

    def redraw(self) -> None:
        """What is at work rests meanwhile: it is Python, line by line, and would hold up the drawing and the keys."""
        with self.bridge.quiet():
            super().redraw()

    # -- what a screen must say

    def run_command(self) -> Callable[[Any], Slices]:
        """On and on, at the screen's pace."""
        raise NotImplementedError

    def _say(self, text: str) -> None:
        """Say something that is not wrong."""
        raise NotImplementedError

    def travelled(self) -> None:
        """A hook: time is about to go on, or back."""

    # -- running

    def at_work(self, running: bool) -> str:
        """What is at work, if anything is: a run with its speed, a move, or a look that takes long."""
        if not running:
            return "working" if self.is_late else ""
        return f"{self.look.glyphs.arrow} {self.pace.speed.label}" if self.running else "working, Esc stops"

    def travel(self, command: Callable[[Any], Slices]) -> None:
        """A move through time: what is running ends first."""
        self.running = False
        self.travelled()
        super().travel(command)

    def action_run(self) -> None:
        """Run, or pause."""
        if self.bridge.busy:
            self.action_stop()
            return
        self.travelled()
        self.running = True
        self.do(self.run_command())

    def action_stop(self) -> None:
        self.running = False
        super().action_stop()

    def action_faster(self) -> None:
        self._say(f"speed: {self.pace.change(1).label}")

    def action_slower(self) -> None:
        self._say(f"speed: {self.pace.change(-1).label}")
