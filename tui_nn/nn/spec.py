"""`name(0.2, reduction=sum)`: the one notation for a row of a table and its settings, wherever one is chosen.

Every table of this package has rows with `settings` (numbers, by name, with defaults) and `choices` (conventions, by
name, with their options; the first is the default). `pick` reads such a text against a table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Integral
from typing import Protocol, TypeVar

from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion

_TEXT = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL | re.ASCII)
_VALUE = re.compile(r"\s*(?:([A-Za-z_]\w*)\s*=)?\s*([^\s=,()]+(?:\(.*\))?)\s*", re.ASCII)
_COMMA = re.compile(r",(?![^()]*\))")  # outside of inner brackets


class Row(Protocol):
    """A row of a table that `pick` reads."""

    @property
    def settings(self) -> Mapping[str, float]:
        """Numbers by name, with their defaults, in the order in which they are given without a name."""
        ...

    @property
    def choices(self) -> Mapping[str, Mapping[str, str]]:
        """Conventions by name: option to what it puts into the row's text; the first option is the default."""
        ...


R = TypeVar("R", bound=Row)


def split(text: str, kind: str) -> tuple[str, dict[int | str, str]]:
    """`step(30, gamma=0.5)` to ("step", {0: "30", "gamma": "0.5"}). Raises UserError."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise UserError(f"{kind} `{text}` cannot be read; write a name, or a name with settings: name(0.5, key=2)")
    name, inside = match.groups()
    values: dict[int | str, str] = {}
    for i, part in enumerate(_COMMA.split(inside) if inside and inside.strip() else ()):
        value = _VALUE.fullmatch(part)
        if value is None or (value[1] is None and any(isinstance(k, str) for k in values)):
            raise UserError(
                f"{kind} `{text}`: `{part.strip()}` cannot be read; write 0.5 or key=0.5, unnamed ones first"
            )
        values[value[1] or i] = value[2]
    return name, values


def find(table: Mapping[str, R], name: str, kind: str) -> R:
    """The row of a name. Raises UserError with near names."""
    if name not in table:
        raise UserError(unknown(table, name, kind))
    return table[name]


def unknown(table: Iterable[str], name: str, kind: str) -> str:
    """What to say of a name that is not in the table."""
    return f"there is no {kind} `{name}`{suggestion(name, table)}; there are {', '.join(table)}"


def pick(
    table: Mapping[str, R], text: str, kind: str, more: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[str, R, dict[str, float], dict[str, str]]:
    """The row that `text` names, with its settings and choices.

    Args:
        more: choices that every row has beside its own.

    Returns:
        the name, the row, each setting's value, and each choice's option.
    """
    name, given = split(text, kind)
    row = find(table, name, kind)
    choices = {**row.choices, **(more or {})}
    settings = dict(row.settings)
    chosen = {choice: next(iter(options)) for choice, options in choices.items()}
    for key, value in given.items():
        known = [*settings, *choices]
        if isinstance(key, int):
            if key >= len(settings):
                raise UserError(f"{kind} `{text}`: {name} takes {_list(list(settings)) or 'no settings'}")
            key = list(settings)[key]
        if key in settings:
            settings[key] = number(value, f"{kind} `{text}`: {key}")
        elif key in choices:
            chosen[key] = option(value, choices[key], f"{kind} `{text}`: {key}")
        else:
            raise UserError(f"{kind} `{text}`: {name} has no `{key}`{suggestion(key, known)}; it has {_list(known)}")
    return name, row, settings, chosen


def merge(name: str, row: Row, kind: str, given: Mapping[str, float]) -> dict[str, float]:
    """The row's settings with the given ones put in. Raises UserError for one that the row has not."""
    for key in given:
        if key not in row.settings:
            known = list(row.settings)
            raise UserError(f"{kind} {name} has no `{key}`{suggestion(key, known)}; it has {_list(known) or 'none'}")
    return {**row.settings, **given}


def number(value: str, what: str) -> float:
    """A finite number. Raises UserError."""
    try:
        out = float(value)
    except ValueError:
        out = math.nan
    if not math.isfinite(out):
        raise UserError(f"{what} takes a number, not `{value}`")
    return out


def option(value: str, options: Mapping[str, str], what: str) -> str:
    """One of the options. Raises UserError."""
    if value not in options:
        raise UserError(f"{what} is one of {', '.join(options)}, not `{value}`")
    return value


def whole(value: object, least: int, most: int, what: str) -> None:
    """Raise UserError unless the value is a whole number from least to most."""
    if not isinstance(value, Integral) or isinstance(value, bool) or not least <= int(value) <= most:
        raise UserError(f"{what} is a whole number from {least} to {most:,}, not {value}")


def between(value: float, low: float, high: float, what: str) -> None:
    """Raise UserError unless low <= value < high."""
    if not low <= value < high:
        raise UserError(f"{what} lies from {low:g} up to (but not at) {high:g}, and {value:g} does not")


def complement(share: float) -> float:
    """1 - share, exact in the decimals that it is written with: 1 - 0.9 is 0.1."""
    return float(1 - Decimal(repr(float(share))))


def _list(names: list[str]) -> str:
    return ", ".join(names)
