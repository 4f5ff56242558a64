"""`tui-nn summary`: what a network is made of, and the pages that it is trained and evaluated by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.output import TableFormat, safe, write_json, write_rows
from tui_nn.cli.run_arguments import Format
from tui_nn.cli.setting_flags import with_settings
from tui_nn.session.settings import DATA, LOSS, NETWORK, OPTIMIZER, Row

if TYPE_CHECKING:
    from tui_nn.engine.program import Program
    from tui_nn.lang.page import Update
    from tui_nn.nn.network import Network

app = typer.Typer(add_completion=False)


def _shapes_it(name: str, row: Row) -> bool:
    return row.panel in (DATA, NETWORK, LOSS, OPTIMIZER) or name == "batch_size"


@app.command()
@with_settings(_shapes_it)
def summary(
    given: dict[str, Any],
    *,
    pages: Annotated[bool, typer.Option("--pages/--no-pages", help="Print the pages too, in text.")] = True,
    form: Format = TableFormat.TEXT,
) -> None:
    """Show a network: layers, shapes, parameter counts, and the lines of its pages.

    DATA is a data set, with the settings of a network to be trained on it, or a run.
    """
    network, update, batch = _network(given)
    found = network.summary()
    rows = [
        [layer.name, layer.text, layer.units, layer.count, " ".join(f"{n}:{_size(s)}" for n, s in layer.parameters)]
        for layer in found.layers
    ]
    header = ["name", "layer", "units", "parameters", "shapes"]
    if form is TableFormat.JSON:
        program = _program(network, update, batch)
        write_json(
            {
                "inputs": found.inputs,
                "outputs": network.outputs,
                "parameters": found.count,
                "loss": found.loss,
                "optimizer": {"name": update.name, **update.hyper, **update.choices},
                "layers": [dict(zip(header, row, strict=True)) for row in rows],
                "training": [_line(line) for line in program.lines],
                "evaluation": [str(line) for line in _evaluation(network, batch).lines],
            }
        )
    elif form is TableFormat.TEXT:
        print(safe(str(found)))
        if pages:
            _print_page(f"training, {batch} examples at once", _program(network, update, batch))
            _print_page("evaluation", _evaluation(network, batch))
    else:
        write_rows(rows, header, form)


def _network(given: dict[str, Any]) -> tuple[Network, Update, int]:
    """The network of a run, or of settings; its optimiser's page, and the size of a batch."""
    from tui_nn.errors import UserError
    from tui_nn.session import assemble, plan
    from tui_nn.session.preparation import prepare
    from tui_nn.session.run_folder import find_run
    from tui_nn.session.settings import from_values

    settings = from_values(given)
    try:
        folder = find_run(settings.data or "")
    except UserError:
        prepared = prepare(settings)
        rows = prepared.count("train")
        network = assemble.network(settings, prepared)
    else:
        settings = from_values({k: v for k, v in given.items() if k != "data"}, folder.settings())
        description = folder.description()
        rows = description["data"]["train"]
        network = plan.network_from(description["network"])
    return network, plan.update(settings), min(settings.batch_size or rows, rows)


def _program(network: Network, update: Update, batch: int) -> Program:
    from tui_nn.engine.build import build

    return build(**network.training_page(batch).arguments, update=update, dtype="float32")


def _evaluation(network: Network, batch: int) -> Program:
    from tui_nn.engine.build import build

    return build(**network.evaluation_page(batch).arguments, dtype="float32")


def _line(line: Any) -> dict[str, object]:
    return {"line": line.number, "phase": line.phase, "equation": str(line), "shape": line.shape}


def _print_page(title: str, program: Program) -> None:
    print(f"\n{title}")
    phase = ""
    for line in program.lines:
        if line.phase != phase:
            phase = line.phase
            print(f"{phase}")
        size = f"  {_size(line.shape)}" if line.shape else ""
        print(safe(f"{line.number:4}  {line}{size}"))


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "1"
