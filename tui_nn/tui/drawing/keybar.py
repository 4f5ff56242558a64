"""The footer: the most important keys of a screen, as many as fit in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.style import Style

from tui_nn.tui.key import Key
from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture, text_line

Slot = tuple[int, int, Key]
"""First cell, cell after the last, and the key."""

_ALWAYS = 80  # keys with this turn or a later one are shown even where others are left out


def slots(keys: Iterable[Key], width: int) -> list[Slot]:
    """Where each key stands that fits into `width` cells; the way out and the help always do."""
    rows = list(keys)
    kept = [row for row in rows if row.footer >= _ALWAYS]
    room = width - sum(_width(row) for row in kept)
    chosen: list[Key] = []
    for row in rows:
        if row.footer < _ALWAYS and _width(row) <= room:
            chosen.append(row)
            room -= _width(row)
    found, x = [], 0
    for row in (*chosen, *kept):
        found.append((x, x + _width(row) - 1, row))
        x += _width(row)
    return found


def keybar(placed: Sequence[Slot], look: Look, width: int) -> Picture:
    """Draw the keys where `slots` put them."""
    parts: list[tuple[str, Style | None]] = []
    for _, _, row in placed:
        parts += [(f" {row.shown}", look.style("current")), (f" {row.label} ", look.style("header"))]
    return picture([text_line(parts)], width)


def _width(row: Key) -> int:
    return cell_len(f" {row.shown} {row.label} ")
