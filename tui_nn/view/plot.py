"""Curves and histograms: plotext draws the canvas, the frame around it is ours.

Series are told apart by markers as well as by colour. What is not finite is a gap, with a cross on the axis below it;
what is 0 or less one with an arrow, where the axis is logarithmic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from tui_nn.view.axis import Axis, Frame
from tui_nn.view.canvas import Canvas
from tui_nn.view.decimate import Floats, decimate, runs
from tui_nn.view.picture import Line, Picture, picture, text_line
from tui_nn.view.plotext_canvas import Stroke, bars, draw
from tui_nn.view.sparkline import sparkline
from tui_nn.view.text import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from rich.style import Style

    from tui_nn.view.look import Look
    from tui_nn.view.ticks import Tick

_LEAST, _MOST = 5e-324, float(np.finfo(np.float64).max)
_FAR = _MOST / 8  # nothing is drawn farther out: a range, and ticks a little beyond it, are still numbers
_SMALLEST = (24, 6)  # below this a sparkline says more
_WIDE = 50.0  # a range that a logarithmic axis shows more of
_GAP = 2  # cells between the names of a legend


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One curve: its name, its heights and where they lie (0, 1, 2, ... if x is None; ascending).

    `slot` is the place of its marker and colour among those that there are; its own place among the curves if None.
    Curves of one kind have one slot, so that they look the same in each plot.
    """

    name: str
    y: ArrayLike
    x: ArrayLike | None = None
    slot: int | None = None


def ranges_far(series: Sequence[Series]) -> bool:
    """Whether curves range so far that a logarithmic axis shows more of them.

    A loss of exactly 0 (a hinge loss, every example of a batch being right) has no place on such an axis: it is a gap
    there, and does not decide. A loss below 0 does: it is none that shrinks towards 0.
    """
    heights = np.concatenate([np.zeros(0), *(np.ravel(s.y) for s in series)])
    heights = heights[np.isfinite(heights) & (heights != 0)]
    return bool(len(heights) and 0 < heights.min() < heights.max() / _WIDE)


def curves(
    series: Sequence[Series],
    look: Look,
    width: int,
    height: int,
    *,
    title: str = "",
    log: bool = False,
    at: float | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    y_most: float = math.inf,
) -> Picture:
    """Draw curves over one another in `width` x `height` cells; as sparklines where that is too small for axes.

    Args:
        series: the curves, over iterations or epochs; the last one lies on top.
        look: colours and glyphs.
        width, height: in cells.
        title: left of the legend.
        log: a logarithmic y axis; what is not above 0 lies below it.
        at: the position in time, marked with an upright line and its number.
        x_range, y_range: the axes' ends, where they should not follow the data.
        y_most: what no height can exceed; the axis does not go beyond it.
    """
    data = [_arrays(s) for s in series]
    if width < _SMALLEST[0] or height < _SMALLEST[1] or not any(np.isfinite(y).any() for _, y in data):
        return _small(series, data, look, width, height, title)
    head = _heading(series, look, title, width)[: max((height - 4) // 2, 1)]
    rows = height - 2 - len(head)
    low, high = y_range or _range([y[np.isfinite(y) & (y > 0)] if log else y[np.isfinite(y)] for _, y in data], log)
    vertical = Axis(low, min(high, y_most) if y_most > low else high, rows, log)
    frame, horizontal = _framed(head, vertical, x_range or _span([x for x, _ in data]), look, width, counts=True)
    frame.level(horizontal, at)
    if log:
        frame.signs(_columns([x[y <= 0] for x, y in data], horizontal), look.glyphs.below, look.style("accent"))
    broken = _columns([x[~np.isfinite(y)] for x, y in data], horizontal)
    frame.signs(broken, look.glyphs.nonfinite, look.style("nonfinite"))
    pixels = [(horizontal.pixel(x), vertical.pixel(y)) for x, y in data]
    slots = _slots(series)
    strokes = _strokes(pixels, slots, look, horizontal.size, rows)
    styles = [look.series(slot) for slot in slots]
    frame.canvas.paste(frame.margin + 1, frame.top, draw(strokes, styles, horizontal.size, rows))
    if at is not None and (cell := horizontal.cell(at)) is not None:
        frame.position(cell)
    return frame.canvas.picture()


def histogram(counts: ArrayLike, edges: ArrayLike, look: Look, width: int, height: int, *, title: str = "") -> Picture:
    """Draw a histogram in `width` x `height` cells.

    Args:
        counts: n numbers, not negative.
        edges: n + 1 ascending numbers, the bins' borders.
        look: colours and glyphs.
        width, height: in cells.
        title: above it.
    """
    heights, borders = np.asarray(counts, np.float64), np.asarray(edges, np.float64)
    if len(borders) != len(heights) + 1:
        raise ValueError(f"{len(heights)} bins need {len(heights) + 1} edges, not {len(borders)}")
    if width < _SMALLEST[0] or height < _SMALLEST[1] or not len(heights):
        return _small([Series(title, heights)], [(borders[:-1], heights)], look, width, height, "")
    head = [text_line([(look.text(title), look.style("title"))])] if title else []
    rows = height - 2 - len(head)
    vertical = Axis(0.0, float(heights.max()) or 1.0, rows)
    frame, horizontal = _framed(head, vertical, (float(borders[0]), float(borders[-1])), look, width)
    frame.level(horizontal, None)
    bin_of = np.minimum(np.arange(horizontal.size) * len(heights) // horizontal.size, len(heights) - 1)
    frame.canvas.paste(frame.margin + 1, frame.top, bars(heights[bin_of] / vertical.high * rows, look, rows))
    return frame.canvas.picture()


def _framed(
    head: Sequence[Line], vertical: Axis, ends: tuple[float, float], look: Look, width: int, *, counts: bool = False
) -> tuple[Frame, Axis]:
    """A canvas with the heading and the y axis, and the x axis that fills what is left of the width."""
    labels: list[Tick] = vertical.ticks(max(vertical.size // 2, min(vertical.size - 1, 3)), look.ascii_only)
    margin = min(max((cell_len(t.label) for t in labels), default=1), width // 3)
    canvas = Canvas(width, len(head) + vertical.size + 2)
    canvas.paste(0, 0, picture(head, width))
    frame = Frame(canvas, look, len(head), margin, vertical.size)
    frame.upright(vertical, labels)
    return frame, Axis(*ends, width - margin - 1, counts=counts)


def _slots(series: Sequence[Series]) -> list[int]:
    return [i if s.slot is None else s.slot for i, s in enumerate(series)]


def _marker(slot: int, look: Look) -> str:
    return look.glyphs.markers[slot % len(look.glyphs.markers)]


def _strokes(
    pixels: Sequence[tuple[Floats, Floats]], slots: Sequence[int], look: Look, columns: int, rows: int
) -> list[Stroke]:
    """Curves first, then the markers that tell them apart, staggered so that those of close curves do not meet."""
    lines: list[Stroke] = []
    marks: list[Stroke] = []
    spacing = max(columns // 5, 4 * len(pixels), 8)
    for i, (x, y) in enumerate(pixels):
        glyph = _marker(slots[i], look)
        inside = np.isfinite(x) & np.isfinite(y) & (x >= -0.5) & (x <= columns - 0.5)
        seen = inside & (y >= -0.5) & (y <= rows - 0.5)
        for start, end in runs(inside):
            if end - start == 1 and not look.ascii_only:  # no line, and a dot of braille alone is hardly seen
                marks.append(Stroke([float(x[start])], [float(y[start])], glyph, False, i))
                continue
            px, py = decimate(x[start:end], np.clip(y[start:end], -rows, 2 * rows), columns)
            lines.append(Stroke(px.tolist(), py.tolist(), glyph if look.ascii_only else "braille", True, i))
        if len(pixels) > 1 and not look.ascii_only and seen.any():
            wanted = np.arange(spacing * (i + 1) / (len(pixels) + 1), columns, spacing)
            known = np.flatnonzero(seen)
            nearest = known[np.unique(np.clip(np.searchsorted(x[known], wanted), 0, len(known) - 1))]
            marks.append(Stroke(x[nearest].tolist(), y[nearest].tolist(), glyph, False, i))
    return lines + marks


def _arrays(series: Series) -> tuple[Floats, Floats]:
    y = np.asarray(series.y, np.float64).ravel()
    x = np.arange(len(y), dtype=np.float64) if series.x is None else np.asarray(series.x, np.float64).ravel()
    if len(x) != len(y):
        raise ValueError(f"the series {series.name!r} has {len(y)} values at {len(x)} places")
    return x, np.where(np.isfinite(y), np.clip(y, -_FAR, _FAR), y)


def _range(parts: Sequence[Floats], log: bool) -> tuple[float, float]:
    """Ends that hold all values; from 0 where that wastes little, since a cut axis makes a curve look steeper."""
    values = np.concatenate(list(parts)) if parts else np.zeros(0)
    if not len(values):
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if log:
        return (low, high) if high > low * 1.0001 else (max(low / 2, _LEAST), min(high, _MOST / 2) * 2)
    if 0 <= low <= high / 2:
        low = 0.0
    if high - low > 1e-9 * max(abs(high), abs(low)):
        return low, high
    room = abs(high) / 2 or 1.0
    return high - room, high + room


def _span(parts: Sequence[Floats]) -> tuple[float, float]:
    ends = [x[np.isfinite(x)] for x in parts]
    low = min((float(x.min()) for x in ends if len(x)), default=0.0)
    high = max((float(x.max()) for x in ends if len(x)), default=1.0)
    return (low, high) if high > low else (low, low + 1.0)


def _columns(places: Sequence[Floats], axis: Axis) -> NDArray[np.intp]:
    """The columns in which any of these places lie."""
    at = np.concatenate([axis.pixel(x) for x in places])
    cells = np.unique(np.rint(at[np.isfinite(at)])).astype(np.intp)
    return cells[(cells >= 0) & (cells < axis.size)]


def _heading(series: Sequence[Series], look: Look, title: str, width: int) -> list[Line]:
    """The title and the legend, in as many lines as they need: a name is never parted from its marker."""
    parts: list[tuple[str, Style]] = [(look.text(title), look.style("title"))] if title else []
    for s, slot in zip(series, _slots(series), strict=True):
        if s.name and (len(series) > 1 or not title):
            marker = _marker(slot, look) + " " if len(series) > 1 else ""
            parts.append((marker + look.text(s.name), look.series(slot)))
    lines: list[list[tuple[str, Style | None]]] = []
    room = 0
    for text, style in parts:
        if not lines or cell_len(text) + _GAP > room:
            lines.append([(text, style)])
            room = width - cell_len(text)
        else:
            lines[-1].append((" " * _GAP + text, style))
            room -= cell_len(text) + _GAP
    return [text_line(line) for line in lines]


def _small(
    series: Sequence[Series], data: Sequence[tuple[Floats, Floats]], look: Look, width: int, height: int, title: str
) -> Picture:
    """A line for each series: its name and a sparkline."""
    names = [look.text(s.name or title) for s in series]
    margin = min(max(map(cell_len, names), default=0), width // 3)
    lines = []
    for slot, name, (_, y) in zip(_slots(series), names, data, strict=True):
        label = fit(name, margin, ellipsis=look.glyphs.ellipsis) + (" " if margin else "")
        spark = sparkline(y, look, width - margin - bool(margin), style=look.series(slot))
        lines.append((Segment(label, look.style("header")), *(spark.lines[0] if spark.lines else ())))
    return picture(lines[: max(height, 0)], width)
