"""What a lesson's file may say: each key, what it takes, and what to write instead of something else.

A field's reader turns a TOML value into ours or raises Unfit with the remedy; `take` applies a table of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tui_nn.lang.errors import suggestion
from tui_nn.lessons.lesson import VERDICTS, Hyper, Init, Quantity
from tui_nn.lessons.nested import Nested, apply, is_regular, shape_of
from tui_nn.lessons.toml_text import Document, Path

Reader = Callable[[Any], Any]

MAX_ITERATION = 1_000_000
MAX_AXES = 2
MAX_DRAWN = 1_000_000  # entries: in the app, what is typed is drawn anew at each key


class Unfit(Exception):
    """A value that its key cannot take: what is wrong and what would do."""


def take(document: Document, table: Any, fields: Mapping[str, Reader], path: Path = ()) -> dict[str, Any]:
    """The fields that `table` sets, read; an unknown key or an unfit value is a UserError at its line."""
    if not isinstance(table, dict):
        name = path[0] if path else "the file"
        several = isinstance(table, list)
        raise document.error(path, f"write it as a section of its own: [{name}]" if not several else "one is enough")
    for key in table:
        if key not in fields:
            near = suggestion(key, fields) or f"; possible are {', '.join(fields)}"
            raise document.error((*path, key), f"there is no key `{key}`{near}")
    return {key: take_one(document, value, fields[key], (*path, key)) for key, value in table.items()}


def take_one(document: Document, value: Any, reader: Reader, path: Path) -> Any:
    """One value, read; a UserError at its line where it does not fit."""
    try:
        return reader(value)
    except Unfit as unfit:
        raise document.error(path, str(unfit)) from None


def text(value: Any) -> str:
    """A text; long ones lose the blank lines around them."""
    if not isinstance(value, str):
        raise Unfit('this takes a text in quotes: "..."')
    return value.strip()


def number(value: Any) -> float:
    """A number, as a float."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        said = f"`{value}` is a text; a" if isinstance(value, str) else "a"
        raise Unfit(f"{said} number is wanted here, such as 0.5, without quotes")
    try:
        out = float(value)
    except OverflowError:
        out = math.inf
    if math.isinf(out) and not Decimal(value).is_infinite():
        raise Unfit("the number is too large")
    return out


def whole(least: int, most: int) -> Reader:
    """A whole number within bounds."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Unfit(f"a whole number from {least:,} to {most:,} is wanted here")
        return value

    return read


def one_of(*choices: str) -> Reader:
    """One of a few words."""

    def read(value: Any) -> str:
        if value not in choices:
            near = suggestion(value, choices) if isinstance(value, str) else ""
            raise Unfit(f"this takes one of {', '.join(choices)}{near}")
        return str(value)

    return read


def layout(leaf: Callable[[Any], Any], what: str) -> Reader:
    """One leaf, a list of them, or a list of equally long lists."""

    def read(value: Any) -> Nested[Any]:
        out = _tuples(value)
        if not is_regular(out):
            raise Unfit(f"the rows are not equally long: every row of a matrix needs as many {what}")
        return apply(leaf, out)

    return read


def _tuples(value: Any) -> Nested[Any]:
    if not isinstance(value, list):
        return value
    if not value:
        raise Unfit("the list is empty")
    return tuple(_tuples(part) for part in value)


def quantity(value: Any) -> Quantity:
    """A figure as printed, digits and all, or an expression."""
    if isinstance(value, str):
        return text(value)
    if not math.isfinite(number(value)):
        raise Unfit("a printed figure is a finite number")
    return value  # type: ignore[no-any-return]


def hyper(value: Any) -> Hyper:
    """A hyper-parameter: a number, a word, true or false."""
    if isinstance(value, bool | str):
        return value
    return number(value)


def names(value: Any) -> tuple[str, ...]:
    """A list of names."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise Unfit('this takes a list of names in quotes: ["W1", "b1"]')
    return tuple(value)


def index(value: Any) -> tuple[int | None, ...]:
    """An entry, `[0, 2]`, or a row or column of entries, `[":", 0]`."""
    entries = value if isinstance(value, list) else [value]
    if not all(v == ":" or (isinstance(v, int) and not isinstance(v, bool)) for v in entries):
        raise Unfit('an index is a list of whole numbers from 0, with ":" for a whole axis: [":", 0]')
    return tuple(None if v == ":" else v for v in entries)


def bounds(value: Any) -> tuple[float, float]:
    """Two numbers, the smaller one first."""
    if not isinstance(value, list) or len(value) != 2:
        raise Unfit("this takes two numbers, the smaller one first: [0.25, 0.45]")
    low, high = number(value[0]), number(value[1])
    if not low <= high:
        raise Unfit("the smaller number comes first")
    return low, high


INITS: dict[str, dict[str, float]] = {
    "zeros": {},
    "ones": {},
    "constant": {"value": 0.0},
    "uniform": {"low": 0.0, "high": 1.0},
    "normal": {"mean": 0.0, "scale": 1.0},
}
"""How a value may be drawn or filled in, and what each takes; `scale` is the standard deviation."""


def tensor(value: Any) -> Nested[float] | Init:
    """A number, a row or a matrix of numbers, or how to draw one."""
    if isinstance(value, dict):
        return _init(value)
    if isinstance(value, str):
        raise Unfit(f'"{value}" is a text; a value is a number, a list of them, or {{init = "normal", shape = [3, 4]}}')
    out = layout(number, "numbers")(value)
    if len(shape_of(out)) > MAX_AXES:
        raise Unfit("a value is a number, a row of numbers, or a matrix: a list of rows")
    return out  # type: ignore[no-any-return]


def _init(table: Mapping[str, Any]) -> Init:
    kind = table.get("init")
    if not isinstance(kind, str) or kind not in INITS:
        near = suggestion(kind, INITS) if isinstance(kind, str) else ""
        raise Unfit(f"init takes one of {', '.join(INITS)}{near}")
    shape = table.get("shape")
    if not isinstance(shape, list) or len(shape) > MAX_AXES or not all(type(n) is int and n > 0 for n in shape):
        raise Unfit("a drawn value needs its shape: shape = [3, 4] for 3 rows and 4 columns")
    if math.prod(shape) > MAX_DRAWN:
        raise Unfit(f"this has {math.prod(shape):,} entries; {MAX_DRAWN:,} can be drawn here")
    settings = dict(INITS[kind])
    for key, setting in table.items():
        if key in ("init", "shape"):
            continue
        if key not in settings:
            raise Unfit(f'init = "{kind}" takes no `{key}`{suggestion(key, settings)}')
        settings[key] = number(setting)
    return Init(kind, tuple(shape), settings)


FIGURE: dict[str, Reader] = {
    "label": text,
    "name": layout(text, "names"),
    "parameter": layout(text, "names"),
    "iteration": whole(1, MAX_ITERATION),
    "optimizer": text,
    "index": index,
    "printed": layout(quantity, "figures"),
    "right": layout(quantity, "figures"),
    "between": bounds,
    "verdict": one_of(*VERDICTS),
    "note": text,
}
"""What a `[[figures]]` may say."""

ERRATUM: dict[str, Reader] = {"printed": text, "right": text, "note": text}
"""What an `[[errata]]` says."""


def as_is(value: Any) -> Any:
    """A section that is read by its own table."""
    return value


LESSON: dict[str, Reader] = {
    "code": text,
    "title": text,
    "deck": text,
    "slide": text,
    "summary": text,
    "notes": text,
    "equations": as_is,
    "parameters": names,
    "loss": text,
    "seed": whole(0, 2**63 - 1),
    "values": as_is,
    "optimizer": as_is,
    "optimizers": as_is,
    "figures": as_is,
    "errata": as_is,
}
"""What the top of the file may say, and its sections."""
