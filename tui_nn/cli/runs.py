"""`tui-nn runs`: the runs that are kept in a folder: list, show, compare, plot, go on with, remove."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import say
from tui_nn.cli.output import TableFormat, safe, write_json, write_rows, write_table
from tui_nn.cli.run_arguments import Format, Quiet, RunName, RunNames
from tui_nn.cli.run_layers import layers
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.run_folder import RunFolder

app = typer.Typer(add_completion=False)

HEIGHT = 18


@app.callback()
def runs() -> None:
    """List, show, compare, plot, go on with and remove training runs."""


@app.command("list")
def list_runs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that holds them.")] = Path("runs"),
    form: Format = TableFormat.TEXT,
) -> None:
    """List the runs in a folder, the latest one last."""
    from tui_nn.session.files import quoted_path
    from tui_nn.session.run_folder import RUNS, all_runs

    if folder != RUNS and not folder.is_dir():
        raise UserError(
            f"There is no folder {quoted_path(folder)}; runs are kept in {RUNS}/ unless --out says otherwise."
        )
    header = ["run", "data", "layers", "status", "epochs", "iterations", "seconds", "train loss", "test loss", "test"]
    write_rows([_row(run) for run in all_runs(folder)], header, form)


@app.command()
def show(run: RunName, form: Format = TableFormat.TEXT) -> None:
    """Show a run: what it was begun with, how it stands, its figures.

    JSON has everything with the epochs; CSV, JSON Lines and Markdown have a row for each epoch.
    """
    from tui_nn.session.run_folder import find_run

    folder = find_run(run)
    records = folder.records()
    if form is TableFormat.JSON:
        write_json({"run": _plain(folder.description()), "result": folder.result(), "epochs": records})
    elif form is TableFormat.TEXT:
        _print_run(folder, len(records))
    else:
        names = list(dict.fromkeys(name for record in records for name in record))
        write_rows([[record.get(name) for name in names] for record in records], names, form)


app.command()(layers)


@app.command()
def compare(runs: RunNames, form: Format = TableFormat.TEXT) -> None:
    """Compare runs: the settings in which they differ, and their figures; a column for each run."""
    from tui_nn.session.run_folder import find_run

    folders = [find_run(name) for name in runs]
    if len(folders) < 2:
        raise UserError("Name two runs or more to compare; `tui-nn runs list` has their names.")
    facts = [_facts(folder) for folder in folders]
    names = list(dict.fromkeys(name for fact in facts for name in fact))
    differs = [n for n in names if n.startswith("= ") or len({repr(fact.get(n)) for fact in facts}) > 1]
    rows = [[name.removeprefix("= "), *(fact.get(name) for fact in facts)] for name in differs]
    write_rows(rows, ["", *(folder.name for folder in folders)], form)


@app.command()
def plot(
    runs: RunNames,
    figure: Annotated[
        list[str] | None,
        typer.Option("--figure", metavar="NAME", help="loss, val_loss, val_accuracy, lr, …; repeatable."),
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="A logarithmic axis.")] = False,
    form: Format = TableFormat.TEXT,
) -> None:
    """Plot the curves of one run or of several over one another; other formats than text have their numbers."""
    from tui_nn.session.run_folder import find_run

    kept = [(folder.name, folder.records()) for folder in map(find_run, runs)]
    chosen = figure or (["loss", "val_loss"] if len(kept) == 1 else ["val_loss"])
    curves = [(run, name, *_column(records, name)) for run, records in kept for name in chosen]
    if not any(values for *_, values in curves):
        known = dict.fromkeys(name for _, records in kept for record in records for name in record)
        raise UserError(
            f"There is nothing to plot of {', '.join(chosen)}; there are: {', '.join(known) or 'no epochs'}."
        )
    if form is TableFormat.TEXT:
        _draw(curves, one_run=len(kept) == 1, log=log)
        return
    rows = [[run, name, e, v] for run, name, epochs, values in curves for e, v in zip(epochs, values, strict=True)]
    write_rows(rows, ["run", "figure", "epoch", "value"], form)


@app.command()
def resume(
    run: RunName,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="Up to so many epochs, in all.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Up to so many iterations, in all.")] = None,
    time: Annotated[str | None, typer.Option("--time", metavar="TIME", help="Up to so long, in all: 90s, 5m.")] = None,
    lr: Annotated[float | None, typer.Option("--lr", help="Another learning rate from here on.")] = None,
    form: Annotated[
        str | None, typer.Option("--format", "-f", metavar="NAME", help="How to print: text, json, jsonl, csv.")
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Go on with a run from its newest checkpoint, to the same weights as if it had never stopped."""
    from tui_nn.cli.train import watch
    from tui_nn.session.run import Run
    from tui_nn.session.run_folder import find_run

    wanted = {"epochs": epochs, "steps": steps, "time": time, "lr": lr, "format": form, "quiet": quiet or None}
    given = {name: value for name, value in wanted.items() if value is not None}
    return watch(Run.resume(find_run(run), given, (lambda line: None) if quiet else say))


@app.command("rm")
def remove(
    runs: RunNames,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    quiet: Quiet = False,
) -> None:
    """Remove runs: their folders, with all checkpoints."""
    from tui_nn.session.run_folder import find_run

    folders = [find_run(name) for name in runs]
    for folder in folders:
        if not yes:
            _confirm(f"Remove {safe(str(folder.path))}?")
        folder.remove()
        if not quiet:
            say(f"removed {folder.path}")


def _confirm(question: str) -> None:
    """Ask. Raises typer.Abort where the answer is no, UserError where there is nobody to answer."""
    nobody = UserError("Nobody is there to answer; say --yes to remove without being asked.")
    if sys.stdin is None:  # as with `<&-`
        raise nobody
    try:
        typer.confirm(question, abort=True, err=True)
    except typer.Abort as abort:
        if not isinstance(abort.__context__, EOFError):
            raise
        say("")  # ends the question's line
        raise nobody from None


def _row(run: RunFolder) -> list[object]:
    """A run in one line; what is damaged is said in place of its status."""
    from tui_nn.session.run_facts import summary

    s = summary(run)
    if s.problem:
        return [s.name, None, None, f"{s.status}: {s.problem}", *[None] * 6]
    figure = "{} {:.4g}".format(*s.figure) if s.figure else None
    return [s.name, s.data, s.layers, s.status, s.epochs, s.iterations, s.seconds, s.loss, s.test_loss, figure]


def _facts(run: RunFolder) -> dict[str, object]:
    """Settings, and figures (marked with `= `, so that they are shown where runs agree too)."""
    from tui_nn.session.run_facts import report, status, written

    told = report(run)
    found: dict[str, object] = {
        name: written(value) if isinstance(value, list) else value for name, value in told.settings.items()
    }
    result = told.result or {"status": status(run, None)}
    for name in ("status", "epoch", "iteration", "seconds"):
        found[f"= {name}"] = result.get(name)
    for part in ("train", "validation", "test"):
        for name, value in result.get(part, {}).items():
            if name not in ("confusion", "rows"):
                found[f"= {part} {name}"] = value
    return found


def _column(records: Sequence[Mapping[str, float]], name: str) -> tuple[list[float], list[float]]:
    """A figure: the epochs that have it, and its values."""
    there = [record for record in records if name in record]
    return [record["epoch"] for record in there], [record[name] for record in there]


def _draw(curves: Sequence[tuple[str, str, list[float], list[float]]], *, one_run: bool, log: bool) -> None:
    import os

    from rich.console import Console

    from tui_nn.session.metrics import most
    from tui_nn.view import plot as view
    from tui_nn.view.look import detect

    series = [
        view.Series(name if one_run else f"{run} {name}", values, epochs)
        for run, name, epochs, values in curves
        if values
    ]
    console = Console()
    y_most = max(most(name) for _, name, *_ in curves)
    picture = view.curves(series, detect(os.environ), console.width, HEIGHT, log=log, y_most=y_most)
    if console.is_terminal:
        console.print(picture)
    else:
        print(picture.plain)


def _print_run(folder: RunFolder, epochs: int) -> None:
    from tui_nn.data.text import counted
    from tui_nn.session.checkpoint_file import iterations
    from tui_nn.session.run_facts import status
    from tui_nn.session.settings import Settings, to_values

    description, result = folder.description(), folder.result()
    usual = to_values(Settings())
    chosen = {k: v for k, v in to_values(folder.settings()).items() if v != usual.get(k)}
    data = description["data"]
    lines = {
        "run": folder.path,
        "begun": description.get("created"),
        "data": f"{data.get('name')}, {data.get('rows')} rows, SHA-256 {str(data.get('sha256'))[:16]}…",
        "settings": ", ".join(f"{k} = {v}" for k, v in chosen.items() if k != "lr_changes"),
        **_changes(folder.settings().lr_changes),
        "network": ", ".join(description.get("network", {}).get("layers", [])),
        "loss": description.get("network", {}).get("loss"),
        "checkpoints": ", ".join(map(str, iterations(folder.checkpoints))) or "none",
        "status": ": ".join(dict.fromkeys((result["status"], result["reason"])))
        if result
        else f"{status(folder, None)}, {counted(epochs, 'epoch')}",
    }
    for name, value in lines.items():
        print(safe(f"{name:12} {value}"))
    parts = [part for part in ("train", "validation", "test") if result and part in result]
    if result and parts:
        print()
        names = [name for name in result[parts[0]] if name != "confusion"]
        write_table([[name, *(result[part].get(name) for part in parts)] for name in names], ["", *parts], digits=4)


def _changes(changes: Sequence[tuple[int, float]]) -> dict[str, str]:
    """The learning rates that were set in mid-run, as a line; none where there were none."""
    said = ", ".join(f"{rate:g} from iteration {at:,} on" for at, rate in changes)
    return {"lr changed": said} if said else {}


def _plain(value: Any) -> Any:
    """TOML's dates as text."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value
