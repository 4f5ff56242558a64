"""The kinds of values that settings take: each reads what a command line or a TOML file gives, and writes it back.

`read` takes text or what TOML made of it, and raises ValueError with what would be right; `write` gives plain values
for TOML. What `write` gives, `read` takes: a configuration survives any number of round trips.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Flag = Literal["number", "whole", "switch", "text", "repeated"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value.

    Attributes:
        read: text, or a TOML value, to the setting's value. Raises ValueError: what is expected, in words.
        write: the setting's value as TOML has it.
        flag: how the command line takes it.
        metavar: what stands for it in help texts.
        names: the values that there are, where they are few.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value
    flag: Flag = "text"
    metavar: str = ""
    names: tuple[str, ...] = ()


def _whole(low: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise ValueError(f"a whole number, {low} or more")
        return value

    return read


def _number(low: float, high: float, words: str) -> Callable[[Any], float]:
    """Numbers from `low` (included) to `high` (excluded)."""

    def read(value: Any) -> float:
        try:
            number = float("nan") if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not low <= number < high:
            raise ValueError(words)
        return number

    return read


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        raise ValueError("text")
    return str(value)


def _delimiter(value: Any) -> str:
    """Blanks are text here."""
    if not isinstance(value, str) or not value:
        raise ValueError("a character, or tab, or space")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        value = [value]
    return tuple(map(_text, value))


def _size(value: Any) -> Any:
    """A share such as 0.25, or a number of rows such as 50."""
    words = "a share from 0 to below 1, such as 0.25, or a number of rows, such as 50"
    if isinstance(value, str) and re.fullmatch(r"\d{1,12}", value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _said(_whole(0), value, words)
    return _number(0, 1, words)(value)


def _said(read: Callable[[Any], Any], value: Any, words: str) -> Any:
    try:
        return read(value)
    except ValueError:
        raise ValueError(words) from None


_COMMAS = re.compile(r",(?![^(]*\))")  # those outside of brackets


def _listed(value: Any) -> tuple[str, ...]:
    """`relu, leaky_relu(0.2)`: commas within brackets belong to the name before them."""
    if isinstance(value, list | tuple):
        return _texts(value)
    return tuple(_text(part.strip()) for part in _COMMAS.split(_text(value)))


def _layers(value: Any) -> tuple[int | str, ...]:
    """Sizes are whole numbers, anything else is left to be read as a layer: `10, dropout(0.2), maxout(8)`."""
    words = "sizes of hidden layers, such as 10,8, or layers, such as maxout(8), or 0 for none"
    parts = [int(part) if part.isdecimal() else part for part in _said(_listed, value, words)]
    if parts in ([0], []):
        return ()
    if 0 in parts or any(isinstance(part, str) and not part[0].isalpha() for part in parts):
        raise ValueError(words)
    return tuple(parts)


def _shares(value: Any) -> tuple[float, ...]:
    words = "a share from 0 to below 1, or one for each hidden layer, such as 0.2,0.5"
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(_said(_number(0, 1, words), part, words) for part in parts)


def _batch(value: Any) -> int | None:
    """None: all rows."""
    if value in ("all", None):
        return None
    return int(_said(_whole(1), value, "a number of rows, 1 or more, or all"))


_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}


def _seconds(value: Any) -> float:
    words = "a time above 0, such as 90, 90s, 5m or 1.5h"
    found = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*([a-z]*)\s*", str(value))
    if isinstance(value, bool) or found is None or found[2] not in _UNITS:
        raise ValueError(words)
    seconds = float(found[1]) * _UNITS[found[2]]
    if not 0 < seconds < math.inf:
        raise ValueError(words)
    return seconds


def _pairs(value: Any) -> dict[str, float | str]:
    """`["beta1=0.8", "eps_place=inside"]`, one such text, or a table."""
    words = "NAME=VALUE, such as beta1=0.8"
    if isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        parts = value if isinstance(value, list | tuple) else [value]
        pairs = [(n.strip(), v.strip()) for n, equals, v in (str(p).partition("=") for p in parts) if equals]
        if len(pairs) != len(parts):
            raise ValueError(words)
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("each name once, such as beta1=0.8")
    if not all(name and v != "" and isinstance(v, str | int | float) for name, v in pairs):
        raise ValueError(words)
    return {str(name): _number_or_text(v) for name, v in pairs}


def _changes(value: Any) -> tuple[tuple[int, float], ...]:
    """`["81=0.05"]`, one such text, or pairs such as `[[81, 0.05]]`: iterations ascending, each once."""
    words = "ITERATION=RATE, such as 81=0.05, each iteration once"
    parts = value if isinstance(value, list | tuple) else [value]
    pairs = [p if isinstance(p, list | tuple) else str(p).split("=") for p in parts]
    if not all(len(p) == 2 for p in pairs):
        raise ValueError(words)
    first, above = _whole(1), _number(5e-324, math.inf, words)
    found = {_said(first, _bare(at), words): above(rate) for at, rate in pairs}
    if len(found) < len(pairs):
        raise ValueError(words)
    return tuple(sorted(found.items()))


def _bare(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _number_or_text(value: str | float) -> float | str:
    try:
        return float(value)
    except ValueError:
        return str(value)


def _class_weights(value: Any) -> str | dict[str, float]:
    """`balanced`, or `good=2,bad=1`."""
    words = "balanced, or one weight for each class, such as good=2,bad=1"
    if value == "balanced":
        return "balanced"
    pairs = _said(_pairs, value.split(",") if isinstance(value, str) else value, words)
    positive = _number(0, math.inf, words)
    return {name: _said(positive, weight, words) for name, weight in pairs.items()}


def one_of(*names: str) -> Kind:
    """Text that is one of a few."""

    def read(value: Any) -> str:
        if value not in names:
            raise ValueError("one of " + ", ".join(names))
        return str(value)

    return Kind(read, metavar="NAME", names=names)


WHOLE = Kind(_whole(0), flag="whole", metavar="N")
COUNT = Kind(_whole(1), flag="whole", metavar="N")
NUMBER = Kind(_number(0, math.inf, "a number, 0 or more"), flag="number", metavar="X")
POSITIVE = Kind(_number(5e-324, math.inf, "a number above 0"), flag="number", metavar="X")
SHARE = Kind(_number(0, 1, "a share from 0 to below 1"), flag="number", metavar="X")
SWITCH = Kind(_switch, flag="switch")
TEXT = Kind(_text, metavar="TEXT")
DELIMITER = Kind(_delimiter, metavar="TEXT")
NAME = Kind(_text, metavar="NAME")
TEXTS = Kind(_texts, list, flag="repeated", metavar="TEXT")
SIZE = Kind(_size, metavar="SIZE")
LAYERS = Kind(_layers, list, metavar="N,N,…")
LISTED = Kind(_listed, list, metavar="NAME,…")
SHARES = Kind(_shares, list, metavar="X,…")
BATCH = Kind(_batch, lambda value: "all" if value is None else value, metavar="N")
SECONDS = Kind(_seconds, metavar="TIME")
CHANGES = Kind(_changes, lambda value: [list(pair) for pair in value], flag="repeated", metavar="N=X")
PAIRS = Kind(_pairs, flag="repeated", metavar="NAME=X")
CLASS_WEIGHTS = Kind(_class_weights, metavar="WEIGHTS")
