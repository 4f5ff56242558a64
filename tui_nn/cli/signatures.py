"""Several options as one argument: a command takes a bundle, and Typer sees each option of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def bundled(
    command: Callable[..., Any], options: Sequence[inspect.Parameter], bundle: Callable[[Mapping[str, Any]], Any]
) -> Callable[..., Any]:
    """The command with these options in the place of its first argument, which `bundle` makes of their values."""

    def wrapped(**values: Any) -> Any:
        return command(bundle({option.name: values.pop(option.name) for option in options}), **values)

    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    wrapped.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # read by Typer
        [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*options, *own)]
    )
    wrapped.__doc__, wrapped.__name__ = command.__doc__, command.__name__
    return wrapped
