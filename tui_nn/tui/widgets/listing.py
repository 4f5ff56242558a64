"""The listing with its pointer: lines, values, the current line, breakpoints."""

from __future__ import annotations

from textual import events
from textual.message import Message

from tui_nn.tui.bindings import pane_bindings
from tui_nn.tui.drawing.listing import Places, listing
from tui_nn.tui.rows import Row, key_name, of_parameter
from tui_nn.tui.snapshot import Snapshot
from tui_nn.tui.subject import Subject
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture, picture


class Listing(Pane, can_focus=True):
    """The program's lines. The pointer follows the current line until it is moved."""

    BINDINGS = pane_bindings("listing")

    class Pointed(Message):
        """The pointer was moved to a row."""

        def __init__(self, row: Row) -> None:
            self.row = row
            super().__init__()

    class Opened(Message):
        """Enter, or a click on the row with the pointer."""

        def __init__(self, row: Row) -> None:
            self.row = row
            super().__init__()

    def __init__(self, subject: Subject) -> None:
        super().__init__("listing")
        self._subject = subject
        self._snapshot: Snapshot | None = None
        self._cursor = self._first  # a heading is no place for the pointer
        self._top = 0

    @property
    def _first(self) -> int:
        """The first row that is no heading."""
        return next((i for i, row in enumerate(self._subject.rows) if row.kind != "heading"), 0)

    @property
    def pointed(self) -> Row:
        """The row under the pointer."""
        return self._subject.rows[self._cursor]

    def show(self, snapshot: Snapshot, name: str | None, parameter: str) -> None:
        """Another moment. The pointer goes to the row of `name`, or follows the current line."""
        self._snapshot = snapshot
        rows, line = self._subject.rows, snapshot.position.line
        names = [key_name(self._subject.program, row.key, parameter) for row in rows]
        if name is None:
            self._cursor = next((i for i, row in enumerate(rows) if line and row.number == line), self._first)
        elif names[self._cursor] != name and name in names:
            self._cursor = names.index(name)
        self._reveal()
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        shot = self._snapshot
        if shot is None:
            return picture([], width)
        self._reveal()
        breaks = [int(name.removeprefix("line ")) for name in shot.breaks if name.startswith("line ")]
        places = Places(shot.position.line, self._cursor, self.has_focus, breaks)
        rows = of_parameter(self._subject.rows, shot.parameter, self._subject.notation)
        return listing(rows, shot.heads, self.look, width, height, self._top, places)

    def _reveal(self) -> None:
        """Scroll as little as needed, with a line of context."""
        height = max(self.body[1], 1)
        self._top = max(
            min(self._top, self._cursor - 1, len(self._subject.rows) - height), self._cursor - height + 2, 0
        )

    def _point(self, index: int, step: int) -> None:
        """Move the pointer to the row at `index`, or the next one in the direction of `step` that is no heading."""
        rows = self._subject.rows
        while 0 <= index < len(rows) and rows[index].kind == "heading":
            index += step
        if 0 <= index < len(rows) and index != self._cursor:
            self._cursor = index
            self.update()
            self.post_message(self.Pointed(rows[index]))

    def action_up(self) -> None:
        self._point(self._cursor - 1, -1)

    def action_down(self) -> None:
        self._point(self._cursor + 1, 1)

    def action_home(self) -> None:
        self._point(0, 1)

    def action_end(self) -> None:
        self._point(len(self._subject.rows) - 1, -1)

    def action_page_up(self) -> None:
        self._point(max(self._cursor - self.body[1] + 1, 0), 1)

    def action_page_down(self) -> None:
        self._point(min(self._cursor + self.body[1] - 1, len(self._subject.rows) - 1), -1)

    def action_open(self) -> None:
        self.post_message(self.Opened(self.pointed))

    def on_click(self, event: events.Click) -> None:
        """Point at a row; point at it again to open it."""
        index = self._top + event.y - self.headed
        if index == self._cursor:
            self.action_open()
        elif index < len(self._subject.rows) and self._subject.rows[index].kind != "heading":
            self._point(index, 1)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the pointer: what is scrolled to is what the card shows."""
        self.action_down()

    def on_mouse_scroll_up(self) -> None:
        """Likewise."""
        self.action_up()
