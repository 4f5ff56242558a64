"""`tui-nn data`: what data sets there are, what is in them, where their files lie."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from tui_nn.cli.data_facts import (
    column_record,
    columns_that_fit,
    facts_of,
    first_rows,
    width,
    write_facts,
    write_profiles,
)
from tui_nn.cli.diagnostics import say
from tui_nn.cli.output import TableFormat, safe, write_json, write_rows
from tui_nn.errors import UserError

if TYPE_CHECKING:  # NumPy comes with these
    from tui_nn.data import Entry, Reading

app = typer.Typer(add_completion=False)

SOURCE_HELP = "A data set's name, a CSV, TSV, .npz or idx file, or - for standard input."


def complete_name(incomplete: str) -> list[str]:
    """Names of data sets, for the shell."""
    from tui_nn.data import CATALOGUE

    return [name for name in CATALOGUE if name.startswith(incomplete)]


Source = Annotated[
    str, typer.Argument(metavar="DATA", help=SOURCE_HELP, show_default=False, autocompletion=complete_name)
]
Target = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column to predict: its name, or its number (-1: the last).")
]
Task = Annotated[str | None, typer.Option(metavar="TASK", help="classification or regression; default: inferred.")]
Drop = Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Leave a column out; repeatable.")]
Text = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN", help="Take a column of numbers as categories; repeatable.")
]
Missing = Annotated[
    str | None, typer.Option(metavar="WHAT", help="Missing values: error names them, drop leaves their rows out.")
]
Header = Annotated[
    bool | None, typer.Option("--header/--no-header", help="Whether the first line holds names; default: detected.")
]
Delimiter = Annotated[
    str | None, typer.Option(metavar="CHARACTER", help="Between cells; default: detected. Or: tab, space.")
]
Rows = Annotated[int | None, typer.Option("-n", metavar="N", help="Rows: toy sets are made with N, of others N drawn.")]
Noise = Annotated[float | None, typer.Option(metavar="X", help="Standard deviation of a toy set's noise.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of a toy set, and of drawing rows.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr except errors.")]
Format = Annotated[TableFormat, typer.Option("--format", "-f", help="How to write it.")]

TEXT_COLUMNS = 30


@app.callback()
def data() -> None:
    """List, inspect and fetch data sets."""


@app.command("list")
def list_sets(form: Format = TableFormat.TEXT) -> None:
    """List the data sets that have a name."""
    from tui_nn.data import CATALOGUE

    if form is TableFormat.TEXT:
        header = ["name", "kind", "rows", "features", "classes", "about"]
        rows: list[list[object]] = [
            [e.name, e.kind, e.rows, e.features, e.classes or None, e.description] for e in CATALOGUE.values()
        ]
    else:
        header = ["name", "kind", "task", "rows", "features", "classes", "description", "source"]
        rows = [[getattr(entry, key) for key in header] for entry in CATALOGUE.values()]
    write_rows(rows, header, form)


@app.command()
def show(
    source: Source,
    target: Target = None,
    task: Task = None,
    drop: Drop = None,
    text: Text = None,
    missing: Missing = None,
    header: Header = None,
    delimiter: Delimiter = None,
    n: Rows = None,
    noise: Noise = None,
    seed: Seed = 0,
    every: Annotated[bool, typer.Option("--all", help=f"Show all columns as text, not just {TEXT_COLUMNS}.")] = False,
    form: Format = TableFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Show the columns of a data set: types, ranges, classes, missing values, histograms.

    In a histogram each bar is a tenth of the range; or it is a text, the most frequent one first. JSON has everything,
    the other formats but text have the columns alone.
    """
    from tui_nn.data import open_data
    from tui_nn.data.profile import profiles

    talk = _talk(quiet)
    reading = reading_of(target, task, drop, text, missing, header, delimiter)
    found = open_data(source, reading, n=n, noise=noise, seed=seed, say=talk)
    facts, problem = facts_of(source, found, reading)
    if form is TableFormat.JSON:
        write_json({**facts, "columns": [column_record(profile) for profile in profiles(found)]})
    elif form is TableFormat.TEXT:
        write_facts(facts)
        print()
        shown = list(profiles(found) if every else islice(profiles(found), TEXT_COLUMNS))
        write_profiles(shown)
        hidden = width(found) - len(shown)
        if hidden > 0:
            talk(f"{hidden} more columns; --all shows them, --format json and csv have them")
    else:
        records = [column_record(profile) for profile in profiles(found)]
        write_rows([list(record.values()) for record in records], list(records[0]), form)
    if problem:
        talk(f"It cannot be trained on as it is: {problem}")


@app.command()
def head(
    source: Source,
    n: Annotated[int, typer.Option("-n", "--rows", min=1, metavar="N", help="How many rows.")] = 5,
    header: Header = None,
    delimiter: Delimiter = None,
    noise: Noise = None,
    seed: Seed = 0,
    every: Annotated[bool, typer.Option("--all", help="Show all columns as text.")] = False,
    form: Format = TableFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Print the first rows of a data set, as its file has them."""
    from tui_nn.data import open_data

    talk = _talk(quiet)
    reading = reading_of(None, None, None, None, None, header, delimiter)
    names, rows = first_rows(open_data(source, reading, noise=noise, seed=seed, say=talk), n)
    fit = columns_that_fit(names, rows)
    if form is TableFormat.TEXT and fit < len(names) - 1 and not every:
        talk(f"{len(names) - 1 - fit} more columns; --all shows them, --format json and csv have them")
        names = [*names[:fit], "…", names[-1]]
        rows = [[*row[:fit], "…", row[-1]] for row in rows]
    write_rows(rows, names, form)


@app.command()
def fetch(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Names of data sets.", autocompletion=complete_name)
    ],
    quiet: Quiet = False,
) -> None:
    """Download data sets, where they are not on this machine yet, and print the paths of their files.

    A folder that has them already can be named by the environment variable TUI_NN_DATA.
    """
    from tui_nn.data.load import entry_paths

    for entry in [_entry(name) for name in names]:
        files = entry_paths(entry, _talk(quiet))
        if not files and not quiet:
            say(f"'{entry.name}' is generated; it has no file.")
        for file in files:
            print(safe(str(file)))


@app.command()
def path(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a data set.", autocompletion=complete_name)],
) -> None:
    """Print the paths of a data set's files on this machine, without downloading any."""
    from tui_nn.data.fetch import find
    from tui_nn.data.load import entry_paths

    entry = _entry(name)
    found = [find(file) for file in entry.files] if entry.kind == "fetched" else entry_paths(entry)
    if not found:
        raise UserError(f"'{entry.name}' is generated; it has no file.")
    if None in found:
        raise UserError(f"'{entry.name}' is not on this machine yet; run: tui-nn data fetch {entry.name}")
    for file in found:
        print(safe(str(file)))


def reading_of(
    target: str | None,
    task: str | None,
    drop: list[str] | None,
    text: list[str] | None,
    missing: str | None,
    header: bool | None,
    delimiter: str | None,
) -> Reading:
    """What the options say of a file. A wrong task or missing is reported where it is used."""
    from tui_nn.data import Reading

    return Reading(target, task, tuple(drop or ()), tuple(text or ()), missing, header, delimiter)  # type: ignore[arg-type]


def _talk(quiet: bool) -> Callable[[str], None]:
    return (lambda line: None) if quiet else say


def _entry(name: str) -> Entry:
    from tui_nn.data import CATALOGUE
    from tui_nn.data.text import listed, nearest, quoted

    if name not in CATALOGUE:
        near = nearest(name, list(CATALOGUE))
        raise UserError(f"There is no data set {quoted(name)}.{near} There are: {listed(CATALOGUE, 30)}.")
    return CATALOGUE[name]
