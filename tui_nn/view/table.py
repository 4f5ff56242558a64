"""Small aligned tables: a layer summary, a confusion matrix, an optimiser's state side by side.

A text that is too long is cut with an ellipsis; a number never is, since a cut number is another number: columns that
do not fit are left out, from the right, and the heading says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len

from tui_nn.view.number import Format, column_format
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.text import fit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray
    from rich.style import Style

    from tui_nn.view.look import Look, Role
    from tui_nn.view.picture import Line

_SHORTEST_TEXT = 4
_GAP = 2


def table(
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    look: Look,
    width: int,
    *,
    align: str = "",
    current: int | None = None,
    roles: Mapping[tuple[int, int], Role] | None = None,
) -> Picture:
    """Draw a table in `width` cells, as high as it is.

    Args:
        titles: one a column.
        rows: texts, one a column.
        look: styles and glyphs.
        width: in cells.
        align: `l` or `r` for each column; `l` is text and may be cut, `r` a number and may not; `lrrr...` if empty.
        current: the row with the pointer.
        roles: styles of single cells, by (row, column).
    """
    align = align or "l" + "r" * (len(titles) - 1)
    tidy = [[look.text(text) for text in row] for row in (titles, *rows)]
    wanted = [max(cell_len(row[c]) for row in tidy) for c in range(len(titles))]
    pointer = 0 if current is None else 2
    widths = _widths(wanted, align, width - pointer)
    left_out = len(widths) < len(titles)
    lines = [_line(tidy[0], widths, align, look, [look.style("header")] * len(widths), " " * pointer)]
    if left_out:
        lines[0] = (*lines[0], *text_line([(" " + look.glyphs.ellipsis, look.style("header"))]))
    for r, row in enumerate(tidy[1:]):
        here = r == current
        base = look.style("current" if here else "text")
        styles = [look.style(roles[r, c]) if roles and (r, c) in roles else base for c in range(len(widths))]
        lead = (look.glyphs.arrow + " " if here else "  ") if pointer else ""
        lines.append(_line(row, widths, align, look, styles, lead))
    return picture(lines, width)


def numbers(
    names: Sequence[str],
    columns: Mapping[str, ArrayLike | None],
    look: Look,
    width: int,
    *,
    corner: str = "",
    current: int | None = None,
    changed: Collection[tuple[int, str]] = (),
) -> Picture:
    """A table of numbers, each column in its own format: an optimiser's g, m, v, m̂, v̂, step, θ, θ′ for some parameters.

    With too little room the numbers lose digits, down to two; then rows and columns change places.

    Args:
        names: one a row.
        columns: a title and its numbers, one a row; None if they are not computed yet.
        look: styles and glyphs.
        width: in cells.
        corner: the title of the names.
        current: the row with the pointer.
        changed: which numbers are marked, by (row, title).
    """
    titles = list(columns)
    for digits in (4, 3, 2):
        cells = [_column(values, len(names), digits, look) for values in columns.values()]
        rows = [[name, *(column[r] for column in cells)] for r, name in enumerate(names)]
        rows, roles = _with_changes(rows, titles, changed, look)
        drawn = table([corner, *titles], rows, look, width, current=current, roles=roles)
        if _needed([corner, *titles], rows, look, current is not None) <= width:
            return drawn
    cells = [_column(values, len(names), 4, look) for values in columns.values()]
    across = [[title, *column] for title, column in zip(titles, cells, strict=True)]
    across, turned = _with_changes(across, names, [(titles.index(t), names[r]) for r, t in changed], look)
    return table([corner, *names], across, look, width, roles=turned)


def confusion(counts: ArrayLike, classes: Sequence[str], look: Look, width: int, height: int | None = None) -> Picture:
    """A confusion matrix: true classes in rows, predicted ones in columns, and the share of each row that is right.

    With too little room for all of it: the mistakes, the most frequent ones first.

    Args:
        counts: shape (n, n), whole numbers.
        classes: n names.
        look: styles and glyphs.
        width, height: in cells; as high as it is if None.
    """
    array = np.asarray(counts)
    if array.shape != (len(classes), len(classes)):
        raise ValueError(f"{len(classes)} classes need a square of that size, not {array.shape}")
    totals = array.sum(axis=1)
    rows = [
        [name, *(str(int(n)) for n in array[r]), _percent(int(array[r, r]), int(totals[r]), look)]
        for r, name in enumerate(classes)
    ]
    short = [
        fit(
            look.text(name),
            min(cell_len(look.text(name)), 6),
            ellipsis=look.glyphs.ellipsis,
        )
        for name in classes
    ]
    arrow = ("true\\pred" if look.ascii_only else "true╲pred", *short, "right")
    wanted = [max(cell_len(look.text(row[c])) for row in (arrow, *rows)) for c in range(len(arrow))]
    is_whole = len(_widths(wanted, "l" + "r" * (len(arrow) - 1), width)) == len(arrow)
    if not is_whole or (height is not None and len(rows) >= height):
        return _mistakes(array, classes, look, width)
    worst = max((int(array[r, c]) for r in range(len(classes)) for c in range(len(classes)) if r != c), default=0)
    roles: dict[tuple[int, int], Role] = {(r, r + 1): "current" for r in range(len(classes))}
    roles |= {(r, c + 1): "dim" for r in range(len(classes)) for c in range(len(classes)) if r != c and not array[r, c]}
    # Of the mistakes only the frequent ones are coloured: a rare one is noise.
    roles |= {
        (r, c + 1): "negative"
        for r in range(len(classes))
        for c in range(len(classes))
        if r != c and array[r, c] * 2 > worst
    }
    return table(arrow, rows, look, width, roles=roles)


def _mistakes(counts: NDArray[np.generic], classes: Sequence[str], look: Look, width: int) -> Picture:
    off = [(r, c) for r in range(len(classes)) for c in range(len(classes)) if r != c and counts[r, c]]
    frequent = sorted(off, key=lambda pair: (-int(counts[pair]), pair))
    totals = counts.sum(axis=1)
    rows = [[classes[r], classes[c], str(int(counts[r, c])), str(int(totals[r]))] for r, c in frequent]
    right = _percent(int(np.trace(counts)), int(counts.sum()), look)
    head = text_line([(fit(f"{len(classes)} classes, {right} right; mistakes:", width), look.style("dim"))])
    return picture([head], width).above(table(("true", "taken for", "times", "of"), rows, look, width, align="llrr"))


def _percent(part: int, total: int, look: Look) -> str:
    return f"{100 * part / total:.1f}%" if total else look.glyphs.unknown


def _column(values: ArrayLike | None, count: int, digits: int, look: Look) -> list[str]:
    if values is None:
        return [look.glyphs.unknown] * count
    array = np.asarray(values).ravel()
    form: Format = column_format(array, digits=digits, ascii_only=look.ascii_only)
    return [form.write(value) for value in array]


def _with_changes(
    rows: list[list[str]], titles: Sequence[str], changed: Collection[tuple[int, str]], look: Look
) -> tuple[list[list[str]], dict[tuple[int, int], Role]]:
    """The rows with a dot after each changed number; a column that has one keeps room for it in each row."""
    roles: dict[tuple[int, int], Role] = {(r, titles.index(title) + 1): "changed" for r, title in changed}
    dotted = {c for _, c in roles}
    marked = [
        [
            text + (look.glyphs.changed if (r, c) in roles else " ") if c in dotted else text
            for c, text in enumerate(row)
        ]
        for r, row in enumerate(rows)
    ]
    return marked, roles


def _needed(titles: Sequence[str], rows: Sequence[Sequence[str]], look: Look, pointer: bool) -> int:
    widest = [max(cell_len(look.text(row[c])) for row in (titles, *rows)) for c in range(len(titles))]
    return sum(widest) + _GAP * (len(widest) - 1) + 2 * pointer


def _widths(wanted: list[int], align: str, room: int) -> list[int]:
    """The columns' widths: as wanted, or texts shorter, or columns on the right left out (2 cells say so)."""
    widths = list(wanted)
    while widths and sum(widths) + _GAP * (len(widths) - 1) > room - (2 if len(widths) < len(wanted) else 0):
        texts = [c for c in range(len(widths)) if align[c] == "l" and widths[c] > _SHORTEST_TEXT]
        if texts:
            widest = max(texts, key=lambda c: widths[c])
            widths[widest] -= 1
        else:
            widths.pop()
            widths = [wanted[c] for c in range(len(widths))]
    return widths


def _line(row: Sequence[str], widths: list[int], align: str, look: Look, styles: Sequence[Style], lead: str) -> Line:
    parts: list[tuple[str, Style | None]] = [(lead, look.style("current"))]
    for c, width in enumerate(widths):
        side = "left" if align[c] == "l" else "right"
        text = fit(row[c], width, "left" if side == "left" else "right", look.glyphs.ellipsis)
        parts += [(" " * _GAP if c else "", None), (text, styles[c])]
    return text_line(parts)
