"""`tui-nn lockstep`: the same problem under several optimisers, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_nn.cli.diagnostics import Progress, say
from tui_nn.cli.options import Asked, Digits, DtypeName, Hyper, Quiet, Rate, asks, complete_optimizer
from tui_nn.cli.output import TableFormat, write_json, write_rows
from tui_nn.cli.run_arguments import Format
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.lessons.contestants import Contestants
    from tui_nn.session.lockstep import Lockstep

app = typer.Typer(add_completion=False)

Names = Annotated[
    list[str],
    typer.Option(
        "--optimizer",
        metavar="NAME",
        help="One of them; repeat it. Unless said, those that the lesson names, or else sgd, momentum, adagrad, "
        "rmsprop and adam.",
        show_default=False,
        autocompletion=complete_optimizer,
    ),
]
Iterations = Annotated[
    int,
    typer.Option(
        "--iterations", "-n", metavar="N", min=1, help="How many iterations; the numbers shown are those of the last."
    ),
]


@dataclass(frozen=True, kw_only=True)
class AskedToCompare(Asked):
    """And under which optimisers; what is set of them holds for each that has it."""

    optimizer: Names = field(default_factory=list)
    lr: Rate = None
    hyper: Hyper = field(default_factory=list)
    dtype: DtypeName = None


@app.command()
@asks(AskedToCompare)
def lockstep(
    asked: AskedToCompare,
    *,
    iterations: Iterations = 1,
    digits: Digits = 6,
    form: Format = TableFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Compare optimisers on the same problem: gradient, state, step, new weights, losses.

    `before` and `after` are the weights around the last update, `change` is what
    it did to them. CSV, JSON Lines and Markdown have a row for each number.

    For example: tui-nn lockstep optimizers --optimizer sgd --optimizer adam -n 5
    """
    from tui_nn.session.lockstep import Lockstep

    problems = _contestants(asked)
    together = Lockstep({name: problem.session() for name, (problem, _) in problems.items()})
    losses = _losses(together, iterations, quiet)
    problem = next(iter(problems.values()))[0]
    found = {
        "target": problem.target,
        "seed": problem.seed,
        "dtype": problem.dtype,
        "iteration": iterations,
        "optimizers": list(_records(problems, together, losses)),
    }
    if form is TableFormat.JSON:
        write_json(found)
    elif form is TableFormat.TEXT:
        from tui_nn.cli.lockstep_text import write_text

        write_text(problem.title, found, digits)
    else:
        header = ("optimizer", "iteration", "name", "parameter", "index", "value")
        write_rows(_rows(found), header, form)


def _contestants(asked: AskedToCompare) -> Contestants:
    """Who takes part. Raises UserError."""
    from dataclasses import replace

    from tui_nn.cli.option_values import hypers
    from tui_nn.cli.subject import RATE, run_meant, settings_of
    from tui_nn.lessons.contestants import contestants_named

    if run_meant(asked.target) is not None:
        raise UserError(
            f"{asked.target} is a training run, which has one optimizer; `tui-nn runs compare` compares runs, and "
            "lockstep takes a lesson, a file or equations"
        )
    hyper = hypers(asked.hyper, vars(asked))
    if asked.lr is not None:
        hyper[RATE] = asked.lr
    settings = replace(settings_of(asked), hyper=hyper or None, dtype=asked.dtype or "float64")
    return contestants_named(asked.target, settings, tuple(dict.fromkeys(asked.optimizer)))


def _losses(together: Lockstep, iterations: int, quiet: bool) -> dict[str, list[float]]:
    """Go through the iterations; the losses of each optimiser."""
    found: dict[str, list[float]] = {name: [] for name in together.sessions}
    with Progress(quiet) as progress:
        for iteration in range(1, iterations + 1):
            together.next_iteration()
            for name, session in together.sessions.items():
                assert session.program.loss is not None  # whoever takes part has one
                found[name].append(float(session.value(session.program.loss)))
            progress.show(f"iteration {iteration:,} of {iterations:,}")
    for name, session in together.sessions.items():
        if not (quiet or session.is_finite()):
            say(
                f"note: {name} has come to numbers that are not finite; tui-nn autopsy with --optimizer {name} says why"
            )
    return found


def _records(problems: Contestants, together: Lockstep, losses: dict[str, list[float]]) -> Iterator[dict[str, Any]]:
    """A record for each optimiser, at the moment at which they stand."""
    from tui_nn.cli.subject import optimizer_of

    for name, session in together.sessions.items():
        yield {
            "optimizer": optimizer_of(problems[name][0].update),
            "loss": session.program.loss,
            "losses": losses[name],
            "parameters": [_parameter(session, p) for p in session.program.parameters],
        }


def _parameter(session: Any, parameter: str) -> dict[str, Any]:
    """What the optimiser makes of a parameter: before, g, its own lines, change, after."""
    import numpy as np

    from tui_nn.session.optimizer_values import AFTER, BEFORE, optimizer_values

    values = {name: by[parameter] for name, by in optimizer_values(session, [parameter]).items()}
    before, after = np.asarray(values.pop(BEFORE)), np.asarray(values.pop(AFTER))
    with np.errstate(all="ignore"):
        change = np.asarray(after - before)
    shape = list(before.shape)
    return {"name": parameter, "shape": shape, "before": before, **values, "change": change, "after": after}


def _rows(found: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    """Each number in a row of its own."""
    import numpy as np

    for each in found["optimizers"]:
        name = each["optimizer"]["name"]
        for iteration, loss in enumerate(each["losses"], 1):
            yield name, iteration, each["loss"], "", "", loss
        for parameter in each["parameters"]:
            for what in list(parameter)[2:]:
                for index, value in np.ndenumerate(parameter[what]):
                    yield name, found["iteration"], what, parameter["name"], " ".join(map(str, index)), value
