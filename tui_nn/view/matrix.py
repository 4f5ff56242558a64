"""A matrix as numbers in cells, of which only the window that is seen is touched: 784 x 512 scrolls like 3 x 4.

`sheet` looks at the whole array once (format, colour scale); `matrix` draws a window of it, `grid` is the geometry
that both the drawing and a mouse click need. Magnitude is colour (or weight of the type), sign is written; the cursor
has brackets and a changed number a dot, so that nothing is told by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from tui_nn.view.number import Format, column_format
from tui_nn.view.palette import diverging, magnitude, quantise
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.text import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from rich.style import Style

    from tui_nn.view.look import Look
    from tui_nn.view.picture import Line

_NAME_CELLS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A matrix ready to be drawn from any window.

    Attributes:
        shape: (rows, columns).
        values: the numbers, or None where they are not computed yet (each cell then says so).
        changed: which numbers are marked, of the same shape; None for none.
        rows: a name for each row, or empty: its index from 0.
        columns: the same for columns.
        format: the common format.
        scale: the magnitude with the strongest colour.
        dot: cells that each number has for the dot of a changed one: none where there is no such number.
    """

    shape: tuple[int, int]
    values: NDArray[np.generic] | None
    changed: NDArray[np.bool_] | None
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    format: Format
    scale: float
    dot: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a window lie, in terminal cells. `rows` and `columns` are how many fit."""

    top: int
    left: int
    rows: int
    columns: int
    index_width: int
    cell_width: int
    header: int

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The (row, column) under a place of the picture, or None beside the cells."""
        row, column = y - self.header, (x - self.index_width) // max(self.cell_width, 1)
        inside = 0 <= row < self.rows and 0 <= column < self.columns and x >= self.index_width
        return (self.top + row, self.left + column) if inside else None

    def reveal(self, cursor: tuple[int, int]) -> tuple[int, int]:
        """The (top, left) nearest to this one at which the cursor is seen."""
        top = min(max(self.top, cursor[0] - max(self.rows, 1) + 1), cursor[0])
        left = min(max(self.left, cursor[1] - max(self.columns, 1) + 1), cursor[1])
        return top, left


def sheet(
    values: ArrayLike | None,
    look: Look,
    *,
    shape: tuple[int, ...] | None = None,
    changed: ArrayLike | None = None,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    digits: int = 4,
    scale: float | None = None,
) -> Sheet:
    """Prepare an array of at most two dimensions; a vector is one row, a scalar one cell.

    Args:
        values: the numbers; None with a `shape` for a matrix that is not computed yet.
        look: whose glyphs the numbers use.
        shape: needed only where values is None.
        changed: booleans of the values' shape.
        rows, columns: names, one for each or none at all.
        digits: significant digits of the largest number.
        scale: the magnitude with the strongest colour; the largest one if None.

    Raises:
        ValueError: more than two dimensions, or names or marks that do not fit the shape.
    """
    array = None if values is None else _two_dimensional(np.asarray(values))
    size = array.shape if array is not None else _two_dimensional(np.empty(shape or ())).shape
    marks = None if changed is None else _two_dimensional(np.asarray(changed)).astype(np.bool_)
    if marks is not None and marks.shape != size:
        raise ValueError(f"changed has the shape {marks.shape}, the matrix {size}")
    for names, length in ((rows, size[0]), (columns, size[1])):
        if names and len(names) != length:
            raise ValueError(f"{len(names)} names for {length} rows or columns")
    no_format = Format("integer", 0, 1)
    return Sheet(
        shape=(size[0], size[1]),
        values=array,
        changed=marks,
        rows=_names(rows, look),
        columns=_names(columns, look),
        format=column_format(array, digits=digits, ascii_only=look.ascii_only) if array is not None else no_format,
        scale=scale or (magnitude(array) if array is not None else 1.0),
        dot=int(marks is not None and bool(marks.any())),
    )


def grid(data: Sheet, width: int, height: int, top: int = 0, left: int = 0) -> Grid:
    """The geometry of a window of `width` x `height` cells whose first number is at (top, left)."""
    header = 1 if height >= 2 else 0
    index_width = min(_widest(data.rows, data.shape[0]), max(width // 3, 0)) + 1
    number_width = max(data.format.width, min(_widest(data.columns, data.shape[1]), _NAME_CELLS))
    cell_width = max(min(number_width + 2 + data.dot, width - index_width), 0)
    top, left = min(max(top, 0), max(data.shape[0] - 1, 0)), min(max(left, 0), max(data.shape[1] - 1, 0))
    rows = max(min(height - header, data.shape[0] - top), 0)
    columns = min((width - index_width) // cell_width, data.shape[1] - left) if cell_width >= 3 + data.dot else 0
    return Grid(top, left, rows, max(columns, 0), index_width, cell_width, header)


def matrix(
    data: Sheet,
    look: Look,
    width: int,
    height: int,
    *,
    top: int = 0,
    left: int = 0,
    cursor: tuple[int, int] | None = None,
) -> Picture:
    """Draw the window that begins at row `top` and column `left`, with headers, in `width` x `height` cells."""
    place = grid(data, width, height, top, left)
    lines: list[Line] = []
    if place.header:
        lines.append(_header(data, look, place, cursor))
    window = _Window(data, look, place, cursor)
    lines.extend(window.line(row) for row in range(place.rows))
    return picture(lines[: max(height, 0)], width)


class _Window:
    """What one drawing needs for each of its rows, taken from the visible part only."""

    def __init__(self, data: Sheet, look: Look, place: Grid, cursor: tuple[int, int] | None) -> None:
        self.data, self.look, self.place, self.cursor = data, look, place, cursor
        room = place.cell_width - 2 - data.dot
        self.format = replace(data.format, width=min(data.format.width, room))
        self.blank = " " * (room - self.format.width)
        part = (slice(place.top, place.top + place.rows), slice(place.left, place.left + place.columns))
        self.part = None if data.values is None else data.values[part].tolist()
        self.marks = None if data.changed is None else data.changed[part].tolist()
        self.styles = _styles(look)
        self.levels = None if data.values is None else quantise(data.values[part], data.scale, look.levels).tolist()

    def line(self, row: int) -> Line:
        index = self.place.top + row
        name = self.data.rows[index] if self.data.rows else str(index)
        here = self.cursor is not None and self.cursor[0] == index
        label = fit(name, self.place.index_width - 1, "right", self.look.glyphs.ellipsis) + " "
        segments = [Segment(label, self.look.style("current" if here else "header"))]
        if self.part is None or self.levels is None:
            unknown = self.look.glyphs.unknown.center(self.place.cell_width)
            return (*segments, Segment(unknown * self.place.columns, self.look.style("dim")))
        write, styles, blank, after = self.format.write, self.styles, self.blank, " " * (1 + self.data.dot)
        levels = self.levels[row]
        segments += [
            Segment(f" {blank}{write(value)}{after}", styles[level])
            for value, level in zip(self.part[row], levels, strict=True)
        ]
        for column in self._special(row, here):
            segments[1 + column] = self._marked(row, column, segments[1 + column])
        return tuple(segments)

    def _special(self, row: int, here: bool) -> list[int]:
        """The columns of this row that are marked or under the cursor."""
        columns = {c for c, marked in enumerate(self.marks[row]) if marked} if self.marks else set()
        if here and self.cursor is not None and 0 <= self.cursor[1] - self.place.left < self.place.columns:
            columns.add(self.cursor[1] - self.place.left)
        return sorted(columns)

    def _marked(self, row: int, column: int, cell: Segment) -> Segment:
        glyphs = self.look.glyphs
        changed = bool(self.marks and self.marks[row][column])
        sign = glyphs.changed if changed else ""
        number = cell.text[1 : -1 - self.data.dot]
        if self.cursor == (self.place.top + row, self.place.left + column):
            opening, closing = glyphs.cursor
            text, style = opening + number + sign + closing, self.look.style("cursor")
        else:
            text, style = f" {number}{sign}", (cell.style or self.look.style("text")) + self.look.style("mark")
        return Segment(text.ljust(len(cell.text)), style)


def _styles(look: Look) -> tuple[Style, ...]:
    """A style for each level: shades where there are some, else the sign's colour, and bold from half the scale on."""
    palette = diverging(look)
    if look.shaded:
        return palette.fills
    middle, bold = look.levels // 2, look.style("title")
    strong = [palette.inks[k] + bold if abs(k - middle) > middle // 2 else palette.inks[k] for k in range(look.levels)]
    strong[middle] = look.style("text")
    return (*strong, palette.inks[-1])


def _header(data: Sheet, look: Look, place: Grid, cursor: tuple[int, int] | None) -> Line:
    parts: list[tuple[str, Style | None]] = [(" " * place.index_width, None)]
    for column in range(place.left, place.left + place.columns):
        name = data.columns[column] if data.columns else str(column)
        here = cursor is not None and cursor[1] == column
        text = fit(name, place.cell_width - 2 - data.dot, "right", look.glyphs.ellipsis)
        parts.append((f" {text} " + " " * data.dot, look.style("current" if here else "header")))
    return text_line(parts)


def _two_dimensional(array: NDArray[np.generic]) -> NDArray[np.generic]:
    if array.ndim > 2:
        raise ValueError(f"a matrix view takes at most two dimensions, not {array.ndim}: {array.shape}")
    return array if array.ndim == 2 else array.reshape(1, -1)


def _names(names: Sequence[str], look: Look) -> tuple[str, ...]:
    return tuple(look.text(name) for name in names)


def _widest(names: tuple[str, ...], count: int) -> int:
    return max(map(cell_len, names)) if names else len(str(max(count - 1, 0)))
