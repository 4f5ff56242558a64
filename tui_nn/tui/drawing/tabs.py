"""A strip of tabs, one line; the chosen one stands out in brackets too."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture, text_line


def tabs(labels: Sequence[str], chosen: int, look: Look, width: int, *, lively: bool = False) -> Picture:
    """Draw the labels."""
    parts = []
    for i, label in enumerate(labels):
        style = look.style("cursor" if lively else "current") if i == chosen else look.style("header")
        parts.append((f"[{label}]" if i == chosen else f" {label} ", style))
    return picture([text_line(parts)], width)


def tab_at(labels: Sequence[str], x: int) -> int | None:
    """The label under a cell."""
    start = 0
    for i, label in enumerate(labels):
        start += cell_len(label) + 2
        if x < start:
            return i
    return None
