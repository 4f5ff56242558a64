"""The stepper: a program line by line, forward and back in time."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from tui_nn.lessons.problem import Problem
from tui_nn.session.session import Session
from tui_nn.tui import keys
from tui_nn.tui.bridge import Bridge, Command
from tui_nn.tui.commands import once, repeat
from tui_nn.tui.snapshot import Snapshot
from tui_nn.tui.widgets.card import Card
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.widgets.listing import Listing

QUICK = 0.03  # seconds that a key waits for its answer; what takes longer is polled for
LARGEST_COUNT = 1_000_000


class StepperScreen(Screen[None]):
    """One problem under the magnifying glass."""

    BINDINGS = keys.bindings("stepper")
    AUTO_FOCUS = "#listing"

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
        self.bridge = Bridge(problem.session())
        self.snapshot: Snapshot | None = None
        self._count = ""

    def compose(self) -> ComposeResult:
        yield Headline(self.problem.title)
        with Horizontal():
            yield Listing()
            with Vertical():
                yield Card()
        yield KeyBar("stepper")

    def on_mount(self) -> None:
        self._timer = self.set_interval(1 / self.app.fps, self.poll, pause=True)  # type: ignore[attr-defined]
        self.call_after_refresh(self.do, once(lambda session: None))

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self.bridge.close()

    # -- the session

    def do(self, command: Command) -> None:
        """Hand a command to the session; show the answer when it is there."""
        self.bridge.submit(command)
        self.bridge.wait(QUICK)
        self._timer.resume()
        self.poll()

    def poll(self) -> None:
        """Show what is new."""
        if self.bridge.crash is not None:
            raise self.bridge.crash
        idle = not self.bridge.busy  # asked before the last snapshot is taken, so that none is missed
        snapshot = self.bridge.poll()
        if snapshot is not None:
            self.snapshot = snapshot
            self.show()
        if idle:
            self._timer.pause()

    def show(self) -> None:
        """Draw the latest snapshot."""
        if self.snapshot is None:
            return
        self.query_one(Listing).show(self.snapshot)
        self.query_one(Card).show(self.snapshot)
        self.query_one(Headline).show(self._place(self.snapshot))

    def _place(self, snapshot: Snapshot) -> str:
        iteration, line = snapshot.position
        phase = snapshot.line.phase if snapshot.line else "start"
        count = f"{self._count}…  " if self._count else ""
        return f"{count}iteration {iteration} · line {line}/{len(self.bridge_lines)} · {phase} "

    @property
    def bridge_lines(self) -> tuple[object, ...]:
        """The program's lines."""
        return tuple(row for row in self.snapshot.rows if row.kind == "line") if self.snapshot else ()

    # -- counts: 10n

    def on_key(self, event: events.Key) -> None:
        """Digits before a key say how often."""
        if event.character and event.character.isdigit() and (self._count or event.character != "0"):
            self._count = (self._count + event.character)[-7:]
            event.stop()
            self.show()

    def count(self) -> int:
        """The count that was typed, once."""
        text, self._count = self._count, ""
        return min(int(text or 1), LARGEST_COUNT)

    # -- keys

    def _repeat(self, move: Callable[[Session], object]) -> None:
        self.do(repeat(move, self.count()))

    def action_next(self) -> None:
        count = self.count()
        self.do(once(lambda session: session.step(count)))

    def action_back(self) -> None:
        count = self.count()
        self.do(once(lambda session: session.back(count)))

    def action_next_phase(self) -> None:
        self._repeat(lambda session: session.next_phase())

    def action_back_phase(self) -> None:
        self._repeat(lambda session: session.back_phase())

    def action_next_iteration(self) -> None:
        count = self.count()
        self.do(once(lambda session: session.next_iteration(count)))

    def action_back_iteration(self) -> None:
        count = self.count()
        self.do(once(lambda session: session.back_iteration(count)))

    def action_reset(self) -> None:
        self.count()
        self.do(once(lambda session: session.reset()))

    def action_close(self) -> None:
        self.dismiss()
