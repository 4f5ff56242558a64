"""The listing: phases, line numbers, breakpoints, the current line, and each line's value as it comes."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from tui_nn.tui.drawing.words import signed
from tui_nn.tui.rows import Key, Row
from tui_nn.tui.snapshot import Head
from tui_nn.view.look import Look
from tui_nn.view.picture import Line, Picture, picture, text_line
from tui_nn.view.text import fit

_MARKS = 2  # cells: the current line, and a breakpoint
_WIDEST = 30  # cells of a value


@dataclass(frozen=True, slots=True)
class Places:
    """What stands out: the current line, the pointer's row and whether it is lively, and lines with breakpoints."""

    current: int = 0
    cursor: int | None = None
    lively: bool = True
    breaks: Collection[int] = ()


def listing(
    rows: Sequence[Row], heads: Mapping[Key, Head], look: Look, width: int, height: int, top: int, places: Places
) -> Picture:
    """Draw the rows from `top` on in `width` x `height` cells."""
    digits = len(str(max((row.number for row in rows), default=0)))
    room = max(width - _MARKS - digits - 1, 0)
    shown = {row.key: value(heads.get(row.key), look, _WIDEST) for row in rows if row.kind != "heading"}
    texts = max((cell_len(row.text) for row in rows), default=0)
    wanted = max(map(cell_len, shown.values()), default=0)
    # The equations have the first right to the room, up to three fifths of it.
    values = min(wanted, max(room - min(texts, room * 3 // 5) - 2, 4))
    marked = any(head.changed for head in heads.values())
    lines = [
        _row(row, heads.get(row.key), look, digits, room - marked, values, places, i == places.cursor, marked)
        for i, row in enumerate(rows[top : top + max(height, 0)], top)
    ]
    return picture(lines, width)


def value(head: Head | None, look: Look, width: int) -> str:
    """A value in at most `width` cells: a number, or the first entries of a tensor, or at least its shape."""
    if head is None:
        return look.glyphs.unknown
    return entries(head.entries, head.shape, look, width)


def entries(numbers: Sequence[float], shape: tuple[int, ...], look: Look, width: int) -> str:
    """Numbers in at most `width` cells; in brackets, row by row, and cut, where the shape says that there are several.

    A matrix never reads as a vector: there is a semicolon between its rows, also where they are cut away.

    Args:
        numbers: the first ones of those that the shape counts, or all.
    """
    if shape == ():
        return look.number(numbers[0], width=width)
    found, text = _first(numbers, shape, look, width), "["
    for done, entry in enumerate(numbers, 1):
        text += look.number(entry, digits=3)
        whole = text + _rest(done, shape, look.glyphs.ellipsis) + "]"
        if cell_len(whole) <= width:
            found = whole
        elif cell_len(text) > width:
            break
        text += "; " if done % shape[-1] == 0 else " "
    return found or size(shape, look, width)


def _first(numbers: Sequence[float], shape: tuple[int, ...], look: Look, width: int) -> str:
    """A matrix of several rows and columns where there is room for one entry only; '' where not even for that."""
    if not look.glyphs.diagonal or shape[-1] < 2 or math.prod(shape[:-1]) < 2 or not numbers:
        return ""
    text = f"[{look.number(numbers[0], digits=3)} {look.glyphs.diagonal}]"
    return text if cell_len(text) <= width else ""


def _rest(done: int, shape: tuple[int, ...], cut: str) -> str:
    """The sign for what comes after so many entries: of this row, and of rows after it."""
    row = done % shape[-1] != 0
    rows = math.ceil(done / shape[-1]) < math.prod(shape[:-1])
    return (f" {cut}" if row else "") + (f"; {cut}" if rows else "")


def size(shape: tuple[int, ...], look: Look, width: int) -> str:
    """How many numbers there are, in at most `width` cells; never a number alone, which would read as their value."""
    several = (
        f"{shape[0]} number{'s' * (shape[0] != 1)}" if len(shape) == 1 else look.glyphs.times.join(map(str, shape))
    )
    return next((text for text in (several, f"[{look.glyphs.ellipsis}]") if cell_len(text) <= width), "")


def _row(
    row: Row,
    head: Head | None,
    look: Look,
    digits: int,
    room: int,
    values: int,
    places: Places,
    pointed: bool,
    marked: bool,
) -> Line:
    if row.kind == "heading":
        return text_line([(look.text(row.text), look.style("header"))])
    current = row.number != 0 and row.number == places.current
    mark = look.glyphs.arrow if current else " "
    stop = look.glyphs.node[0] if row.number in places.breaks else " "
    text = fit(look.text(row.text), room - values - 1, ellipsis=look.glyphs.ellipsis)
    changed = look.glyphs.changed if head is not None and head.changed else " "
    parts = [
        (mark, look.style("current")),
        (stop, look.style("negative")),
        (fit(str(row.number or ""), digits, "right") + " ", look.style("header")),
        (text, _text_style(look, head, current, pointed, places.lively)),
        (" " + fit(value(head, look, values), values, "right"), _value_style(head, look)),
    ]
    return text_line([*parts, (changed, look.style("changed"))] if marked else parts)


def _text_style(look: Look, head: Head | None, current: bool, pointed: bool, lively: bool) -> Style:
    if pointed:
        return look.style("cursor" if lively else "pointed")
    return look.style("current" if current else "dim" if head is None else "text")


def _value_style(head: Head | None, look: Look) -> Style:
    if head is None:
        return look.style("dim")
    if head.changed:
        return look.style("changed")
    return look.style("text") if head.shape else signed(head.entries[0], look)
