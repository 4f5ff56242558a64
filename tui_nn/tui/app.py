"""The app: opens screens, knows the terminal's Look, and ends with a proper exit code whatever ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import NoReturn

from textual.app import App

from tui_nn.errors import UserError
from tui_nn.tui.screens.help import HelpScreen
from tui_nn.tui.screens.lessons import LessonsScreen
from tui_nn.view.look import Look, detect

SWITCH_INTERVAL = 0.001  # seconds; Python's 5 ms let a busy session hold a key up for 20 ms and more
INTERRUPTED = 130


class TuiNN(App[None]):
    """tui-nn in a terminal.

    Args:
        target: a lesson or file to open at once.
        fps: how often running things are redrawn, a second.
        look: what the terminal can show; found out if None.
    """

    TITLE = "tui-nn"
    CSS_PATH = "app.tcss"

    def __init__(self, target: str = "", *, fps: float = 10.0, look: Look | None = None) -> None:
        super().__init__()
        self._target = target
        self._look = look
        self.fps = fps

    @property
    def look(self) -> Look:
        """What the terminal can show."""
        if self._look is None:
            self._look = detect(os.environ, dark=self.current_theme.dark)
        return self._look

    def on_mount(self) -> None:
        self._listen_to_signals()
        self.push_screen(LessonsScreen())
        if self._target:
            self.open_target(self._target)

    def open_target(self, target: str) -> None:
        """Open a lesson, a file or equations in the stepper; say what is wrong where that cannot be."""
        from tui_nn.lessons.problem import find
        from tui_nn.tui.screens.stepper import StepperScreen

        try:
            self.push_screen(StepperScreen(find(target)))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)

    def action_explain(self) -> None:
        """The help of the screen that is seen."""
        name = {"LessonsScreen": "lessons", "StepperScreen": "stepper"}.get(type(self.screen).__name__)
        if name:
            self.push_screen(HelpScreen(name))

    def action_interrupt(self) -> None:
        """Ctrl-C."""
        self.exit(return_code=INTERRUPTED)

    def _end_by_signal(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def _listen_to_signals(self) -> None:
        """A terminal that closes must not leave the program behind, nor a program that is ended a broken terminal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            try:
                loop.add_signal_handler(number, self._end_by_signal, number)
            except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
                return


def run(target: str = "", *, fps: float = 10.0) -> NoReturn:
    """Open the app; end the program with its exit code."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = TuiNN(target, fps=fps)
    app.run()
    sys.exit(app.return_code or 0)
