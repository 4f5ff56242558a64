"""Watched expressions, and what the edits of a branch have changed: original and branch side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui_nn.session.explain import entry
from tui_nn.session.frame import Position
from tui_nn.tui.drawing.listing import entries
from tui_nn.tui.drawing.words import paragraph, when
from tui_nn.tui.examples import expressions
from tui_nn.tui.rows import Row
from tui_nn.tui.snapshot import Head, Snapshot
from tui_nn.tui.subject import Subject
from tui_nn.view.look import Look, Role
from tui_nn.view.picture import Picture, picture
from tui_nn.view.table import table

BEHIND = "the run without the change is not computed up to here yet; Esc goes on with it"
_ENTRY = 13  # cells: `[… −0.0123 …]`
_BETWEEN = 5  # cells between the columns of a table, and for the sign of a change


def watches(shot: Snapshot, about: Subject, look: Look, width: int) -> Picture:
    """Draw both parts in `width` cells, as high as they are."""
    some = ", ".join(expressions(about.program))
    hint = "" if shot.watches or shot.edits else f"w watches an expression: {some}"
    shown = picture(paragraph(hint, look, width, look.style("dim")), width)
    if shot.watches:
        shown = shown.above(_watched(shot.watches, look, width))
    return shown.above(_changes(shot, about.rows, look, width)) if shot.edits else shown


def _watched(watched: Sequence[tuple[str, Head | str]], look: Look, width: int) -> Picture:
    room = max(width // 2, 8)
    rows = [
        [text, found.split(":")[0] if isinstance(found, str) else entries(found.entries, found.shape, look, room)]
        for text, found in watched
    ]
    return table(["watch", "value"], rows, look, width, align="ll")


def _changes(shot: Snapshot, rows: Sequence[Row], look: Look, width: int) -> Picture:
    heading = "; ".join(
        f"{entry(e.name, e.index)} = {look.number(e.value)} {when(Position(e.iteration, e.line))}" for e in shot.edits
    )
    top = picture(paragraph(heading, look, width, look.style("changed")), width)
    changed = [
        (row, head)
        for row in rows
        if (head := shot.heads.get(row.key)) is not None and head.changed and head.was != head.entries
    ]
    if shot.behind or not any(row.number for row, _ in changed):
        note = BEHIND if shot.behind else "n and i go on, to see what follows"
        top = top.above(picture(paragraph(note, look, width, look.style("dim")), width))
    if not changed:
        return top
    names, dot = [look.text(row.text.split(" = ")[0]) for row, _ in changed], look.glyphs.changed
    # Columns close to one another are compared; but where room is short, all of it is for an entry with its sign.
    room = max((width - 16) // 2, min((width - max(map(cell_len, names)) - _BETWEEN) // 2, _ENTRY), 8)
    cells = [
        [name, *(from_first_change(head, n, look, room) + sign for n, sign in ((head.was, ""), (head.entries, dot)))]
        for name, (_, head) in zip(names, changed, strict=True)
    ]
    roles: dict[tuple[int, int], Role] = {(r, 2): "changed" for r in range(len(cells))}
    return top.above(table(["", "original", "branch"], cells, look, width, align="lrr", roles=roles))


def from_first_change(head: Head, numbers: Sequence[float], look: Look, width: int) -> str:
    """The numbers from the first one on that differs, so that a difference is seen."""
    if head.shape == ():
        return entries(numbers, head.shape, look, width)
    first = next(i for i, (a, b) in enumerate(zip(head.was, head.entries, strict=True)) if a != b)
    return entries(numbers, head.shape, look, width, first)
