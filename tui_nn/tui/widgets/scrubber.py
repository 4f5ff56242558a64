"""The scrubber: the whole run in one line, to walk along and to click on; and, in its place, what there is to say."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.message import Message

from tui_nn.tui.bindings import pane_bindings
from tui_nn.tui.drawing.scrubber import bar_of, moment_at, scrubber
from tui_nn.tui.snapshot import Snapshot
from tui_nn.tui.subject import Subject
from tui_nn.tui.widgets.saying import SayingPane
from tui_nn.view.look import Role
from tui_nn.view.picture import Picture, picture


class Scrubber(SayingPane, can_focus=True):
    """One line above the footer."""

    BINDINGS = pane_bindings("scrubber")
    ROLE: ClassVar[Role] = "current"
    INDENT: ClassVar[int] = 1

    class Moved(Message):
        """To the end of an iteration; 0 is the start."""

        def __init__(self, iteration: int) -> None:
            self.iteration = iteration
            super().__init__()

    def __init__(self, subject: Subject) -> None:
        super().__init__("scrubber")
        self._length = len(subject.program.lines)
        self._snapshot: Snapshot | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Another moment."""
        self._snapshot = snapshot
        self.update()

    @property
    def last(self) -> int:
        """The latest iteration that was reached."""
        return self._snapshot.furthest.iteration if self._snapshot else 1

    def draw(self, width: int, height: int) -> Picture:
        look, shot = self.look, self._snapshot
        if self.said:
            return super().draw(width, height)
        if shot is None:
            return picture([], width)
        moment = shot.position.iteration - 1 + shot.position.line / self._length
        edits = {e.iteration for e in shot.edits}
        return scrubber(moment, self.last, edits, look, width, lively=self.has_focus)

    def on_click(self, event: events.Click) -> None:
        """Go to the moment under the mouse."""
        if self.said:
            self.say("")
            return
        start, room = bar_of(self.last, self.size.width)
        self.post_message(self.Moved(moment_at(event.x - start, self.last, room)))

    def _iteration(self) -> int:
        return self._snapshot.position.iteration if self._snapshot else 1

    def action_left(self) -> None:
        self.post_message(self.Moved(max(self._iteration() - 1, 0)))

    def action_right(self) -> None:
        line = self._snapshot.position.line if self._snapshot else 0
        self.post_message(self.Moved(self._iteration() + (line == self._length)))

    def action_home(self) -> None:
        self.post_message(self.Moved(0))

    def action_end(self) -> None:
        self.post_message(self.Moved(self.last))
