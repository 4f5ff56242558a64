"""The scrubber: the whole run as one line, with the position and the edits on it."""

from __future__ import annotations

from collections.abc import Collection

from rich.style import Style

from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture, text_line


def cell_of(moment: float, last: int, room: int) -> int:
    """The cell of a moment (iterations that have passed, with fractions) on a bar of `room` cells."""
    return min(int(moment / max(last, 1) * (room - 1) + 0.5), room - 1)


def moment_at(cell: int, last: int, room: int) -> int:
    """The iteration whose end is at a cell, 0 for the start."""
    return min(max(round(cell / max(room - 1, 1) * last), 0), last)


def bar_of(last: int, width: int) -> tuple[int, int]:
    """The bar's first cell and its width: the last iteration's number stands after it."""
    return 1, max(width - len(str(last)) - 3, 1)


def scrubber(
    moment: float, last: int, edits: Collection[int], look: Look, width: int, *, lively: bool = False
) -> Picture:
    """Draw it in one line: `moment` is where the session stands, `last` the latest iteration, `edits` iterations."""
    start, room = bar_of(last, width)
    here = cell_of(moment, last, room)
    marks = {cell_of(i - 1, last, room) for i in edits}
    plain, past = ("-", "=") if look.ascii_only else ("─", "━")
    parts: list[tuple[str, Style | None]] = [(" " * start, None)]
    for x in range(room):
        if x == here:
            parts.append((look.glyphs.node[0], look.style("cursor" if lively else "current")))
        elif x in marks:
            parts.append((look.glyphs.changed, look.style("changed")))
        else:
            parts.append((past, look.style("accent")) if x < here else (plain, look.style("axis")))
    parts.append((f" {last}", look.style("header")))
    return picture([text_line(parts)], width)
