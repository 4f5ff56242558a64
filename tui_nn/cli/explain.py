"""`tui-nn explain`: why a number is what it is, down to what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tui_nn.cli.diagnostics import Progress
from tui_nn.cli.options import AskedToLearn, Digits, Quiet, asks, of_option
from tui_nn.cli.span import end_of_run
from tui_nn.cli.subject import Subject, of_problem, of_run, run_meant

if TYPE_CHECKING:
    from tui_nn.session.session import Session

app = typer.Typer(add_completion=False)

CHUNK = 1_000  # iterations between two looks at the clock


def complete_entry(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the target, for the shell."""
    from tui_nn.errors import UserError
    from tui_nn.lessons.problem import Settings, find

    try:
        program = find(context.params.get("target") or "", Settings({})).program()
    except UserError:
        return []
    return [name for name in program.shapes if name.startswith(incomplete)]


Entry = Annotated[
    str,
    typer.Argument(
        metavar="ENTRY",
        help="A number: L, 'dW1\\[0,2]', 'm_hat.W1\\[0,2]'; indices count from 0.",
        show_default=False,
        autocompletion=complete_entry,
    ),
]
Iteration = Annotated[
    int | None,
    typer.Option(
        "--iteration",
        "-i",
        metavar="N",
        min=1,
        help="At the end of which iteration. Unless said, the first; of a training run, the last.",
    ),
]
Depth = Annotated[
    int, typer.Option("--depth", "-d", metavar="K", min=1, max=50, help="How many steps down to explain operands.")
]
Form = Annotated[Literal["text", "json"], typer.Option("--format", "-f", metavar="FORMAT", help="How: text or json.")]


@app.command()
@asks(AskedToLearn)
def explain(
    asked: AskedToLearn,
    *,
    entry: Entry,
    iteration: Iteration = None,
    depth: Depth = 1,
    digits: Digits = 6,
    form: Form = "text",
    quiet: Quiet = False,
) -> None:
    """Say why a number is what it is: formula, numbers, result, operands."""
    from tui_nn.cli.explanation import Tree, Writer
    from tui_nn.cli.output import write_json
    from tui_nn.lang.errors import EquationError
    from tui_nn.session.explain import parse_entry

    subject, at = _opened(asked, entry, iteration, quiet)
    session = subject.session
    try:
        name, index = parse_entry(session, entry)
    except EquationError as error:
        raise of_option(f"`{entry}`", error) from None
    _go(session, at, quiet)
    found = Tree(session, digits).explain(name, index, None, depth)
    if form == "json":
        write_json({**subject.heading(), **found})
    else:
        Writer(digits).write(found)


def _opened(asked: AskedToLearn, entry: str, iteration: int | None, quiet: bool) -> tuple[Subject, int]:
    """What the entry is of, and at the end of which iteration it is explained."""
    run = run_meant(asked.target)
    if run is None:
        at = iteration or 1
        return of_problem(asked, learns=at > 1 or "." in entry, quiet=quiet), at
    span = end_of_run(run, iteration, "--iteration")
    return of_run(asked, run, span, quiet=quiet), span.first


def _go(session: Session, iteration: int, quiet: bool) -> None:
    with Progress(quiet) as progress:
        while session.position.iteration < iteration:
            session.goto(min(session.position.iteration + CHUNK, iteration), session.length)
            progress.show(f"iteration {session.position.iteration:,} of {iteration:,}")
        session.goto(iteration, session.length)
