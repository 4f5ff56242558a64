"""Problem: anything that can be stepped, ready to run: a lesson, a file of one's own, or equation text.

`find("S6")`, `find("mine.toml")` and `find("L = (y - w*x)**2", values={"w": 1, ...})` give the same kind of thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.engine.build import build
from tui_nn.engine.program import Dtype, Program
from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError, hint, suggestion
from tui_nn.lang.expression import Name, names, walk
from tui_nn.lang.page import Equation, Page, Update
from tui_nn.lang.page_names import check_page
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.lang.shape_rules import describe
from tui_nn.lang.shapes import infer
from tui_nn.lessons.catalogue import is_file_name, load, near_lessons
from tui_nn.lessons.lesson import Init, Lesson
from tui_nn.lessons.targets import check_targets
from tui_nn.nn.initializers import draw
from tui_nn.nn.optimizers import optimizer
from tui_nn.session.session import Session

USUAL_PARAMETERS = re.compile(r"^(w|b|theta|θ)\d*(_.*)?$", re.IGNORECASE)
"""Names that, in equation text, are taken for parameters: w, W1, b2, w_out, theta0."""

_PATH = re.compile(r"[\w.~-]*(/[\w.-]+)+/?")


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
        remark: what was assumed, for a person to know; '' where all was said.
        image: (height, width) where an example is an image, row by row.
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
    remark: str = ""
    image: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return self.lesson.slug if self.lesson else "the page"

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
    if is_text(target):
        return _from_text(target, settings)
    try:
        lesson = load(target)  # first: `dense-layer` reads as a difference too
    except UserError:
        meant_as_name = re.fullmatch(r"[\w-]+", target) and near_lessons(target)
        if not meant_as_name and _is_expression(target):
            text = target.strip()
            no_path = f"there is no file or folder {text}; and " if _PATH.fullmatch(text) else ""
            raise UserError(f"{no_path}an equation gives its value a name: `y = {text}`, not just `{text}`") from None
        raise
    return from_lesson(target, lesson, settings)


def is_text(target: str) -> bool:
    """Whether `target` is equations rather than a lesson's name or a file."""
    return "=" in target and not is_file_name(target)


def _is_expression(text: str) -> bool:
    """Whether it calculates something; a name alone does not, nor does a file's, `mine.tom`."""
    if not re.search(r"[-+*/@(]", text) or re.search(r"\.\w+$", text):
        return False
    try:
        return not isinstance(parse_expression(text), Name)
    except EquationError:
        return False


def _from_text(text: str, settings: Settings) -> Problem:
    # A semicolon separates equations, but not in a comment, nor at the end of a line.
    lines = re.sub(r";[^\S\n]*(?=\S)", "\n", re.sub(r"#.*", "", text))
    page = parse_page(lines)
    check_page(page, lines.splitlines())
    values = _values(page, {}, settings, settings.seed or 0, lines)
    parameters, remark = _learned(page, values, settings, lines)
    update = _optimizer(settings.optimizer, settings.hyper or {}, "the page", parameters)
    return Problem(
        text, text, page, lines, values, parameters, None, update, settings.seed or 0, settings.dtype, remark=remark
    )


def _learned(
    page: tuple[Equation, ...], values: Mapping[str, np.ndarray[Any, Any]], settings: Settings, text: str
) -> tuple[tuple[str, ...], str]:
    """The parameters of equation text, and what to say of the choice."""
    leaves = Page(page).leaves
    usual = tuple(settings.parameters) or tuple(n for n in leaves if USUAL_PARAMETERS.match(n)) or leaves
    if settings.parameters or settings.optimizer or not page:
        return usual, ""
    last = page[-1].name
    shape = infer(page, {n: v.shape for n, v in values.items()}, text.splitlines())[last]
    if shape == ():
        return usual, ""
    remedy = f"a last line such as L = mean({last}**2) would have gradients"
    return (), f"`{last}` is {describe(shape)}, not a single number: nothing to differentiate; {remedy}"


def from_lesson(target: str, lesson: Lesson, settings: Settings) -> Problem:
    """The problem that a lesson is, as changed by the settings; `target` is what to call it."""
    seed = lesson.seed if settings.seed is None else settings.seed
    choice = lesson.choice(settings.optimizer or "")
    hyper = {**(choice.hypers if choice else {}), **(settings.hyper or {})}
    if choice is None and settings.hyper:
        raise UserError(f"{target} has no optimizer to set {', '.join(settings.hyper)} of; add --optimizer sgd")
    parameters = tuple(settings.parameters) or lesson.parameters
    return Problem(
        target,
        lesson.title,
        lesson.page,
        lesson.equations,
        _values(lesson.page, lesson.values, settings, seed, lesson.equations),
        parameters,
        lesson.loss or None,
        _optimizer(choice.name if choice else None, hyper, lesson.slug, parameters, settings.optimizer is not None),
        seed,
        settings.dtype,
        lesson,
    )


def _optimizer(
    name: str | None, hyper: Mapping[str, Any], of: str, parameters: Sequence[str], asked_for: bool = True
) -> Update | None:
    if name is None:
        return None
    update = optimizer(name, hyper)
    if not parameters and asked_for:
        raise UserError(f"{of} has no parameters; there is nothing for {name} to learn")
    return update


def _values(
    page: tuple[Equation, ...], given: Mapping[str, Any], settings: Settings, seed: int, text: str
) -> dict[str, np.ndarray[Any, Any]]:
    leaves = Page(page).leaves
    found: dict[str, np.ndarray[Any, Any]] = {}
    for name in leaves:
        value = settings.values.get(name, given.get(name))
        if isinstance(value, Init):
            found[name] = draw(value.kind, value.shape, value.settings, seed, name)
        elif value is not None:
            found[name] = _array(name, value)
    missing = [name for name in leaves if name not in found]
    if missing:
        raise _without_value(page, missing, [*found, *settings.values], text)
    known = {n for e in page for n in (e.name, *names(e.expression))}
    for name in settings.values:
        if name not in known:
            raise UserError(f"--at {name}: no equation uses `{name}`{suggestion(name, leaves)}")
        if name not in leaves:
            raise UserError(f"--at {name}: `{name}` is computed by an equation; only what is given can be set")
    check_targets(page, found)
    return found


def _without_value(page: tuple[Equation, ...], missing: list[str], given: Sequence[str], text: str) -> UserError:
    """Names that are read and have no value: a slip of the keyboard in the first of them, or values forgotten."""
    name = missing[0]
    slip = hint(name, [*(e.name for e in page), *given])
    if not slip:
        wanted = " ".join(f"--at {n}=..." for n in missing)
        stated = ", ".join(f"`{n}`" for n in missing)
        return UserError(f"no value for {stated}: add {wanted}")
    equation, node = next((e, n) for e in page for n in walk(e.expression) if isinstance(n, Name) and n.id == name)
    line, column = node.at or (equation.line, None)
    why = f"`{name}` has no value{slip} (or give it one: --at {name}=1)"
    return EquationError(why, line=line, column=column, source=text.splitlines()[line - 1])


def _array(name: str, value: Any) -> np.ndarray[Any, Any]:
    try:
        array = np.array(value, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        raise UserError(
            f"the value of `{name}` must be a number, a list of numbers, or a list of rows that are equally long"
        ) from None
    if array.ndim > 2:
        raise UserError(
            f"the value of `{name}` has {array.ndim} axes; the language knows numbers, vectors and matrices"
        )
    if not array.size:
        raise UserError(f"the value of `{name}` is an empty list; a vector has one number at least")
    return array
