"""A raw table: named columns of text cells, as a file has them, before anything is decided about them.

`read_csv` makes one, `infer_schema` decides how its columns become numbers, and `Schema` does it, for this table and
for any later one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.text import listed, nearest, quoted, shown
from tui_nn.errors import UserError

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null"})
"""Cells, in lower case, that stand for a missing value."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def is_missing(cell: str) -> bool:
    """Whether a (stripped) cell stands for a missing value."""
    return cell.lower() in MISSING


def to_number(cell: str) -> float | None:
    """The finite number that a cell holds, or None. Stricter than ``float``: no ``inf``, no ``1_000``."""
    if _NUMBER.fullmatch(cell) is None:
        return None
    value = float(cell)
    return value if math.isfinite(value) else None


def plain_number(cell: str) -> str:
    """One spelling for each number (``05`` and ``5.0`` become ``5``); any other text as it is."""
    number = to_number(cell)
    if number is None:
        return cell
    return str(int(number)) if number.is_integer() else repr(number)


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its name and its stripped cells, in file order."""

    name: str
    cells: Sequence[str]

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The cells as numbers; NaN where a cell is missing or is no number (shape: rows)."""
        parsed = {cell: to_number(cell) for cell in set(self.cells)}
        return np.array([parsed[cell] for cell in self.cells], np.float64)

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """True where a cell is missing (shape: rows)."""
        missing = np.isnan(self.numbers)
        for row in np.flatnonzero(missing).tolist():
            missing[row] = is_missing(self.cells[row])
        return missing

    @cached_property
    def not_numbers(self) -> NDArray[np.int64]:
        """Positions of the cells that are there but are no number."""
        return np.flatnonzero(np.isnan(self.numbers) & ~self.missing)

    @property
    def is_text(self) -> bool:
        """Whether no cell is a number and at least one is there."""
        return bool(self.not_numbers.size) and bool(np.isnan(self.numbers).all())

    @property
    def distinct(self) -> list[str]:
        """The different cells that are not missing, sorted: numbers by value, then texts."""

        def by_value(cell: str) -> tuple[bool, float, str]:
            number = to_number(cell)
            return (number is None, number or 0.0, cell)

        return sorted((cell for cell in set(self.cells) if not is_missing(cell)), key=by_value)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length. ``header`` says whether the names come from the file or were made up (x1, x2, …).

    ``lines[i]`` is the line of the file on which row ``i`` ends (a quoted cell may span lines), for messages.
    """

    name: str
    columns: tuple[Column, ...]
    lines: Sequence[int]
    header: bool
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.lines)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def place(self, row: int, column: str) -> str:
        """How a message names a cell: counted from 1, as an editor and a spreadsheet do."""
        return f"row {row + 1} (line {self.lines[row]}), column {quoted(column)}"

    def find(self, wanted: str | int) -> int:
        """The position of a column given by name, or by number: 1 is the first, -1 the last.

        A name goes before a number, so a column that is called ``7`` can be had. Raises UserError, with the names.
        """
        if isinstance(wanted, str) and wanted in self.names:
            return self.names.index(wanted)
        number = int(wanted) if re.fullmatch(r"-?\d{1,9}", str(wanted)) else 0
        if 1 <= abs(number) <= len(self.columns):
            return number - 1 if number > 0 else len(self.columns) + number
        raise UserError(
            f"{shown(self.name)} has no column {quoted(str(wanted))}.{nearest(str(wanted), self.names)} "
            f"Its columns: {listed(self.names)}; or give a number, 1 to {len(self.columns)}, or -1 for the last."
        )

    def take(self, keep: NDArray[np.bool_]) -> Table:
        """The rows where ``keep`` is true."""
        rows = np.flatnonzero(keep).tolist()
        columns = tuple(Column(c.name, [c.cells[i] for i in rows]) for c in self.columns)
        return Table(self.name, columns, [self.lines[i] for i in rows], self.header, self.notes)
