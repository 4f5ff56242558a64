"""`tui-nn gradcheck`: the derived gradients against differences of the loss itself."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import ExitCode, say
from tui_nn.cli.options import Asked, Quiet, asks
from tui_nn.cli.output import write_csv, write_json, write_markdown_table, write_table
from tui_nn.cli.subject import find_beside_runs, run_meant
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.gradcheck import Row

app = typer.Typer(add_completion=False)

HEADER = ("parameter", "shape", "checked", "worst entry", "analytic", "numeric", "relative error", "verdict")


class CheckFormat(StrEnum):
    """How the table is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"


@app.command()
@asks(Asked)
def gradcheck(
    asked: Asked,
    *,
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="X", min=1e-15, help="The largest relative error that holds.")
    ] = 1e-6,
    form: Annotated[
        CheckFormat, typer.Option("--format", "-f", metavar="FORMAT", help="text, json, markdown, csv.")
    ] = (CheckFormat.TEXT),
    quiet: Quiet = False,
) -> None:
    """Check the derived gradients against central differences of the loss.

    In float64, each parameter at the values given. Exit code 1 where one is off by more than the tolerance.
    """
    from tui_nn.session.gradcheck import gradcheck

    if run_meant(asked.target) is not None:
        raise UserError(f"{asked.target} is a training run; gradcheck takes a lesson, a file or equations")
    problem, _ = find_beside_runs(asked, quiet=True)
    if problem.remark:  # why these equations have no gradients
        raise UserError(problem.remark)
    program = problem.program()
    learns = bool(program.loss and program.parameters)
    rows = gradcheck(program, problem.values, seed=problem.seed, tolerance=tolerance) if learns else ()
    if form is CheckFormat.JSON:
        write_json(
            {"target": problem.target, "seed": problem.seed, "tolerance": tolerance, "rows": list(map(_record, rows))}
        )
    else:
        writers = {
            CheckFormat.TEXT: write_table,
            CheckFormat.MARKDOWN: write_markdown_table,
            CheckFormat.CSV: write_csv,
        }
        writers[form](list(map(_cells, rows)), HEADER)
    _talk(rows, quiet)
    if not all(row.holds for row in rows):
        raise typer.Exit(ExitCode.CHECK_FAILED)


def _record(row: Row) -> dict[str, Any]:
    return {
        "parameter": row.parameter,
        "shape": list(row.shape),
        "checked": row.checked,
        "kinks": row.kinks,
        "index": list(row.worst.index),
        "analytic": row.worst.analytic,
        "numeric": row.worst.numeric,
        "relative_error": row.worst.error,
        "verdict": row.verdict.value,
        "holds": row.holds,
    }


def _cells(row: Row) -> tuple[Any, ...]:
    index = f"[{', '.join(map(str, row.worst.index))}]" if row.worst.index else ""
    shape = "x".join(map(str, row.shape)) or "1"
    worst = row.worst
    return (row.parameter, shape, row.checked, index, worst.analytic, worst.numeric, worst.error, row.verdict.value)


def _talk(rows: tuple[Row, ...], quiet: bool) -> None:
    from math import prod

    if quiet:
        return
    if not rows:
        say("note: there are no parameters, so there are no gradients to check; --parameter NAME names one")
    for row in rows:
        entries = prod(row.shape)
        if row.checked < entries:
            say(f"note: {row.parameter}: {row.checked} of {entries:,} entries were checked, drawn with the seed")
        if row.kinks:
            lie = "entry lies" if row.kinks == 1 else "entries lie"
            say(f"note: {row.parameter}: {row.kinks} {lie} on a kink, where more than one slope is right")
