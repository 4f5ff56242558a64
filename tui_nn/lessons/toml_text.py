"""TOML text to a table, with errors that a teacher can act on, and the line in which each key stands.

Numbers with a point or an exponent come as Decimal, so that the digits that were written are still known.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tui_nn.errors import UserError

MAX_CHARACTERS = 1_000_000

Path = tuple[str | int, ...]
"""Where something stands in the table: ("values", "W1"), ("figures", 2, "verdict")."""

_HINTS = (
    ("Unescaped '\\'", "a text with backslashes goes between single quotes: '...'"),
    ("Invalid initial character for a key", "names of keys have letters, digits, - and _; others need quotes"),
    ("Expected '=' after a key", "a line is `key = value`; a long text goes between two lines of three quotes"),
    ("Cannot overwrite a value", "the key stands there twice; keep one of them"),
    ("twice", "the section stands there twice; several of a kind are written in double brackets: [[figures]]"),
    ("Cannot mutate immutable", "a section and a key have the same name"),
    ("Unclosed array", "a list is opened with [ and closed with ], and has commas between its numbers: [1, 2]"),
    ("Unclosed inline table", "a { is never closed with }"),
    ("Unterminated string", "a text is opened with a quote and never closed"),
    ("Expected \"'''\"", "a long text is never closed: it ends with the three quotes that it began with"),
    ('Expected \'"""\'', "a long text is never closed: it ends with the three quotes that it began with"),
    ("Expected ']", "a section's name stands in brackets: [values]"),
    ("Expected newline", "one `key = value` on a line; numbers are written 0.5 (a point), lists [1, 2] (commas)"),
    ("Invalid value", "a text needs quotes; numbers are written 0.5 (not .5 or 0,5), lists [1, 2]"),
    ("Illegal character", "a text in single or double quotes ends on its own line; a longer one needs three quotes"),
)

_SLIPS = (
    (r"[“”„‘’]", 'quotes are the straight ones of the keyboard: "..."'),
    (r"=\s*[+-]?\d+,\d+\s*(#.*)?$", "numbers are written 0.5 (a point), not 0,5; a list is written [0, 5]"),
    (r"=\s*[+-]?[\d.]+\s*[-+*/^]+\s*[\d.(]", "a value is a number, without a calculation; put that into an equation"),
    (r"=\s*[A-Za-z_]\w*\s*(#.*)?$", 'a text needs quotes: "..."; a value is a number'),
    (r"=\s*$", "there is nothing after the ="),
    (r"^\s*[\w.-]+\s*:", "a key and its value are joined by =, not by a colon"),
)
"""What a line that is not TOML shows of what was meant; more telling than the parser's own words."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's table, and where its keys stand.

    Attributes:
        source: the file, as it was asked for.
        table: what it says.
        lines: the line of a key, from 1.
    """

    source: str
    table: Mapping[str, Any]
    lines: Mapping[Path, int]

    def error(self, path: Path, reason: str) -> UserError:
        """The error at that key: file, line, key, what is wrong."""
        line = next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)
        places = (self.source, f"line {line}" if line else "", describe(path))
        return UserError(f"{', '.join(p for p in places if p)}: {reason}")


def read(text: str, source: str) -> Document:
    """The table that `text` holds. Raises UserError with the line, a caret and a remedy."""
    if len(text) > MAX_CHARACTERS:
        raise UserError(f"{source}: more than {MAX_CHARACTERS:,} characters; a lesson's file is a page, not a data set")
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text, source) from None
    except RecursionError:
        raise UserError(f"{source}: lists or tables are nested too deeply to be read") from None
    except (ValueError, ArithmeticError) as error:
        raise UserError(f"{source}: a number cannot be read ({error})") from None
    return Document(source, table, _key_lines(text))


def describe(path: Path) -> str:
    """A path in words: `[values] W1`, `figure 3, verdict`."""
    match path:
        case ("figures" | "errata" as kind, int(n), *rest):
            what = "figure" if kind == "figures" else "erratum"
            return ", ".join([f"{what} {n + 1}", *map(str, rest)])
        case ("optimizers", str(name), *rest):
            return " ".join([f"[optimizers.{name}]", *map(str, rest)])
        case (str(section), *rest) if rest:
            return " ".join([f"[{section}]", *map(str, rest)])
        case (str(key),):
            return f"`{key}`"
    return ""


def _syntax_error(said: str, text: str, source: str) -> UserError:
    place = re.search(r"\(at line (\d+), column (\d+)\)", said)
    hint = next((hint for words, hint in _HINTS if words in said), "this is not TOML: `key = value`, one on a line")
    if place is None:
        opening = _last_opening(text)
        begun = f"{source}, line {opening}: a long text begins here" if opening else ""
        return UserError(f"{begun}, and never ends" if begun else f"{source}: the file ends too early: {hint}")
    line, column = int(place[1]), int(place[2])
    shown = text.splitlines()[line - 1 : line] if column else []
    slip = next((hint for pattern, hint in _SLIPS if shown and re.search(pattern, shown[0])), "")
    hint = slip or hint
    caret = [f"  {shown[0][:76]}", f"  {' ' * min(column - 1, 76)}^"] if shown else []
    return UserError("\n".join([f"{source}, line {line}: {hint}", *caret]))


def _last_opening(text: str) -> int:
    """The line of the three quotes that are the last ones of an odd number, 0 where they are even."""
    found = 0
    for quotes in _LONG_QUOTES:
        lines = [number for number, line in enumerate(text.splitlines(), 1) for _ in range(line.count(quotes))]
        found = lines[-1] if len(lines) % 2 else found
    return found


_HEADER = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*=""")
_LONG_QUOTES = ('"""', "'''")


def _key_lines(text: str) -> dict[Path, int]:
    """The line of each header and key. Text between three quotes is passed over."""
    lines: dict[Path, int] = {}
    section: Path = ()
    counts: dict[str, int] = {}
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            section = tuple(part.strip().strip("\"'") for part in header[2].split("."))
            if header[1]:
                counts[header[2]] = counts.get(header[2], -1) + 1
                section = (*section, counts[header[2]])
            lines.setdefault(section, number)
        elif key := _KEY.match(line):
            named = tuple(key[3].split(".")) if key[3] else (key[1] or key[2] or "",)
            lines.setdefault((*section, *named), number)
        closing = next((q for q in _LONG_QUOTES if line.count(q) % 2), "")
    return lines
