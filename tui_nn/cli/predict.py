"""`tui-nn predict`: what a trained network says of new rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from tui_nn.cli.data import Delimiter, Header
from tui_nn.cli.diagnostics import say
from tui_nn.cli.output import TableFormat, write_rows
from tui_nn.cli.run_arguments import Format, Quiet, RunName, Weights, check_finite, check_weights
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.model import Prediction, Rows

app = typer.Typer(add_completion=False)


@app.command()
def predict(
    run: RunName,
    source: Annotated[
        str | None, typer.Argument(metavar="FILE", help="Rows: a CSV, TSV, .npz or idx file, or - for standard input.")
    ] = None,
    row: Annotated[
        list[str] | None,
        typer.Option("--row", metavar="VALUES", help="A row: 5.1,3.5,1.4,0.2 or petal_width=0.2,…; repeatable."),
    ] = None,
    weights: Weights = None,
    header: Header = None,
    delimiter: Delimiter = None,
    form: Format = TableFormat.TEXT,
    quiet: Quiet = False,
) -> int:
    """Predict rows with a trained network.

    Columns are found by name, and scaled as in training; a file whose columns do not fit is refused. A column with the
    target may be there; it is printed beside the prediction.
    """
    from tui_nn.session.model import Model
    from tui_nn.session.row_text import read_rows
    from tui_nn.session.run_folder import find_run

    check_weights(weights)
    if source is None and not row:
        raise UserError("Say what to predict: a file (or - for standard input), or rows with --row.")
    if source is not None and row:
        raise UserError("Rows come from a file or from --row: one of them, not both.")
    folder = find_run(run)
    model = Model.load(folder, weights)
    for note in () if quiet else model.notes:
        say(note)
    rows = read_rows(model.schema, row) if row else model.read(source or "", header, delimiter)
    found = model.predict(rows.X)
    write_rows(_records(found, rows, model.schema.classes), _header(found, rows, model.schema.classes), form)
    return check_finite(folder, found.unknown, len(rows.X))


def _header(found: Prediction, rows: Rows, classes: tuple[str, ...]) -> list[str]:
    probabilities = [f"p({name})" for name in classes] if found.probabilities is not None else []
    return ["row", "prediction", *probabilities, *(["target"] if rows.y is not None else [])]


def _records(found: Prediction, rows: Rows, classes: tuple[str, ...]) -> Iterator[list[object]]:
    for i, label in enumerate(found.labels):
        probabilities = found.probabilities[i].tolist() if found.probabilities is not None else []
        target = [] if rows.y is None else [classes[rows.y[i]] if classes else float(rows.y[i])]
        yield [i + 1, label, *probabilities, *target]
