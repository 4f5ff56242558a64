"""`tui-nn step`: a listing, line by line, with the value of each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import ExitCode, say
from tui_nn.cli.options import At, DtypeName, Hyper, OptimizerName, Parameters, Rate, Seed, Target, find_problem
from tui_nn.cli.output import Format
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.lessons.problem import Problem
    from tui_nn.session.session import Session

app = typer.Typer(add_completion=False)

LIMIT = 10_000  # iterations that --until waits at most

Only = Annotated[
    str | None,
    typer.Option("--only", metavar="NAMES", help="Only the lines of these names: dW1,v_hat or v_hat.W1."),
]
Phases = Annotated[
    str | None, typer.Option("--phase", metavar="PHASES", help="Only these phases: forward,loss,backward,update.")
]


@app.command()
def step(
    target: Target,
    iterations: Annotated[
        int | None, typer.Option("--iterations", min=1, help="How many iterations; 1 unless said.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="CONDITION", help="Go on until it holds: 'norm(dW1) > 10', 'L < 0.01'."),
    ] = None,
    optimizer: OptimizerName = None,
    lr: Rate = None,
    hyper: Hyper = [],  # noqa: B006 - Typer reads the default and never changes it
    at: At = [],  # noqa: B006
    parameter: Parameters = [],  # noqa: B006
    seed: Seed = None,
    dtype: DtypeName = "float64",
    only: Only = None,
    phase: Phases = None,
    digits: Annotated[int, typer.Option("--digits", min=1, max=17, help="Significant digits, in text.")] = 6,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Step through a listing and print the value of each line."""
    from tui_nn.cli import step_formats

    learns = (iterations or 1) > 1 or until is not None
    problem = find_problem(
        target,
        at=at,
        parameters=parameter,
        optimizer=optimizer,
        lr=lr,
        hyper=hyper,
        seed=seed,
        dtype=dtype,
        learns=learns,
    )
    session = problem.session()
    chosen = _Chosen(session, only, phase)
    walk = _Walk(session, iterations or (LIMIT if until else 1), until)
    records = (record for record in walk.records() if chosen.wants(record))
    step_formats.WRITERS[form](problem, session, records, digits)
    if walk.stop is not None and walk.stop.kind == "non-finite":
        say(f"stopped: {walk.stop.text}")
    if until is not None and not walk.held:
        say(f"`{until}` did not hold within {walk.iterations} iterations")
        raise typer.Exit(ExitCode.CHECK_FAILED)


class _Walk:
    """Steps a session and yields a record for each value; knows afterwards why it stopped."""

    def __init__(self, session: Session, iterations: int, until: str | None) -> None:
        from tui_nn.session.frame import Stop

        self.session = session
        self.iterations = iterations
        self.stop: Stop | None = None
        if until is not None:
            session.break_when(until)

    @property
    def held(self) -> bool:
        return self.stop is not None and self.stop.kind == "condition"

    def records(self) -> Iterator[dict[str, Any]]:
        session = self.session
        for _ in range(self.iterations * session.length):
            session.step()
            yield from line_records(session)
            self.stop = session.stopped()
            if self.stop is not None:
                return


def line_records(session: Session) -> Iterator[dict[str, Any]]:
    """The records of the line computed last: one, or one for each parameter."""
    iteration, number = session.position
    line = session.program.lines[number - 1]
    for parameter, value in session.line_values(line):
        yield {
            "iteration": iteration,
            "phase": line.phase,
            "line": number,
            "name": line.name,
            "parameter": parameter,
            "equation": str(line),
            "shape": list(value.shape),
            "value": value,
        }


class _Chosen:
    """What `--only` and `--phase` let through."""

    def __init__(self, session: Session, only: str | None, phases: str | None) -> None:
        from tui_nn.lang.page import PHASES

        self.phases = set(_listed(phases)) or set(PHASES)
        for phase in self.phases - set(PHASES):
            raise UserError(f"--phase: `{phase}` is not a phase; they are {', '.join(PHASES)}")
        self.names = set(_listed(only))
        program = session.program
        known = {line.name for line in program.lines} | {
            f"{n}.{p}" for n in program.update_names for p in program.parameters
        }
        known |= set(program.parameters)
        for name in sorted(self.names - known):
            from tui_nn.lang.errors import suggestion

            raise UserError(f"--only: no line computes `{name}`{suggestion(name, known)}")

    def wants(self, record: dict[str, Any]) -> bool:
        if record["phase"] not in self.phases:
            return False
        name, parameter = record["name"], record["parameter"]
        own = parameter if name == "theta" else None
        return not self.names or bool(self.names & {name, f"{name}.{parameter}", own})


def _listed(text: str | None) -> Iterable[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def heading(problem: Problem) -> dict[str, Any]:
    """What a JSON document says of the run as a whole."""
    update = problem.update
    return {
        "target": problem.target,
        "seed": problem.seed,
        "dtype": problem.dtype,
        "optimizer": {"name": update.name, **update.hyper, **update.choices} if update else None,
    }
