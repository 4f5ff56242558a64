"""How raw columns become features, kept with a model so that new rows are treated as the training rows were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.table import Column, Table, plain_number, to_number
from tui_nn.data.text import counted, listed, nearest, quoted, shown
from tui_nn.errors import UserError

Task = Literal["classification", "regression"]
TASKS: tuple[Task, ...] = get_args(Task)


@dataclass(frozen=True)
class Field:
    """A raw column that is used: a number (``categories`` empty), or a text that is one-hot over its categories."""

    name: str
    categories: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(f"{self.name}={category}" for category in self.categories) or (self.name,)


@dataclass(frozen=True)
class Schema:
    """The raw columns in use, in the order of the training file, and the target.

    named: whether the training file had column names; without, columns are known by their position alone.
    columns: the names of all columns of the training file, used or not, the target among them.
    classes: class names by code, empty for regression. Where all are numbers, 5, 5.0 and 05 name the same class.
    """

    fields: tuple[Field, ...]
    target: str
    task: Task
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    named: bool = True

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(feature for field in self.fields for feature in field.features)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for TOML or JSON."""
        return {
            "fields": [field.name for field in self.fields],
            "categories": {field.name: list(field.categories) for field in self.fields if field.categories},
            "target": self.target,
            "task": self.task,
            "classes": list(self.classes),
            "columns": list(self.columns),
            "named": self.named,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Schema:
        """The schema that `to_dict` wrote. Raises UserError where something in it is missing or of the wrong kind."""
        try:
            categories = {name: tuple(map(str, known)) for name, known in values["categories"].items()}
            if values["task"] not in TASKS:
                raise ValueError(f"task is {values['task']!r}")
            return cls(
                fields=tuple(Field(str(name), categories.get(name, ())) for name in values["fields"]),
                target=str(values["target"]),
                task=values["task"],
                classes=tuple(map(str, values["classes"])),
                columns=tuple(map(str, values["columns"])),
                named=bool(values["named"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(f"The stored description of the columns is damaged: {shown(str(error), 80)}.") from None

    def encode(self, table: Table) -> NDArray[np.float64]:
        """The features of a table's rows, shape (rows, features), columns found by name, or by position without names.

        Raises:
            UserError: columns missing or unknown, a cell missing or no number, a text that training has not seen.
        """
        columns = self._matched(table)
        X = np.empty((table.rows, len(self.features)))
        at = 0
        for field in self.fields:
            width = len(field.features)
            column = columns[field.name]
            _check_present(table, column)
            if field.categories:
                codes = _codes(table, column, column.cells, field.categories)
                X[:, at : at + width] = codes[:, None] == np.arange(width)
            else:
                _check_numbers(table, column)
                X[:, at] = column.numbers
            at += width
        return X

    def complete(self, table: Table) -> NDArray[np.bool_]:
        """The rows of a table in which nothing that is used has no value, shape (rows,). Raises UserError."""
        columns = self._matched(table)
        used = [columns[name] for name in (*(field.name for field in self.fields), self.target) if name in columns]
        absent: NDArray[np.bool_] = np.any([column.missing for column in used], axis=0)
        return ~absent

    def encode_target(self, table: Table) -> NDArray[Any] | None:
        """The targets of a table's rows (codes or float64, shape rows), or None where it has no such column."""
        column = self._matched(table).get(self.target)
        return None if column is None else self.target_values(table, column)

    def target_values(self, table: Table, column: Column) -> NDArray[Any]:
        """The targets in this column of the table: int64 codes or float64, shape (rows,). Raises UserError."""
        _check_present(table, column)
        if self.task == "classification":
            numeric = all(to_number(name) is not None for name in self.classes)
            cells = [plain_number(cell) for cell in column.cells] if numeric else column.cells
            return _codes(table, column, cells, self.classes)
        _check_numbers(table, column)
        return column.numbers

    def _matched(self, table: Table) -> dict[str, Column]:
        return self._by_name(table) if self.named and table.header else self._by_position(table)

    def _by_name(self, table: Table) -> dict[str, Column]:
        needed = [field.name for field in self.fields]
        absent = [name for name in needed if name not in table.names]
        unknown = [name for name in table.names if name not in {*needed, *self.columns, self.target}]
        if absent or unknown:
            raise UserError(_wrong_columns(table, absent, unknown, needed))
        return {column.name: column for column in table.columns}

    def _by_position(self, table: Table) -> dict[str, Column]:
        """Without names: either all columns of the training file, or all but the target, or just those in use."""
        layouts = [
            self.columns,
            [name for name in self.columns if name != self.target],
            [field.name for field in self.fields],
        ]
        for names in layouts:
            if len(names) == len(table.columns):
                pairs = zip(names, table.columns, strict=True)
                return {name: c if c.name == name else Column(name, c.cells) for name, c in pairs}
        raise UserError(
            f"{quoted(table.name)} has {counted(len(table.columns), 'column')} and no column names; "
            f"it needs {len(layouts[2])}: {listed(layouts[2])}"
            f" (or {len(self.columns)}, as in the training data, with {quoted(self.target)})."
        )


def _wrong_columns(table: Table, absent: Sequence[str], unknown: Sequence[str], needed: Sequence[str]) -> str:
    parts = [f"{quoted(table.name)} does not have the columns that the model was trained on."]
    if absent:
        parts.append(f"Missing: {listed(absent)}.")
    if unknown:
        parts.append(f"Unknown: {listed(unknown)}.{nearest(unknown[0], needed) if absent else ''}")
    return " ".join([*parts, f"Needed: {listed(needed)}."])


def _check_present(table: Table, column: Column) -> None:
    absent = np.flatnonzero(column.missing)
    if absent.size:
        also = f", and {counted(absent.size - 1, 'more cell')} of this column" if absent.size > 1 else ""
        raise UserError(
            f"{quoted(table.name)}: {table.place(int(absent[0]), column.name)} has no value{also}. "
            "Fill in what has none, or leave such rows out."
        )


def _check_numbers(table: Table, column: Column) -> None:
    for row in column.not_numbers[:1]:
        place = f"{quoted(table.name)}: {table.place(int(row), column.name)}"
        raise UserError(f"{place} is {quoted(column.cells[row])}, which is no finite number.")


def _codes(table: Table, column: Column, cells: Sequence[str], known: Sequence[str]) -> NDArray[np.int64]:
    """The position in ``known`` of each cell, shape (rows,)."""
    code = {category: i for i, category in enumerate(known)}
    for row, cell in enumerate(cells):
        if cell not in code:
            raise UserError(
                f"{quoted(table.name)}: {table.place(row, column.name)} is {quoted(column.cells[row])}; "
                f"known are: {listed(known)}.{nearest(cell, known)}"
            )
    return np.fromiter((code[cell] for cell in cells), np.int64, table.rows)
