"""What `tui-nn data` prints of a data set: facts of the whole, a profile of each column, its first rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, islice
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from tui_nn.cli.layout import can_print
from tui_nn.cli.output import safe, write_table
from tui_nn.errors import UserError

if TYPE_CHECKING:  # NumPy comes with these
    from tui_nn.data import Dataset, Reading, Table
    from tui_nn.data.profile import Profile

_BARS, _PLAIN_BARS = "·▁▂▃▄▅▆▇█", ".:-=+*#%@"


def width(found: Table | Dataset) -> int:
    """How many columns there are, the target among them."""
    from tui_nn.data import Table

    return len(found.columns) if isinstance(found, Table) else len(found.features) + 1


def facts_of(source: str, found: Table | Dataset, reading: Reading) -> tuple[dict[str, object], str]:
    """What holds for the data set as a whole; and why it cannot be trained on, if it cannot.

    Where the person said how to read it, that reason is an error: it may be the option that is wrong.
    """
    from tui_nn.data.load import encode
    from tui_nn.data.profile import class_counts

    raw = {"name": found.name, "rows": found.rows, "features": None, "task": None, "target": None, "classes": {}}
    try:
        dataset = encode(source, found, reading)
    except UserError as error:
        if reading.target or reading.task or reading.drop or reading.text or reading.missing:
            raise
        return {**raw, "notes": list(found.notes)}, str(error)
    given = {} if dataset.test_from is None else {"test_rows": dataset.rows - dataset.test_from}
    return {
        "name": dataset.name,
        "description": dataset.description,
        "source": dataset.source,
        "rows": dataset.rows,
        **given,
        "features": len(dataset.features),
        "task": dataset.task,
        "target": dataset.target,
        "classes": class_counts(dataset),
        "notes": list(dataset.notes),
        "sha256": dataset.sha256,
    }, ""


def write_facts(facts: dict[str, object]) -> None:
    """Print facts as text, a line each."""
    for key, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} ({count})" for name, count in islice(value.items(), 20))
        for line in value if isinstance(value, list) else [value]:
            if line not in ("", None):
                print(safe(f"{key.replace('_', ' '):12} {line}"))


def column_record(profile: Profile) -> dict[str, object]:
    """A column as programs read it."""
    from dataclasses import asdict

    return asdict(profile)


def write_profiles(shown: Sequence[Profile]) -> None:
    """Print columns as a table."""
    header = ["column", "type", "missing", "distinct", "lowest", "highest", "histogram"]
    rows = [[p.name, p.type, p.missing, p.distinct, p.lowest, p.highest, _bars(p.histogram)] for p in shown]
    write_table(rows, header, digits=4)


def _bars(counts: Iterable[int]) -> str:
    """A bar for each count; any count above 0 can be told from 0."""
    counts = list(counts)
    glyphs = _BARS if can_print(_BARS) else _PLAIN_BARS
    top = max(counts, default=0) or 1
    return "".join(glyphs[-(-count * (len(glyphs) - 1) // top)] for count in counts)


def first_rows(found: Table | Dataset, n: int) -> tuple[list[str], list[list[object]]]:
    """Names of columns, and rows as the file has them."""
    from tui_nn.data import Table

    if isinstance(found, Table):
        columns = [[_value(cell) for cell in column.cells[:n]] for column in found.columns]
        return list(found.names), [list(row) for row in zip(*columns, strict=True)]
    labels = [found.classes[code] for code in found.y[:n]] if found.classes else found.y[:n].tolist()
    return [*found.features, found.target], [[*x, y] for x, y in zip(found.X[:n].tolist(), labels, strict=True)]


def columns_that_fit(names: Sequence[object], rows: Sequence[Sequence[object]]) -> int:
    """How many columns from the left fit into the terminal's width, beside a mark for those left out and the last."""
    widths = [2 + max(len(str(cell)) for cell in column) for column in zip(names, *rows, strict=True)]
    room = get_terminal_size().columns
    if sum(widths) - 2 <= room:
        return len(names)
    room -= widths[-1] + 1
    return max(1, sum(end <= room for end in accumulate(widths[:-1])))


def _value(cell: str) -> object:
    """A cell as JSON has it: a number, a text, or nothing."""
    from tui_nn.data.table import is_missing, to_number

    number = to_number(cell)
    if number is None:
        return None if is_missing(cell) else cell
    return int(cell) if cell.lstrip("+-").isdigit() else number
