"""The optimiser's state: θ before, g, what it remembers, the step, θ after, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui_nn.tui.drawing.words import paragraph
from tui_nn.tui.notation import Notation
from tui_nn.tui.optimizer_state import Column, OptimizerState
from tui_nn.view.look import Look
from tui_nn.view.number import column_format
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.table import table

_GAP = 2


def state(data: OptimizerState | None, notation: Notation, look: Look, width: int, current: int | None) -> Picture:
    """Draw the table in `width` cells, as high as it is; rows and columns change places where that fits better."""
    if data is None:
        return picture([text_line([("There is no optimiser here.", look.style("dim"))])], width)
    names = [look.text(notation.entry(p, i)) for p, i in data.entries]
    titles = [title(name, notation, look) for name, _ in data.columns]
    hyper = "  ".join(f"{notation.name(n)} = {look.number(v)}" for n, v in data.hyper)
    below = picture(paragraph(hyper, look, width, look.style("dim")), width)
    for digits in (4, 3):
        columns = [_written(column, digits, look) for _, column in data.columns]
        rows = [[name, *(column[r] for column in columns)] for r, name in enumerate(names)]
        if _needed(["", *titles], rows) + 2 <= width:
            return table(["", *titles], rows, look, width, current=current).above(below)
    across = [[shown, *column] for shown, column in zip(titles, columns, strict=True)]
    return table(["", *names], across, look, width).above(below)


def title(name: str, notation: Notation, look: Look) -> str:
    """`θ`, `m̂`, and `θ′` for θ after the update."""
    if name != "theta'":
        return look.text(notation.name(name))
    return look.text(notation.name("theta")) + ("'" if look.ascii_only else "′")


def _written(column: Column, digits: int, look: Look) -> list[str]:
    form = column_format([n for n in column if n is not None], digits=digits, ascii_only=look.ascii_only)
    return [look.glyphs.unknown if n is None else form.write(n).strip() for n in column]


def _needed(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    widest = [max(cell_len(row[c]) for row in (titles, *rows)) for c in range(len(titles))]
    return sum(widest) + _GAP * (len(widest) - 1)
