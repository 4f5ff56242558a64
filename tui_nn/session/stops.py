"""Where a session's runs stop: conditions in the language, lines, and the first number that is not finite."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui_nn.engine.probe import Probe
from tui_nn.errors import UserError
from tui_nn.lang.expression import Expression
from tui_nn.session import expressions, positions
from tui_nn.session.frame import Position, Stop
from tui_nn.session.nonfinite import first_nonfinite

if TYPE_CHECKING:
    from tui_nn.session.session import Session

CHUNK = 64  # iterations between two looks for non-finite numbers in a fast run


@dataclass(frozen=True)
class Condition:
    """When to stop.

    Attributes:
        text: as it was asked for.
        line: after which it can be told.
        holds: whether it does, right after that line.
    """

    text: str
    line: int
    holds: Callable[[], bool]


def at_line(session: Session, line: int) -> Condition:
    """Right after a line. Raises UserError where there is none."""
    if not 1 <= line <= session.length:
        raise UserError(f"there is no line {line} to stop at; lines go from 1 to {session.length}")
    return Condition(f"line {line}", line, lambda: True)


def when(session: Session, text: str) -> Condition:
    """When an expression holds: `norm(dW1) > 10`. Raises EquationError or UserError."""
    e = expressions.condition(session.program, text)
    return Condition(text, expressions.told_after(session.program, e), _Test(session, e))


class _Test:
    """An expression over whichever machine the session is on: batches of different sizes have one each."""

    def __init__(self, session: Session, e: Expression) -> None:
        self._session, self._expression = session, e
        self._probes: dict[int, Probe] = {}

    def __call__(self) -> bool:
        machine = self._session.machine
        if id(machine) not in self._probes:
            self._probes[id(machine)] = machine.probe(self._expression)
        return bool(self._probes[id(machine)].value())


def run(session: Session, conditions: Iterable[Condition], iterations: int) -> Stop:
    """Run until so many more iterations have ended, at most; stop at what comes first."""
    by_line = _by_line(conditions)
    end = positions.iterations_on(session.position, iterations, session.length)
    while session.position < end:
        start = session.position
        found = _chunk(session, by_line, end)
        if not session.is_finite():
            here = session.position
            session.goto(*start)
            stop = _find_nonfinite(session, here)
            if stop is not None and session.position < here:
                return stop
            found = found or stop
        if found is not None:
            return found
    return Stop("limit", f"iteration {session.position.iteration} reached")


def on(session: Session, conditions: Iterable[Condition], end: Position) -> Stop | None:
    """On to a position; stand at the first moment on the way at which a condition holds."""
    by_line = _by_line(conditions)
    while by_line and session.position < end:
        if (stop := _chunk(session, by_line, end)) is not None:
            return stop
    session.goto(*end)
    return None


def first_break(session: Session, since: Position) -> Stop | None:
    """Whether a number has become not finite between `since` and here; if so, stand right after the line that did it.

    Of iterations on the way only that is asked which outlasts them, as of those of a run.
    """
    here = session.position
    if session.is_finite() and _lines_are_finite(session, since):
        return None
    session.goto(*since)
    while session.position < here:
        start = session.position
        iteration = start.iteration + (start.line == session.length)
        end = min(Position(iteration, session.length), here)
        session.goto(*end)
        if end == here or not session.is_finite():
            session.goto(*start)
            if (stop := _find_nonfinite(session, end)) is not None:
                return stop
    return None


def back(session: Session, condition: Condition, limit: int | None) -> Stop:
    """Back to the latest earlier moment at which the condition holds; see `Session.back_until`."""
    here = session.position
    iteration = here.iteration if condition.line < here.line else here.iteration - 1
    last = 0 if limit is None else max(iteration - limit, 0)
    while iteration > last:
        session.goto(iteration, condition.line)
        if condition.holds():
            return Stop("condition", condition.text)
        iteration -= 1
    if iteration:
        return Stop("limit", f"{condition.text} held at none of {limit} moments")
    session.goto(*here)
    return Stop("limit", f"{condition.text} held at no earlier moment")


def here(session: Session, conditions: Iterable[Condition]) -> Stop | None:
    """Whether the line computed last is a place to stop."""
    line = session.position.line
    for condition in conditions:
        if condition.line == line and condition.holds():
            return Stop("condition", condition.text)
    text = first_nonfinite(session, session.program.lines[line - 1]) if line else ""
    return Stop("non-finite", text) if text else None


def _by_line(conditions: Iterable[Condition]) -> dict[int, list[Condition]]:
    """Conditions by the line after which they can be told."""
    found: dict[int, list[Condition]] = {}
    for condition in conditions:
        found.setdefault(condition.line, []).append(condition)
    return found


def _chunk(session: Session, by_line: dict[int, list[Condition]], end: Position) -> Stop | None:
    """Some iterations on, or to the first condition that holds."""
    if not by_line:
        session.goto(*min(Position(session.position.iteration + CHUNK, session.length), end))
        return None
    for _ in range(CHUNK):
        iteration, line = session.position
        later = [n for n in by_line if n > line]
        to = Position(iteration, min(later)) if later else Position(iteration + 1, min(by_line))
        session.goto(*min(to, end))
        for condition in by_line[to.line] if to <= end else ():
            if condition.holds():
                return Stop("condition", condition.text)
        if session.position == end:
            break
    return None


def _lines_are_finite(session: Session, since: Position) -> bool:
    """Whether what the lines of this iteration hold that were computed after `since` is finite."""
    iteration, last = session.position
    first = since.line if since.iteration == iteration else 0
    lines = session.program.lines[first:last]
    return all(np.isfinite(value).all() for line in lines for _, value in session.line_values(line))


def _find_nonfinite(session: Session, end: Position) -> Stop | None:
    """Step on until a line gives a number that is not finite; stand right after that line."""
    while session.position < end:
        session.step()
        text = first_nonfinite(session, session.program.lines[session.position.line - 1])
        if text:
            return Stop("non-finite", text)
    return None
