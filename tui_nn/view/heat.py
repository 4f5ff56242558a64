"""Fields as pictures: a decision boundary, a 28 x 28 image, a strip of weights.

Where the terminal has shades, a half block holds two pixels a cell, so pixels are nearly square. Elsewhere a cell is
one pixel and the glyph tells sign and magnitude. Levels are quantised first: `levels` is what a widget compares to
know whether a redraw is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from rich.segment import Segment
from rich.style import Style

from tui_nn.view.palette import diverging, magnitude, quantise, quantise_from, sequential
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.text import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from tui_nn.view.look import Look
    from tui_nn.view.palette import Palette
    from tui_nn.view.picture import Line

Map = Literal["diverging", "sequential"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A glyph drawn over a field, as a data point over a decision boundary; x and y from 0 to 1, from the top left."""

    x: float
    y: float
    glyph: str
    style: Style | None = None


def levels(
    field: ArrayLike, look: Look, width: int, height: int, *, colour_map: Map = "diverging", scale: float | None = None
) -> NDArray[np.int16]:
    """The field resampled to the pixels of `width` x `height` cells, as levels of its colour map.

    Args:
        field: two dimensions, the first row at the top; shrunk by averaging, enlarged by repeating.
        look: one pixel or two a cell.
        width, height: in cells.
        colour_map: `diverging` about 0 to ±scale, or `sequential` from 0 (or the lowest, if negative) to scale.
        scale: the magnitude with the strongest colour; the field's largest if None.
    """
    array = np.asarray(field, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"a heat map needs two dimensions, not {array.ndim}: {array.shape}")
    pixels = resample(array, height * (2 if look.pixels else 1), width)
    top = magnitude(array) if scale is None else scale
    if colour_map == "diverging":
        return quantise(pixels, top, look.levels)
    finite = array[np.isfinite(array)]
    low = min(float(finite.min()), 0.0) if finite.size else 0.0
    return quantise_from(pixels, low, top, look.levels)


def heat(
    field: ArrayLike,
    look: Look,
    width: int,
    height: int,
    *,
    colour_map: Map = "diverging",
    scale: float | None = None,
    marks: Sequence[Mark] = (),
) -> Picture:
    """Draw a field in `width` x `height` cells; see `levels` for the arguments. Marks lie over it."""
    if width <= 0 or height <= 0:
        return picture([()] * max(height, 0), width)
    palette = diverging(look) if colour_map == "diverging" else sequential(look)
    return paint(levels(field, look, width, height, colour_map=colour_map, scale=scale), look, palette, marks)


def paint(pixels: NDArray[np.int16], look: Look, palette: Palette, marks: Sequence[Mark] = ()) -> Picture:
    """Draw quantised pixels (rows, columns), run by run; two rows a cell where the Look has half blocks."""
    per_cell = 2 if look.pixels else 1
    rows, width = pixels.shape[0] // per_cell, pixels.shape[1]
    lines: list[Line] = []
    for y in range(rows):
        overlay = {int(m.x * (width - 1) + 0.5): m for m in marks if int(m.y * (rows - 1) + 0.5) == y}
        line = _halves(pixels[2 * y], pixels[2 * y + 1], palette) if per_cell == 2 else _glyphs(pixels[y], palette)
        lines.append(_over(line, overlay, look) if overlay else line)
    return picture(lines, width)


def legend(look: Look, scale: float, width: int) -> Picture:
    """One line that says what the diverging colours mean: `−1.2 ■■■ 0 ■■■ +1.2`."""
    palette = diverging(look)
    low, high = look.number(-scale), "+" + look.number(scale)
    room = width - len(low) - len(high) - 2
    if room < 5:
        return picture([text_line([(("+-" if look.ascii_only else "±") + high[1:], look.style("header"))])], width)
    ramp = np.linspace(0, look.levels - 1, room).round().astype(np.int16)
    label = look.style("header")
    bar = _halves(ramp, ramp, palette) if look.pixels else _glyphs(ramp, palette)
    return picture([(Segment(low + " ", label), *bar, Segment(" " + high, label))], width)


def resample(field: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """The field with `rows` x `columns` values: means where it shrinks, the nearest where it grows."""
    return _along(_along(field, rows, 0), columns, 1)


def _along(field: NDArray[np.float64], count: int, axis: int) -> NDArray[np.float64]:
    size = field.shape[axis]
    if count == size or size == 0 or count <= 0:
        return field if size else np.zeros([count if a == axis else n for a, n in enumerate(field.shape)])
    if count > size:
        enlarged: NDArray[np.float64] = np.take(field, np.arange(count) * size // count, axis=axis)
        return enlarged
    edges = np.arange(count + 1) * size // count
    means: NDArray[np.float64] = np.add.reduceat(field, edges[:-1], axis=axis) / np.diff(edges).reshape(
        (-1, 1) if axis == 0 else (1, -1)
    )
    return means


def _halves(upper: NDArray[np.int16], lower: NDArray[np.int16], palette: Palette) -> Line:
    styles = palette.halves
    return tuple(Segment("▀" * (end - start), styles[upper[start]][lower[start]]) for start, end in _runs(upper, lower))


def _glyphs(row: NDArray[np.int16], palette: Palette) -> Line:
    return tuple(
        Segment(palette.glyphs[row[start]] * (end - start), palette.inks[row[start]]) for start, end in _runs(row, row)
    )


def _runs(a: NDArray[np.int16], b: NDArray[np.int16]) -> list[tuple[int, int]]:
    cuts = (np.flatnonzero((a[1:] != a[:-1]) | (b[1:] != b[:-1])) + 1).tolist()
    return list(zip([0, *cuts], [*cuts, len(a)], strict=True)) if len(a) else []


def _over(line: Line, marks: dict[int, Mark], look: Look) -> Line:
    """The line with marks in some of its cells; a mark keeps the cell's lower colour as its background."""
    cells = [(segment.text[i], segment.style) for segment in line for i in range(len(segment.text))]
    for x, mark in marks.items():
        under = cells[x][1]
        background = Style(bgcolor=under.bgcolor) if under and under.bgcolor else Style.null()
        glyph = fit(look.text(mark.glyph), 1, ellipsis=look.glyphs.ellipsis)
        cells[x] = (glyph, background + (mark.style or Style(bold=True)))
    return text_line(cells)
