"""Lines between boxes, with box characters; each arm knows its line, so that a crossing never looks like a fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_nn.view.glyphs import DOWN, LEFT, RIGHT, UP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui_nn.view.canvas import Canvas
    from tui_nn.view.graph_layout import Item, Net
    from tui_nn.view.look import Look

_ALL = UP | DOWN | LEFT | RIGHT


class Wires:
    """The lines of one drawing: collect them, then `finish`."""

    def __init__(self, canvas: Canvas, look: Look) -> None:
        self._canvas, self._look = canvas, look
        self._cells: dict[tuple[int, int], dict[object, int]] = {}
        self._arrows: list[tuple[int, int]] = []
        self._bright: set[object] = set()

    def net(self, net: Net, gap: tuple[int, int], tracks: dict[object, int], *, stands_out: bool) -> None:
        """One net through a gap (first cell, width): level to its track, upright, and level to each target."""
        start, end = gap[0], gap[0] + gap[1] - 1
        if stands_out:
            self._bright.add(net.name)
        if net.name not in tracks:
            self._level(net.name, start, end, net.source, LEFT | RIGHT)
            return
        count = max(tracks.values()) + 1
        x = start + 1 + (2 * tracks[net.name] + 1) * (gap[1] - 2) // (2 * count)
        rows = (net.source, *net.targets)
        self._level(net.name, start, x, net.source, LEFT)
        self._upright(net.name, x, min(rows), max(rows))
        for target in net.targets:
            self._level(net.name, x, end, target, RIGHT)

    def through(self, helper: Item, span: tuple[int, int], entry: int, *, stands_out: bool) -> None:
        """A line that passes a column (first cell, width), from the row `entry` to where the helper lets it out."""
        first, last = span[0], span[0] + span[1] - 1
        if stands_out:
            self._bright.add(helper.name)
        if entry == helper.out:
            self._level(helper.name, first, last, entry, LEFT | RIGHT)
            return
        self._level(helper.name, first, last, entry, LEFT)
        self._upright(helper.name, last, min(entry, helper.out), max(entry, helper.out))
        self._arm(helper.name, last, helper.out, RIGHT)

    def arrows(self, gap: tuple[int, int], rows: Iterable[int]) -> None:
        """Arrow heads at the end of a gap."""
        self._arrows += [(gap[0] + gap[1] - 1, row) for row in rows]

    def finish(self) -> None:
        """Put all lines on the canvas."""
        glyphs = self._look.glyphs
        for (x, y), nets in self._cells.items():
            arms = 0
            for own in nets.values():
                arms |= own
            fork = len(nets) == 1 and arms == _ALL
            style = self._look.style("accent" if any(name in self._bright for name in nets) else "axis")
            text = glyphs.arrow if (x, y) in self._arrows else glyphs.junction if fork else glyphs.lines[arms]
            self._canvas.put(x, y, text, style)

    def _level(self, name: object, start: int, end: int, y: int, open_ends: int) -> None:
        for x in range(start, end + 1):
            left = LEFT if x > start else open_ends & LEFT
            right = RIGHT if x < end else open_ends & RIGHT
            self._arm(name, x, y, left | right)

    def _upright(self, name: object, x: int, top: int, bottom: int) -> None:
        for y in range(top, bottom + 1):
            self._arm(name, x, y, (UP if y > top else 0) | (DOWN if y < bottom else 0))

    def _arm(self, name: object, x: int, y: int, arms: int) -> None:
        nets = self._cells.setdefault((x, y), {})
        nets[name] = nets.get(name, 0) | arms
