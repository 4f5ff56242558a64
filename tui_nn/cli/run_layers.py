"""`tui-nn runs layers`: how the layers of a run stood after an iteration: norms, steps, dead units, histograms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import say
from tui_nn.cli.output import TableFormat, write_json, write_rows, write_table
from tui_nn.cli.run_arguments import Format, Quiet, RunName

if TYPE_CHECKING:
    from tui_nn.session.layer_figures import ParameterFigures

After = Annotated[
    int | None,
    typer.Option("--iteration", "-i", metavar="N", min=1, help="After which iteration. Unless said, the last."),
]

CELLS = 32  # of a histogram


def layers(run: RunName, iteration: After = None, form: Format = TableFormat.TEXT, quiet: Quiet = False) -> None:
    """Show how a run's layers stood after an iteration: norms, steps against weights, dead units, histograms.

    `ratio` is the norm of the iteration's change over that of what was changed;
    `dead` is the share of a layer's units that said the same for each example of
    the batch. JSON has the histograms' numbers too.

    For example: tui-nn runs layers iris-1 --iteration 100
    """
    from tui_nn.cli.span import end_of_run
    from tui_nn.session.layer_figures import figures_after
    from tui_nn.session.open_run import course_after
    from tui_nn.session.run_folder import find_run

    folder = find_run(run)
    span = end_of_run(folder, iteration, "--iteration")
    at = span.first
    if span.remark and not quiet:
        say(f"note: {span.remark}")
    course, _ = course_after(folder, at - 1, (lambda line: None) if quiet else say)
    figures = figures_after(course, at)
    rows = [_row(f) for f in figures]
    header = ["parameter", "layer", "norm", "gradient", "ratio", "dead"]
    if form is TableFormat.JSON:
        each = [dict(zip(header, row, strict=True)) for row in rows]
        parameters = [found | _histogram(f) for found, f in zip(each, figures, strict=True)]
        where = {"run": str(folder.path), "iteration": at, "last_iteration": span.known}
        write_json({**where, "lr": course.rate_at(at), "parameters": parameters})
    elif form is TableFormat.TEXT:
        print(f"after iteration {at:,}")
        write_table(rows, header, digits=4)
        print()
        write_table([_drawn(f) for f in figures], ["weights", "least", "how many", "greatest"], digits=4)
    else:
        write_rows(rows, header, form)


def _row(f: ParameterFigures) -> list[object]:
    return [f.name, f.layer, f.weight, f.gradient, f.ratio, None if math.isnan(f.dead) else f.dead]


def _histogram(f: ParameterFigures) -> dict[str, Any]:
    from tui_nn.session.histogram import histogram

    found = histogram(f.name, f.values)
    return {"shape": list(found.shape), "histogram": {"counts": found.counts, "edges": found.edges}}


def _drawn(f: ParameterFigures) -> list[object]:
    """The histogram as a curve in one line."""
    import os

    from tui_nn.session.histogram import histogram
    from tui_nn.view.look import detect
    from tui_nn.view.sparkline import sparkline

    found = histogram(f.name, f.values)
    curve = sparkline(found.counts, detect(os.environ), CELLS).plain
    return [f.name, float(found.edges[0]), curve, float(found.edges[-1])]
