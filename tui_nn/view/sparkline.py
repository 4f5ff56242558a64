"""A curve in one line of eighth blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment

from tui_nn.view.picture import Picture, picture

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from rich.style import Style

    from tui_nn.view.look import Look


def sparkline(values: ArrayLike, look: Look, width: int, *, style: Style | None = None) -> Picture:
    """The values in one line of at most `width` cells, lowest to highest; the highest of those that share a cell.

    A cell with a value that is not finite shows the look's sign for that.
    """
    y = np.asarray(values, np.float64).ravel()
    if width <= 0 or not len(y):
        return picture([()], width)
    cells = min(width, len(y))
    starts = np.arange(cells) * len(y) // cells
    with np.errstate(invalid="ignore"):
        tops = np.maximum.reduceat(y, starts)
    broken = np.logical_or.reduceat(~np.isfinite(y), starts)
    known = tops[~broken]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    bars = look.glyphs.bars
    # Halved before subtracting: the range may be wider than the largest number.
    share = (tops / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)
    steps = np.where(broken, 0, np.rint(np.nan_to_num(share, posinf=0, neginf=0) * (len(bars) - 1))).astype(int)
    shade = look.style("accent") if style is None else style
    segments = [
        Segment(look.glyphs.nonfinite, look.style("nonfinite")) if bad else Segment(bars[step], shade)
        for step, bad in zip(steps.tolist(), broken.tolist(), strict=True)
    ]
    return picture([list(Segment.simplify(segments))], width)
