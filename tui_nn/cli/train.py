"""`tui-nn train`: learn from a data set, watch it, keep it, and go on with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import ExitCode, say
from tui_nn.cli.setting_flags import with_settings
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.run import Run
    from tui_nn.session.settings import Settings

app = typer.Typer(add_completion=False)

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings from a TOML file, or a run's run.toml; flags go before it.",
        rich_help_panel="Run",
    ),
]
DumpConfig = Annotated[
    bool, typer.Option("--dump-config", help="Print all settings as such a file, and stop.", rich_help_panel="Run")
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on with the run in --out, or begin it there.", rich_help_panel="Run"),
]


@app.command()
@with_settings()
def train(
    given: dict[str, Any], *, config: Config = None, dump_config: DumpConfig = False, resume: Resume = False
) -> int:
    """Train a network on a data set.

    For example: tui-nn train iris --layers 10,8 --epochs 100

    Every flag is a key of a TOML file too; --dump-config prints one.

    Ctrl-C finishes the step, saves and leaves; --resume goes on, to the same weights as if nothing had happened.
    """
    from tui_nn.session.settings import from_values
    from tui_nn.session.settings_file import read_settings, write_settings

    settings = from_values(given, read_settings(config) if config else None)
    if dump_config:
        print(write_settings(settings), end="")
        return 0
    run = _resumed(settings, given, config) if resume else _begun(settings)
    return watch(run)


def watch(run: Run) -> int:
    """Train to the end, showing how it goes; returns the exit code."""
    from tui_nn.cli.interrupt import Interrupt
    from tui_nn.cli.train_output import display

    settings, remarks = run.settings, run.backend.remarks
    known = len(remarks)
    screen = display(run, settings)
    with Interrupt() as interrupt, screen:
        while run.trainer.stop is None and not interrupt.asked:
            screen.update(run.advance())
        if run.trainer.stop is None:
            run.save()
        result = run.finish()
    screen.end(result)
    for remark in () if settings.quiet else remarks[known:]:  # what showed itself only as it ran
        say(f"backend {run.backend.name}: {remark}")
    if run.trainer.stop is None:
        if not settings.quiet:
            say(f"Interrupted and saved; go on with: tui-nn train --resume --out {run.folder.path}")
        return interrupt.code
    if run.trainer.stop.kind == "non-finite":
        say(f"error: training diverged: {run.trainer.stop.text}\n{_remedy(run)}")
        return ExitCode.CHECK_FAILED
    return ExitCode.OK


def _remedy(run: Run) -> str:
    """What to do about numbers that are not finite."""
    at = run.trainer.course.iteration
    kept = f", and the checkpoint of iteration {at} has the last finite weights" if at else ""
    cure = (
        "Try a smaller --lr, or --clip-norm 1"
        if run.trainer.is_after_steps
        else "No step was taken before: look at the data (--scaling), and at where weights start (--init)"
    )
    return (
        f"{cure}; tui-nn autopsy {run.folder.path} says why, "
        f"tui-nn step {run.folder.path} --at-iteration {at + 1} shows the lines{kept}."
    )


def _begun(settings: Settings) -> Run:
    from tui_nn.session.run import Run

    return Run.begin(settings, _talk(settings))


def _resumed(settings: Settings, given: dict[str, Any], config: Path | None) -> Run:
    from tui_nn.session.run import Run
    from tui_nn.session.run_folder import RunFolder
    from tui_nn.session.settings_file import read_values

    if settings.out is None:
        raise UserError("--resume needs the run's folder: --out DIR.")
    folder = RunFolder(Path(settings.out))
    if not folder.exists():
        return _begun(settings)
    values = read_values(config) if config else {}
    if values.get("lr") == folder.settings().lr:  # a file that repeats it asks for no other rate from here on
        values.pop("lr", None)
    return Run.resume(folder, {**values, **given}, _talk(settings))


def _talk(settings: Settings) -> Any:
    return (lambda line: None) if settings.quiet else say
