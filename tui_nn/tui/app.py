"""The app: opens screens, knows the terminal's Look, and ends with a proper exit code whatever ends it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from textual import events
from textual.app import SystemCommand
from textual.screen import Screen

from tui_nn.errors import UserError
from tui_nn.tui import keys
from tui_nn.tui.screens.base import OnTop
from tui_nn.tui.screens.help import HelpScreen
from tui_nn.tui.screens.lessons import LessonsScreen
from tui_nn.tui.type_ahead import TypeAhead, Typed
from tui_nn.tui.widgets import scrollbar
from tui_nn.view.look import Colours, Look, detect
from tui_nn.visible import drawn, legible

if TYPE_CHECKING:
    from pathlib import Path

    from tui_nn.lessons.problem import Settings
    from tui_nn.tui.carried import Branch

# Objects that are made before the collector looks. A frame's live a tenth of a second; with Python's 700 they grew old,
# and all that is old was gone through once a second, which held up every thread for up to 100 ms.
COLLECTED = (20_000, 10, 10)
SWITCH_INTERVAL = 0.001  # seconds; Python's 5 ms let a busy session hold a key up for 20 ms and more
FPS = 10.0  # looks a second at what is running
PATIENCE = 10.0  # seconds from a signal to the end: more than a last checkpoint is given
LOST = 2  # something could not be written
INTERRUPTED = 130
DEFECT = 70
THEMES = ("textual-dark", "textual-light")
ANSI_THEMES = ("ansi-dark", "ansi-light")


@dataclass(frozen=True, slots=True)
class Start:
    """What is open at first, over the list of lessons; at most one of them.

    Attributes:
        target: a lesson, a file or equations.
        settings: what is changed of it.
        data: the data set of a new run, '' for the usual one; None for no new run.
        run: the folder of a run that is kept.
    """

    target: str = ""
    settings: Settings | None = None
    data: str | None = None
    run: Path | None = None


class TuiNN(TypeAhead):
    """tui-nn in a terminal.

    Args:
        target, settings: as in Start, for short.
        start: what is open at first.
        fps: how often running things are redrawn, a second.
        look: what the terminal can show; found out if None.
    """

    TITLE = "tui-nn"
    CSS_PATH = "app.tcss"
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self,
        target: str = "",
        settings: Settings | None = None,
        *,
        start: Start | None = None,
        fps: float = FPS,
        look: Look | None = None,
    ) -> None:
        self._look = look or detect(os.environ, slow=fps < FPS)
        # Without colours: the terminal's own, from which Textual then takes all colour away; else it would send greys.
        super().__init__(ansi_color=True if self._look.colours is Colours.NONE else None)
        self.animation_level = "none"  # a scroll that is still on its way goes past what has grown meanwhile
        self._start = start or Start(target, settings)
        self.fps = fps
        self.regrets: list[str] = []
        self.typed_equations: tuple[str, str, str] | None = None  # as they were left, for the next time
        if self._look.colours is Colours.ANSI:
            self.theme = ANSI_THEMES[0]
        self.set_class(self._look.colours is Colours.NONE, "-no-colour")
        self.set_class(self._look.ascii_only, "-ascii")
        scrollbar.choose(self._look)

    @property
    def look(self) -> Look:
        """What the terminal can show."""
        return self._look

    async def _hand_on(self, event: Typed) -> None:
        if isinstance(event, events.Key) and isinstance(self.screen, OnTop):
            self.screen.is_typed(event.key)
        elif isinstance(event, events.Paste):
            event.text = drawn(event.text, keep="\n\r\t")  # a field draws what it holds, escapes too
        await super()._hand_on(event)

    def on_mount(self) -> None:
        self._listen_to_signals()
        self.push_screen(LessonsScreen())
        start = self._start
        if start.target:
            self.open_target(start.target, start.settings)
        elif start.data is not None:
            self.open_new_run(start.data)
        elif start.run is not None:
            self.open_runs(start.run)

    # -- screens

    def open_target(self, target: str, settings: Settings | None = None) -> str:
        """Open a lesson, a file or equations in the stepper; say, and return, what is wrong where that cannot be."""
        from tui_nn.lessons.problem import Settings
        from tui_nn.lessons.to_learn import find_to_learn
        from tui_nn.tui.screens.stepper import StepperScreen

        try:
            self.push_screen(StepperScreen(*find_to_learn(target, settings or Settings({}))))
        except UserError as error:
            self.complain(str(error))
            return str(error)
        return ""

    def open_lockstep(self, target: str, settings: Settings | None = None, branch: Branch | None = None) -> None:
        """Open the problem, or a branch of it, under several optimisers; say what is wrong where that cannot be."""
        from tui_nn.lessons.problem import Settings
        from tui_nn.tui.screens.lockstep import LockstepScreen

        try:
            self.push_screen(LockstepScreen(target, settings or Settings({}), branch))
        except UserError as error:
            self.complain(str(error))

    def complain(self, text: str) -> None:
        """Say on the screen that is seen what could not be opened."""
        from tui_nn.tui.wording import without_flags

        say = getattr(self.screen, "complain", None)
        if say is not None:
            self.call_after_refresh(say, without_flags(text))

    def open_new_run(self, data: str = "") -> None:
        """Open the form of a new run."""
        from tui_nn.tui.screens.train_form import TrainFormScreen

        self.push_screen(TrainFormScreen(data=data))

    def open_runs(self, run: Path | None = None) -> None:
        """Open the list of runs, the pointer at one of them."""
        from tui_nn.session.run_folder import RUNS
        from tui_nn.tui.screens.runs import RunsScreen

        self.push_screen(RunsScreen(run.resolve().parent if run else RUNS, run.resolve().name if run else ""))

    def action_explain(self) -> None:
        """Help for the screen that is seen."""
        screen = self.screen
        if isinstance(screen, OnTop) and screen.TABLE:
            self.push_screen(HelpScreen(screen.sections(), self.look))

    def action_next_theme(self) -> None:
        """Dark or light."""
        pair = ANSI_THEMES if self._look.colours is Colours.ANSI else THEMES
        self.theme = pair[1 - pair.index(self.theme)] if self.theme in pair else pair[0]

    def watch_theme(self, theme: str) -> None:
        """The drawings follow the theme."""
        dark = self.current_theme.dark
        if dark != self._look.dark:
            look = self._look
            self._look = Look(look.colours, dark, look.ascii_only, look.levels)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: the rows of the key table for the screen that is seen."""
        table = getattr(screen, "TABLE", "")
        own = keys.table(table) if table in keys.SCREENS else ()
        bridge = getattr(screen, "bridge", None)
        busy = bridge is not None and bridge.busy
        for row in (key.now(busy) for key in own):
            if row.action != "command_palette":
                name = row.keys.split(",")[0]
                yield SystemCommand(f"{row.label} ({row.shown})", row.help, lambda name=name: self.simulate_key(name))

    # -- the end

    def action_interrupt(self) -> None:
        """Ctrl-C: stop what is running; with nothing running, end."""
        bridge = getattr(self.screen, "bridge", None)
        if bridge is not None and bridge.busy:
            bridge.cancel()
        else:
            self.exit(return_code=INTERRUPTED)

    def fail(self, error: BaseException) -> None:
        """A defect in the session's thread: end, and show where it is."""
        text = "".join(traceback.format_exception(error))
        self.exit(
            return_code=DEFECT, message=f"{text}This is a defect of tui-nn: please report it with the lines above."
        )

    def regret(self, text: str) -> None:
        """What was lost: said now, and once more on stderr when the terminal is back."""
        self.regrets.append(text)
        self.notify(text, severity="error", markup=False)

    def _end_by_signal(self, number: int) -> None:
        # Where the terminal has gone, Textual's thread that writes to it may have died, and those who wait for it wait
        # for ever.
        last_resort = threading.Timer(PATIENCE, os._exit, (128 + number,))
        last_resort.daemon = True
        last_resort.start()
        self.exit(return_code=128 + number)

    def _listen_to_signals(self) -> None:
        """A terminal that closes must not leave the program behind, nor a program that is ended a broken terminal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            try:
                loop.add_signal_handler(number, self._end_by_signal, number)
            except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
                return


def keep_pauses_short() -> None:
    """No thread holds the interpreter for long: not while a key waits, and not to look for garbage."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.freeze()  # what is imported by now stays to the end
    gc.set_threshold(*COLLECTED)


def run(
    target: str = "", settings: Settings | None = None, *, start: Start | None = None, fps: float = FPS
) -> NoReturn:
    """Open the app; end the program with its exit code."""
    keep_pauses_short()
    sys.stdin = None  # the keyboard, which Textual reads by itself: a data set called `-` must not take the keys away
    app = TuiNN(target, settings, start=start, fps=fps)
    app.run()
    with contextlib.suppress(OSError):  # the terminal may have gone
        for text in app.regrets:
            print(f"error: {legible(text)}", file=sys.stderr, flush=True)
    code = app.return_code or (LOST if app.regrets else 0)
    sys.exit(DEFECT if code == 1 else code)  # Textual's 1 is an exception that nobody caught
