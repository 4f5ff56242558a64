"""An editor that shows what is wrong right under the line where it is.

Its rows are the lines of the text and, between them, those of the marks. Textual's editor knows lines only, so each of
its ways from a line to a row, and back, is led past the marks here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual.events import MouseEvent
from textual.geometry import Offset, Region, Size, Spacing
from textual.strip import Strip
from textual.widgets import TextArea

from tui_nn.tui.drawing.marks import mark_lines
from tui_nn.tui.equations_check import Mark
from tui_nn.view.look import Look


class _Row(NamedTuple):
    """A row below a line: which one of a mark's, and in what room the mark is drawn, in cells."""

    mark: Mark
    column: int
    room: int
    number: int


class MarkedEditor(TextArea):
    """A text area that makes room for marks between its lines."""

    def __init__(self, text: str, *, id: str, show_line_numbers: bool = False) -> None:  # noqa: A002 - Textual's name
        self._marks: tuple[Mark, ...] = ()
        self._below: dict[int, list[_Row]] = {}  # line to the rows below it
        super().__init__(text, soft_wrap=False, show_line_numbers=show_line_numbers, id=id, tab_behavior="focus")

    @property
    def look(self) -> Look:
        """The app's Look."""
        found: Look = self.app.look  # type: ignore[attr-defined]
        return found

    def mark(self, marks: Sequence[Mark]) -> None:
        """Show these, and no others."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self._refresh_size()
            self.refresh()
            if self.has_focus or not marks:
                self.scroll_cursor_visible()
            else:
                first, width = self._line_of(marks[0]), max(self.size.width, 1)
                height = min(1 + len(self._below[first]), max(self.size.height, 1))
                self.scroll_to_region(Region(0, self._row_of(first), width, height), animate=False, force=True)

    def go_to(self, mark: Mark) -> None:
        """The cursor to the place of a mark, which is then in sight."""
        line = self._line_of(mark)
        self.focus()
        self.move_cursor((line, len(self.document[line]) if mark.column is None else mark.column))

    def render_line(self, y: int) -> Strip:
        """A line of the text, or of a mark."""
        top = self.scroll_offset.y
        line, part = self._line_at(y + top)
        if part is None:
            return super().render_line(line - top)
        row = self._below[line][part]
        style = self.rich_style + self.look.style("negative" if row.mark.wrong else "dim")
        text = self._lines_of(row.mark, row.column, row.room, self.scroll_offset.x)[row.number]
        strip = Strip([Segment(" " * self.gutter_width + text, style)])
        return strip.adjust_cell_length(self.size.width, self.rich_style)

    def refresh_lines(self, y_start: int, line_count: int = 1) -> None:
        """Lines of the text."""
        super().refresh_lines(self._row_of(y_start), line_count)

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """With the marks of the line that the cursor is in."""
        self._recompute_cursor_offset()  # type: ignore[no-untyped-call]
        x, y = self._cursor_offset
        height = min(1 + len(self._below.get(y, ())), max(self.size.height, 1))
        return self.scroll_to_region(
            Region(x, self._row_of(y), width=3, height=height),
            spacing=Spacing(right=self.gutter_width),
            animate=animate,
            force=True,
            center=center,
        )

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the terminal's own cursor is."""
        line = self._cursor_offset[1]
        return super().cursor_screen_offset + Offset(0, self._row_of(line) - line)

    def get_target_document_location(self, event: MouseEvent) -> tuple[int, int]:
        """Where a click goes; one on a mark is one on its line."""
        x, y = event.x - self.gutter.left - self.gutter_width, event.y - self.gutter.top
        line, _ = self._line_at(y + self.scroll_offset.y)
        return self.wrapped_document.offset_to_location(Offset(x + self.scroll_offset.x, line))

    def _refresh_size(self) -> None:
        """As Textual's, with the rows of the marks; called whenever the text or the width has changed."""
        width, height = self.document.get_size(self.indent_width)
        self._below = {}
        for mark in self._marks:
            line, room = self._line_of(mark), max(self.scrollable_content_region.width - self.gutter_width, 20)
            column = self.get_column_width(line, min(mark.column or 0, len(self.document[line])))
            rows = range(len(self._lines_of(mark, column, room)))
            self._below.setdefault(line, []).extend(_Row(mark, column, room, number) for number in rows)
        height += sum(map(len, self._below.values()))
        self.virtual_size = Size(width + self.gutter_width + 1, height)  # the cursor may stand behind a line's end
        self._refresh_scrollbars()

    def _lines_of(self, mark: Mark, column: int, room: int, scrolled: int = 0) -> list[str]:
        return mark_lines(self.look.text(mark.text), column, room, scrolled)

    def _line_of(self, mark: Mark) -> int:
        """Its line; the last one where the text has become shorter since."""
        return min(mark.line, self.document.line_count - 1)

    def _row_of(self, line: int) -> int:
        """The row of a line, both from 0."""
        return line + sum(len(rows) for above, rows in self._below.items() if above < line)

    def _line_at(self, row: int) -> tuple[int, int | None]:
        """The line of a row; and, where it is below the line, which of the rows there."""
        marked = 0  # rows of marks above it
        for line in sorted(self._below):
            first, many = line + marked + 1, len(self._below[line])
            if row < first:
                break
            if row < first + many:
                return line, row - first
            marked += many
        return row - marked, None
