"""The whole tensor in focus: a window over a matrix of any size, with a pointer that the card follows."""

from __future__ import annotations

import numpy as np
from textual import events
from textual.message import Message

from tui_nn.tui.bindings import pane_bindings
from tui_nn.tui.drawing.tensor import title
from tui_nn.tui.snapshot import Snapshot, Tensor
from tui_nn.tui.subject import Subject
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.matrix import Grid, Sheet, grid, matrix, sheet
from tui_nn.view.picture import Picture, picture, text_line


class TensorPane(Pane, can_focus=True):
    """Numbers in rows and columns."""

    BINDINGS = pane_bindings("tensor")

    class Moved(Message):
        """The pointer stands on another entry of the tensor that is shown."""

        def __init__(self, tensor: str, index: tuple[int, ...]) -> None:
            self.tensor, self.index = tensor, index
            super().__init__()

    class Opened(Message):
        """Enter: to the card."""

    def __init__(self, subject: Subject) -> None:
        super().__init__("tensor")
        self._subject = subject
        self._tensor: Tensor | None = None
        self._sheet: Sheet | None = None
        self._cursor = (0, 0)
        self._sent: tuple[int, ...] | None = None  # a move that the screen has not heard of yet
        self._corner = (0, 0)
        self._seen: Grid | None = None  # the window that was drawn last

    @property
    def title_text(self) -> str:
        """Name, shape, and the part that is seen."""
        if self._tensor is None:
            return "tensor"
        name = self._subject.notation.name(self._tensor.name)
        return title(name, self._tensor.shape, self._seen, self.look, self.size.width)

    def show(self, snapshot: Snapshot, *, late: bool = False) -> None:
        """Another moment, or another name; one that comes `late` leaves the pointer where it is by now."""
        before, self._tensor = self._tensor, snapshot.tensor
        if self._tensor is None or before is None or self._tensor.name != before.name:
            self._corner = (0, 0)
        if self._tensor is not None and not _same(before, self._tensor):
            self._sheet = None
        if snapshot.focus is not None and not late and self._sent is None:
            index = snapshot.focus.index
            self._cursor = ((0, 0), (0, *index), index)[min(len(index), 2)]  # type: ignore[assignment]
        self.update()

    def notify_style_update(self) -> None:
        """Another Look writes other numbers."""
        super().notify_style_update()
        self._sheet = None

    def heard(self, index: tuple[int, ...]) -> None:
        """The screen knows of this move: from now on its snapshots lead the pointer again."""
        if self._sent == index:
            self._sent = None

    def draw(self, width: int, height: int) -> Picture:
        if self._tensor is None:
            return picture([text_line([("Nothing is in focus yet.", self.look.style("dim"))])], width)
        written = self._written(self._tensor)
        self._corner = grid(written, width, height, *self._corner).reveal(self._cursor)
        cursor = self._cursor if self._tensor.values is not None else None
        top, left = self._corner
        self._seen = grid(written, width, height, top, left)
        return matrix(written, self.look, width, height, top=top, left=left, cursor=cursor)

    def _written(self, tensor: Tensor) -> Sheet:
        """Its numbers as text, kept until there are others."""
        if self._sheet is None:
            self._sheet = sheet(tensor.values, self.look, shape=tensor.shape, changed=tensor.changed)
        return self._sheet

    @property
    def _extent(self) -> tuple[int, int]:
        """Rows and columns; a vector is a row."""
        shape = self._tensor.shape if self._tensor is not None else ()
        return (1, 1, *shape)[-2:]  # type: ignore[return-value]

    def _move(self, rows: int, columns: int) -> None:
        height, width = self._extent
        row = min(max(self._cursor[0] + rows, 0), max(height - 1, 0))
        column = min(max(self._cursor[1] + columns, 0), max(width - 1, 0))
        self._go(row, column)

    def _go(self, row: int, column: int) -> None:
        if self._tensor is None or (row, column) == self._cursor:
            return
        self._cursor = (row, column)
        self.update()
        self._sent = ((), (column,), (row, column))[min(len(self._tensor.shape), 2)]
        self.post_message(self.Moved(self._tensor.name, self._sent))

    def action_up(self) -> None:
        self._move(-1, 0)

    def action_down(self) -> None:
        self._move(1, 0)

    def action_left(self) -> None:
        self._move(0, -1)

    def action_right(self) -> None:
        self._move(0, 1)

    def action_home(self) -> None:
        self._go(0, 0)

    def action_end(self) -> None:
        self._go(self._extent[0] - 1, self._extent[1] - 1)

    def action_page_up(self) -> None:
        self._move(1 - self.body[1], 0)

    def action_page_down(self) -> None:
        self._move(self.body[1] - 1, 0)

    def action_open(self) -> None:
        self.post_message(self.Opened())

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves three rows."""
        self._move(3, 0)

    def on_mouse_scroll_up(self) -> None:
        """Likewise."""
        self._move(-3, 0)

    def on_click(self, event: events.Click) -> None:
        """Point at an entry."""
        at = event.get_content_offset(self)
        if self._tensor is None or at is None:
            return
        place = grid(self._written(self._tensor), *self.body, *self._corner).cell_at(at.x, at.y - self.headed)
        if place is not None:
            self._go(*place)


def _same(before: Tensor | None, now: Tensor) -> bool:
    """Whether the numbers and marks are the same, so that the format and the colours need not be found again."""
    if before is None or before.name != now.name or (before.values is None) != (now.values is None):
        return False
    if (before.changed is None) != (now.changed is None):
        return False
    same = now.values is None or np.array_equal(before.values, now.values, equal_nan=True)  # type: ignore[arg-type]
    return same and (now.changed is None or np.array_equal(before.changed, now.changed))  # type: ignore[arg-type]
