"""The optimiser's state: θ before, g, what it remembers, the step, θ after, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui_nn.tui.drawing.words import wrapped
from tui_nn.tui.notation import Notation
from tui_nn.tui.optimizer_state import Column, OptimizerState
from tui_nn.view.look import Look
from tui_nn.view.number import column_format
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.table import table

_GAP = 2


def state(
    data: OptimizerState | None, notation: Notation, look: Look, width: int, height: int, current: int | None
) -> Picture:
    """Draw the table in `width` x `height` cells, or lower, with the entry `current` in it.

    Rows and columns change places where that fits better. Where not all entries are seen, it says so.
    """
    if data is None:
        return picture([text_line([("There is no optimiser here.", look.style("dim"))])], width)
    names = [look.text(notation.entry(p, i)) for p, i in data.entries]
    titles = [title(name, notation, look) for name, _ in data.columns]
    here = current or 0
    for digits in (4, 3):
        columns = [_written(column, digits, look) for _, column in data.columns]
        rows = [[name, *(column[r] for column in columns)] for r, name in enumerate(names)]
        if _needed(["", *titles], rows) + 2 <= width:
            room = height - 1 - _below(data, range(len(rows)), notation, look, width).height
            if len(rows) > room:
                room = height - 1 - _below(data, range(0), notation, look, width).height
            seen = _around(here, [1] * len(rows), max(room, 1))
            pointed = None if current is None else current - seen.start
            drawn = table(["", *titles], [rows[r] for r in seen], look, width, current=pointed)
            return drawn.above(_below(data, seen, notation, look, width))
    marked = [look.glyphs.arrow + name if r == current else name for r, name in enumerate(names)]
    sizes = [max(map(cell_len, (name, *row[1:]))) + _GAP for name, row in zip(marked, rows, strict=True)]
    seen = _around(here, sizes, width - max(map(cell_len, titles)))
    across = [[shown, *(column[r] for r in seen)] for shown, column in zip(titles, columns, strict=True)]
    drawn = table(["", *(marked[r] for r in seen)], across, look, width)
    return drawn.above(_below(data, seen, notation, look, width))


def _around(current: int, sizes: Sequence[int], room: int) -> range:
    """As many neighbours as there is room for, `current` among them: in their middle, where there is a choice."""
    first, last = current, current + 1
    left = room - sizes[current]
    while True:
        nearest = sorted((k for k in (first - 1, last) if 0 <= k < len(sizes)), key=lambda k: abs(k - current))
        fitting = next((k for k in nearest if sizes[k] <= left), None)
        if fitting is None:
            return range(first, last)
        first, last, left = min(first, fitting), max(last, fitting + 1), left - sizes[fitting]


def _below(data: OptimizerState, seen: range, notation: Notation, look: Look, width: int) -> Picture:
    """The hyper-parameters, and that there are more entries where not all are seen."""
    more = [] if len(seen) == len(data.entries) else [f"{look.glyphs.ellipsis} more entries"]
    hyper = [f"{notation.name(n)} = {look.number(v)}" for n, v in data.hyper]
    whole = look.text("  ".join([*more, *hyper])).replace(" = ", "\u00a0=\u00a0")
    lines = (line.replace("\u00a0", " ") for line in wrapped(whole, width))
    return picture([text_line([(line, look.style("dim"))]) for line in lines], width)


def title(name: str, notation: Notation, look: Look) -> str:
    """`θ`, `m̂`, and `θ′` for θ after the update."""
    return look.text(f"{notation.name('theta')}′" if name == "theta'" else notation.name(name))


def _written(column: Column, digits: int, look: Look) -> list[str]:
    form = column_format([n for n in column if n is not None], digits=digits, ascii_only=look.ascii_only)
    return [look.glyphs.unknown if n is None else form.write(n).strip() for n in column]


def _needed(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    widest = [max(cell_len(row[c]) for row in (titles, *rows)) for c in range(len(titles))]
    return sum(widest) + _GAP * (len(widest) - 1)
