"""The arguments and options that all commands on runs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tui_nn.cli.diagnostics import ExitCode, say
from tui_nn.cli.output import TableFormat

if TYPE_CHECKING:
    from tui_nn.session.run_folder import RunFolder


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


def check_finite(run: RunFolder, unknown: int, rows: int) -> ExitCode:
    """Say of how many rows the network's outputs are not finite, if there are any; the exit code that tells of it."""
    if not unknown:
        return ExitCode.OK
    why = ""
    if (run.result() or {}).get("status") == "non-finite":
        why = f" Training diverged; tui-nn autopsy {run.path} says why."
    say(f"error: for {unknown:,} of {rows:,} rows the network's outputs are not finite: nothing is predicted.{why}")
    return ExitCode.CHECK_FAILED
