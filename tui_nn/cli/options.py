"""The options that all commands on a target share: what to step, with which numbers, under which optimiser."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Annotated, Any, Literal, get_type_hints

import typer

from tui_nn.cli.signatures import bundled
from tui_nn.errors import UserError

TARGET_HELP = "A lesson's name or code, a TOML file, or equations ('y = w*x; L = (y - 1)**2')."
RUN_TOO = "A lesson's name or code, a TOML file, equations ('y = w*x; L = (y - 1)**2'), or a training run."
OFFERED = 200  # files of a folder that a shell is offered


def complete_target(incomplete: str) -> list[str]:
    """Lesson names and TOML files, for the shell."""
    from importlib.resources import files

    content = files("tui_nn.lessons") / "content"
    names = sorted(entry.name.removesuffix(".toml") for entry in content.iterdir() if entry.name.endswith(".toml"))
    return [name for name in names if name.startswith(incomplete)] + _toml_files(incomplete)


def complete_target_or_run(incomplete: str) -> list[str]:
    """Those, and names of training runs."""
    from tui_nn.cli.run_arguments import complete_run

    return complete_target(incomplete) + complete_run(incomplete)


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
TargetOrRun = Annotated[
    str, typer.Argument(help=RUN_TOO, metavar="TARGET", show_default=False, autocompletion=complete_target_or_run)
]
At = Annotated[
    list[str],
    typer.Option(
        "--at",
        metavar="NAME=VALUE",
        help="A value: a number, a list or a list of rows; repeat it: --at w=1 --at 'X=\\[\\[1, 2], \\[3, 4]]'. "
        "Or how to draw one: --at 'W={init = \"normal\", shape = \\[3, 2]}'.",
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
    Literal["float64", "float32"] | None,
    typer.Option("--dtype", metavar="TYPE", help="float64 (unless said) or float32.", autocompletion=complete_dtype),
]
Digits = Annotated[
    int, typer.Option("--digits", metavar="N", min=1, max=17, help="Significant digits where people read: 1 to 17.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but what went wrong.")]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which page, with which numbers."""

    target: Target
    at: At = field(default_factory=list)
    parameter: Parameters = field(default_factory=list)
    seed: Seed = None


@dataclass(frozen=True, kw_only=True)
class AskedToLearn(Asked):
    """And under which optimiser; the target may be a training run, which has all of this by itself."""

    target: TargetOrRun
    optimizer: OptimizerName = None
    lr: Rate = None
    hyper: Hyper = field(default_factory=list)
    dtype: DtypeName = None

    def beside_the_target(self) -> list[str]:
        """The flags that were given."""
        return [f"--{f.name}" for f in fields(self) if f.name != "target" and getattr(self, f.name) not in (None, [])]


def asks(kind: type[Asked]) -> Callable[[Any], Any]:
    """Give a command the options of `kind`; it takes them as its first argument."""
    hints = get_type_hints(kind, include_extras=True)
    options = [
        inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=_default(f), annotation=hints[f.name])
        for f in fields(kind)
    ]
    return lambda command: bundled(command, options, lambda values: kind(**values))


def _default(f: Any) -> Any:
    if f.default_factory is not MISSING:
        return f.default_factory()
    return inspect.Parameter.empty if f.default is MISSING else f.default


def listed(text: str | None) -> list[str]:
    """The parts between the commas."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def of_option(option: str, error: UserError) -> UserError:
    """An error in an expression that an option took."""
    return UserError(f"{option}: {str(error).removeprefix('line 1: ')}")
