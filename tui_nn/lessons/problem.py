"""Problem: anything that can be stepped, ready to run: a lesson, a file of one's own, or equation text.

`find("S6")`, `find("mine.toml")` and `find("L = (y - w*x)**2", values={"w": 1, ...})` give the same kind of thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tui_nn.engine.program import Dtype, Program, build
from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError, suggestion
from tui_nn.lang.expression import names
from tui_nn.lang.page import Equation, Page, Update
from tui_nn.lang.parse import parse_page
from tui_nn.lessons.catalogue import is_file_name, load
from tui_nn.lessons.lesson import Init, Lesson
from tui_nn.nn.initializers import draw
from tui_nn.nn.optimizers import optimizer
from tui_nn.session.session import Session

USUAL_PARAMETERS = re.compile(r"^(w|b|theta|θ)\d*(_.*)?$", re.IGNORECASE)
"""Names that, in equation text, are taken for parameters: w, W1, b2, w_out, theta0."""


@dataclass(frozen=True)
class Settings:
    """What a command line may change of a problem; None and empty leave it as it is."""

    values: Mapping[str, Any]
    parameters: Sequence[str] = ()
    optimizer: str | None = None
    hyper: Mapping[str, float | str] | None = None
    seed: int | None = None
    dtype: Dtype = "float64"


@dataclass(frozen=True)
class Problem:
    """A page with numbers for all that it is given.

    Attributes:
        target: as it was asked for.
        title: a line to show above it.
        lesson: where it came from one.
        values: an array for every leaf.
        update: the optimiser's page, or None.
    """

    target: str
    title: str
    page: tuple[Equation, ...]
    text: str
    values: Mapping[str, np.ndarray[Any, Any]]
    parameters: tuple[str, ...]
    loss: str | None
    update: Update | None
    seed: int
    dtype: Dtype
    lesson: Lesson | None = None

    def program(self) -> Program:
        """The whole listing."""
        shapes = {n: tuple(v.shape) for n, v in self.values.items()}
        try:
            return build(
                self.page,
                shapes,
                self.parameters,
                loss=self.loss,
                update=self.update,
                dtype=self.dtype,
                source=self.text,
            )
        except EquationError as error:
            if self.lesson is None:
                raise
            raise error.moved(self.lesson.equations_line - 1, self.lesson.source) from None

    def session(self) -> Session:
        """A new run, at its start."""
        return Session(self.program(), self.values, seed=self.seed)


def find(target: str, settings: Settings | None = None) -> Problem:
    """The problem that `target` means: equation text, a lesson's name or code, or a TOML file.

    Raises UserError (EquationError for a slip in an equation) with what is wrong, where, and what to do.
    """
    settings = settings or Settings({})
    return _from_text(target, settings) if is_text(target) else from_lesson(target, load(target), settings)


def is_text(target: str) -> bool:
    """Whether `target` is equations rather than a lesson's name or a file."""
    return "=" in target and not is_file_name(target)


def _from_text(text: str, settings: Settings) -> Problem:
    lines = "\n".join(part.strip() for part in text.split(";"))
    page = parse_page(lines)
    leaves = Page(page).leaves
    parameters = tuple(settings.parameters) or tuple(n for n in leaves if USUAL_PARAMETERS.match(n)) or leaves
    values = _values(page, {}, settings, settings.seed or 0, lines)
    update = optimizer(settings.optimizer, settings.hyper) if settings.optimizer else None
    return Problem(text, text, page, lines, values, parameters, None, update, settings.seed or 0, settings.dtype)


def from_lesson(target: str, lesson: Lesson, settings: Settings) -> Problem:
    """The problem that a lesson is, as changed by the settings; `target` is what to call it."""
    seed = lesson.seed if settings.seed is None else settings.seed
    choice = lesson.choice(settings.optimizer or "")
    hyper = {**(choice.hypers if choice else {}), **(settings.hyper or {})}
    if choice is None and settings.hyper:
        raise UserError(f"{target} has no optimizer to set {', '.join(settings.hyper)} of; add --optimizer sgd")
    return Problem(
        target,
        lesson.title,
        lesson.page,
        lesson.equations,
        _values(lesson.page, lesson.values, settings, seed, lesson.equations),
        tuple(settings.parameters) or lesson.parameters,
        lesson.loss or None,
        optimizer(choice.name, hyper) if choice else None,
        seed,
        settings.dtype,
        lesson,
    )


def _values(
    page: tuple[Equation, ...], given: Mapping[str, Any], settings: Settings, seed: int, text: str
) -> dict[str, np.ndarray[Any, Any]]:
    leaves = Page(page).leaves
    known = {n for e in page for n in (e.name, *names(e.expression))}
    for name in settings.values:
        if name not in known:
            raise UserError(f"--at {name}: no equation reads `{name}`{suggestion(name, leaves)}")
        if name not in leaves:
            raise UserError(f"--at {name}: `{name}` is computed by an equation; only what is given can be set")
    found: dict[str, np.ndarray[Any, Any]] = {}
    missing = []
    for name in leaves:
        value = settings.values.get(name, given.get(name))
        if value is None:
            missing.append(name)
        elif isinstance(value, Init):
            found[name] = draw(value.kind, value.shape, value.settings, seed, name)
        else:
            found[name] = _array(name, value)
    if missing:
        _complain(page, missing, text)
    return found


def _complain(page: tuple[Equation, ...], missing: list[str], text: str) -> None:
    known = [e.name for e in page] + [n for n in Page(page).leaves if n not in missing]
    near = suggestion(missing[0], known)
    if near:  # a slip of the keyboard rather than a value forgotten
        line = next(e for e in page if missing[0] in names(e.expression))
        source = text.splitlines()[line.line - 1]
        column = re.search(rf"\b{re.escape(missing[0])}\b", source.split("=", 1)[1])
        at = source.index("=") + 1 + column.start() if column else None
        raise EquationError(
            f"there is no value named `{missing[0]}`{near} (or give it one: {missing[0]} = ... under [values], "
            f"or --at {missing[0]}=1)",
            line=line.line,
            column=at,
            source=source,
        )
    wanted = " ".join(f"--at {n}=..." for n in missing)
    raise UserError(
        f"no value for {', '.join(f'`{n}`' for n in missing)}: add {wanted}, or a line in the file's [values]"
    )


def _array(name: str, value: Any) -> np.ndarray[Any, Any]:
    try:
        array = np.array(value, dtype=np.float64)
    except (ValueError, TypeError):
        raise UserError(f"the value of `{name}` must be a number or rows of equal length of numbers") from None
    if array.ndim > 2:
        raise UserError(
            f"the value of `{name}` has {array.ndim} axes; the language knows numbers, vectors and matrices"
        )
    return array


def with_target(problem: Problem, target: str) -> Problem:
    """The same problem under another name."""
    return replace(problem, target=target)
