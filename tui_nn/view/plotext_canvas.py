"""plotext 6 as a canvas: strokes and bars in pixel coordinates in, a Picture out.

It gets finite pixel coordinates and nothing else, because its kernel ends the process on a NaN and writes warnings to
the terminal for a degenerate axis. Its colours serve as tags: they say which series a cell belongs to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from rich.segment import Segment

from tui_nn.view.picture import Picture, picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tui_nn.view.decimate import Floats
    from tui_nn.view.look import Look

_TAG = re.compile(r"\x1b\[([0-9;]*)m")
_FIRST = 16  # plotext names the first 16 colours; from here on a number stays that number


@dataclass(frozen=True, slots=True)
class Stroke:
    """What plotext draws at once: pixels, a marker, whether joined, and the series that it belongs to."""

    x: list[float]
    y: list[float]
    marker: str
    joined: bool
    series: int


def draw(strokes: Sequence[Stroke], styles: Sequence[Style], width: int, rows: int) -> Picture:
    """The strokes over one another, the last one on top, each in the style of its series."""
    figure = _figure(width, rows)
    for stroke in strokes:
        _add(figure, stroke.x, stroke.y, stroke.marker, stroke.series, joined=stroke.joined)
    return _read(figure, styles, width)


def bars(tops: Floats, look: Look, rows: int) -> Picture:
    """A bar for each column, `tops` (in rows, fractions allowed) high; none lower than half a row, unless it is 0."""
    width = len(tops)
    figure = _figure(width, rows)
    # From edge to edge, not middle to middle, of cells: a bar stands on the axis.
    figure.ruler([0, 1], 0).alignment(lim="edge")
    figure.ruler(0, 0).lim(0, width)
    figure.ruler(1, 0).lim(0, rows)
    offsets = (0.5,) if look.ascii_only else (0.25, 0.75)
    bars = [(x, min(max(t, 0.5), rows) - 0.01) for x, t in enumerate(tops.tolist()) if t > 0]
    xs = [x + o for x, _ in bars for o in offsets]
    ys = [y for _, y in bars for _ in offsets]
    _add(figure, xs, ys, "#" if look.ascii_only else "hd", 0, joined=False, filled=True)
    return _read(figure, [look.style("accent")], width)


@cache
def _plotext() -> Any:
    """plotext, imported on first use: it takes 0.1 s, and most commands draw nothing."""
    import plotext

    return plotext


def preload() -> None:
    """Import plotext now: for a thread, so that nobody waits for it when the first curve is drawn."""
    _plotext()


def _figure(width: int, rows: int) -> Any:
    """A bare canvas of this size, with pixel coordinates from the bottom left.

    plotext offers one figure a process; a second terminal object is its only way to another (private, hence plotext<7).
    """
    terminal = type(_plotext().terminal)()
    terminal.limit(False, False)
    figure = terminal._master
    figure.theme("colorless")
    figure.plot_size(width, rows)
    figure.axes(False)
    figure.legend(False)
    figure.ruler([0, 1], [0, 1]).ticks([])
    figure.ruler(0, 0).lim(0, max(width - 1, 1))
    figure.ruler(1, 0).lim(0, max(rows - 1, 1))
    return figure


def _add(
    figure: Any, x: list[float], y: list[float], marker: str, tag: int, *, joined: bool, filled: bool = False
) -> None:
    if not x:
        return
    module = _plotext()
    signal = figure.signal(x, y, marker=module.marker(marker, module.pixel(foreground=_FIRST + tag)))
    figure.draw(signal.fillx(filled).lines(joined))


def _read(figure: Any, styles: Sequence[Style], width: int) -> Picture:
    """plotext's text, its colours read as the number of a series."""
    lines = []
    for row in figure.build().string().split("\n"):
        pieces = _TAG.split(row)
        segments = [Segment(pieces[0])] if pieces[0] else []
        for code, text in zip(pieces[1::2], pieces[2::2], strict=True):
            if text:
                tag = int(code.rsplit(";", 1)[1]) - _FIRST if code.startswith("38;5;") else -1
                segments.append(Segment(text, styles[tag] if 0 <= tag < len(styles) else None))
        lines.append(segments)
    return picture(lines[:-1] if not lines[-1] else lines, width)
