"""The options that all commands on a target share: what to step, with which numbers, under which optimiser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.lessons.problem import Problem

TARGET_HELP = "A lesson's name or code, a TOML file, or equations ('y = w*x; L = (y - 1)**2')."


def complete_target(incomplete: str) -> list[str]:
    """Lesson names, for the shell."""
    from importlib.resources import files

    content = files("tui_nn.lessons") / "content"
    names = sorted(entry.name.removesuffix(".toml") for entry in content.iterdir() if entry.name.endswith(".toml"))
    return [name for name in names if name.startswith(incomplete)]


def complete_optimizer(incomplete: str) -> list[str]:
    """Optimiser names, for the shell."""
    from tui_nn.nn.optimizers import OPTIMIZERS

    return [name for name in OPTIMIZERS if name.startswith(incomplete)]


Target = Annotated[
    str, typer.Argument(help=TARGET_HELP, metavar="TARGET", show_default=False, autocompletion=complete_target)
]
At = Annotated[
    list[str],
    typer.Option(
        "--at",
        metavar="NAME=VALUE",
        help="A value, as JSON: --at w=1 --at 'X=\\[\\[1, 2], \\[3, 4]]'.",
        show_default=False,
    ),
]
Parameters = Annotated[
    list[str],
    typer.Option(
        "--parameter",
        metavar="NAME",
        help="What to differentiate by and to learn; repeat it. In equation text: names such as w, W1, b; else all.",
        show_default=False,
    ),
]
OptimizerName = Annotated[
    str | None,
    typer.Option(
        "--optimizer", help="sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw.", autocompletion=complete_optimizer
    ),
]
Rate = Annotated[float | None, typer.Option("--lr", help="The learning rate.")]
Hyper = Annotated[
    list[str],
    typer.Option(
        "--hyper",
        metavar="NAME=X",
        help="A hyper-parameter or convention of the optimiser: beta1=0.8, eps_place=inside.",
        show_default=False,
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Of everything random.")]
DtypeName = Annotated[Literal["float64", "float32"], typer.Option("--dtype", help="float64 or float32.")]


def find_problem(
    target: str,
    *,
    at: list[str],
    parameters: list[str] | None = None,
    optimizer: str | None = None,
    lr: float | None = None,
    hyper: list[str] | None = None,
    seed: int | None = None,
    dtype: Literal["float64", "float32"] = "float64",
    learns: bool = False,
) -> Problem:
    """The problem that the options mean.

    Args:
        learns: whether more than one iteration is asked for: then a target without an optimiser gets plain SGD.
    """
    from tui_nn.cli.diagnostics import say
    from tui_nn.lessons.problem import Settings, find

    settings: dict[str, float | str] = {name: _setting(text) for name, text in map(_pair, hyper or [])}
    if lr is not None:
        settings["lr"] = lr
    values = {name: _json(name, text) for name, text in map(_pair, at)}

    def with_optimizer(name: str | None, hyper: dict[str, float | str]) -> Problem:
        return find(target, Settings(values, parameters or (), name, hyper, seed, dtype))

    if optimizer is None:
        problem = with_optimizer(None, {})
        if problem.update is not None:
            return with_optimizer(None, settings) if settings else problem
        if not problem.parameters or not (learns or settings):
            return problem
        optimizer = "sgd"
        problem = with_optimizer(optimizer, settings)
        assert problem.update is not None
        say(f"note: no optimizer was named; gradient descent with lr = {problem.update.hyper['lr']:g}")
        return problem
    return with_optimizer(optimizer, settings)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise UserError(f"`{text}` is not NAME=VALUE, such as w=1")
    return name.strip(), value.strip()


def _setting(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _json(name: str, text: str) -> Any:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise UserError(f"--at {name}: `{text}` is not a JSON value: a number, [1, 2] or [[1, 2], [3, 4]]") from None
    if isinstance(value, str | bool | dict) or value is None:
        raise UserError(f"--at {name}: `{text}` is not a number, a list of numbers, or a list of rows")
    return value
