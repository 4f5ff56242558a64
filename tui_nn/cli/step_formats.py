"""How `tui-nn step` prints its records, one writer a format. Text and lines come as they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from tui_nn.cli import output
from tui_nn.cli.layout import ROWS, cells, matrix_rows, number, pad, prose, room
from tui_nn.cli.output import Format, safe_cell
from tui_nn.cli.step import heading
from tui_nn.lessons.problem import Problem
from tui_nn.session.session import Session

Record = dict[str, Any]
Writer = Callable[[Problem, Session, Iterator[Record], int], None]

COURSE_FIRST = "iteration"
COURSE = "-.e-08"  # what a number takes beside its digits
INDENT = 10  # of a value that has rows of its own


def _text(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    width = room()
    _heading(problem, digits, width)
    column = _value_column([_label(line.number, str(line)) for line in session.program.lines], width)
    iteration, phase, line = 0, "", 0
    for record in records:
        if record["iteration"] != iteration:
            iteration, phase, line = record["iteration"], "", 0
            print(f"\niteration {iteration}")
        if record["phase"] != phase:
            phase = record["phase"]
            print(f"  {phase}")
        label = _label(record["line"], record["equation"])
        if record["parameter"] is not None:
            if record["line"] != line:
                print(label)
            label = f"{'':8}{safe_cell(record['parameter'])}"
        line = record["line"]
        _print_value(label, record["value"], digits, column, width)


def _heading(problem: Problem, digits: int, width: int) -> None:
    for row in prose(problem.title, width):
        print(row)
    if problem.update is not None:
        hyper = {k: number(v, digits) for k, v in problem.update.hyper.items()} | dict(problem.update.choices)
        settings = ", ".join(f"{k} = {v}" for k, v in hyper.items())
        for row in prose(f"{problem.update.name}: {settings}", width):
            print(row)


def _label(line: int, equation: str) -> str:
    return f"{line:4}  {safe_cell(equation)}"


def _value_column(labels: list[str], width: int) -> int:
    """Where values begin: right of all equations but the long ones."""
    return max((n for n in map(cells, labels) if n <= width // 2), default=width // 3) + 2


def fits_course(count: int, digits: int) -> bool:
    """Whether so many numbers of an iteration go into one row."""
    return count > 0 and len(COURSE_FIRST) + count * (digits + len(COURSE) + 2) <= room()


def write_course(problem: Problem, session: Session, records: Iterator[Record], digits: int) -> None:
    """Single numbers over many iterations: a row for each iteration."""
    _heading(problem, digits, room())
    print()
    wide = digits + len(COURSE)
    names: list[str] = []
    for iteration, row in groupby(records, key=itemgetter("iteration")):
        found = {_short(r): f"{number(float(r['value']), digits): >{wide}}" for r in row}
        if not names:
            names = list(found)
            print(COURSE_FIRST + "".join(f"  {safe_cell(name): >{wide}}" for name in names))
        print(f"{iteration:>{len(COURSE_FIRST)}}" + "".join(f"  {found.get(name, ''):>{wide}}" for name in names))


def _short(record: Record) -> str:
    """`L`, `v_hat.w1`, and w1 for what the update makes of it."""
    name, parameter = record["name"], record["parameter"]
    return name if parameter is None else parameter if name == "theta" else f"{name}.{parameter}"


def _print_value(label: str, value: np.ndarray[Any, Any], digits: int, column: int, width: int) -> None:
    """A value beside its equation where it fits there, else below it. Numbers stand below one another."""
    column = max(column, cells(label) + 2)
    beside = matrix_rows(value, digits) if _is_small(value, width - column) else []
    if value.ndim == 0:
        beside = [beside[0] if beside[0].startswith("-") else f" {beside[0]}"]
    if beside and column + cells(beside[0]) <= width:
        for row in beside:
            print(f"{pad(label, column)}{row}")
            label = ""
        return
    print(label)
    for row in matrix_rows(value, digits, width - INDENT):
        print(f"{'':{INDENT}}{row}")


def _is_small(value: np.ndarray[Any, Any], width: int) -> bool:
    """Whether all of it may fit beside an equation; a large matrix is not even written to see."""
    return value.ndim == 0 or ((value.ndim == 1 or len(value) <= ROWS) and 3 * value.shape[-1] <= width + 1)


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
            _in_a_cell(r["value"], digits),
        )
        for r in records
    )
    output.write_markdown_table(rows, header)


def _in_a_cell(value: np.ndarray[Any, Any], digits: int) -> str:
    """A value in one line: `[[1, 2], [3, 4]]`."""
    if value.ndim == 0:
        return number(float(value), digits)
    return f"[{', '.join(_in_a_cell(part, digits) for part in value)}]"


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
    mantissa, e, exponent = number(value, digits).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


WRITERS: dict[Format, Writer] = {
    Format.TEXT: _text,
    Format.JSON: _json,
    Format.JSONL: _jsonl,
    Format.CSV: _csv,
    Format.MARKDOWN: _markdown,
    Format.LATEX: _latex,
}
