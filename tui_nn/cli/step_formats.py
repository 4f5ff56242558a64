"""How `tui-nn step` prints its records, one writer a format. Text and lines come as they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from tui_nn.cli import output
from tui_nn.cli.layout import ROWS, cells, known, known_of_page, matrix_rows, number, pad, prose, room
from tui_nn.cli.output import Format, safe_cell
from tui_nn.cli.step_choice import short_name
from tui_nn.cli.subject import Subject

Record = dict[str, Any]
Writer = Callable[[Subject, Iterator[Record], int], None]

COURSE_FIRST = "iteration"
COURSE = "-.e-08"  # what a number takes beside its digits
INDENT = 10  # of a value that has rows of its own


def _text(subject: Subject, records: Iterator[Record], digits: int) -> None:
    width = room()
    print_heading(subject, digits, width)
    column = _value_column([_label(line.number, str(line)) for line in subject.session.program.lines], width)
    iteration, phase, line = 0, "", 0
    for record in records:
        if record["iteration"] != iteration:
            iteration, phase, line = record["iteration"], "", 0
            print(f"\niteration {iteration}")
        if record["phase"] != phase:
            phase = record["phase"]
            print(f"  {phase}")
        label = _label(record["line"], record["equation"]) if record["equation"] else _label("", record["name"])
        if record["parameter"] is not None:
            if record["line"] != line:
                print(label)
            label = f"{'':8}{safe_cell(record['parameter'])}"
        line = record["line"]
        _print_value(label, record["value"], digits, column, width)


def print_heading(subject: Subject, digits: int, width: int) -> None:
    """The title, and the optimiser with its settings."""
    for row in prose(subject.title, width):
        print(row)
    if subject.optimizer:
        shown = {k: v if isinstance(v, str) else number(v, digits) for k, v in subject.optimizer.items()}
        name = shown.pop("name")
        settings = ", ".join(f"{k} = {v}" for k, v in shown.items())
        for row in prose(f"{name}: {settings}", width):
            print(row)


def _label(line: int | str, equation: str) -> str:
    return f"{line:>4}  {safe_cell(equation)}"


def _value_column(labels: list[str], width: int) -> int:
    """Where values begin: right of all equations but the long ones."""
    return max((n for n in map(cells, labels) if n <= width // 2), default=width // 3) + 2


def _widths(names: Sequence[str], digits: int) -> list[int]:
    """Of the columns of a course."""
    return [max(digits + len(COURSE), cells(safe_cell(name))) for name in names]


def _fits_course(names: Sequence[str], digits: int) -> bool:
    """Whether a number of each of these names goes into one row."""
    return bool(names) and len(COURSE_FIRST) + sum(w + 2 for w in _widths(names, digits)) <= room()


def _course(subject: Subject, records: Iterator[Record], digits: int) -> None:
    """Single numbers over many iterations: a row for each iteration."""
    print_heading(subject, digits, room())
    print()
    wide: dict[str, int] = {}
    for iteration, row in groupby(records, key=itemgetter("iteration")):
        found = {short_name(r): number(float(r["value"]), digits) for r in row}
        if not wide:
            wide = dict(zip(found, _widths(list(found), digits), strict=True))
            print(COURSE_FIRST + "".join(f"  {'':{w - cells(safe_cell(n))}}{safe_cell(n)}" for n, w in wide.items()))
        print(f"{iteration:>{len(COURSE_FIRST)}}" + "".join(f"  {found.get(n, ''):>{w}}" for n, w in wide.items()))


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


def _json(subject: Subject, records: Iterator[Record], digits: int) -> None:
    output.write_json({**subject.heading(), "lines": list(records)})


def _jsonl(subject: Subject, records: Iterator[Record], digits: int) -> None:
    output.write_jsonl(records)


def _csv(subject: Subject, records: Iterator[Record], digits: int) -> None:
    header = ("iteration", "phase", "line", "name", "parameter", "index", "value")
    rows = (
        (r["iteration"], r["phase"], r["line"], r["name"], r["parameter"] or "", " ".join(map(str, index)), value)
        for r in records
        for index, value in np.ndenumerate(r["value"])
    )
    output.write_csv(rows, header)


def _markdown(subject: Subject, records: Iterator[Record], digits: int) -> None:
    header = ("iteration", "phase", "line", "equation", "parameter", "value")
    rows = (
        (
            r["iteration"],
            r["phase"],
            r["line"],
            r["equation"] or r["name"],
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


def _latex(subject: Subject, records: Iterator[Record], digits: int) -> None:
    from tui_nn.lang.latex import latex, latex_equation, latex_name

    program = subject.session.program
    print(r"\begin{align*}")
    for record in records:
        line = program.lines[record["line"] - 1]
        if record["equation"]:
            equation = latex_equation(line.equation, **known(program, line))
        else:  # a watch
            equation = latex(subject.session.expression(record["name"]), **known_of_page(program))
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


def writer(form: Format, singles: Sequence[str], digits: int) -> Writer:
    """The writer of a format; for single numbers of these names, text is a row for each iteration, where it fits."""
    return _course if form is Format.TEXT and _fits_course(singles, digits) else WRITERS[form]
