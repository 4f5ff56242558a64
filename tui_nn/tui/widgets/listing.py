"""The listing with its pointer: lines, values, the current line."""

from __future__ import annotations

from textual.message import Message

from tui_nn.tui.drawing.listing import listing
from tui_nn.tui.snapshot import Row, Snapshot
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture


class Listing(Pane, can_focus=True):
    """The program's lines. The pointer follows the current line until it is moved."""

    class Pointed(Message):
        """The pointer was moved to a row."""

        def __init__(self, row: Row) -> None:
            self.row = row
            super().__init__()

    def __init__(self) -> None:
        super().__init__(id="listing")
        self._rows: tuple[Row, ...] = ()
        self._current = 0
        self._cursor: int | None = None
        self._top = 0

    def show(self, snapshot: Snapshot) -> None:
        """Another moment."""
        self._rows = snapshot.rows
        self._current = snapshot.position.line
        at = next((i for i, row in enumerate(self._rows) if row.kind == "line" and row.number == self._current), 0)
        self._reveal(at)
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        self._top = max(min(self._top, len(self._rows) - height), 0)
        return listing(self._rows, self.look, width, height, top=self._top, current=self._current, cursor=self._cursor)

    def _reveal(self, index: int) -> None:
        """Scroll as little as needed, with a line of context."""
        height = max(self.size.height, 1)
        self._top = max(min(self._top, index - 1), index - height + 2, 0)
