"""The listing: phases, line numbers, the current line, and each line's value as it comes."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui_nn.tui.snapshot import Row
from tui_nn.view.look import Look
from tui_nn.view.picture import Line, Picture, picture, text_line
from tui_nn.view.text import fit

_MARKS = 2  # cells: the current line, and the pointer


def listing(
    rows: Sequence[Row],
    look: Look,
    width: int,
    height: int,
    *,
    top: int = 0,
    current: int = 0,
    cursor: int | None = None,
) -> Picture:
    """Draw the rows from `top` on; `current` is the number of the line computed last, `cursor` the pointer's row."""
    digits = len(str(max((row.number for row in rows), default=0)))
    room = max(width - _MARKS - digits - 1, 0)
    wanted = max((cell_len(value(row, look, 24)) for row in rows if row.kind != "heading"), default=0)
    values = min(wanted, max(room // 2, 0))
    lines = [
        _row(row, look, digits, room, values, row.kind == "line" and row.number == current, i == cursor)
        for i, row in enumerate(rows[top : top + max(height, 0)], top)
    ]
    return picture(lines, width)


def value(row: Row, look: Look, width: int) -> str:
    """The row's value in at most `width` cells: a number, or the first entries of a tensor and its shape."""
    if row.entries is None:
        return look.glyphs.unknown
    if row.shape == ():
        return look.number(row.entries[0], width=width)
    size = (look.glyphs.times).join(map(str, row.shape))
    parts: list[str] = []
    total = 1
    for n in row.shape:
        total *= n
    for entry in row.entries:
        text = look.number(entry, digits=3)
        rest = "]" if len(parts) + 1 == total else f" {look.glyphs.ellipsis}]"
        if cell_len("[" + " ".join([*parts, text]) + rest) > width:
            break
        parts.append(text)
    if not parts:
        return size
    return "[" + " ".join(parts) + ("]" if len(parts) == total else f" {look.glyphs.ellipsis}]")


def _row(row: Row, look: Look, digits: int, room: int, values: int, current: bool, cursor: bool) -> Line:
    if row.kind == "heading":
        return text_line([(row.text, look.style("header"))])
    mark = look.glyphs.arrow if current else " "
    number = str(row.number) if row.number else ""
    shown = value(row, look, values)
    text = fit(look.text(row.text), room - values - 1, ellipsis=look.glyphs.ellipsis)
    base = look.style("cursor" if cursor else "current" if current else "dim" if row.entries is None else "text")
    return text_line(
        [
            (mark + " ", look.style("current")),
            (fit(number, digits, "right") + " ", look.style("header")),
            (text, base),
            (" " + fit(shown, values, "right"), _value_style(row, look)),
        ]
    )


def _value_style(row: Row, look: Look):  # type: ignore[no-untyped-def]
    if row.entries is None:
        return look.style("dim")
    if row.shape != () or row.entries[0] == 0:
        return look.style("text")
    number = row.entries[0]
    if number != number or number in (float("inf"), float("-inf")):
        return look.style("nonfinite")
    return look.style("positive" if number > 0 else "negative")
