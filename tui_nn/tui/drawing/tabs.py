"""A strip of tabs, one line; the chosen one stands out in brackets too, and is seen however narrow the strip is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture, text_line

Slot = tuple[int, str]
"""A label's number, and what stands there: the label, or a sign that leads to the next label that has no room."""


def slots(labels: Sequence[str], chosen: int, look: Look, width: int) -> list[Slot]:
    """What stands in `width` cells, from the left: as many labels as have room whole, from the first if that can be."""
    shown = [f"[{label}]" if i == chosen else f" {label} " for i, label in enumerate(labels)]
    for first in range(chosen + 1):
        end, room = first, width - (first > 0)
        while end < len(shown) and cell_len(shown[end]) + (end + 1 < len(shown)) <= room:
            room -= cell_len(shown[end])
            end += 1
        if end > chosen:
            break
    end = max(end, chosen + 1)
    found = list(enumerate(shown))[first:end]
    if first > 0:
        found.insert(0, (first - 1, look.glyphs.before))
    if end < len(shown):
        found.append((end, look.glyphs.after))
    return found


def tabs(labels: Sequence[str], chosen: int, look: Look, width: int, *, lively: bool = False) -> Picture:
    """Draw the labels."""
    style = look.style("cursor" if lively else "current")
    placed = slots(labels, chosen, look, width)
    return picture([text_line([(text, style if i == chosen else look.style("header")) for i, text in placed])], width)


def tab_at(labels: Sequence[str], chosen: int, look: Look, width: int, x: int) -> int | None:
    """The label that a click on a cell chooses."""
    start = 0
    for i, text in slots(labels, chosen, look, width):
        start += cell_len(text)
        if x < start:
            return i
    return None
