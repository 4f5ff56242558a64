"""An editor for equations that shows what is wrong right under the line where it is."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import TextArea

from tui_nn.tui.drawing.words import wrapped


class EquationEditor(TextArea):
    """A text area that makes room for an error between two of its lines."""

    def __init__(self, text: str, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(text, soft_wrap=False, show_line_numbers=True, id=id, tab_behavior="focus")
        self._wrong: tuple[int, int | None, str] | None = None

    @property
    def wrong(self) -> tuple[int, int | None, str] | None:
        """(line from 0, column, what is wrong there), None where nothing is."""
        return self._wrong

    def mark(self, line: int, column: int | None, text: str) -> None:
        """Show an error under a line, its sign under the column."""
        self._wrong = (line, column, text)
        self.refresh()

    def clear_mark(self) -> None:
        """Nothing is wrong."""
        if self._wrong is not None:
            self._wrong = None
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The lines after the one with the error stand lower."""
        if self._wrong is None:
            return super().render_line(y)
        first = self._wrong[0] - self.scroll_offset.y + 1
        said = self._said()
        if y < first:
            return super().render_line(y)
        if y >= first + len(said):
            return super().render_line(y - len(said))
        style = self.rich_style + self.app.look.style("negative")  # type: ignore[attr-defined]
        line = Strip([Segment(" " * self.gutter_width + said[y - first], style)])
        return line.adjust_cell_length(self.size.width, self.rich_style)

    def _said(self) -> list[str]:
        """The error in lines: beside its sign where there is room, else below."""
        assert self._wrong is not None
        _, column, text = self._wrong
        room = max(self.size.width - self.gutter_width, 20)
        if column is None:
            return wrapped(text, room)
        sign = " " * (column - self.scroll_offset.x) + "^"
        if len(sign) + 1 + len(text) <= room:
            return [f"{sign} {text}"]
        return [sign, *wrapped(text, room)]
