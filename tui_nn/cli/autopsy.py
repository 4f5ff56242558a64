"""`tui-nn autopsy`: the first number that is not finite: its line, operands, where the growth began, causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui_nn.cli.diagnostics import Progress
from tui_nn.cli.options import AskedToLearn, Digits, Quiet, asks
from tui_nn.cli.span import LIMIT, Span
from tui_nn.cli.subject import Subject, of_problem, of_run, run_meant
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.autopsy import Autopsy
    from tui_nn.session.run_folder import RunFolder

app = typer.Typer(add_completion=False)

Iterations = Annotated[
    int | None,
    typer.Option(
        "--iterations",
        "-n",
        metavar="N",
        min=1,
        help=f"In how many iterations to look for one; {LIMIT:,} unless said. A training run ends where it had one.",
    ),
]
Form = Annotated[Literal["text", "json"], typer.Option("--format", "-f", metavar="FORMAT", help="How: text or json.")]


@app.command()
@asks(AskedToLearn)
def autopsy(
    asked: AskedToLearn,
    *,
    iterations: Iterations = None,
    digits: Digits = 6,
    form: Form = "text",
    quiet: Quiet = False,
) -> None:
    """Find the first number that is NaN or infinite, and why it is.

    Its line and operands, where the growth began, and likely causes. Where all numbers are finite, it says so.

    For example: tui-nn autopsy linear-regression --lr 0.2
    """
    from tui_nn.session.autopsy import autopsy

    run = run_meant(asked.target)
    subject = _problem(asked, iterations or LIMIT, quiet) if run is None else _run(asked, run, iterations, quiet)
    found = autopsy(subject.session)
    if form == "json":
        from tui_nn.cli.output import write_json

        document = None if found is None else _record(subject, found, digits)
        write_json({**subject.heading(), "iterations": subject.session.position.iteration, "autopsy": document})
    else:
        _print(subject, found, digits)


def _problem(asked: AskedToLearn, iterations: int, quiet: bool) -> Subject:
    """A lesson, a file or equations: run until a number is not finite, at most so long."""
    from tui_nn.session.stops import first_break

    subject = of_problem(asked, learns=True, quiet=quiet)
    session = subject.session
    last = iterations if session.program.update is not None else 1  # without an update all are the same
    with Progress(quiet) as progress:
        for iteration in range(1, last + 1):
            here = session.position
            session.goto(iteration, session.length)
            if first_break(session, here) is not None:  # looked at one by one: numbers may become finite again
                break
            progress.show(f"iteration {iteration:,} of {last:,}")
    return subject


def _run(asked: AskedToLearn, run: RunFolder, iterations: int | None, quiet: bool) -> Subject:
    """A training run at its end; one that had to stop, in the iteration in which it had to."""
    from tui_nn.session.open_run import last_iteration

    if iterations is not None:
        raise UserError("--iterations is for lessons and equations; a training run is looked at where it ended")
    last = last_iteration(run)
    had_to_stop = (run.result() or {}).get("status") == "non-finite"
    subject = of_run(asked, run, Span(last + 1 if had_to_stop or not last else last, 1), quiet=quiet)
    subject.session.run(1)
    return subject


def _record(subject: Subject, found: Autopsy, digits: int) -> dict[str, Any]:
    from dataclasses import replace

    from tui_nn.cli.explanation import Tree
    from tui_nn.session.explain import explain

    at, first = found.position, found.card
    card = explain(subject.session, first.name, first.index, at, digits)
    card = replace(card, operands=first.operands, hidden=first.hidden)
    return {
        "iteration": at.iteration,
        "line": at.line,
        "text": found.text,
        "number": Tree(subject.session, digits).of(card, 1),
        "began": found.began.iteration if found.began else None,
        "sizes": {
            "of": subject.session.program.loss or "parameters",
            "iterations": [iteration for iteration, _ in found.sizes],
            "values": [size for _, size in found.sizes],
        },
        "causes": list(found.causes),
    }


def _print(subject: Subject, found: Autopsy | None, digits: int) -> None:
    from tui_nn.cli.explanation import Writer
    from tui_nn.cli.layout import room
    from tui_nn.cli.step_formats import print_heading

    width = room()
    print_heading(subject, digits, width)
    if found is None:
        print(f"\nAll numbers are finite, up to the end of iteration {subject.session.position.iteration:,}.")
        return
    record = _record(subject, found, digits)
    print("\nThe first number that is not finite")
    Writer(digits).write(record["number"], "  ", "  ")
    print("\nWhere the growth began")
    began = f"iteration {record['began']:,}" if record["began"] else "it came at once, without growing first"
    _paragraph(began, width)
    print("\nLikely causes")
    for cause in record["causes"] or ["none that can be told from this line: look at its operands"]:
        _paragraph(cause, width)


def _paragraph(text: str, width: int) -> None:
    from tui_nn.cli.layout import prose

    for row in prose(text, width - 2):
        print(f"  {row}")
