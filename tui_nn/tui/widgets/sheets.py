"""Panes that only show: the optimiser's state, the loss, the watches."""

from __future__ import annotations

import time

from tui_nn.tui.bindings import pane_bindings
from tui_nn.tui.drawing.state import state
from tui_nn.tui.drawing.watches import watches
from tui_nn.tui.drawing.window import window
from tui_nn.tui.snapshot import Snapshot
from tui_nn.tui.subject import Subject
from tui_nn.tui.turn import Turn
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.plot import Series, curves

DRAWING = 0.1  # of the time, for a loss that runs


class Sheet(Pane, can_focus=True):
    """A pane that draws from the snapshot alone."""

    def __init__(self, name: str, subject: Subject) -> None:
        super().__init__(name)
        self.subject = subject
        self.snapshot: Snapshot | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Another moment."""
        self.snapshot = snapshot
        self.update()


class StatePane(Sheet):
    """θ, g, the optimiser's states and steps, θ after."""

    @property
    def title_text(self) -> str:
        """With the optimiser's name."""
        update = self.subject.program.update
        return f"state  {update.name}" if update else "state"

    def draw(self, width: int, height: int) -> Picture:
        shot = self.snapshot
        current = None
        if shot and shot.state and shot.focus:
            focus = shot.focus.name.partition(".")[2] or self.subject.notation.gradients.get(
                shot.focus.name, shot.focus.name
            )
            entry = (focus, shot.focus.index)
            current = shot.state.entries.index(entry) if entry in shot.state.entries else None
        drawn = state(shot.state if shot else None, self.subject.notation, self.look, width, height, current)
        return drawn.crop(0, 0, width, height)


class LossPane(Sheet):
    """The loss by iteration, with the position on it; while it runs, drawn as often as leaves time for keys."""

    def __init__(self, name: str, subject: Subject) -> None:
        super().__init__(name, subject)
        self._turn = Turn(DRAWING)
        self._log = False

    @property
    def title_text(self) -> str:
        return "loss, log axis" if self._log else "loss"

    def other_axis(self) -> None:
        """A logarithmic axis, or a linear one again."""
        self._log = not self._log
        self.update()

    def show(self, snapshot: Snapshot) -> None:
        """Another moment, drawn at once unless it is one of many."""
        if snapshot.running and not self._turn.due():
            self.snapshot = snapshot
            return
        began = time.perf_counter()
        super().show(snapshot)
        self._turn.done(began)

    def draw(self, width: int, height: int) -> Picture:
        shot, program, look = self.snapshot, self.subject.program, self.look
        if program.loss is None:
            return picture([text_line([("There is no loss here.", look.style("dim"))])], width)
        if shot is None or not shot.curve.iterations:
            return picture([text_line([("The loss is not computed yet.", look.style("dim"))])], width)
        name = self.subject.notation.name(program.loss)
        series = [Series(name, shot.curve.losses, shot.curve.iterations)]
        if shot.original.iterations:
            series.insert(0, Series("original", shot.original.losses, shot.original.iterations))
            series[1] = Series("branch", shot.curve.losses, shot.curve.iterations)
        title = name if self.headed or not self._log else f"{name}, log axis"
        return curves(series, look, width, height, title=title, log=self._log, at=float(shot.position.iteration))


class WatchPane(Sheet):
    """Watched expressions; original and branch side by side. It scrolls where there is not room for all."""

    BINDINGS = pane_bindings("watch")

    def __init__(self, name: str, subject: Subject) -> None:
        super().__init__(name, subject)
        self._top, self._lowest = 0, 0

    @property
    def title_text(self) -> str:
        """What it is for at the moment."""
        return "what if" if self.snapshot and self.snapshot.edits else "watch"

    def draw(self, width: int, height: int) -> Picture:
        shot = self.snapshot
        if shot is None:
            return picture([], width)
        drawn = watches(shot, self.subject, self.look, width)
        self._lowest = max(drawn.height - height, 0)
        self._top = min(self._top, self._lowest)
        return window(drawn, self._top, width, height, self.look)

    def _scroll(self, to: int) -> None:
        self._top = min(max(to, 0), self._lowest)
        self.update()

    def action_up(self) -> None:
        self._scroll(self._top - 1)

    def action_down(self) -> None:
        self._scroll(self._top + 1)

    def action_home(self) -> None:
        self._scroll(0)

    def action_end(self) -> None:
        self._scroll(self._lowest)

    def action_page_up(self) -> None:
        self._scroll(self._top - self.body[1] + 1)

    def action_page_down(self) -> None:
        self._scroll(self._top + self.body[1] - 1)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves a line."""
        self.action_down()

    def on_mouse_scroll_up(self) -> None:
        """Likewise."""
        self.action_up()
