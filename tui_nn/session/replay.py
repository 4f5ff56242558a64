"""A training run in the stepper: any iteration of it, with the very numbers that training used, forward and back.

A `CourseSession` is a Session whose batches, learning rates and machines are those of a `Course`. Where its own memory
does not reach, it starts again from an older checkpoint, in the end from the initial weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tui_nn.engine.machine import Checkpoint, Machine
from tui_nn.lang.expression import Expression
from tui_nn.lang.page import PHASES
from tui_nn.session.course import Course
from tui_nn.session.frame import Position, Stop
from tui_nn.session.history import BUDGET, History
from tui_nn.session.session import Session, _Branch, _Condition

Older = Callable[[int], Checkpoint]
"""The latest known checkpoint at or before the end of an iteration."""


class CourseSession(Session):
    """Steps a course.

    Args:
        course: the run; the session moves its machines.
        start: where to begin: the session stands at the first line of the iteration after it.
        older: gives checkpoints before `start`; without it the session cannot go back beyond.
    """

    def __init__(self, course: Course, start: Checkpoint, older: Older | None = None, *, budget: int = BUDGET) -> None:
        self._course = course
        self._older = older
        self._budget = budget
        self._machine = course.machines.owner
        self.program = self._machine.program
        self.seed = course.seed
        self.length = len(self.program.lines)
        self._given, self._hyper, self._feed = {}, {}, _no_feed
        self._watches, self._conditions = {}, {}
        self._ends = {self.length, *(self.program.phase_end(p) for p in PHASES)} - {0}
        self._branch = _Branch([], History(start, budget), None)
        self._machine.restore(start)
        self._begin(start.iteration + 1)
        self.position = Position(start.iteration + 1, 0)

    def _begin(self, iteration: int) -> None:
        self._use(self._course.bring(iteration))
        for edit in self._branch.edits:
            if (edit.iteration, edit.line) == (iteration, 0):
                self._apply(edit)

    def _restore(self, iteration: int) -> None:
        if iteration < self._branch.history._first and self._older is not None and self._branch.parent is None:
            self._branch.history = History(self._older(iteration), self._budget)
        super()._restore(iteration)

    def _compile(self, text: str) -> _Condition:
        compiled = super()._compile(text)
        return _Condition(text, _Test(self, self.expression(text)), compiled.line)

    def _use(self, machine: Machine) -> None:
        """The machine for this iteration's size of batch; they all work on the same parameters."""
        self._machine = machine
        self.program = machine.program


def first_nonfinite_line(course: Course) -> str:
    """Train on from where the course stands until a loss is not finite; the first line that gave such a number.

    The course stands there afterwards. '' where every line's numbers are finite and the loss is not.
    """
    kept = [course.machines.owner.save()]
    while np.isfinite(course.run(1)).all():
        kept = [*kept[-1:], course.machines.owner.save()]
    last = course.iteration
    session = CourseSession(course, kept[0])
    stop: Stop = session.run(last - kept[0].iteration)
    return stop.text if stop.kind == "non-finite" else f"iteration {last}: the loss is not finite"


def _no_feed(iteration: int) -> Mapping[str, Any]:
    return {}


class _Test:
    """A condition over whichever machine the session is on."""

    def __init__(self, session: CourseSession, e: Expression) -> None:
        self._session = session
        self._expression = e
        self._probes: dict[int, Any] = {}

    def value(self) -> Any:
        machine = self._session._machine
        if id(machine) not in self._probes:
            self._probes[id(machine)] = machine.probe(self._expression)
        return self._probes[id(machine)].value()
