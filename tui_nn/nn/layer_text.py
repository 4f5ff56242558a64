"""Layers as texts, for configurations and command lines: `dense(10, relu)`, `batch_norm`, `dropout(0.2)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion
from tui_nn.lang.write import write_number
from tui_nn.nn.layers import LAYERS, Layer
from tui_nn.nn.spec import split, unknown

_WORDS: Mapping[str, bool] = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def layer(text: str) -> Layer:
    """The layer that a text names: `dense(10, relu)`, `batch_norm`, `dropout(rate=0.2)`. Raises UserError."""
    name, given = split(text, "layer")
    if name not in LAYERS:
        raise UserError(unknown(LAYERS, name, "layer"))
    row = LAYERS[name]
    known = {f.name: f for f in fields(row)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if isinstance(key, int) and key >= len(known):
            raise UserError(f"layer `{text}`: {name} takes {', '.join(known)}")
        field = list(known)[key] if isinstance(key, int) else key
        if field not in known:
            raise UserError(
                f"layer `{text}`: {name} has no `{field}`{suggestion(field, known)}; it has {', '.join(known)}"
            )
        values[field] = _read(value, known[field].type, f"layer `{text}`: {field}")
    missing = [f.name for f in fields(row) if f.default is MISSING and f.name not in values]
    if missing:
        raise UserError(f"layer `{text}`: {name} needs its {' and '.join(missing)}")
    return row(**values)  # type: ignore[no-any-return]


def describe(each: Layer) -> str:
    """A layer as the text that `layer` reads, without what is as usual: `dense(10, relu)`."""
    usual = type(each).__dict__
    said = []
    named = False
    for name, value in vars(each).items():
        if name in usual and value == usual[name]:
            named = True
            continue
        said.append(f"{name}={_text(value)}" if named else _text(value))
    return f"{each.kind}({', '.join(said)})" if said else each.kind


def _read(value: str, kind: Any, what: str) -> Any:
    """The value as the field's type (annotations are text here) wants it."""
    readers: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "bool": lambda v: _WORDS[v.lower()]}
    try:
        return readers.get(kind, str)(value)
    except (ValueError, KeyError):
        wanted = {"int": "a whole number", "float": "a number", "bool": "yes or no"}[kind]
        raise UserError(f"{what} takes {wanted}, not `{value}`") from None


def _text(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return write_number(value)
        case tuple():
            return " and ".join(map(str, value)) or "none"
    return str(value)
