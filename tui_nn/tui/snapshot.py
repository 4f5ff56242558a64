"""A Snapshot: all that the screen shows of one moment, as frozen data. Taken beside the session, drawn by the app.

What it holds is asked for by a `Wanted`: the screen says what is in focus, the thread that owns the session answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tui_nn.engine.program import Line, Program
from tui_nn.errors import UserError
from tui_nn.session.explain import Explanation, explain
from tui_nn.session.frame import Host, Position, Stop
from tui_nn.session.session import Session

HEAD = 12  # entries of a tensor that the listing may show


@dataclass(frozen=True, slots=True)
class Focus:
    """The entry that the card is about; `at` is when, None for now."""

    name: str
    index: tuple[int, ...] = ()
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a snapshot must hold.

    Attributes:
        focus: None follows the current line.
        parameter: the parameter whose update lines are shown.
    """

    focus: Focus | None = None
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the listing.

    Attributes:
        kind: a phase's heading, a value that is given, or a line.
        name: what the row is about: what Enter puts in focus.
        number: the line's number, 0 where it is none.
        text: the heading, the name or the equation.
        entries: the first entries; None where they are not computed yet.
        shape: of the value.
    """

    kind: Literal["heading", "given", "line"]
    name: str
    number: int
    text: str
    entries: tuple[float, ...] | None = None
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment.

    Attributes:
        position: where the session stands.
        line: the line computed last.
        rows: the listing.
        focus: what the card is about.
        card: why it has its value; None where it has none yet, and `reason` says why.
        stop: why a run stopped, if the last command was one.
    """

    position: Position
    line: Line | None
    rows: tuple[Row, ...]
    focus: Focus | None
    card: Explanation | None
    reason: str = ""
    stop: Stop | None = None


def take(session: Session, wanted: Wanted, stop: Stop | None = None) -> Snapshot:
    """The moment at which the session stands. Only the thread that owns the session may ask."""
    program, position = session.program, session.position
    line = program.lines[position.line - 1] if position.line else None
    focus = wanted.focus or _followed(program, line, wanted.parameter)
    card, reason = None, "nothing is computed yet: n computes the first line"
    if focus is not None:
        try:
            card, reason = explain(session, focus.name, focus.index, focus.at), ""
        except UserError as error:
            reason = str(error)
    return Snapshot(position, line, tuple(_rows(session)), focus, card, reason, stop)


def name_of(program: Program, line: Line, parameter: str) -> str:
    """What a line sets, as the session calls it: `m_hat.w1` for an update line, `w1` where it sets the parameter."""
    if not program.per_parameter(line):
        return line.name
    return parameter if line.name == "theta" else f"{line.name}.{parameter}"


def _followed(program: Program, line: Line | None, parameter: str) -> Focus | None:
    if line is None:
        return None
    name = name_of(program, line, parameter or (program.parameters[0] if program.parameters else ""))
    return Focus(name, (0,) * len(program.shape(name)))


def _rows(session: Session) -> Iterator[Row]:
    program = session.program
    given = [n for n, role in program.roles.items() if role in ("input", "parameter")]
    if given:
        yield Row("heading", "", 0, "given")
    for name in given:
        value = session.value(name)
        yield Row("given", name, 0, name, _head([value]), value.shape)
    phase = ""
    for line in program.lines:
        if line.phase != phase:
            phase = line.phase
            yield Row("heading", "", 0, phase)
        done = line.number <= session.position.line
        values = [value for _, value in session.line_values(line)] if done else []
        shape = line.shape if line.shape is not None else (sum(v.size for v in values),)
        yield Row("line", line.name, line.number, str(line), _head(values) if done else None, shape)


def _head(values: Iterable[Host]) -> tuple[float, ...]:
    """The first entries of these arrays, one after the other."""
    found: list[float] = []
    for value in values:
        found += np.ravel(value)[: HEAD - len(found)].tolist()
        if len(found) >= HEAD:
            break
    return tuple(found)
