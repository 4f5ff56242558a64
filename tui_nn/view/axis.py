"""The axes around a plot: from numbers to pixels, and the frame with its ticks, labels and the position in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tui_nn.view.text import fit
from tui_nn.view.ticks import Tick, linear_ticks, log_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from rich.style import Style

    from tui_nn.view.canvas import Canvas
    from tui_nn.view.decimate import Floats
    from tui_nn.view.look import Look


_WITHIN = 0.49  # of a pixel, from its middle: plotext's own borders lie within 0.002 of where they should


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its range, how many pixels it has, whether it is logarithmic, and whether it counts.

    What counts, iterations or epochs, is marked at whole numbers where there are some.
    """

    low: float
    high: float
    size: int
    log: bool = False
    counts: bool = False

    def pixel(self, values: Floats) -> Floats:
        """Places in pixels, 0 to size - 1; NaN where there is none.

        None lies so near to the border of two pixels that the tick beside it could be rounded to the other side.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            # Halved, so that a range as wide as the numbers themselves does not overflow.
            scaled = np.log10(np.where(values > 0, values, np.nan)) if self.log else values / 2
            low, high = (math.log10(end) if self.log else end / 2 for end in (self.low, self.high))
            at = (scaled - low) / (high - low) * (self.size - 1)
            middle = np.floor(at + 0.5)
            at = np.clip(at, middle - _WITHIN, middle + _WITHIN)
        return np.where(np.isfinite(at), at, np.nan)

    def ticks(self, count: int, ascii_only: bool) -> list[Tick]:
        """About `count` marks, each in a pixel of its own, and at least two where there can be: one tells no scale."""
        found = self._ticks(count, ascii_only)
        while len(found) > 2 and len({self.cell(t.value) for t in found}) < len(found):
            found = found[::2]
        return found

    def _ticks(self, count: int, ascii_only: bool) -> list[Tick]:
        if self.log:
            return log_ticks(self.low, self.high, count, ascii_only=ascii_only)
        for least in (1.0, 0.0) if self.counts else (0.0,):
            make = partial(linear_ticks, self.low, self.high, least=least, ascii_only=ascii_only)
            some = [make(n * count) for n in (1, 2, 3)]
            if found := next((ticks for ticks in some if len(ticks) > 1), some[0]):
                return found
        return []

    def cell(self, value: float) -> int | None:
        """The pixel of a value, or None outside the axis."""
        at = float(self.pixel(np.array([value]))[0])
        return round(at) if math.isfinite(at) and -0.5 <= at <= self.size - 0.5 else None


class Frame:
    """The frame around a canvas of `rows` rows that begins at (margin + 1, top)."""

    def __init__(self, canvas: Canvas, look: Look, top: int, margin: int, rows: int) -> None:
        self.canvas, self.look, self.top, self.margin, self.rows = canvas, look, top, margin, rows
        self.axis = look.style("axis")

    def upright(self, axis: Axis, ticks: Sequence[Tick]) -> None:
        """The y axis."""
        tick, bar, *_ = self.look.glyphs.frame
        for row in range(self.rows):
            self.canvas.put(self.margin, self.top + row, bar, self.axis)
        for t in ticks:
            cell = axis.cell(t.value)
            if cell is not None:
                y = self.top + self.rows - 1 - cell
                self.canvas.put(self.margin, y, tick, self.axis)
                self.canvas.put(0, y, fit(t.label, self.margin, "right"), self.look.style("header"))

    def level(self, axis: Axis, at: float | None) -> None:
        """The x axis, with the number of the position in time."""
        _, _, corner, bar, tick = self.look.glyphs.frame
        y = self.top + self.rows
        self.canvas.put(self.margin, y, corner + bar * axis.size, self.axis)
        taken: list[tuple[int, int]] = []
        if at is not None and (cell := axis.cell(at)) is not None:
            self._label(cell, self.look.number(at), self.look.style("current"), self.look.glyphs.position, taken)
        for t in axis.ticks(max(axis.size // 12, 2), self.look.ascii_only):
            if (cell := axis.cell(t.value)) is not None:
                self._label(cell, t.label, self.look.style("header"), tick, taken)

    def _label(self, cell: int, label: str, style: Style, sign: str, taken: list[tuple[int, int]]) -> None:
        """A sign on the axis and its label under it, unless that would touch one that is there already."""
        x, y = self.margin + 1 + cell, self.top + self.rows
        start = max(0, min(x - len(label) // 2, self.canvas.width - len(label)))
        end = start + len(label)
        if all(end < a or b < start for a, b in taken):
            taken.append((start, end))
            self.canvas.put(start, y + 1, label, style)
            self.canvas.put(x, y, sign, style if sign == self.look.glyphs.position else self.axis)

    def signs(self, cells: NDArray[np.intp], sign: str, style: Style) -> None:
        """On the axis, where a curve has no place above it."""
        for cell in cells.tolist():
            self.canvas.put(self.margin + 1 + cell, self.top + self.rows, sign, style)

    def position(self, cell: int) -> None:
        """An upright line, behind what is drawn already."""
        for y in range(self.top, self.top + self.rows):
            if self.canvas.get(self.margin + 1 + cell, y).isspace():
                self.canvas.put(self.margin + 1 + cell, y, self.look.glyphs.frame[1], self.look.style("accent"))
