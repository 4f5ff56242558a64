"""The first number that is not finite: the line, the entry, and the operands that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui_nn.engine.program import Line
from tui_nn.lang.expression import names
from tui_nn.session.plain_values import NON_FINITE

if TYPE_CHECKING:
    from tui_nn.session.session import Session


def first_nonfinite(session: Session, line: Line) -> str:
    """What a line that was just computed has brought that is not finite, in words; '' where all is well."""
    for parameter, value in session.line_values(line):
        finite = np.isfinite(value)
        if finite.all():
            continue
        bad = np.argwhere(~finite)
        index = tuple(int(i) for i in bad[0])
        name = f"{line.name}.{parameter}" if parameter else line.name
        entry = f"{name}[{', '.join(map(str, index))}]" if index else name
        more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
        operands = _operands(session, line, parameter, index)
        return (
            f"iteration {session.position.iteration}, line {line.number}: `{line}` gives {entry} = "
            f"{_spell(float(value[index]))}{more}" + (f"; operands: {operands}" if operands else "")
        )
    return ""


def _operands(session: Session, line: Line, parameter: str | None, index: tuple[int, ...]) -> str:
    """What the line has read, as it was before: a line such as `v = beta2 * v + …` overwrites an operand."""
    here = session.position
    session.goto(here.iteration, line.number - 1)
    try:
        return ", ".join(_describe(session, n, parameter, index) for n in names(line.expression))
    finally:
        session.goto(*here)


def _describe(session: Session, name: str, parameter: str | None, index: tuple[int, ...]) -> str:
    scoped = session.program.scoped(name, parameter) if parameter else name
    value = session.value(scoped)
    if value.shape == ():
        return f"{scoped} = {_spell(float(value[()]))}"
    if len(index) == value.ndim and all(i < n for i, n in zip(index, value.shape, strict=True)):
        return f"{scoped}[{', '.join(map(str, index))}] = {_spell(float(value[index]))}"
    finite = value[np.isfinite(value)]
    if len(finite) < value.size:
        return f"{scoped} has {value.size - len(finite)} entries that are not finite"
    return f"{scoped} from {_spell(finite.min())} to {_spell(finite.max())}"


def _spell(value: float) -> str:
    return NON_FINITE.get(f"{value:.6g}", f"{value:.6g}")
