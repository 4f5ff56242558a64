"""Straight lines on a canvas: braille dots (2 x 4 a cell), or slashes and dashes in ASCII.

A stroke replaces what it crosses: dots of two lines in one cell would make a blob that belongs to neither. A dotted
stroke is how a negative weight reads without colour; a solid one is positive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rich.style import Style

    from tui_nn.view.canvas import Canvas

_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_ON, _PERIOD = 2, 4  # of every four dots along a dotted stroke two are drawn


def stroke(
    canvas: Canvas, start: tuple[int, int], end: tuple[int, int], style: Style | None, *, dotted: bool, ascii_only: bool
) -> None:
    """Draw from cell `start` to cell `end`, both included, left to right; the ends are at the cells' outer edges."""
    (x0, y0), (x1, y1) = start, end
    if x1 < x0:
        return
    cells = _slashes(x0, y0, x1, y1, dotted) if ascii_only else _braille(x0, y0, x1, y1, dotted)
    for (x, y), glyph in cells.items():
        canvas.put(x, y, glyph, style)


def _braille(x0: int, y0: int, x1: int, y1: int, dotted: bool) -> dict[tuple[int, int], str]:
    left, right = 2 * x0, 2 * x1 + 1
    top, bottom = 4 * y0 + 1.5, 4 * y1 + 1.5
    count = int(max(right - left, abs(bottom - top))) + 1
    xs = np.rint(np.linspace(left, right, count)).astype(int)
    ys = np.floor(np.linspace(top, bottom, count) + 0.5).astype(int)
    if dotted:
        # By the longer axis, so that dots are as dense on steep strokes as on flat ones.
        keep = np.arange(count) % _PERIOD < _ON
        xs, ys = xs[keep], ys[keep]
    bits: dict[tuple[int, int], int] = {}
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        cell = (x // 2, y // 4)
        bits[cell] = bits.get(cell, 0) | int(_DOTS[y % 4, x % 2])
    return {cell: chr(0x2800 + pattern) for cell, pattern in bits.items()}


def _slashes(x0: int, y0: int, x1: int, y1: int, dotted: bool) -> dict[tuple[int, int], str]:
    steps = max(x1 - x0, abs(y1 - y0), 1)
    glyph = "." if dotted else _slope(x1 - x0, y1 - y0)
    xs = np.rint(np.linspace(x0, x1, steps + 1)).astype(int).tolist()
    ys = np.rint(np.linspace(y0, y1, steps + 1)).astype(int).tolist()
    cells = {}
    for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
        level = not dotted and i > 0 and ys[i] == ys[i - 1]
        cells[x, y] = "-" if level else glyph
    return cells


def _slope(dx: int, dy: int) -> str:
    if abs(dy) > 2 * max(dx, 1):
        return "|"
    return "-" if dy == 0 else "\\" if dy > 0 else "/"
