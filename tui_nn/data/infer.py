"""From a raw table to a data set: which column is the target, what the task is, what each column becomes.

What is not said is inferred by the rules below, and each inference leaves a note for the person to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.schema import TASKS, Field, Schema, Task
from tui_nn.data.table import Column, Table, plain_number
from tui_nn.data.text import counted, listed, quoted
from tui_nn.errors import UserError

Missing = Literal["error", "drop"]
TARGET_NAMES = ("target", "class", "label", "y")
MAX_CATEGORIES = 100
"""A text column with more different texts than this is taken for a name or an identifier, not a category."""
MAX_INTEGER_CLASSES = 20
MIN_ROWS_PER_CLASS = 5


def _check_choice(what: str, value: str | None, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise UserError(f"{what} is {quoted(value)}; it can be {listed(choices)}.")


@dataclass(frozen=True)
class Reading:
    """What a person can say about a file. The defaults mean: infer it, and refuse missing values.

    target: the target's column, by name or number (1 is the first, -1 the last).
    drop: columns to leave out. text: columns of numbers that are categories. Both by name or number.
    missing: "error" (None means that too) reports missing values by row and column; "drop" leaves their rows out.
    header, delimiter: of a CSV file, see `parse_csv`.

    Raises UserError for another task or another way with missing values.
    """

    target: str | int | None = None
    task: Task | None = None
    drop: Sequence[str | int] = ()
    text: Sequence[str | int] = ()
    missing: Missing | None = None
    header: bool | None = None
    delimiter: str | None = None

    def __post_init__(self) -> None:
        _check_choice("task", self.task, TASKS)
        _check_choice("missing", self.missing, get_args(Missing))


INFER = Reading()
"""Nothing said: everything is inferred."""


def dataset_from_table(table: Table, reading: Reading, *, description: str = "", source: str = "") -> Dataset:
    """The data set that a table holds. Raises UserError for what cannot be learned from as it is."""
    target, target_note = _target(table, reading)
    dropped = {table.find(wanted) for wanted in reading.drop}
    if target in dropped:
        raise UserError(f"Column {quoted(table.names[target])} is the target: it cannot be left out.")
    inputs = [i for i in range(len(table.columns)) if i != target and i not in dropped]
    if not inputs:
        cut = " What stands between its cells can be said, as in --delimiter space." if len(table.columns) == 1 else ""
        raise UserError(f"{quoted(table.name)} has no column left to learn from beside the target.{cut}")
    table, missing_note = _without_missing(table, [*inputs, target], reading.missing)
    as_text = {table.find(wanted) for wanted in reading.text}
    task, classes, task_note = infer_task(table, table.columns[target], reading.task, target in as_text)
    schema = Schema(
        fields=tuple(_field(table, table.columns[i], i in as_text) for i in inputs),
        target=table.names[target],
        task=task,
        classes=classes,
        columns=table.names,
        named=table.header,
    )
    y = schema.target_values(table, table.columns[target])
    notes = (*table.notes, *target_note, *missing_note, *task_note)
    return Dataset(table.name, schema.encode(table), y, schema, description, source, notes=notes)


def _target(table: Table, reading: Reading) -> tuple[int, tuple[str, ...]]:
    if reading.target is not None:
        return table.find(reading.target), ()
    named = [i for i, name in enumerate(table.names) if name.lower() in TARGET_NAMES]
    if len(named) == 1:
        return named[0], (f"the target is {quoted(table.names[named[0]])}, by its name",)
    return len(table.columns) - 1, (f"the target is {quoted(table.names[-1])}, the last column",)


def _without_missing(table: Table, used: Sequence[int], missing: Missing | None) -> tuple[Table, tuple[str, ...]]:
    holes = {i: np.flatnonzero(table.columns[i].missing) for i in used}
    holes = {i: rows for i, rows in holes.items() if rows.size}
    if not holes:
        return table, ()
    hit = np.zeros(table.rows, np.bool_)
    for rows in holes.values():
        hit[rows] = True
    lost = int(hit.sum())
    if missing == "drop" and lost < table.rows:
        return table.take(~hit), (f"{counted(lost, 'row')} of {table.rows:,} left out for missing values",)
    columns = listed(f"{table.names[i]} ({rows.size:,})" for i, rows in holes.items())
    first = sorted((int(row), i) for i, rows in holes.items() for row in rows[:3])[:3]
    places = "; ".join(table.place(row, table.names[i]) for row, i in first)
    remedy = (
        f'Leave out those rows ({lost:,} of {table.rows:,}) with --missing drop (missing="drop"), '
        "or a column with --drop NAME (drop=[NAME])."
    )
    if lost == table.rows:
        remedy = "No row is without one: leave out a column with --drop NAME (drop=[NAME])."
    raise UserError(f"{quoted(table.name)} has missing values in: {columns}. The first: {places}. {remedy}")


def _field(table: Table, column: Column, as_text: bool) -> Field:
    if not as_text and not column.is_text:
        if column.not_numbers.size:
            raise UserError(f"{_not_numbers(table, column)} {_TEXT_OR_HEADER}")
        return Field(column.name)
    categories = column.distinct
    if len(categories) > MAX_CATEGORIES:
        raise UserError(
            f"{quoted(table.name)}: column {quoted(column.name)} holds {len(categories):,} different texts "
            f"({listed(categories, 3)}); one-hot columns for more than {MAX_CATEGORIES} are refused. "
            "Leave it out with --drop NAME (drop=[NAME])."
        )
    return Field(column.name, tuple(categories))


_TEXT_OR_HEADER = (
    "Correct them, or take the column as text with --text NAME (text=[NAME]); "
    "if the first line holds names, say --header (header=True)."
)


def _not_numbers(table: Table, column: Column) -> str:
    cells = "; ".join(
        f"{table.place(int(row), column.name)} is {quoted(column.cells[row])}" for row in column.not_numbers[:3]
    )
    count = column.not_numbers.size
    verb = "is no finite number" if count == 1 else "are no finite numbers"
    return f"{quoted(table.name)}: {count:,} of {table.rows:,} cells of column {quoted(column.name)} {verb}: {cells}."


def infer_task(
    table: Table, column: Column, wanted: Task | None, as_text: bool = False
) -> tuple[Task, tuple[str, ...], tuple[str, ...]]:
    """The task, the class names (empty for regression) and a note where the task was inferred.

    A target of texts means classes; so do integers of which there are two different ones, or at most 20 with five
    rows for each on average. Other numbers mean regression. Texts among numbers are more classes where the numbers
    alone are classes, and mistakes where they are not. Raises UserError.
    """
    task, reason = (wanted, "") if wanted else _inferred_task(table, column, as_text)
    if task == "regression":
        if column.not_numbers.size:
            raise UserError(f"{_not_numbers(table, column)} Correct them, or choose another --target or --task.")
        classes: list[str] = []
    else:
        numeric = not column.not_numbers.size and not as_text
        spelled = {plain_number(cell) for cell in column.cells} if numeric else set(column.cells)
        classes = sorted(spelled, key=float) if numeric else sorted(spelled)
        _check_classes(table, column, classes)
    note = f"{task}: {quoted(column.name)} {reason}" if reason else ""
    return task, tuple(classes), (note,) if note else ()


def _inferred_task(table: Table, column: Column, as_text: bool) -> tuple[Task, str]:
    different = len({plain_number(cell) for cell in column.distinct})
    if as_text or column.is_text:
        return "classification", f"holds text, {counted(different, 'class', 'classes')}"
    task, reason = _task_of_numbers(column.numbers[~np.isnan(column.numbers)])
    if not column.not_numbers.size:
        return task, reason
    if task == "regression":
        raise UserError(f"{_not_numbers(table, column)} {_TEXT_OR_HEADER}")
    return task, f"holds numbers and text, {counted(different, 'class', 'classes')}"


def _task_of_numbers(numbers: NDArray[np.float64]) -> tuple[Task, str]:
    if (numbers % 1 != 0).any():
        return "regression", "holds numbers with fractions"
    different = len(np.unique(numbers))
    few = different <= MAX_INTEGER_CLASSES and len(numbers) >= different * MIN_ROWS_PER_CLASS
    if different == 2 or few:
        return "classification", f"holds {counted(different, 'different integer')}"
    return "regression", f"holds {counted(different, 'different integer')} in {counted(len(numbers), 'row')}"


def _check_classes(table: Table, column: Column, classes: Sequence[str]) -> None:
    where = f"{quoted(table.name)}: the target {quoted(column.name)}"
    if len(classes) < 2:
        raise UserError(f"{where} is {quoted(classes[0])} in every row: there is nothing to tell apart.")
    if len(classes) > 1000:
        raise UserError(
            f"{where} has {len(classes):,} different values ({listed(classes, 3)}), too many for classes. "
            'Take it as numbers with --task regression (task="regression"), or choose another target.'
        )
