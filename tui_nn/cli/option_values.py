"""What the text of `--at` and `--hyper` means: numbers, lists, rows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from tui_nn.errors import UserError
from tui_nn.session.plain_values import NON_FINITE


def pairs(option: str, texts: list[str]) -> dict[str, str]:
    """The parts of each NAME=VALUE, each name once. Raises UserError."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            example = "w=1" if option == "--at" else "beta1=0.8"
            raise UserError(f"{option} takes NAME=VALUE, such as {option} {example}; this is `{text}`")
        if name in found:
            both = f"as {_short(found[name])} and as {_short(value)}"
            raise UserError(f"{option} {name} is given twice, {both}; leave one out")
        found[name] = value
    return found


def hypers(texts: list[str], given: Mapping[str, Any]) -> dict[str, float | str]:
    """What `--hyper` says, by name. Raises UserError where an option of its own, `--lr`, is given for the same."""
    found = {name: setting(text) for name, text in pairs("--hyper", texts).items()}
    for name in found:
        if given.get(name) is not None:
            raise UserError(f"--{name.replace('_', '-')} and --hyper {name} are the same; leave one out")
    return found


def setting(text: str) -> float | str:
    """A hyper-parameter's number, or the name of a convention."""
    try:
        return float(text)
    except ValueError:
        return text


def value_of(name: str, text: str) -> Any:
    """The number, or the nested lists of numbers, that an option's text means. Raises UserError."""
    try:
        if re.fullmatch(r"[+-]?(\d+\.?|\d*\.\d+)([eE][+-]?\d+)?", text):  # JSON knows neither .5 nor +5
            return _finite(text)
        return _number(name, json.loads(text, parse_float=_finite, parse_int=_finite))
    except OverflowError:
        raise UserError(f"--at {name}: the number is too large") from None
    except (ValueError, RecursionError):
        pass
    remedy = "a value is a number (0.5), a list ([1, 2]) or a list of rows ([[1, 2], [3, 4]])"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        remedy = f"a decimal number is written with a point ({text.replace(',', '.')}), a list in brackets ([{text}])"
    elif re.fullmatch(r"\w+", text) and not text[0].isdigit():
        remedy += "; a name cannot stand for one"
    raise UserError(f"--at {name}: `{_short(text)}` cannot be read: {remedy}")


def _number(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_number(name, part) for part in value]
    if value in NON_FINITE.values():
        return float(value)
    if not isinstance(value, float):
        raise UserError(f"--at {name}: `{_short(json.dumps(value))}` is not a number, nor a list or rows of numbers")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise OverflowError
    return value


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
