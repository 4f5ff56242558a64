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
        """To the end of an iteration; 0 is the start. `held`: the mouse may go on from here."""

        def __init__(self, iteration: int, *, held: bool = False) -> None:
            self.iteration, self.held = iteration, held
            super().__init__()

    def __init__(self, subject: Subject) -> None:
        super().__init__("scrubber")
        self._length = len(subject.program.lines)
        self._snapshot: Snapshot | None = None
        self._dragged: int | None = None  # the iteration to which the mouse that is held down has led

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

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the moment under the mouse, and along with it as long as it is held; what is said here leaves first."""
        if self.said:
            self.say("")
            return
        self.capture_mouse()
        self._drag(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Along with the mouse, as fast as the session can."""
        if self._dragged is not None:
            self._drag(event.x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Where the mouse was let go is where it is to go."""
        if self._dragged is not None:
            self._drag(event.x, released=True)
            self._dragged = None
            self.release_mouse()

    def on_unmount(self) -> None:
        """The mouse is the app's again, whatever has led away while it was held."""
        if self._dragged is not None:
            self.release_mouse()

    def _drag(self, x: int, *, released: bool = False) -> None:
        start, room = bar_of(self.last, self.size.width)
        iteration = moment_at(x - start, self.last, room)
        if iteration != self._dragged or released:
            self._dragged = iteration
            self.post_message(self.Moved(iteration, held=not released))

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
