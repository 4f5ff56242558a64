"""The checker: every figure of a lesson recomputed, and its verdict with it. Lesson in, checked figures out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from tui_nn.errors import UserError
from tui_nn.lessons.lesson import Figure, Lesson, Quantity, Verdict
from tui_nn.lessons.nested import Nested, apply, leaves, shape_of
from tui_nn.lessons.problem import Settings, from_lesson
from tui_nn.lessons.verdict import confirms, same, verdict_of, worst
from tui_nn.session.session import Session


@dataclass(frozen=True, slots=True)
class Checked:
    """A figure with what the machine says of it.

    Attributes:
        figure: as the file has it.
        computed: the machine's value, laid out as on the slide.
        cells: the verdict on each printed entry, in the same layout; None where nothing is printed.
        found: the verdict on the whole; None where nothing is printed, or what is computed is out of its bounds.
        problem: why the file and the machine disagree, '' where they agree.
    """

    figure: Figure
    computed: Nested[float]
    cells: Nested[Verdict] | None
    found: Verdict | None
    problem: str

    @property
    def holds(self) -> bool:
        """Whether all that the file says of the figure is true."""
        return not self.problem


def check(lesson: Lesson) -> tuple[Checked, ...]:
    """Every figure of the lesson, in the order of the file.

    Raises UserError for a figure that cannot be computed: an unknown name, an entry that is not there.
    """
    order = sorted(range(len(lesson.figures)), key=lambda i: (lesson.figures[i].optimizer, lesson.figures[i].iteration))
    sessions: dict[str, Session] = {}
    found: dict[int, Checked] = {}
    for i in order:  # forward in time, so that no session has to go back
        figure = lesson.figures[i]
        if figure.optimizer not in sessions:
            sessions[figure.optimizer] = _session(lesson, figure.optimizer)
        try:
            found[i] = _check(sessions[figure.optimizer], figure)
        except UserError as error:
            title = f" ({figure.title})" if figure.title else ""
            raise UserError(f"{lesson.source}, figure {i + 1}{title}: {error}") from None
    return tuple(found[i] for i in range(len(order)))


def _session(lesson: Lesson, optimizer: str) -> Session:
    return from_lesson(lesson.slug, lesson, Settings({}, optimizer=optimizer or None)).session()


def _check(session: Session, figure: Figure) -> Checked:
    _go(session, figure)
    computed = _computed(session, figure)
    for given in (figure.printed, figure.right):
        if given is not None and shape_of(given) != shape_of(computed):
            raise UserError(f"{_size(computed)} computed, {_size(given)} in the file; they must be laid out alike")
    if figure.between is not None:
        return _in_kind(figure, computed, figure.between)
    cells = None if figure.printed is None else apply(lambda c, p: _verdict(session, c, p), computed, figure.printed)
    verdict = None if cells is None else worst(list(leaves(cells)))
    problem = ""
    if verdict != figure.verdict:
        problem = f"the file says {figure.verdict}, recomputed it is {verdict}"
    elif figure.right is not None and not all(
        leaves(apply(lambda c, r: _confirms(session, c, r), computed, figure.right))
    ):
        problem = "what the file gives as right is not what is computed"
    return Checked(figure, computed, cells, verdict, problem)


def _go(session: Session, figure: Figure) -> None:
    """To the moment that the figure is of: the end of the update for its lines, else just before the update."""
    program = session.program
    before = max(program.phase_end(phase) for phase in ("forward", "loss", "backward"))
    session.goto(figure.iteration, before if figure.parameter is None else session.length)


def _computed(session: Session, figure: Figure) -> Nested[float]:
    if figure.parameter is not None:
        return _laid_out(figure.name, figure.parameter, lambda name, of: session.value(f"{name}.{of}"))
    if isinstance(figure.name, tuple):
        return apply(lambda text: _one(session.evaluate(text), text), figure.name)
    array = session.evaluate(figure.name)
    if figure.index is None:
        return _tuples(array)
    try:
        return _tuples(array[tuple(slice(None) if i is None else i for i in figure.index)])
    except IndexError:
        raise UserError(f"`{figure.name}` has the shape {array.shape}; there is no such entry") from None


def _laid_out(name: Nested[str], parameter: Nested[str], value: Any) -> Nested[float]:
    if not isinstance(name, tuple) and not isinstance(parameter, tuple):
        return _tuples(value(name, parameter))
    names = name if isinstance(name, tuple) else apply(lambda _: name, parameter)
    parameters = parameter if isinstance(parameter, tuple) else apply(lambda _: parameter, name)
    return apply(lambda n, p: _one(value(n, p), f"{n} of {p}"), names, parameters)


def _one(array: np.ndarray[Any, Any], text: str) -> float:
    if array.size != 1:
        raise UserError(f"`{text}` is {array.size} numbers; where several are listed, each is one")
    return float(array.reshape(()))


def _tuples(array: Any) -> Nested[float]:
    return tuple(_tuples(row) for row in array) if np.ndim(array) else float(array)


def _verdict(session: Session, computed: float, printed: Quantity) -> Verdict:
    if isinstance(printed, str):
        return "match" if same(computed, _one(session.evaluate(printed), printed)) else "erratum"
    return verdict_of(computed, printed)


def _confirms(session: Session, computed: float, right: Quantity) -> bool:
    if isinstance(right, str):
        return same(computed, _one(session.evaluate(right), right))
    return confirms(computed, right)


def _in_kind(figure: Figure, computed: Nested[float], bounds: tuple[float, float]) -> Checked:
    """A figure that hangs on chance: right in kind where it and the printed one lie in the same range."""
    low, high = bounds

    def within(number: float | int | Decimal) -> bool:
        return low <= number <= high

    cells: Nested[Verdict] | None = None
    if figure.printed is not None:
        cells = apply(lambda p: "match" if within(p) else "erratum", figure.printed)
    verdict = None if cells is None else worst(list(leaves(cells)))
    if not all(within(c) for c in leaves(computed)):
        return Checked(figure, computed, cells, None, f"what is computed is not between {low:g} and {high:g}")
    problem = "" if verdict == figure.verdict else f"the file says {figure.verdict}, recomputed it is {verdict}"
    return Checked(figure, computed, cells, verdict, problem)


def _size(layout: Nested[Any]) -> str:
    shape = shape_of(layout)
    return " x ".join(map(str, shape)) + " numbers are" if shape else "one number is"
