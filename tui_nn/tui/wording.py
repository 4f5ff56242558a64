"""What settings are called in the app, whose messages are written for the command line too: as their fields are."""

from __future__ import annotations

import re
from functools import cache

from tui_nn.session.settings import OUTPUT, Row, rows

ELSEWHERE = {"--resume": "r in the list of runs"}
"""Flags that are no settings, to what does the same here."""

# Not within a word, nor in quotes: that is what somebody has typed.
_TWICE = re.compile(r"(?<![\w'\"`/-])--([a-z][a-z0-9-]*)(?: ([^\s()]+))? \((\w+)(=[^()]*)?\)")
_FLAG = re.compile(r"(?<![\w'\"`/-])--([a-z][a-z0-9-]*)")


@cache
def known_rows() -> dict[str, Row]:
    """The settings of a run, but for those of the command line's output."""
    return {name: row for name, (_, row) in rows().items() if row.panel != OUTPUT}


def label(setting: str) -> str:
    """`batch size`."""
    return setting.replace("_", " ")


def without_flags(text: str) -> str:
    """A message with `batch size` for `--batch-size`, and for `--batch-size (batch_size)`."""
    return _FLAG.sub(_named, _TWICE.sub(_once, text)) if "--" in text else text


def _once(found: re.Match[str]) -> str:
    """What is said for the command line and for Python, `--missing drop (missing="drop")`: `missing: drop`."""
    flag, value, name, equals = found.groups()
    if flag.replace("-", "_") != name or name not in known_rows():
        return found[0]
    value = value or ("yes" if equals == "=True" else "")
    return f"{label(name)}: {value}" if value else label(name)


def _named(found: re.Match[str]) -> str:
    name = found[1].replace("-", "_")
    return label(name) if name in known_rows() else ELSEWHERE.get(found[0], f"{found[0]} on the command line")


def meaning(row: Row) -> str:
    """What a setting is. Standard input is the keyboard here, and a field holds what a flag says again and again."""
    here = row.help.replace(", or - (stdin)", "").replace("repeatable", "several with ; between them")
    return without_flags(here)


def unset(row: Row) -> str:
    """What holds where it is not given, '' where the default says it."""
    return without_flags(row.unset)
