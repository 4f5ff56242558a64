"""One front door to every data set: a name of the catalogue, a file, a folder of idx files, or "-" for stdin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from tui_nn.data.catalogue import CATALOGUE, Entry, embedded_folder
from tui_nn.data.csv_file import parse_csv
from tui_nn.data.dataset import Dataset
from tui_nn.data.fetch import Say, fetch
from tui_nn.data.idx import dataset_from_idx, idx_parts, is_idx
from tui_nn.data.infer import INFER, Missing, Reading, dataset_from_table
from tui_nn.data.npz import dataset_from_npz, is_zip
from tui_nn.data.schema import Task
from tui_nn.data.source import STDIN, read_bytes
from tui_nn.data.split import draw
from tui_nn.data.table import Column, Table
from tui_nn.data.text import counted, listed, nearest, quoted
from tui_nn.data.toy import make_toy
from tui_nn.errors import UserError


def load(
    name: str | Path,
    *,
    target: str | int | None = None,
    task: Task | None = None,
    drop: Sequence[str | int] = (),
    text: Sequence[str | int] = (),
    missing: Missing | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    n: int | None = None,
    noise: float | None = None,
    seed: int = 0,
    say: Say | None = None,
) -> Dataset:
    """The data set of that name, or in that file.

    name: a name of the catalogue; a CSV, TSV, .npz or idx file, gzipped or not; a folder with MNIST's four files; "-".
    target … delimiter: what a person knows of the file, see `Reading`; what is not said is inferred.
    n: rows. A toy set is made with exactly n; of others n rows are drawn, each class in proportion.
    noise: of toy sets, a standard deviation. seed: for toy sets and for drawing n rows.
    say: is told of downloads.

    Raises:
        UserError: no such data set or file, an option that does not apply, anything wrong within a file.
    """
    reading = Reading(target, task, drop, text, missing, header, delimiter)
    dataset = encode(name, open_data(name, reading, n=n, noise=noise, seed=seed, say=say), reading)
    return dataset if n is None or dataset.rows == n else sample(dataset, n, seed)


def open_data(
    name: str | Path,
    reading: Reading = INFER,
    *,
    n: int | None = None,
    noise: float | None = None,
    seed: int = 0,
    say: Say | None = None,
) -> Table | Dataset:
    """What `load` starts from: the raw table where the source is one, else the data set. Arguments as for `load`."""
    entry = CATALOGUE.get(str(name))
    if entry is None or entry.kind != "toy":
        _refuse(str(name), "only toy sets have it", noise=noise)
    if entry is None:
        return _open_file(name, reading)
    _refuse(entry.name, "it is known for this data set", header=reading.header, delimiter=reading.delimiter)
    if entry.kind == "toy":
        _refuse_reading(entry.name, reading)
        return make_toy(entry.name, n=n, noise=noise, seed=seed)
    paths = entry_paths(entry, say)
    if len(paths) > 1:
        _refuse_reading(entry.name, reading)
        parts = list(zip(paths[::2], paths[1::2], strict=True))
        return dataset_from_idx(parts, entry.name, entry.class_names, entry.description, entry.source)
    table = parse_csv(read_bytes(paths[0]), entry.name, header=not entry.columns)
    named = zip(entry.columns or table.names, table.columns, strict=True)
    return replace(table, columns=tuple(Column(name, column.cells) for name, column in named), header=True)


def encode(name: str | Path, found: Table | Dataset, reading: Reading = INFER) -> Dataset:
    """The data set of what `open_data` found under this name. Raises UserError."""
    entry = CATALOGUE.get(str(name))
    if isinstance(found, Dataset):
        return found
    if entry is None:
        return dataset_from_table(found, reading, source=str(name))
    dataset = dataset_from_table(found, _merged(entry, reading), description=entry.description, source=entry.source)
    pixels_only = dataset.features == found.names[:-1]
    return replace(dataset, bounds=entry.bounds, image=entry.image) if pixels_only else dataset


def entry_paths(entry: Entry, say: Say | None = None) -> list[Path]:
    """The files of a named data set on this machine, fetched if need be; none for a toy set."""
    if entry.kind == "embedded":
        return [embedded_folder() / entry.path]
    return [fetch(file, say=say) for file in entry.files]


def sample(dataset: Dataset, n: int, seed: int) -> Dataset:
    """``n`` of the rows, drawn at random, each class (and each part of a given split) in proportion; in their order."""
    if not 1 <= n <= dataset.rows:
        raise UserError(f"{quoted(dataset.name)} has {counted(dataset.rows, 'row')}; {n:,} cannot be drawn of them.")
    rows = np.arange(dataset.rows)
    first = dataset.rows if dataset.test_from is None else dataset.test_from
    strata = np.where(rows >= first, len(dataset.classes) + 1, 0)
    strata += dataset.y.astype(np.int64) if dataset.task == "classification" else 0
    drawn = draw(rows, strata, n, seed, "data/sample")
    test_from = int(np.searchsorted(drawn, first))
    return replace(dataset.take(drawn), test_from=test_from if 0 < test_from < n else None)


def _open_file(name: str | Path, reading: Reading) -> Table | Dataset:
    path = Path(name)
    if path.is_dir():
        return _open_idx(path, reading)
    if str(name) != STDIN and not path.exists():
        raise UserError(
            f"There is no data set and no file called {quoted(str(name))}.{nearest(str(name), list(CATALOGUE))} "
            f"The data sets: {listed(CATALOGUE, 30)}."
        )
    data = read_bytes(name)
    label = "standard input" if str(name) == STDIN else path.name
    if is_idx(data):
        return _open_idx(path, reading)
    if is_zip(data):
        _refuse_reading(label, replace(reading, task=None))  # the task can be said, nothing else
        return dataset_from_npz(data, label, reading, source=str(name))
    if path.suffix == ".toml":
        raise UserError(
            f"{quoted(label)} is TOML, and no table of rows: settings are read with --config, "
            "a page of equations by `tui-nn step` and `tui-nn open`."
        )
    return parse_csv(data, label, header=reading.header, delimiter=reading.delimiter)


def _open_idx(path: Path, reading: Reading) -> Dataset:
    _refuse_reading(path.name, reading)
    return dataset_from_idx(idx_parts(path), path.name, source=str(path))


def _merged(entry: Entry, reading: Reading) -> Reading:
    """The catalogue's reading, with what the person says in place of it; another target has a task of its own."""
    known = entry.reading
    same = reading.target is None
    return replace(
        reading,
        target=known.target if same else reading.target,
        task=reading.task or (known.task if same else None),
        missing=reading.missing or known.missing,
    )


def _refuse(name: str, why: str, **options: object) -> None:
    for option, value in options.items():
        if value is not None:
            raise UserError(f"{quoted(name)} takes no {option}: {why}.")


def _refuse_reading(name: str, reading: Reading) -> None:
    given = {field.name: getattr(reading, field.name) for field in fields(reading)}
    said = {option: None if value == () or value == [] else value for option, value in given.items()}
    _refuse(name, "its features and its target are fixed", **said)
