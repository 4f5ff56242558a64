"""The arguments and options that all commands on runs share."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_nn.cli.output import TableFormat


def complete_run(incomplete: str) -> list[str]:
    """Names of runs, for the shell."""
    from tui_nn.session.run_folder import RUNS, all_runs

    return [run.name for run in all_runs(RUNS) if run.name.startswith(incomplete)]


RUN_HELP = "A run's folder, or its name within runs/."
RunName = Annotated[str, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False, autocompletion=complete_run)]
RunNames = Annotated[
    list[str], typer.Argument(metavar="RUN...", help=RUN_HELP, show_default=False, autocompletion=complete_run)
]
Weights = Annotated[
    str | None, typer.Option("--weights", metavar="NAME", help="last or best. Default: best if it stopped early.")
]
Format = Annotated[TableFormat, typer.Option("--format", "-f", help="How to print.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr except errors.")]


def check_weights(weights: str | None) -> None:
    """Raise UserError for weights that there are not."""
    from tui_nn.errors import UserError

    if weights not in (None, "last", "best"):
        raise UserError(f"--weights takes last or best, not '{weights}'.")
