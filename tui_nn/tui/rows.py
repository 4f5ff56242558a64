"""The rows of the listing: what is given, then the lines of each phase. They stay; only their values change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tui_nn.engine.program import Line, Program
from tui_nn.session.nonfinite import entry_name
from tui_nn.tui.notation import Notation

Key = str | int
"""What a row's value is found by: the name of what is given, the number of a line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        key: of its value; '' for a heading.
        text: the heading, the name or the equation, as it is shown.
        number: the line's number, 0 where it is no line.
    """

    kind: Literal["heading", "given", "line"]
    key: Key
    text: str
    number: int = 0


def rows(program: Program, notation: Notation) -> tuple[Row, ...]:
    """The listing of a program."""
    found: list[Row] = []
    for title, role in (("given", "input"), ("parameters", "parameter")):
        names = [n for n, r in program.roles.items() if r == role]
        if names:
            found.append(Row("heading", "", title))
            found += [Row("given", n, notation.name(n)) for n in names]
    phase = ""
    for line in program.lines:
        if line.phase != phase:
            phase = line.phase
            found.append(Row("heading", "", phase))
        found.append(Row("line", line.number, notation.line(line), line.number))
    return tuple(found)


def of_parameter(listed: Sequence[Row], parameter: str, notation: Notation) -> list[Row]:
    """The rows with the parameter named over the update, whose lines show its values only."""
    title = f"update of {notation.name(parameter)}" if parameter else "update"
    return [replace(row, text=title) if row.kind == "heading" and row.text == "update" else row for row in listed]


def name_of(program: Program, line: Line, parameter: str) -> str:
    """What a line sets, as the session calls it: `m_hat.w1` in the update, and `w1` where it sets the parameter."""
    return entry_name(line, parameter if program.per_parameter(line) else None)


def key_name(program: Program, key: Key, parameter: str) -> str:
    """What the row with that key is about, as the session calls it."""
    return key if isinstance(key, str) else name_of(program, program.lines[key - 1], parameter)


def parameter_of(program: Program, name: str) -> str:
    """The parameter that a name belongs to: itself, its gradient, or a value of its update. '' where none."""
    _, dot, parameter = name.partition(".")
    if dot:
        return parameter
    if name in program.parameters:
        return name
    return next((p for p in program.parameters if f"d{p}" == name), "")
