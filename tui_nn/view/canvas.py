"""A grid of cells to draw on in any order, cut off at its edges; finished, it is a Picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import split_graphemes
from rich.segment import Segment

from tui_nn.view.picture import Picture

if TYPE_CHECKING:
    from rich.style import Style


class Canvas:
    """`width` x `height` cells, blank at first. (x, y) counts from the top left; what falls outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(width, 0), max(height, 0)
        self._text = [[" "] * self.width for _ in range(self.height)]
        self._style: list[list[Style | None]] = [[None] * self.width for _ in range(self.height)]

    def put(self, x: int, y: int, text: str, style: Style | None = None) -> None:
        """Write text from (x, y) to the right. A wide character that does not fit whole leaves a blank."""
        if not 0 <= y < self.height:
            return
        for start, end, size in split_graphemes(text)[0]:
            if size == 1:
                self._one(x, y, text[start:end], style)
            elif size == 2:
                whole = x >= 0 and x + 1 < self.width
                self._one(x, y, text[start:end] if whole else " ", style)
                self._one(x + 1, y, "" if whole else " ", style)
            x += size

    def get(self, x: int, y: int) -> str:
        """The text of a cell; blank outside."""
        return self._text[y][x] if 0 <= x < self.width and 0 <= y < self.height else " "

    def paste(self, x: int, y: int, other: Picture) -> None:
        """Draw a Picture with its top left at (x, y)."""
        for dy, line in enumerate(other.lines):
            at = x
            for segment in line:
                self.put(at, y + dy, segment.text, segment.style)
                at += segment.cell_length

    def picture(self) -> Picture:
        """What has been drawn, neighbours of one style joined into one Segment."""
        return Picture(self.width, tuple(self._line(y) for y in range(self.height)))

    def _one(self, x: int, y: int, text: str, style: Style | None) -> None:
        if not 0 <= x < self.width:
            return
        row = self._text[y]
        # Overwriting half of a wide character leaves its other half blank: the line keeps its width.
        if row[x] == "" and text != "" and x > 0:
            row[x - 1] = " "
        if x + 1 < self.width and row[x + 1] == "" and row[x] != "":
            row[x + 1] = " "
        row[x] = text
        self._style[y][x] = style

    def _line(self, y: int) -> tuple[Segment, ...]:
        texts, styles = self._text[y], self._style[y]
        segments: list[Segment] = []
        start = 0
        for x in range(1, self.width + 1):
            if x == self.width or (styles[x] is not styles[start] and styles[x] != styles[start]):
                segments.append(Segment("".join(texts[start:x]), styles[start]))
                start = x
        return tuple(segments)
