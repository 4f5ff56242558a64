"""Runs in a list, their curves over one another, their differences, the figures of one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tui_nn.session.metrics import most
from tui_nn.session.run_facts import RunReport, RunSummary, differences, written
from tui_nn.session.settings import Settings, to_values
from tui_nn.tui.drawing.training import result, with_axis
from tui_nn.tui.drawing.words import ENDED, paragraph
from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture
from tui_nn.view.plot import Series, curves
from tui_nn.view.table import confusion, table
from tui_nn.view.text import Align, fit

# Title, least cells, cells where there is room, and the side of its text.
COLUMNS: tuple[tuple[str, int, int, Align], ...] = (
    ("run", 13, 24, "left"),
    ("data", 9, 16, "left"),
    ("layers", 7, 14, "left"),
    ("optimizer", 10, 10, "left"),
    ("status", 13, 15, "left"),
    ("epochs", 6, 7, "right"),
    ("loss", 7, 9, "right"),
    ("test", 15, 20, "left"),
)
_TURNS = ("run", "test", "loss", "epochs", "status", "data", "layers", "optimizer")  # who has room first
MARK = 2  # cells before a row: the pointer, which the list draws, and whether it is marked


def heading(look: Look, width: int) -> str:
    """The titles of the list's columns."""
    return " " * MARK + _row([title for title, *_ in COLUMNS], look, width - MARK)


def row(run: RunSummary, look: Look, width: int, *, marked: bool) -> str:
    """A run in one line of plain text; the first cell is left to the pointer."""
    test = "" if run.figure is None else f"{run.figure[0]} {look.number(run.figure[1], digits=3)}"
    loss = "" if run.loss is None else look.number(run.loss, width=7)
    status = ENDED.get(run.status, run.status)
    cells = [run.name, run.data, run.layers, run.optimizer, status, str(run.epochs), loss, test]
    sign = look.glyphs.node[0] if marked else " "
    return f" {sign}" + _row([look.text(" ".join(cell.split())) for cell in cells], look, width - MARK)


def _row(cells: Sequence[str], look: Look, width: int) -> str:
    parts = [
        fit(text, room, side, look.glyphs.ellipsis)
        for text, room, (*_, side) in zip(cells, _widths(width), COLUMNS, strict=True)
        if room
    ]
    return fit(" ".join(parts), max(width, 1), ellipsis=look.glyphs.ellipsis)


def _widths(width: int) -> list[int]:
    """The columns' cells: the least, 0 for those that have no room, and then what is left of the width."""
    found, spare = dict.fromkeys(_TURNS, 0), width + 1
    for title, least, _, _ in sorted(COLUMNS, key=lambda column: _TURNS.index(column[0])):
        if spare > least:
            found[title] = least
            spare -= least + 1
    for title, _, wide, _ in COLUMNS:
        more = min(wide - found[title], spare) if found[title] else 0
        found[title] += more
        spare -= more
    return [found[title] for title, *_ in COLUMNS]


def figure_names(reports: Sequence[RunReport]) -> list[str]:
    """What there are curves of: losses first."""
    found = dict.fromkeys(n for r in reports for n in r.columns if n not in ("epoch", "iteration", "seconds"))
    first = [n for n in ("val_loss", "loss") if n in found]
    return [*first, *(n for n in found if n not in first)]


def overlaid(
    reports: Sequence[RunReport], figure: str, look: Look, width: int, height: int, *, log: bool = False
) -> Picture:
    """The curves of one figure of several runs; of a single run its training loss beside that of its validation."""
    alone = len(reports) == 1 and figure in ("loss", "val_loss")
    pairs = [(r, n) for r in reports for n in (("loss", "val_loss") if alone else (figure,)) if n in r.columns]
    named = {"loss": "training", "val_loss": "validation"}
    series = [Series(named[n] if alone else r.name, r.columns[n], r.columns["epoch"]) for r, n in pairs]
    if not series:
        return _said("There are no epochs to draw.", look, width)
    title = with_axis("loss" if alone else figure, log=log)
    return curves(series, look, width, height, title=title, log=log, y_most=most(figure))


def compared(reports: Sequence[RunReport], look: Look, width: int) -> Picture:
    """The settings in which runs differ, a column for each run; of one run, what is not as usual."""
    if len(reports) < 2:
        if not reports:
            return _said("There is no run here.", look, width)
        usual = to_values(Settings())
        chosen = {k: written(v) for k, v in reports[0].settings.items() if v != usual.get(k)}
        rows = [[name.replace("_", " "), value] for name, value in chosen.items()]
        note = _said("What is not as usual. Space marks a run, to see in what others differ.", look, width)
        return note.above(table(["setting", reports[0].name], rows, look, width, align="ll"))
    found = differences(reports)
    if not found:
        return _said("They have the same settings.", look, width)
    rows = [[name.replace("_", " "), *(v or look.glyphs.unknown for v in values)] for name, values in found]
    return table(["setting", *(r.name for r in reports)], rows, look, width, align="l" * (len(reports) + 1))


def details(
    report: RunReport | None,
    judged: Mapping[str, Any] | None,
    look: Look,
    width: int,
    height: int,
    *,
    problem: str = "",
) -> Picture:
    """A run's data and network, how it ended, and what its newest weights are worth; or why it cannot be read."""
    if report is None:
        return picture(paragraph(problem or "There is no run here.", look, width, look.style("negative")), width)
    data = report.data
    network = ", ".join(map(str, report.network.get("layers", [])))
    parts = ", ".join(f"{data.get(p, 0):,} {p}" for p in ("train", "validation", "test"))
    lines = [f"{data.get('name')}: {data.get('rows', 0):,} rows ({parts})", f"{network}; {report.network.get('loss')}"]
    drawn = picture([line for text in lines for line in paragraph(text, look, width, look.style("text"))], width)
    if report.result is not None:
        drawn = drawn.above(result(report.result, look, width))
    else:
        epochs = len(report.columns.get("epoch", ()))
        drawn = drawn.above(_said(f"unfinished, {epochs} epochs: r goes on with it, e judges what it has", look, width))
    if judged is not None:
        names = [n for n, v in judged.items() if isinstance(v, float)]
        shown = "  ".join(f"{n} {look.number(judged[n])}" for n in names if not math.isnan(judged[n]))
        said = f"test rows, weights of iteration {judged['iteration']:,}: {shown}"
        drawn = drawn.above(picture(paragraph(said, look, width, look.style("current")), width))
    matrix = _matrix(report, judged, look, width)
    if matrix is not None and drawn.height + matrix.height <= height:
        drawn = drawn.above(matrix)
    return drawn.crop(0, 0, width, height)


def _matrix(report: RunReport, judged: Mapping[str, Any] | None, look: Look, width: int) -> Picture | None:
    if judged is None or "confusion" not in judged or not judged["classes"]:
        return None
    return confusion(judged["confusion"], judged["classes"], look, width)


def _said(text: str, look: Look, width: int) -> Picture:
    return picture(paragraph(text, look, width, look.style("dim")), width)
