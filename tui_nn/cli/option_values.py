"""What `--at` and `--hyper` say, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui_nn.errors import UserError


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
    """The value that an option's text means. Raises UserError."""
    from tui_nn.lessons import typed_values  # not for --help

    try:
        return typed_values.value_of(text)
    except typed_values.Unread as unread:
        raise UserError(f"--at {name}: `{_short(text)}` cannot be read: {unread.reason}") from None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
