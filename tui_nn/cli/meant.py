"""What was meant by a word that is no command and an option that is none: often they are those of `open`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import typer


def with_a_remedy(error: typer.TyperException, arguments: Sequence[str]) -> typer.TyperException:
    """The error, with the command that opens the app at what was given, where there is one."""
    option = getattr(error, "option_name", None)
    if _is_of_open(option) if option else _can_be_opened(arguments[0]):
        message = str(getattr(error, "message", "")).rstrip(".")
        # Without possibilities: they are options of the root, which is not what was meant.
        vars(error).update(message=f"{message}. To open the app: tui-nn open {shlex.join(arguments)}", possibilities=[])
    return error


def _is_of_open(option: str) -> bool:
    from tui_nn.cli.open import app

    return any(option in parameter.opts for parameter in typer.main.get_command(app).params)


def _can_be_opened(target: str) -> bool:
    """Whether it is equation text, a file, a lesson or a run."""
    from tui_nn.lessons.catalogue import all_lessons, is_file_name
    from tui_nn.lessons.problem import is_text
    from tui_nn.session.run_folder import run_of

    if is_text(target) or is_file_name(target):
        return True
    return any(target.lower() in (each.slug, each.code.lower()) for each in all_lessons()) or run_of(target) is not None
