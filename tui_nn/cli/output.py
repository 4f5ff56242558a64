"""Write data to stdout: text tables for people, JSON, JSON Lines, CSV and Markdown for programs.

Numbers round-trip: a float32 is written with the fewest digits that give back the same float32, a float64 likewise,
and what JSON has no number for is one of the strings "NaN", "Infinity" and "-Infinity". Text that came from a file or
a person is never written raw: see `safe`. NumPy is not imported here; arrays are known by their methods.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, StrEnum
from pathlib import PurePath
from typing import Any

from tui_nn.session.plain_values import NON_FINITE
from tui_nn.visible import HARMFUL, harmless

_MARKDOWN_SPECIAL = re.compile(r"[\\|`*<]")


class Format(StrEnum):
    """How a listing or a table is written. A command that knows fewer formats declares its own enum of them."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    LATEX = "latex"


class TableFormat(StrEnum):
    """The formats of `write_records`."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"


def safe(text: str) -> str:
    """Return the text with each control character made visible (ESC as `\\x1b`); line feeds and tabs stay."""
    return harmless(text, keep="\n\t")


def safe_cell(text: str) -> str:
    """Return the text as `safe` does, with line feeds and tabs made visible too: it fits in one line."""
    return harmless(text)


def to_json_value(value: object) -> object:
    """Return the value as `json.dumps` takes it: nested lists and dicts of plain numbers, strings, booleans and None.

    Arrays become nested lists, enums their values, paths their text.

    Raises:
        TypeError: something within the value has no form in JSON.
    """
    if isinstance(value, Enum):
        return to_json_value(value.value)
    if hasattr(value, "dtype"):
        return to_json_value(_array_to_lists(value))
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else NON_FINITE[str(value)]
    if isinstance(value, Mapping):
        return {str(key): to_json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json_value(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _array_to_lists(array: Any) -> object:
    """Return a NumPy array or scalar as nested lists; narrow floats by way of their shortest text, not their bits."""
    if array.dtype in ("float16", "float32"):
        array = array.astype(str).astype("float64")
    return array.tolist()


def write_json(value: object) -> None:
    """Write one JSON document, a vector or a matrix row to a line."""
    _write_line(_laid_out(to_json_value(value)))


def write_jsonl(records: Iterable[object]) -> None:
    """Write each record as JSON on a line of its own."""
    for record in records:
        _write_line(_one_line(to_json_value(record)))


def write_csv(rows: Iterable[Sequence[object]], header: Sequence[str]) -> None:
    """Write rows as CSV with a header; an array within a cell is written as JSON."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([safe(name) for name in header])
    writer.writerows([_exact(cell) for cell in row] for row in rows)


def write_markdown_table(rows: Iterable[Sequence[object]], header: Sequence[str]) -> None:
    """Write rows as a Markdown table, columns of numbers to the right."""
    body = list(rows)
    marks = ["---:" if right else "---" for right in _numeric_columns(body, len(header))]
    lines = [header, *body]
    texts = [[_MARKDOWN_SPECIAL.sub(r"\\\g<0>", safe_cell(_exact(cell))) for cell in line] for line in lines]
    for cells in [texts[0], marks, *texts[1:]]:
        _write_line(f"| {' | '.join(cells)} |")


def write_table(rows: Iterable[Sequence[object]], header: Sequence[str], *, digits: int = 6) -> None:
    """Write rows for people: styled in a terminal, plain aligned text elsewhere; floats to `digits` digits."""
    body = list(rows)
    texts = [[safe_cell(_rounded(cell, digits)) for cell in row] for row in body]
    right = _numeric_columns(body, len(header))
    if sys.stdout.isatty():
        _write_styled_table(texts, header, right)
    else:
        _write_plain_table([[safe_cell(name) for name in header], *texts], right)


def write_rows(rows: Iterable[Sequence[object]], header: Sequence[str], form: TableFormat) -> None:
    """Write rows in the format asked for; in JSON each row is an object with the header's names."""
    _ROW_WRITERS[form](rows, header)


def _write_json_rows(rows: Iterable[Sequence[object]], header: Sequence[str]) -> None:
    write_json(list(_as_records(rows, header)))


def _write_jsonl_rows(rows: Iterable[Sequence[object]], header: Sequence[str]) -> None:
    write_jsonl(_as_records(rows, header))


def _as_records(rows: Iterable[Sequence[object]], header: Sequence[str]) -> Iterator[dict[str, object]]:
    return (dict(zip(header, row, strict=True)) for row in rows)


_ROW_WRITERS: dict[TableFormat, Callable[[Iterable[Sequence[object]], Sequence[str]], None]] = {
    TableFormat.TEXT: write_table,
    TableFormat.JSON: _write_json_rows,
    TableFormat.JSONL: _write_jsonl_rows,
    TableFormat.CSV: write_csv,
    TableFormat.MARKDOWN: write_markdown_table,
}


def _write_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _one_line(value: object) -> str:
    # JSON escapes the C0 controls by itself; the others can stand only within its strings, where \u escapes hold.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _laid_out(value: object, margin: str = "") -> str:
    """Indent a JSON value as far as containers hold containers; the innermost ones stay on one line."""
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list) or not any(isinstance(item, dict | list) for item in items):
        return _one_line(value)
    inner = f"{margin}  "
    lines = [_laid_out(item, inner) for item in items]
    if isinstance(value, dict):
        lines = [f"{_one_line(key)}: {line}" for key, line in zip(value, lines, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    between = f",\n{inner}"
    return f"{opening}\n{inner}{between.join(lines)}\n{margin}{closing}"


def _exact(cell: object) -> str:
    """Return a cell's text with every digit: text as it is, nothing for None, JSON for the rest."""
    value = to_json_value(cell)
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else _one_line(value)


def _rounded(cell: object, digits: int) -> str:
    value = to_json_value(cell)
    return f"{value:.{digits}g}" if isinstance(value, float) else _exact(value)


def _numeric_columns(rows: Sequence[Sequence[object]], count: int) -> list[bool]:
    """Return for each column whether numbers are all that it holds."""
    return [bool(rows) and all(_is_number(row[column]) for row in rows) for column in range(count)]


def _is_number(cell: object) -> bool:
    value = to_json_value(cell)
    return value is None or value in NON_FINITE.values() or type(value) in (int, float)


def _write_plain_table(lines: Sequence[Sequence[str]], right: Sequence[bool]) -> None:
    from rich.cells import cell_len  # the columns a character takes in a terminal: v̂ takes one, 猫 two

    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = []
        for text, width, to_right in zip(line, widths, right, strict=True):
            gap = " " * (width - cell_len(text))
            padded.append(gap + text if to_right else text + gap)
        _write_line("  ".join(padded).rstrip())


def _write_styled_table(texts: Sequence[Sequence[str]], header: Sequence[str], right: Sequence[bool]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, to_right in zip(header, right, strict=True):
        table.add_column(Text(safe_cell(name)), justify="right" if to_right else "left", overflow="fold")
    for row in texts:
        table.add_row(*map(Text, row))
    Console().print(table)
