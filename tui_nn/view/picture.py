"""A Picture: finished lines of styled text, all of one width. What every function of this package returns.

A Textual widget wraps `lines[y]` in a Strip, Rich prints the Picture itself, and a test looks at `plain`. The
invariant that makes layout safe: each line is exactly `width` cells wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.measure import Measurement
from rich.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.style import Style

Line = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Lines of Segments; every line `width` cells wide."""

    width: int
    lines: tuple[Line, ...]

    @property
    def height(self) -> int:
        """Lines."""
        return len(self.lines)

    @property
    def plain(self) -> str:
        """The text alone, without trailing blanks: for tests, pipes and screen readers."""
        return "\n".join("".join(segment.text for segment in line).rstrip() for line in self.lines)

    def crop(self, left: int, top: int, width: int, height: int) -> Picture:
        """The window of `width` x `height` cells at (left, top), padded with blanks where it reaches outside."""
        rows = [self.lines[y] if 0 <= y < self.height else () for y in range(top, top + max(height, 0))]
        return picture((_slice(row, left, width) for row in rows), width)

    def beside(self, other: Picture, gap: int = 1) -> Picture:
        """Both side by side, aligned at the top."""
        height = max(self.height, other.height)
        mine, theirs = self.crop(0, 0, self.width, height), other.crop(0, 0, other.width, height)
        space = (Segment(" " * gap),)
        pairs = zip(mine.lines, theirs.lines, strict=True)
        return Picture(self.width + gap + other.width, tuple(a + space + b for a, b in pairs))

    def above(self, other: Picture) -> Picture:
        """Both, one over the other, in the wider one's width."""
        return picture((*self.lines, *other.lines), max(self.width, other.width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.lines:
            yield from line
            yield Segment.line()

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(self.width, self.width)


def picture(lines: Iterable[Sequence[Segment]], width: int) -> Picture:
    """A Picture from lines of any length: each is cut or padded to `width` cells."""
    width = max(width, 0)
    return Picture(width, tuple(_exactly(tuple(line), width) for line in lines))


def text_line(parts: Iterable[tuple[str, Style | None]]) -> Line:
    """One line from (text, style) pairs; empty texts are dropped."""
    return tuple(Segment(text, style) for text, style in parts if text)


def _exactly(line: Line, width: int) -> Line:
    length = sum(cell_len(segment.text) for segment in line)
    if length == width:
        return line
    return tuple(Segment.adjust_line_length(list(line), width))


def _slice(line: Line, left: int, width: int) -> Line:
    if left < 0:
        line, left = (Segment(" " * -left), *line), 0
    padded = Segment.adjust_line_length(list(line), left + max(width, 0))
    if left == 0:
        return tuple(padded)
    return tuple(list(Segment.divide(padded, [left, left + width]))[1])
