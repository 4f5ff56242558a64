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

    phases = _phases(phase)
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
    chosen = _Chosen(session, listed(only), phases)
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
        self, session: Session, chosen: _Chosen, iterations: int, until: str | None, progress: Progress
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


class _Chosen:
    """What `--only` and `--phase` let through.

    Attributes:
        lines: the numbers of the lines of which something may be wanted.
    """

    def __init__(self, session: Session, names: list[str], phases: set[str]) -> None:
        self.names = set(names)
        self.program = program = session.program
        known = {line.name for line in program.lines} | set(program.parameters)
        known |= {f"{n}.{p}" for n in program.update_names for p in program.parameters}
        for name in names:
            if name in known:
                continue
            if name in program.roles or program.update_roles.get(name) == "hyper":
                raise UserError(f"--only: `{name}` is given; it has no line of its own")
            raise UserError(f"--only: no line computes `{name}`{_where_it_is(name, known)}")
        stems = {name.partition(".")[0] for name in names} | (
            {"theta"} if self.names & set(program.parameters) else set()
        )
        self.lines = {
            line.number for line in program.lines if line.phase in phases and (not names or line.name in stems)
        }

    def singles(self) -> int:
        """How many values an iteration lets through, where each of them is a single number; else 0."""
        program, shapes = self.program, []
        for line in program.lines:
            each = program.parameters if program.per_parameter(line) else (None,)
            wanted = [p for p in each if self.wants({"name": line.name, "parameter": p})]
            shapes += [program.shapes[p] if p else line.shape for p in wanted if line.number in self.lines]
        return len(shapes) if all(shape == () for shape in shapes) else 0

    def wants(self, record: dict[str, Any]) -> bool:
        """Whether a record of one of the lines is among the names."""
        name, parameter = record["name"], record["parameter"]
        own = parameter if name == "theta" else None
        return not self.names or bool(self.names & {name, f"{name}.{parameter}", own})


def _where_it_is(name: str, known: set[str]) -> str:
    """A clause on the optimisers that compute such a name, or on names near to it."""
    from tui_nn.lang.errors import suggestion
    from tui_nn.nn.optimizers import OPTIMIZERS, optimizer

    stem = name.partition(".")[0]
    having = [o for o in OPTIMIZERS if stem in {e.name for e in optimizer(o).equations}]
    return f" here; with --optimizer {' or '.join(having)} one does" if having else suggestion(name, known)


def _phases(text: str | None) -> set[str]:
    from tui_nn.lang.page import PHASES

    phases = set(listed(text)) or set(PHASES)
    for phase in sorted(phases - set(PHASES)):
        raise UserError(f"--phase: `{phase}` is not a phase; they are {', '.join(PHASES)}")
    return phases


def heading(problem: Problem) -> dict[str, Any]:
    """What a JSON document says of the run as a whole."""
    update = problem.update
    return {
        "target": problem.target,
        "seed": problem.seed,
        "dtype": problem.dtype,
        "optimizer": {"name": update.name, **update.hyper, **update.choices} if update else None,
    }
