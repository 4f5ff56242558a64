"""`tui-nn open`: the app, at what is to be seen first; or, as plain lines of text, for screen readers and scripts."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tui_nn.cli.diagnostics import ExitCode, Progress, say
from tui_nn.cli.interrupt import Interrupt
from tui_nn.cli.options import RUN_TOO, AskedToLearn, asks, complete_target_or_run
from tui_nn.cli.subject import find_beside_runs, run_meant, settings_of
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.run_folder import RunFolder

app = typer.Typer(add_completion=False)


def complete_data(incomplete: str) -> list[str]:
    """Names of data sets, for the shell."""
    from tui_nn.data.catalogue import CATALOGUE

    return [name for name in CATALOGUE if name.startswith(incomplete)]


AnyTarget = Annotated[
    str,
    typer.Argument(
        metavar="[TARGET]",
        help=f"{RUN_TOO} Without it, the list of lessons.",
        show_default=False,
        autocompletion=complete_target_or_run,
    ),
]
Train = Annotated[
    str | None,
    typer.Option("--train", metavar="DATA", help="Open at a new run on a data set.", autocompletion=complete_data),
]
Linear = Annotated[
    bool,
    typer.Option(
        "--linear",
        help="Plain lines of text, for screen readers and scripts; ? lists the commands. From a file or a pipe all are "
        "read; exit code 2 at the end where one could not be done.",
    ),
]
Fps = Annotated[
    int | None,
    typer.Option("--fps", metavar="N", min=1, max=60, help="Draw at most N times a second: 4 for a slow connection."),
]


@dataclass(frozen=True, kw_only=True)
class AskedToOpen(AskedToLearn):
    """What to open the app at, if anything."""

    target: AnyTarget = ""


@app.command()
@asks(AskedToOpen)
def open_app(asked: AskedToOpen, *, train: Train = None, linear: Linear = False, fps: Fps = None) -> None:
    """Open the app: at a lesson, at equations of yours, at a new run or one that is kept.

    Without a target it opens at the list of lessons, as `tui-nn` by itself does.
    """
    if asked.target and train is not None:
        raise UserError("the app opens at a target or at a new run (--train), not at both")
    run = run_meant(asked.target) if asked.target else None
    extra = [] if asked.target and run is None else asked.beside_the_target()
    if extra:
        raise UserError(f"{extra[0]} is for a lesson, a file or equations; name one, or leave it out")
    if linear:
        if train is not None:
            raise UserError("--linear begins no run: leave out --train; `tui-nn train` begins one, in plain lines too")
        if fps is not None:
            raise UserError("--linear draws nothing: leave out --fps")
        _talk(asked, run)
        return
    settings = settings_of(asked)
    if asked.target and run is None:
        find_beside_runs(asked, learns=True, quiet=True)  # what is wrong is said before the screen is taken
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # Textual draws on stderr
        raise UserError("the app needs a terminal, and this is not one; --linear steps without one")
    if fps is not None:
        os.environ["TEXTUAL_FPS"] = str(fps)  # for all that is drawn; Textual reads it when it is imported
    from tui_nn.tui.app import FPS, Start
    from tui_nn.tui.app import run as run_app

    start = Start("" if run else asked.target, settings, train, run.path if run else None)
    run_app(start=start, fps=min(fps or FPS, FPS))


def _talk(asked: AskedToOpen, run: RunFolder | None) -> None:
    """Read commands from stdin, and answer on stdout; what is wrong goes to stderr."""
    from io import TextIOWrapper

    from tui_nn.tui.linear.console import Console
    from tui_nn.tui.linear.opening import of_run

    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    console = Console(lambda line: print(line, flush=True), lambda text: say(f"error: {text}"), _Patience)
    if run is not None:
        console.begin(of_run(run, say), settings_of(asked))
    elif asked.target:
        console.begin(*find_beside_runs(asked, learns=True))
    console.run(sys.stdin or ())
    if console.has_failed and not (sys.stdin and sys.stdin.isatty()):  # a script sees nothing but the exit code
        raise typer.Exit(ExitCode.BAD_INPUT)


class _Patience(Interrupt):
    """Ctrl-C is noted; a terminal shows how far a long command is."""

    def __init__(self) -> None:
        super().__init__()
        self._progress = Progress()

    def __exit__(self, *_: object) -> None:
        self._progress.clear()
        super().__exit__(*_)

    def show(self, text: str) -> None:
        self._progress.show(text)
