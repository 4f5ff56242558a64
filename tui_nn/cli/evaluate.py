"""`tui-nn evaluate`: how good a trained network is, on a part of its data or on another file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.data import Delimiter, Header
from tui_nn.cli.diagnostics import say
from tui_nn.cli.output import TableFormat, write_json, write_rows, write_table
from tui_nn.cli.run_arguments import Format, Quiet, RunName, Weights, check_finite, check_weights
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.metrics import Classification
    from tui_nn.session.model import Model
    from tui_nn.session.run_folder import RunFolder

app = typer.Typer(add_completion=False)

After = Annotated[
    int | None, typer.Option("--iteration", "-i", metavar="N", min=1, help="Weights as they were after iteration N.")
]

MANY = 15  # classes beyond which the confusion matrix does not fit a terminal


@app.command()
def evaluate(
    run: RunName,
    source: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="Rows with their target, or - for standard input. Default: --part."),
    ] = None,
    part: Annotated[
        str | None, typer.Option("--part", metavar="NAME", help="Of the run's data: train, validation or test.")
    ] = None,
    weights: Weights = None,
    iteration: After = None,
    header: Header = None,
    delimiter: Delimiter = None,
    form: Format = TableFormat.TEXT,
    quiet: Quiet = False,
) -> int:
    """Evaluate a trained network: loss, accuracy, precision, recall, F1, R² and more.

    Without a file: on the part of the run's own data that was held back. JSON has
    everything; the other formats have a row for each figure.

    For example: tui-nn evaluate iris-1 --iteration 100 --part validation
    """
    from numpy import isfinite

    from tui_nn.data.text import counted
    from tui_nn.session.assemble import judge, summary
    from tui_nn.session.metrics import Classification
    from tui_nn.session.model import Model
    from tui_nn.session.open_run import last_iteration
    from tui_nn.session.run_folder import find_run

    check_weights(weights)
    folder = find_run(run)
    model = Model.load(folder, weights)
    for note in () if quiet else model.notes:
        say(note)
    if iteration is not None:
        if weights is not None:
            raise UserError("--weights and --iteration both say which weights; leave one out.")
        model = _after(folder, model, iteration, quiet)
    X, y, name, dropped = _rows(folder, model, source, part, header, delimiter)
    if dropped and not quiet:
        say(f"note: {counted(dropped, 'row')} of {len(X) + dropped:,} left out for missing values, as in training")
    rows = model.examples(X, y)
    figures, measured = judge(model.machines, model.reader, [rows])
    found = {"run": str(folder.path), "data": name, "iteration": model.iteration}
    if iteration is not None:
        found["last_iteration"] = last_iteration(folder)
    found |= summary(figures, measured)
    unknown = len(X) - int(isfinite(figures.outputs).all(axis=1).sum())
    classes = model.schema.classes
    if form is TableFormat.JSON:
        each = _classes(measured, classes) if isinstance(measured, Classification) else []
        write_json({**found, **({"classes": each} if each else {})})
    else:
        write_rows([[k, v] for k, v in found.items() if k != "confusion"], ["figure", "value"], form)
    if form is TableFormat.TEXT and isinstance(measured, Classification):
        _write_classes(measured, classes)
    return check_finite(folder, unknown, len(X))


def _after(folder: RunFolder, model: Model, iteration: int, quiet: bool) -> Model:
    """The model with the weights that it had after an iteration. Raises UserError for one that was not reached."""
    from dataclasses import replace

    from tui_nn.cli.span import end_of_run
    from tui_nn.session.open_run import course_after

    span = end_of_run(folder, iteration, "--iteration")
    if span.remark and not quiet:
        say(f"note: {span.remark}")
    course, _ = course_after(folder, iteration, (lambda line: None) if quiet else say)
    machines = course.machines
    model.machines.load({name: machines.owner.read(name) for name in machines.learned()})
    return replace(model, iteration=iteration)


def _rows(
    folder: RunFolder,
    model: Model,
    source: str | None,
    part: str | None,
    header: bool | None,
    delimiter: str | None,
) -> tuple[Any, Any, str, int]:
    """Features, targets, what they are called, and how many rows of them were left out for missing values."""
    from tui_nn.session.model import part_of_run

    if source is not None:
        if part is not None:
            raise UserError("--part is of the run's own data; leave it out, or the file.")
        rows = model.read(source, header, delimiter, drop=model.drops_missing)
        if rows.y is None:
            raise UserError(f"'{source}' has no column '{model.schema.target}' to compare predictions with.")
        return rows.X, rows.y, source, rows.dropped
    held = folder.description()["data"]
    part = part or next(name for name in ("test", "validation", "train") if held.get(name))
    if part not in ("train", "validation", "test"):
        raise UserError(f"--part takes train, validation or test, not '{part}'.")
    dataset = part_of_run(folder, part)  # type: ignore[arg-type]  # checked on the line above
    return dataset.X, dataset.y, part, 0


def _classes(measured: Classification, classes: tuple[str, ...]) -> list[dict[str, object]]:
    columns = [measured.precision, measured.recall, measured.f1, measured.support]
    names = ("precision", "recall", "f1", "rows")
    return [
        {"class": name, **{key: column[i].item() for key, column in zip(names, columns, strict=True)}}
        for i, name in enumerate(classes)
    ]


def _write_classes(measured: Classification, classes: tuple[str, ...]) -> None:
    print()
    records = _classes(measured, classes)
    write_table([list(record.values()) for record in records], list(records[0]), digits=4)
    print()
    if len(classes) > MANY:
        print(f"(the confusion matrix of {len(classes)} classes: --format json)")
        return
    print("rows of a class, by what they were taken for:")
    write_table([[name, *row] for name, row in zip(classes, measured.confusion.tolist(), strict=True)], ["", *classes])
