"""`tui-nn step`: a listing, line by line, with the value of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tui_nn.cli.diagnostics import ExitCode, Progress, say
from tui_nn.cli.options import AskedToLearn, Digits, Quiet, asks, listed
from tui_nn.cli.output import Format
from tui_nn.cli.span import LIMIT, span_of_problem, span_of_run
from tui_nn.cli.step_walk import Walk
from tui_nn.cli.subject import of_problem, of_run, run_meant

if TYPE_CHECKING:
    from tui_nn.cli.step_choice import Chosen
    from tui_nn.cli.step_watch import Watch

app = typer.Typer(add_completion=False)


def complete_phases(incomplete: str) -> list[str]:
    """Phases, for the shell; after a comma too."""
    before = "".join(incomplete.rpartition(",")[:2])
    return [before + phase for phase in ("forward", "loss", "backward", "update") if phase not in before.split(",")]


Iterations = Annotated[
    int | None, typer.Option("--iterations", "-n", metavar="N", min=1, help="How many iterations; 1 unless said.")
]
AtIteration = Annotated[
    int | None,
    typer.Option(
        "--at-iteration",
        metavar="N",
        min=1,
        help="Of a training run: the first iteration to step, with the very numbers that training used. Unless said, "
        "so that the run's last one comes last; with --until, 1.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="CONDITION",
        help=f"Go on until it holds: 'norm(dW1) > 10', 'L < 0.01'. Exit code 1 where it does not within --iterations "
        f"({LIMIT:,} unless said; of a run, all that it has).",
    ),
]
Only = Annotated[
    str | None,
    typer.Option("--only", metavar="NAMES", help="Print only the lines of these names: dW1,v_hat or v_hat.W1."),
]
Phase = Annotated[
    str | None,
    typer.Option(
        "--phase",
        metavar="PHASES",
        help="Print only these phases, of: forward, loss, backward, update.",
        autocompletion=complete_phases,
    ),
]
Watches = Annotated[
    list[str],
    typer.Option(
        "--watch",
        metavar="EXPRESSION",
        help="Print its value too, right after the line from which on it can be told; repeat it: --watch 'norm(dW1)'.",
        show_default=False,
    ),
]
Form = Annotated[
    Format, typer.Option("--format", "-f", metavar="FORMAT", help="How: text, json, jsonl, csv, markdown or latex.")
]


@app.command()
@asks(AskedToLearn)
def step(
    asked: AskedToLearn,
    *,
    iterations: Iterations = None,
    at_iteration: AtIteration = None,
    until: Until = None,
    only: Only = None,
    phase: Phase = None,
    watch: Watches = [],  # noqa: B006 - Typer makes a new one
    digits: Digits = 6,
    form: Form = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Step through a listing and print the value of each line.

    Of a training run: any of its iterations, with the very numbers of training.
    """
    from tui_nn.cli.step_choice import Chosen, phases_of
    from tui_nn.cli.step_formats import writer
    from tui_nn.cli.step_watch import watches_of

    phases = phases_of(phase)
    run = run_meant(asked.target, "--at-iteration" if at_iteration is not None else None)
    if run is None:
        span = span_of_problem(iterations, until)
        learns = span.count > 1 or (phase is not None and "update" in phases)
        subject = of_problem(asked, learns=learns, quiet=quiet)
    else:
        span = span_of_run(run, at_iteration, iterations, until)
        subject = of_run(asked, run, span, quiet=quiet)
    chosen = Chosen(subject.session, listed(only), phases)
    if not chosen.lines and not quiet:
        say("note: no line is both of these names and of these phases")
    watches = watches_of(subject.session, watch)
    with Progress(quiet) as progress:
        walk = Walk(subject.session, chosen, watches, span, until, progress)
        singles = _singles(chosen, watches) if only and (span.count > 1 or until) else []
        writer(form, singles, digits)(subject, walk.records(), digits)
    _report(walk, until, quiet)


def _singles(chosen: Chosen, watches: list[Watch]) -> list[str]:
    """The names of all that an iteration prints, where all of it is single numbers; else none."""
    names = chosen.singles() if all(watch.shape == () for watch in watches) else []
    return [*names, *(watch.text for watch in watches)] if names else []


def _report(walk: Walk, until: str | None, quiet: bool) -> None:
    """Say why the walk ended where that is not plain; exit code 1 where what was waited for did not come."""
    stop = walk.stop
    if stop is not None and stop.kind == "non-finite":
        say(f"stopped: {stop.text}{'' if quiet else '; tui-nn autopsy says why'}")
    elif stop is not None and not quiet:
        iteration, line = walk.session.position
        say(f"`{stop.text}` holds: iteration {iteration}, line {line}")
    elif stop is None and until is not None:
        say(f"`{until}` did not hold within {walk.span.count:,} iterations")
    if until is not None and not walk.held:
        raise typer.Exit(ExitCode.CHECK_FAILED)
