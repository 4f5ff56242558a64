"""How `tui-nn step` prints its records, one writer a format. Text and lines come as they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tui_nn.cli import output
from tui_nn.cli.output import Format, safe, safe_cell
from tui_nn.cli.step import heading
from tui_nn.lessons.problem import Problem
from tui_nn.session.session import Session

Record = dict[str, Any]
Writer = Callable[[Problem, Session, Iterator[Record], int], None]

ROWS, COLUMNS = 12, 10  # of a matrix in text; JSON and CSV have all of it
WIDTH = 44  # of the equation's column


def _text(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    print(safe(problem.title))
    update = problem.update
    if update is not None:
        settings = ", ".join(
            f"{k} = {v:g}" if isinstance(v, float | int) else f"{k} = {v}"
            for k, v in {**update.hyper, **update.choices}.items()
        )
        print(f"{update.name}: {settings}")
    iteration, phase, line = 0, "", 0
    for record in records:
        if record["iteration"] != iteration:
            iteration, phase = record["iteration"], ""
            print(f"\niteration {iteration}")
        if record["phase"] != phase:
            phase = record["phase"]
            print(f"  {phase}")
        again = record["line"] == line and record["parameter"] is not None
        line = record["line"]
        label = "" if again else f"{line:4}  {safe_cell(record['equation'])}"
        if record["parameter"] is not None:
            if not again:
                print(label)
            label = f"{'':8}{safe_cell(record['parameter'])}"
        _print_value(label, record["value"], digits)


def _print_value(label: str, value: np.ndarray[Any, Any], digits: int) -> None:
    rows = matrix_rows(value, digits)
    if len(rows) == 1 and len(rows[0]) + max(len(label), WIDTH) < 100:
        print(f"{label:<{WIDTH}}  {rows[0]}")
        return
    print(label)
    for row in rows:
        print(f"{'':10}{row}")


def matrix_rows(value: np.ndarray[Any, Any], digits: int) -> list[str]:
    """A number, vector or matrix as aligned rows of text; large ones are shortened and say so."""
    if value.ndim == 0:
        return [number(float(value), digits)]
    table = value.reshape(1, -1) if value.ndim == 1 else value.reshape(value.shape[0], -1)
    shown = [[number(float(x), digits) for x in row[:COLUMNS]] for row in table[:ROWS]]
    widths = [max(len(row[j]) for row in shown) for j in range(len(shown[0]))] if shown and shown[0] else []
    wide = f"  … {table.shape[1] - COLUMNS} more" if table.shape[1] > COLUMNS else ""
    rows = ["[" + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) + wide + "]" for row in shown]
    return rows if len(table) <= ROWS else [*rows, f"… {len(table) - ROWS} more rows"]


def number(value: float, digits: int) -> str:
    """A number in so many significant digits; NaN and the infinities as JSON has them here."""
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return f"{value:.{digits}g}"


def _json(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    output.write_json({**heading(problem), "lines": list(records)})


def _jsonl(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    output.write_jsonl(records)


def _csv(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    header = ("iteration", "phase", "line", "name", "parameter", "index", "value")
    rows = (
        (r["iteration"], r["phase"], r["line"], r["name"], r["parameter"] or "", " ".join(map(str, index)), value)
        for r in records
        for index, value in np.ndenumerate(r["value"])
    )
    output.write_csv(rows, header)


def _markdown(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    header = ("iteration", "phase", "line", "equation", "parameter", "value")
    rows = (
        (
            r["iteration"],
            r["phase"],
            r["line"],
            r["equation"],
            r["parameter"] or "",
            " ".join(matrix_rows(r["value"], digits)),
        )
        for r in records
    )
    output.write_markdown_table(rows, header)


def _latex(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    from tui_nn.lang.latex import latex_equation, latex_name

    program = session.program
    print(r"\begin{align*}")
    for record in records:
        line = program.lines[record["line"] - 1]
        equation = latex_equation(
            line.equation, gradients=program.gradients, loss=program.loss or "", shapes=program.shapes
        )
        where = "" if record["parameter"] is None else rf" \quad ({latex_name(record['parameter'])})"
        print(rf"  {equation} &= {_latex_value(record['value'], digits)}{where} \\")
    print(r"\end{align*}")


def _latex_value(value: np.ndarray[Any, Any], digits: int) -> str:
    if value.ndim == 0:
        return _latex_number(float(value), digits)
    table = value.reshape(1, -1) if value.ndim == 1 else value
    rows = [" & ".join(_latex_number(float(x), digits) for x in row) for row in table]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


def _latex_number(value: float, digits: int) -> str:
    if not np.isfinite(value):
        return r"\mathrm{NaN}" if np.isnan(value) else (r"\infty" if value > 0 else r"-\infty")
    text = f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else text


WRITERS: dict[Format, Writer] = {
    Format.TEXT: _text,
    Format.JSON: _json,
    Format.JSONL: _jsonl,
    Format.CSV: _csv,
    Format.MARKDOWN: _markdown,
    Format.LATEX: _latex,
}
