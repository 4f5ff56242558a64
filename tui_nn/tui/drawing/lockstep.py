"""One optimiser of a lockstep: its numbers in rows, an entry of the parameters in each column."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from tui_nn.tui.drawing.state import title
from tui_nn.tui.drawing.words import signed
from tui_nn.tui.lockstep_desk import Runner
from tui_nn.tui.notation import Notation
from tui_nn.tui.optimizer_state import Column
from tui_nn.view.look import Look
from tui_nn.view.number import column_format
from tui_nn.view.picture import Line, Picture, picture, text_line
from tui_nn.view.text import fit

_NUMBER = 10  # cells of a number, at most
_LEAST = 7  # and at least, -1.2e-4: entries that do not get so many come below, or are left out

AWAY = "not finite: Enter, then x says why"


@dataclass(frozen=True, slots=True)
class Layout:
    """The same for all optimisers, so that what is compared stands at one place.

    Attributes:
        margin: cells of the rows' names.
        columns: entries side by side.
        shown: entries altogether, in blocks one below the other.
    """

    margin: int
    columns: int
    shown: int


def layout(runners: Sequence[Runner], notation: Notation, look: Look, width: int, height: int) -> Layout:
    """How many entries are shown in `width` x `height` cells; at least one."""
    margin, tallest, count = 1, 1, 1
    for data in runners:
        corner, entries = _entries(data, notation, look)
        names = _names(data, notation, look)
        margin = max(margin, *map(cell_len, (corner, *names)))
        tallest, count = max(tallest, len(names) + 1), max(count, len(entries))
    most = max((width - margin) // (_LEAST + 1), 1)
    blocks = min(max((height - 2) // tallest, 1), math.ceil(count / most))
    columns = min(math.ceil(count / blocks), most)
    return Layout(margin, columns, min(columns * blocks, count))


def runner(data: Runner, notation: Notation, look: Look, width: int, plan: Layout) -> Picture:
    """Draw it in `width` cells, as high as it is: hyper-parameters, then θ, g, state, step, Δθ and θ after."""
    shown = {name: value for name, value in data.state.hyper if name != "t"}
    hyper = "  ".join(f"{notation.name(n)} {look.number(v)}" for n, v in shown.items())
    rows = _rows(data, notation, look)
    corner, entries = _entries(data, notation, look)
    last = min(plan.shown, len(entries))
    lines = [text_line([(fit(look.text(hyper), width, ellipsis=look.glyphs.ellipsis), look.style("dim"))])]
    for start in range(0, last, plan.columns):
        part = slice(start, min(start + plan.columns, last))
        room = min((width - plan.margin) // plan.columns - 1, _NUMBER)
        head = [(fit(corner, plan.margin), look.style("header"))]
        head += [(" " + fit(e, room, "right", look.glyphs.ellipsis), look.style("header")) for e in entries[part]]
        lines.append(text_line(head))
        lines += [_row(name, values[part], plan.margin, room, look) for name, values in rows]
    loss = "" if data.loss is None else f"{notation.name(notation.program.loss or '')} {look.number(data.loss)}  "
    away = not all(map(math.isfinite, _known([(data.loss,), *(values for _, values in rows)])))
    hidden = _hidden(data, last, look)
    end = [
        (look.text(loss), look.style("accent")),
        (AWAY + "  " if away else "", look.style("nonfinite")),
        (hidden, look.style("dim")),
    ]
    return picture([*lines, text_line(end)], width)


def _hidden(data: Runner, shown: int, look: Look) -> str:
    """Which entries are seen, where that is not all of them."""
    if shown >= data.total:
        return ""
    way = "Left, Right" if look.ascii_only else "← →"
    return f"{look.glyphs.ellipsis} {data.first + 1} to {data.first + shown} of {data.total}: {way}"


def _entries(data: Runner, notation: Notation, look: Look) -> tuple[str, list[str]]:
    """What stands over the numbers: the names; or, for entries of one tensor, its name in the corner and indices."""
    found = data.state.entries
    if len({p for p, _ in found}) == 1 and found[0][1]:
        return look.text(notation.name(found[0][0])), [",".join(map(str, i)) for _, i in found]
    return "", [look.text(notation.entry(p, i)) for p, i in found]


def _names(data: Runner, notation: Notation, look: Look) -> list[str]:
    return [name for name, _ in _rows(data, notation, look)]


def _rows(data: Runner, notation: Notation, look: Look) -> list[tuple[str, Column]]:
    columns = dict(data.state.columns)
    before, after = columns["theta"], columns.pop("theta'")
    rows = [(title(name, notation, look), values) for name, values in columns.items()]
    pairs = zip(before, after, strict=True)
    moved: Column = tuple(None if a is None or b is None else b - a for a, b in pairs)
    delta = "change" if look.ascii_only else f"Δ{notation.name('theta')}"
    return [*rows, (delta, moved), (title("theta'", notation, look), after)]


def _known(rows: Iterable[Column]) -> list[float]:
    return [number for values in rows for number in values if number is not None]


def _row(name: str, values: Column, margin: int, room: int, look: Look) -> Line:
    parts: list[tuple[str, Style]] = [(fit(name, margin), look.style("header"))]
    form = column_format(_known([values]), digits=6, max_width=room, ascii_only=look.ascii_only)
    for number in values:
        text = look.glyphs.unknown if number is None else form.write(number)
        style = look.style("dim") if number is None else signed(number, look)
        parts.append((" " + fit(text, room, "right"), style))
    return text_line(parts)
