"""Why is this number what it is: the formula, the formula with numbers put in, and the numbers that it came from.

Each operand knows when it was written, so that it can be explained in its turn, down to what was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.engine.program import Line
from tui_nn.errors import UserError
from tui_nn.lang import shape_rules as rule
from tui_nn.lang.arithmetic import put_numbers
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Expression, Index, Name, names, substitute, walk
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.project import operands, project, shown_operands
from tui_nn.lang.shape_rules import describe
from tui_nn.lang.write import write, write_equation
from tui_nn.session.expressions import typed
from tui_nn.session.frame import Position
from tui_nn.session.session import Session

EDITED = "changed by hand on this branch"
MANY = 24  # operands that are listed; a product over 784 pixels has too many to read


@dataclass(frozen=True, slots=True)
class Operand:
    """A number that another came from.

    Attributes:
        name, index: which entry of what (`()` for a single number).
        role: `given`, `parameter`, `value`, `gradient`, `state`, `step` or `hyper`.
        at: when it got this value; explain it there. None: it was given and has no reason but that.
    """

    name: str
    index: tuple[int, ...]
    value: float
    role: str
    at: Position | None

    def __str__(self) -> str:
        return entry(self.name, self.index)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The card of one number.

    Attributes:
        position: when it got this value; (1, 0) for what is given.
        line: the line that set it, None for what is given.
        equation: that line's equation for the whole tensor, as text.
        formula: the equation of this one entry.
        numbers: the same with numbers put in.
        operands: what it came from, at most `MANY`; `hidden` counts the rest.
        projected: the right side for this entry, as an expression over entries.
        note: why there is no formula, where there is none.
    """

    name: str
    index: tuple[int, ...]
    value: float
    role: str
    position: Position
    line: Line | None = None
    equation: str = ""
    formula: str = ""
    numbers: str = ""
    operands: tuple[Operand, ...] = ()
    hidden: int = 0
    projected: Expression | None = None
    note: str = ""

    def __str__(self) -> str:
        return entry(self.name, self.index)


@dataclass
class _Values(Mapping[tuple[str, tuple[int, ...]], float]):
    """The number at each entry, read where the session stands, a tensor at a time."""

    session: Session
    arrays: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)

    def __getitem__(self, key: tuple[str, tuple[int, ...]]) -> float:
        name, index = key
        if name not in self.arrays:
            self.arrays[name] = self.session.value(name)
        return float(self.arrays[name][index])

    def __iter__(self) -> Iterator[tuple[str, tuple[int, ...]]]:  # pragma: no cover - a Mapping must have it
        return iter(())

    def __len__(self) -> int:  # pragma: no cover - a Mapping must have it
        return 0


def entry(name: str, index: tuple[int, ...]) -> str:
    """`dW1[0, 2]`."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def parse_entry(session: Session, text: str) -> tuple[str, tuple[int, ...]]:
    """`dW1[0, 2]` to a name and an index. Raises UserError where there is no such entry."""
    match parse_expression(typed(session.program, text)):
        case Index(target=Name(id=name), indices=indices):
            pass
        case Name(id=name):
            indices = ()
        case _:
            raise UserError(f"`{text}` is not an entry; write a name with its indices, such as dW1[0, 2]")
    shape = session.shape(name)
    if len(indices) != len(shape) or any(not -n <= i < n for i, n in zip(indices, shape, strict=True)):
        inside = ", ".join(f"0…{n - 1}" for n in shape)
        example = entry(name, (0,) * len(shape))
        wanted = f"write {name}[{inside}], such as {example}" if shape else f"write {name}, without an index"
        raise UserError(f"`{text}`: {name} is {describe(shape)}; {wanted}")
    return name, tuple(i % n for i, n in zip(indices, shape, strict=True))


def explain(
    session: Session, name: str, index: tuple[int, ...], at: Position | None = None, digits: int = 6
) -> Explanation:
    """Why entry `index` of `name` has the value that it has now, or had at `at`.

    The session stands where it stood when this returns. Raises UserError for a value that is not computed yet.
    """
    here = session.position
    try:
        if at is not None:
            session.goto(*at)
        value = float(session.value(name)[index])
        return _explain(session, name, index, value, session.written(name), digits)
    finally:
        session.goto(*here)


def _explain(
    session: Session, name: str, index: tuple[int, ...], value: float, when: Position, digits: int
) -> Explanation:
    role = _role(session, name)
    line = session.program.lines[when.line - 1] if when.line else None
    place = (*when, session.program.own_name(name), index)
    edited = any((e.iteration, e.line, e.name, e.index) == place for e in session.edits)
    if line is None:
        return Explanation(name, index, value, role, when, note=EDITED if edited else _given(role))
    if edited:
        return Explanation(name, index, value, "edited", when, line, str(line), note=EDITED)
    e = line.expression
    if line.phase == "update" and session.program.roles.get(line.name) != "buffer":
        each = [n for n in names(e) if n in session.program.update_names]
        if each and not (session.program.per_parameter(line) and _entry_by_entry(e)):
            return Explanation(name, index, value, role, when, line, str(line), note="made of all parameters together")
        parameter = name.partition(".")[2] or name
        e = substitute(e, {n: Name(session.program.scoped(n, parameter)) for n in names(e)})
    session.goto(when.iteration, when.line - 1)
    values = _Values(session)
    try:
        part = project(e, index, {n: session.program.shape(n) for n in names(e)})
    except EquationError as error:
        return Explanation(name, index, value, role, when, line, str(line), note=error.reason)
    shown = dict.fromkeys([*shown_operands(part)])
    for i, found in enumerate(operands(part)):
        if i >= MANY:
            break
        shown.setdefault(found)
    total = sum(1 for _ in operands(part))
    return Explanation(
        name,
        index,
        value,
        role,
        when,
        line,
        write_equation(line.equation),
        f"{entry(name, index)} = {write(part)}",
        put_numbers(part, values, digits),
        tuple(operand(session, *found, values[found]) for found in shown),
        max(total - len(shown), 0),
        part,
    )


def _entry_by_entry(e: Expression) -> bool:
    """Whether each entry of `e` is made of the same entry of its names: true of most lines of an update."""
    rules = (rule.elementwise, rule.first)
    return all(PRIMITIVES[part.op].shape in rules for part in walk(e) if isinstance(part, Call))


def operand(session: Session, name: str, index: tuple[int, ...], value: float) -> Operand:
    """An operand of the line that comes next."""
    when = session.written(name)
    return Operand(name, index, value, _role(session, name), when if when.line else None)


def _role(session: Session, name: str) -> str:
    program, (stem, _, parameter) = session.program, name.partition(".")
    own = program.scalar(name) or (stem if parameter else "")
    role = program.update_roles.get(own) or program.roles[name]
    return "given" if role == "input" else role


def _given(role: str) -> str:
    words = {
        "parameter": "where the parameter starts",
        "state": "where the state starts",
        "hyper": "a hyper-parameter",
    }
    return words.get(role, "given")
