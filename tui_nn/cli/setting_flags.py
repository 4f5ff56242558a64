"""The flags of a command on training settings, made from the one table of them: `session.settings`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from tui_nn.cli.option_values import hypers
from tui_nn.cli.signatures import bundled
from tui_nn.session.settings import Row, Settings, flag, rows, to_values

_TYPES: dict[str, Any] = {"number": float | None, "whole": int | None, "switch": bool | None, "repeated": list[str]}


def with_settings(names: Callable[[str, Row], bool] = lambda name, row: True) -> Callable[[Any], Any]:
    """Give a command a flag for each setting; it takes those that were given as its first argument, by key.

    Args:
        names: which settings, by name and row.
    """
    known = {name: row for name, (_, row) in rows().items() if names(name, row)}

    parameters = [_parameter(name, row) for name, row in known.items()]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        return bundled(command, parameters, _given)

    return decorate


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The flags that were given, not yet checked but for what is said twice: later the file's word joins theirs."""
    given = {name: value for name, value in values.items() if value not in (None, [])}
    hypers(given.get("hyper", []), given)
    return given


def _parameter(name: str, row: Row) -> inspect.Parameter:
    default: Any = [] if row.kind.flag == "repeated" else None
    kind = _TYPES.get(row.kind.flag, str | None)
    info = _argument(row) if name == "data" else _option(name, row)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info])


def _argument(row: Row) -> Any:
    from tui_nn.cli.data import complete_name

    return typer.Argument(metavar="DATA", help=row.help, show_default=False, autocompletion=complete_name)


def _option(name: str, row: Row) -> Any:
    declared = [f"{flag(name)}/--no-{name.replace('_', '-')}" if row.kind.flag == "switch" else flag(name)]
    return typer.Option(
        *declared,
        *([row.short] if row.short else []),
        metavar=row.kind.metavar or None,
        help=_help(name, row),
        rich_help_panel=row.panel,
        show_default=False,
        autocompletion=_completion(row),
    )


def _completion(row: Row) -> Callable[[str], list[str]] | None:
    def complete(incomplete: str) -> list[str]:
        """Names, after the last comma of what is typed."""
        head, comma, tail = incomplete.rpartition(",")
        return [head + comma + name for name in row.names() if name.startswith(tail)]

    return None if row.kind.flag in ("switch", "number", "whole") else complete


def _help(name: str, row: Row) -> str:
    named = f"{row.help[:-1]}: {', '.join(row.kind.names)}." if row.kind.names else row.help
    named += f" There are {', '.join(row.offers)}." if row.offers else ""
    return f"{named} Default: {_default(name, row)}."


def _default(name: str, row: Row) -> str:
    """In words, what holds where the flag is not given."""
    if row.unset:
        return row.unset
    value = to_values(Settings()).get(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
