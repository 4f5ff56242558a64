"""What the slide prints for a number: the figures of a lesson, entry by entry, to be shown beside what is computed.

The checker judges a lesson's figures as the slide lays them out. Whoever steps through the lesson has one number before
him, of one iteration; this finds the figure that it is to be held against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tui_nn.engine.program import Program
from tui_nn.errors import UserError
from tui_nn.lessons.lesson import Figure, Quantity, Verdict
from tui_nn.lessons.nested import Nested, apply, leaves
from tui_nn.lessons.problem import Problem, Settings
from tui_nn.lessons.verdict import verdict_of
from tui_nn.session.explain import Explanation
from tui_nn.session.frame import Edit

Place = tuple[str, tuple[int, ...], int]
"""A name, an entry of it, and the iteration in which it gets its value: 0 for what is there at the start."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One number of the slide: as it is printed, to its last digit; and what went wrong, where something did."""

    number: int | Decimal
    note: str

    @property
    def text(self) -> str:
        """The number with all its digits, and no power of ten."""
        return f"{Decimal(self.number):f}"

    def verdict(self, computed: float) -> Verdict:
        """Whether it is what was computed."""
        return verdict_of(computed, self.number)


@dataclass(frozen=True)
class Slide:
    """The numbers of the slide that a lesson follows."""

    program: Program
    numbers: Mapping[Place, Printed]

    def of(self, card: Explanation | None, edits: Sequence[Edit]) -> Printed | None:
        """What the slide prints for the number that a card explains; None where it has none, or none with the edits."""
        if card is None or edits:
            return None
        written = card.position.iteration if card.position.line else 0
        return self.numbers.get((self.program.own_name(card.name), card.index, written))


def slide(problem: Problem, settings: Settings, program: Program) -> Slide:
    """The slide's numbers for a lesson as its file has it; none where anything of it is changed."""
    return Slide(program, dict(_numbers(problem, settings, program)))


def _numbers(problem: Problem, settings: Settings, program: Program) -> Iterator[tuple[Place, Printed]]:
    lesson = problem.lesson
    if lesson is None or settings.values or settings.parameters or settings.hyper or problem.seed != lesson.seed:
        return
    own = lesson.optimizer.name if lesson.optimizer else ""
    now = problem.update.name if problem.update else ""
    for figure in lesson.figures:
        is_of_now = (figure.optimizer or own) == now or (figure.parameter is None and figure.iteration == 1)
        if is_of_now and figure.between is None:
            for place, number in _entries(figure, program).items():
                yield place, Printed(number, figure.note)


def _entries(figure: Figure, program: Program) -> dict[Place, int | Decimal]:
    """The entries that a figure shows, and what it prints for each; an expression is no entry."""
    found: dict[Place, int | Decimal] = {}

    def note(name: str, index: tuple[int, ...], number: Quantity) -> None:
        if not isinstance(number, str):
            found[name, index, _written(figure, program, name)] = number

    def alone(name: str, parameter: str | None, number: Quantity) -> None:
        if shape := _shape(program, name, parameter):
            note(shape[0], (0,) * len(shape[1]), number)

    if figure.printed is None:
        return {}
    if isinstance(figure.name, str) and not isinstance(figure.parameter, tuple):
        if shape := _shape(program, figure.name, figure.parameter):
            numbers: Iterator[Quantity] = leaves(figure.printed)
            for index, number in zip(_indices(figure, shape[1]), numbers, strict=True):
                note(shape[0], index, number)
        return found
    names, parameters = _alike(figure.name, figure.parameter), _alike(figure.parameter, figure.name)
    apply(alone, names, parameters, figure.printed)
    return found


def _alike(part: Nested[str] | None, other: Nested[str] | None) -> Nested[str | None]:
    """`part`, laid out as the other one where it is one alone."""
    return part if isinstance(part, tuple) or not isinstance(other, tuple) else apply(lambda _: part, other)


def _shape(program: Program, name: str, parameter: str | None) -> tuple[str, tuple[int, ...]] | None:
    """The name as the session calls it, and its shape; None for an expression."""
    own = program.own_name(name if parameter is None else f"{name}.{parameter}")
    try:
        return own, program.shape(own)
    except UserError:
        return None


def _indices(figure: Figure, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The entries that are meant, in the order in which they are printed."""
    entries = np.arange(math.prod(shape)).reshape(shape)
    if figure.index is not None:
        entries = entries[tuple(slice(None) if i is None else i for i in figure.index)]
    return [tuple(map(int, np.unravel_index(at, shape))) if shape else () for at in np.ravel(entries).tolist()]


def _written(figure: Figure, program: Program, name: str) -> int:
    """The iteration in which it gets the value that is printed."""
    if figure.parameter is not None:
        return figure.iteration
    return {"input": 0, "parameter": figure.iteration - 1}.get(program.roles.get(name, ""), figure.iteration)
