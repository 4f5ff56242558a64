"""`tui-nn step`: a listing, line by line, with the value of each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import ExitCode, Progress, say
from tui_nn.cli.options import (
    At,
    Digits,
    DtypeName,
    Hyper,
    OptimizerName,
    Parameters,
    Quiet,
    Rate,
    Seed,
    Target,
    find_problem,
    listed,
    of_option,
)
from tui_nn.cli.output import Format
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.cli.step_choice import Chosen
    from tui_nn.engine.program import Line
    from tui_nn.lessons.problem import Problem
    from tui_nn.session.frame import Stop
    from tui_nn.session.session import Session

app = typer.Typer(add_completion=False)

LIMIT = 10_000  # iterations that --until waits at most, unless --iterations says otherwise


def complete_phases(incomplete: str) -> list[str]:
    """Phases, for the shell; after a comma too."""
    before = "".join(incomplete.rpartition(",")[:2])
    return [before + phase for phase in ("forward", "loss", "backward", "update") if phase not in before.split(",")]


@app.command()
def step(
    target: Target,
    iterations: Annotated[
        int | None, typer.Option("--iterations", "-n", metavar="N", min=1, help="How many iterations; 1 unless said.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="CONDITION",
            help=f"Go on until it holds: 'norm(dW1) > 10', 'L < 0.01'. Exit code 1 where it does not within "
            f"--iterations ({LIMIT:,} unless said).",
        ),
    ] = None,
    optimizer: OptimizerName = None,
    lr: Rate = None,
    hyper: Hyper = [],  # noqa: B006 - Typer reads the default and never changes it
    at: At = [],  # noqa: B006
    parameter: Parameters = [],  # noqa: B006
    seed: Seed = None,
    dtype: DtypeName = "float64",
    only: Annotated[
        str | None,
        typer.Option("--only", metavar="NAMES", help="Print only the lines of these names: dW1,v_hat or v_hat.W1."),
    ] = None,
    phase: Annotated[
        str | None,
        typer.Option(
            "--phase",
            metavar="PHASES",
            help="Print only these phases, of: forward, loss, backward, update.",
            autocompletion=complete_phases,
        ),
    ] = None,
    digits: Digits = 6,
    form: Annotated[
        Format,
        typer.Option("--format", "-f", metavar="FORMAT", help="How: text, json, jsonl, csv, markdown or latex."),
    ] = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Step through a listing and print the value of each line."""
    from tui_nn.cli import step_formats
    from tui_nn.cli.step_choice import Chosen, phases_of

    phases = phases_of(phase)
    problem = find_problem(
        target,
        at=at,
        parameters=parameter,
        optimizer=optimizer,
        lr=lr,
        hyper=hyper,
        seed=seed,
        dtype=dtype,
        learns=(iterations or 1) > 1 or until is not None or (phase is not None and "update" in phases),
        quiet=quiet,
    )
    session = problem.session()
    chosen = Chosen(session, listed(only), phases)
    if not chosen.lines and not quiet:
        say("note: no line is both of these names and of these phases")
    write = step_formats.WRITERS[form]
    is_course = (iterations or 1) > 1 or until is not None
    if form is Format.TEXT and only and is_course and step_formats.fits_course(chosen.singles(), digits):
        write = step_formats.write_course
    with Progress(quiet) as progress:
        walk = _Walk(session, chosen, iterations or (LIMIT if until else 1), until, progress)
        write(problem, session, walk.records(), digits)
    _report(walk, until, quiet)


def _report(walk: _Walk, until: str | None, quiet: bool) -> None:
    """Say why the walk ended where that is not plain; exit code 1 where what was waited for did not come."""
    stop = walk.stop
    if stop is not None and stop.kind == "non-finite":
        say(f"stopped: {stop.text}")
    elif stop is not None and not quiet:
        iteration, line = walk.session.position
        say(f"`{stop.text}` holds: iteration {iteration}, line {line}")
    elif stop is None and until is not None:
        say(f"`{until}` did not hold within {walk.iterations:,} iterations")
    if until is not None and not walk.held:
        raise typer.Exit(ExitCode.CHECK_FAILED)


class _Walk:
    """Steps a session and yields a record for each chosen value; knows afterwards why it stopped."""

    def __init__(
        self, session: Session, chosen: Chosen, iterations: int, until: str | None, progress: Progress
    ) -> None:
        self.session = session
        self.chosen = chosen
        self.iterations = iterations
        self.progress = progress
        self.stop: Stop | None = None
        if until is not None:
            try:
                session.break_when(until)
            except UserError as error:
                raise of_option("--until", error) from None

    @property
    def held(self) -> bool:
        return self.stop is not None and self.stop.kind == "condition"

    def records(self) -> Iterator[dict[str, Any]]:
        session = self.session
        for iteration in range(1, self.iterations + 1):
            self.progress.show(f"iteration {iteration:,} of {self.iterations:,}")
            for line in session.program.lines:
                session.step()
                if line.number in self.chosen.lines:
                    self.progress.clear()
                    yield from filter(self.chosen.wants, line_records(session, line))
                self.stop = session.stopped()
                if self.stop is not None:
                    return


def line_records(session: Session, line: Line) -> Iterator[dict[str, Any]]:
    """The records of a line that was just computed: one, or one for each parameter."""
    equation = str(line)
    for parameter, value in session.line_values(line):
        yield {
            "iteration": session.position.iteration,
            "phase": line.phase,
            "line": line.number,
            "name": line.name,
            "parameter": parameter,
            "equation": equation,
            "shape": list(value.shape),
            "value": value,
        }


def heading(problem: Problem) -> dict[str, Any]:
    """What a JSON document says of the run as a whole."""
    update = problem.update
    return {
        "target": problem.target,
        "seed": problem.seed,
        "dtype": problem.dtype,
        "optimizer": {"name": update.name, **update.hyper, **update.choices} if update else None,
    }
