"""The command line's root: what `tui-nn` does by itself, and the table of its commands.

A command is a module of this package that holds a Typer application named `app`; the module is imported when its
command is called for. So listing the commands costs the same whatever they import, and so does running one of them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from tui_nn import __version__
from tui_nn.cli.diagnostics import ExitCode
from tui_nn.errors import UserError


class Command(NamedTuple):
    """A row of the table of commands: the panel of the help page that lists it, and its line there."""

    panel: str
    help: str


EQUATIONS = "Equations, line by line"
DATA = "Networks and data"
MACHINE = "This machine"

# In the order of the help page. The name is the module's name too; the line is the first one of the command's own help.
COMMANDS: dict[str, Command] = {
    "lessons": Command(EQUATIONS, "List the lessons, or show one of them: tui-nn lessons show NAME."),
    "step": Command(EQUATIONS, "Step through a listing and print the value of each line."),
    "explain": Command(EQUATIONS, "Say why a number is what it is: formula, numbers, result, operands."),
    "autopsy": Command(EQUATIONS, "Find the first number that is NaN or infinite, and why it is."),
    "lockstep": Command(
        EQUATIONS, "Compare optimisers on the same problem: gradient, state, step, new weights, losses."
    ),
    "gradcheck": Command(EQUATIONS, "Check the derived gradients against central differences of the loss."),
    "check": Command(EQUATIONS, "Check every figure of the slides: printed, computed, verdict."),
    "train": Command(DATA, "Train a network on a data set."),
    "predict": Command(DATA, "Predict rows with a trained network."),
    "evaluate": Command(DATA, "Evaluate a trained network: loss, accuracy, precision, recall, F1, R² and more."),
    "runs": Command(DATA, "List, show, compare, plot, go on with and remove training runs."),
    "summary": Command(DATA, "Show a network: layers, shapes, parameter counts, and the lines of its pages."),
    "data": Command(DATA, "List, inspect and fetch data sets."),
    "open": Command(MACHINE, "Open the app: at a lesson, at equations of yours, at a new run or one that is kept."),
    "serve": Command(MACHINE, "Open the app in a browser."),
    "doctor": Command(MACHINE, "Show backends, GPU, BLAS, terminal, folders and versions, and what is amiss."),
}

EXIT_CODES = {
    ExitCode.OK: "fine",
    ExitCode.CHECK_FAILED: "a check failed, or training diverged",
    ExitCode.BAD_INPUT: "wrong usage, or something given that cannot be used",
    ExitCode.DEFECT: "a defect of tui-nn",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.READER_GONE: "whatever read the output has gone",
    ExitCode.TERMINATED: "told to end (SIGTERM)",
}


class LazyCommands(TyperGroup):
    """A group that knows its commands from the table and imports the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name in COMMANDS:
            application: typer.Typer = import_module(f"tui_nn.cli.{name}").app
            self.add_command(typer.main.get_command(application), name)
        try:
            return super().resolve_command(ctx, args)
        except typer.TyperException as error:
            raise _with_a_remedy(error, args) from None

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            raise _with_a_remedy(error, given) from None


def _with_a_remedy(error: typer.TyperException, arguments: list[str]) -> typer.TyperException:
    from tui_nn.cli.meant import with_a_remedy

    return with_a_remedy(error, arguments)


app = typer.Typer(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()) + ".",
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"tui-nn {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def open_app(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A neural network that you can read, in the terminal.

    Without a command, opens the app.
    """
    if context.invoked_subcommand is not None:
        return
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):  # Textual draws on stderr
        raise UserError("the app needs a terminal, and this is not one; for the commands, run: tui-nn --help")
    from tui_nn.tui.app import run

    run()


def _listed_only() -> None:
    """Stands for a command on the help page until `LazyCommands` puts the real one in its place."""


for _name, _command in COMMANDS.items():
    app.command(_name, help=_command.help, rich_help_panel=_command.panel)(_listed_only)
