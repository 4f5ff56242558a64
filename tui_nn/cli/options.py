"""The options that all commands on a target share: what to step, with which numbers, under which optimiser."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.lessons.problem import Problem

TARGET_HELP = "A lesson's name or code, a TOML file, or equations ('y = w*x; L = (y - 1)**2')."
NON_FINITE = ("NaN", "Infinity", "-Infinity")  # as our own JSON spells them
OFFERED = 200  # files of a folder that a shell is offered


def complete_target(incomplete: str) -> list[str]:
    """Lesson names and TOML files, for the shell."""
    from importlib.resources import files

    content = files("tui_nn.lessons") / "content"
    names = sorted(entry.name.removesuffix(".toml") for entry in content.iterdir() if entry.name.endswith(".toml"))
    return [name for name in names if name.startswith(incomplete)] + _toml_files(incomplete)


def _toml_files(incomplete: str) -> list[str]:
    """TOML files, and folders to look for some in."""
    from itertools import islice
    from pathlib import Path

    folder, slash, start = incomplete.rpartition("/")
    try:
        entries = sorted(islice(Path(folder + slash or ".").iterdir(), OFFERED))
        found = [e for e in entries if e.name.startswith(start) and (start or not e.name.startswith("."))]
        return [
            f"{folder}{slash}{e.name}" + "/" * e.is_dir()
            for e in found
            if e.suffix.lower() == ".toml" or (incomplete and e.is_dir())
        ]
    except (OSError, ValueError):
        return []


def complete_optimizer(incomplete: str) -> list[str]:
    """Optimiser names, for the shell."""
    from tui_nn.nn.optimizers import OPTIMIZERS

    return [name for name in OPTIMIZERS if name.startswith(incomplete)]


def complete_dtype(incomplete: str) -> list[str]:
    """The types of number, for the shell."""
    return [name for name in ("float64", "float32") if name.startswith(incomplete)]


Target = Annotated[
    str, typer.Argument(help=TARGET_HELP, metavar="TARGET", show_default=False, autocompletion=complete_target)
]
At = Annotated[
    list[str],
    typer.Option(
        "--at",
        metavar="NAME=VALUE",
        help="A value, as JSON; repeat it: --at w=1 --at 'X=\\[\\[1, 2], \\[3, 4]]'.",
        show_default=False,
    ),
]
Parameters = Annotated[
    list[str],
    typer.Option(
        "--parameter",
        metavar="NAME",
        help="What to differentiate by and to learn; repeat it. In equation text, unless said: w, W1, b, theta0 and "
        "the like, or all that is given.",
        show_default=False,
    ),
]
OptimizerName = Annotated[
    str | None,
    typer.Option(
        "--optimizer",
        metavar="NAME",
        help="sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw.",
        autocompletion=complete_optimizer,
    ),
]
Rate = Annotated[float | None, typer.Option("--lr", metavar="X", help="The learning rate.")]
Hyper = Annotated[
    list[str],
    typer.Option(
        "--hyper",
        metavar="NAME=X",
        help="A hyper-parameter or convention of the optimiser; repeat it: beta1=0.8, eps_place=inside.",
        show_default=False,
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Of everything random.")]
DtypeName = Annotated[
    Literal["float64", "float32"],
    typer.Option("--dtype", metavar="TYPE", help="float64 or float32.", autocompletion=complete_dtype),
]
Digits = Annotated[
    int, typer.Option("--digits", metavar="N", min=1, max=17, help="Significant digits where people read: 1 to 17.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but what went wrong.")]


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
    quiet: bool = False,
) -> Problem:
    """The problem that the options mean.

    Args:
        learns: whether an update is needed: then a target without an optimiser gets plain gradient descent.
        quiet: whether what was assumed is left unsaid.
    """
    from tui_nn.cli.diagnostics import say
    from tui_nn.lessons.problem import Settings, find

    settings: dict[str, float | str] = {name: _setting(text) for name, text in _pairs("--hyper", hyper or [])}
    if lr is not None:
        settings["lr"] = lr
    values = {name: value_of(name, text) for name, text in _pairs("--at", at)}

    def with_optimizer(name: str | None, hyper: dict[str, float | str]) -> Problem:
        return find(target, Settings(values, parameters or (), name, hyper, seed, dtype))

    if optimizer is not None:
        return with_optimizer(optimizer, settings)
    problem = with_optimizer(None, {})
    if problem.update is not None:
        return with_optimizer(None, settings) if settings else problem
    if problem.remark and not quiet:
        say(f"note: {problem.remark}")
    if not learns and not settings:
        return problem
    if not problem.parameters:
        if settings:
            raise UserError(f"{problem.name} has no parameters; there is nothing for an optimizer to learn")
        return problem
    problem = with_optimizer("sgd", settings)
    if not quiet:
        assert problem.update is not None
        rate = problem.update.hyper["lr"]
        say(f"note: no optimizer was named; gradient descent (sgd) with lr = {rate:g}; --optimizer and --lr choose")
    return problem


def listed(text: str | None) -> list[str]:
    """The parts between the commas."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def of_option(option: str, error: UserError) -> UserError:
    """An error in an expression that an option took."""
    return UserError(f"{option}: {str(error).removeprefix('line 1: ')}")


def _pairs(option: str, texts: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            example = "w=1" if option == "--at" else "beta1=0.8"
            raise UserError(f"{option} takes NAME=VALUE, such as {option} {example}; this is `{text}`")
        pairs.append((name, value))
    return pairs


def _setting(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def value_of(name: str, text: str) -> Any:
    """The number, or the nested lists of numbers, that an option's text means. Raises UserError."""
    try:
        if re.fullmatch(r"[+-]?(\d+\.?|\d*\.\d+)([eE][+-]?\d+)?", text):  # JSON knows neither .5 nor +5
            return _finite(text)
        return _number(name, json.loads(text, parse_float=_finite, parse_int=_finite))
    except OverflowError:
        raise UserError(f"--at {name}: the number is too large") from None
    except (ValueError, RecursionError):
        pass
    remedy = "a value is a number (0.5), a list ([1, 2]) or a list of rows ([[1, 2], [3, 4]])"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        remedy = f"a decimal number is written with a point ({text.replace(',', '.')}), a list in brackets ([{text}])"
    elif re.fullmatch(r"\w+", text) and not text[0].isdigit():
        remedy += "; a name cannot stand for one"
    raise UserError(f"--at {name}: `{_short(text)}` cannot be read: {remedy}")


def _number(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_number(name, part) for part in value]
    if value in NON_FINITE:
        return float(value)
    if not isinstance(value, float):
        raise UserError(f"--at {name}: `{_short(json.dumps(value))}` is not a number, nor a list or rows of numbers")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise OverflowError
    return value


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
