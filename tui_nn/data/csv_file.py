"""CSV and TSV: bytes to a `Table`. What is not said (delimiter, header) is detected; what is wrong is named by line."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from tui_nn.data.table import Column, Table, is_missing, to_number
from tui_nn.data.text import counted, listed, quoted
from tui_nn.errors import UserError

DELIMITERS = (",", "\t", ";")
"""What is detected."""
_NAMED = {"tab": "\t", "\\t": "\t", "space": " "}
_EXTRA_SPACES = re.compile(r"^ +| +(?=\r?$)|(?<= ) +", re.MULTILINE)


def parse_csv(data: bytes, name: str, *, header: bool | None = None, delimiter: str | None = None) -> Table:
    """A table from the bytes of a CSV file (UTF-8, quoted cells as in RFC 4180, blank lines skipped).

    ``header``: whether the first line holds names; None detects it (see `_looks_like_header`).
    ``delimiter``: one character, or tab, or space (any number of them); None detects comma, tab or semicolon from the
    first lines.
    Columns without a name are called x1, x2, … by their position.

    Raises:
        UserError: no text, no rows, rows of different lengths, a quote that does not close, a name twice.
    """
    delimiter = _NAMED.get(delimiter or "", delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise UserError(f"The delimiter is {quoted(delimiter)}; it is one character, such as |, or tab, or space.")
    text = _decode(data, name)
    rows, lines = _split_rows(text, name, delimiter or _detect_delimiter(text))
    if not rows:
        raise UserError(f"{quoted(name)} is empty.")
    _check_lengths(rows, lines, name)
    notes: tuple[str, ...] = ()
    if header is None:
        header = _looks_like_header(rows)
        seen = "holds the column names" if header else "is taken for data (no header found)"
        notes = (f"the first line {seen}",)
    names = _column_names(rows[0] if header else [""] * len(rows[0]), name)
    body = rows[1:] if header else rows
    if not body:
        raise UserError(f"{quoted(name)} has a line of column names but no rows under it.")
    columns = tuple(Column(n, cells) for n, cells in zip(names, zip(*body, strict=True), strict=True))
    return Table(name, columns, lines[1:] if header else lines, header, notes)


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(f"{quoted(name)} is UTF-16 text; save it as UTF-8.")
    if (position := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, position) + 1
        raise UserError(f"{quoted(name)} is no text file: line {line} holds a NUL byte.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{quoted(name)} is not UTF-8 text: line {line} holds the byte 0x{data[error.start]:02x}. "
            "Save the file as UTF-8 (it may be Latin-1 or Windows-1252)."
        ) from None


def _detect_delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, the more cells the better."""
    sample = [line for line in text[:65536].splitlines() if line.strip()][:10]

    def score(delimiter: str) -> tuple[bool, int]:
        counts = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        return (len(set(counts)) == 1 and counts[0] > 1, counts[0])

    return max(DELIMITERS, key=score) if sample else ","


def _split_rows(text: str, name: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    spaced = delimiter == " "
    text = _EXTRA_SPACES.sub("", text) if spaced else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=not spaced)
    rows, lines = [], []
    try:
        for row in reader:
            if any(map(str.strip, row)):
                rows.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        quotes = "expected after" in str(error) or "end of data" in str(error)
        remedy = " A quote that opens a cell must close it, at the cell's end." if quotes else ""
        raise UserError(f"{quoted(name)}, line {reader.line_num}: {error}.{remedy}") from None
    return rows, lines


def _check_lengths(rows: Sequence[Sequence[str]], lines: Sequence[int], name: str) -> None:
    width = len(rows[0])
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            raise UserError(
                f"{quoted(name)}, line {line}: {counted(len(row), 'cell')}, but the first line has {width}. "
                "Every row needs the same columns; an empty cell still needs its delimiter."
            )


def _looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does if none of its cells is a number, and some column has a name over nothing but numbers. In a table of
    texts only, it does if no cell of the first row turns up again below it. The rows after it that are looked at: 200.
    """
    first, body = rows[0], rows[1:201]
    if any(to_number(cell) is not None for cell in first):
        return False
    columns = list(zip(*body, strict=True)) or [()] * len(first)
    under = [[cell for cell in cells if not is_missing(cell)] for cells in columns]
    numeric = [all(to_number(cell) is not None for cell in cells) and bool(cells) for cells in under]
    if any(is_number and not is_missing(cell) for cell, is_number in zip(first, numeric, strict=True)):
        return True
    return not any(numeric) and all(cell not in set(cells) for cell, cells in zip(first, columns, strict=True))


def _column_names(header: Sequence[str], name: str) -> list[str]:
    names = [cell or f"x{i}" for i, cell in enumerate(header, 1)]
    column, count = Counter(names).most_common(1)[0]
    if count > 1:
        places = listed(str(i) for i, n in enumerate(names, 1) if n == column)
        raise UserError(f"{quoted(name)} has the column name {quoted(column)} more than once: columns {places}.")
    return names
