"""Watched expressions, and what the edits of a branch have changed: original and branch side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from tui_nn.session.explain import entry
from tui_nn.session.frame import Position
from tui_nn.tui.drawing.listing import entries
from tui_nn.tui.drawing.words import paragraph, when
from tui_nn.tui.examples import expressions
from tui_nn.tui.snapshot import Change, Head, Snapshot
from tui_nn.tui.subject import Subject
from tui_nn.view.look import Look, Role
from tui_nn.view.picture import Picture, picture
from tui_nn.view.table import table

BEHIND = "the run without the change is not computed up to here yet; Esc goes on with it"
_NUMBER, _LEAST = 14, 8  # cells of a number, at most and at least
_BETWEEN = 5  # cells between the columns of a table, and for the sign of a change


def watches(shot: Snapshot, about: Subject, look: Look, width: int) -> Picture:
    """Draw both parts in `width` cells, as high as they are."""
    some = ", ".join(expressions(about.program))
    hint = "" if shot.watches or shot.edits else f"w watches an expression: {some}"
    shown = picture(paragraph(hint, look, width, look.style("dim")), width)
    if shot.watches:
        shown = shown.above(_watched(shot.watches, look, width))
    return shown.above(_changes(shot, about, look, width)) if shot.edits else shown


def _watched(watched: Sequence[tuple[str, Head | str]], look: Look, width: int) -> Picture:
    room = max(width // 2, 8)
    rows = [
        [text, found.split(":")[0] if isinstance(found, str) else entries(found.entries, found.shape, look, room)]
        for text, found in watched
    ]
    return table(["watch", "value"], rows, look, width, align="ll")


def _changes(shot: Snapshot, about: Subject, look: Look, width: int) -> Picture:
    heading = "; ".join(
        f"{entry(e.name, e.index)} = {look.number(e.value)} {when(Position(e.iteration, e.line))}" for e in shot.edits
    )
    top = picture(paragraph(heading, look, width, look.style("changed")), width)
    changed = changes(shot.heads[row.key] for row in about.rows if row.key in shot.heads)
    if shot.behind or {change.name for change in changed} <= {edit.name for edit in shot.edits}:
        note = BEHIND if shot.behind else "n and i go on, to see what follows"
        top = top.above(picture(paragraph(note, look, width, look.style("dim")), width))
    if not changed:
        return top
    names = [look.text(about.notation.entry(change.name, change.index)) for change in changed]
    room = max(min((width - max(map(cell_len, names)) - _BETWEEN) // 2, _NUMBER), _LEAST)
    cells = [[name, *side_by_side(change, look, room)] for name, change in zip(names, changed, strict=True)]
    for row in cells:
        row[2] += look.glyphs.changed
    roles: dict[tuple[int, int], Role] = {(r, 2): "changed" for r in range(len(cells))}
    return top.above(table(["", "original", "branch"], cells, look, width, align="lrr", roles=roles))


def changes(heads: Iterable[Head]) -> list[Change]:
    """What has changed, each once: a parameter has a row of its own, and another one where the update sets it."""
    found = {head.change.name: head.change for head in heads if head.change is not None}
    return list(found.values())


def side_by_side(change: Change, look: Look, width: int) -> tuple[str, str]:
    """Both numbers in at most `width` cells, with as many digits as it takes to tell them apart."""
    for digits in range(4, 18):
        was, now = (look.number(value, digits=digits, width=width) for value in (change.was, change.now))
        if was != now:
            break
    return was, now
