"""The first number that is not finite: the line, the entry, and the operands that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui_nn.engine.program import Line
from tui_nn.lang.expression import names
from tui_nn.session.culprits import Values, culprits
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


def entry_name(line: Line, parameter: str | None) -> str:
    """What the value of a line is asked for by: `v.W1`; a parameter that is updated by its own name."""
    return line.name if parameter is None else parameter if line.name == "theta" else f"{line.name}.{parameter}"


def _operands(session: Session, line: Line, parameter: str | None, index: tuple[int, ...]) -> str:
    """Those to blame, as they were before the line: one such as `v = beta2 * v + …` overwrites an operand."""
    from tui_nn.session.explain import entry, explain

    card = explain(session, entry_name(line, parameter), index)
    here = session.position
    session.goto(here.iteration, line.number - 1)
    try:
        values = Values(session)
        if card.projected is not None and (found := culprits(card.projected, values)):
            return ", ".join(f"{entry(*each)} = {_spell(values[each])}" for each in found)
        return ", ".join(_summed_up(session, n, parameter) for n in names(line.expression))
    finally:
        session.goto(*here)


def _summed_up(session: Session, name: str, parameter: str | None) -> str:
    program = session.program
    inside = program.update_names if parameter is None else ()  # of an optimiser: there is one for each parameter
    owners = program.parameters if name in inside else [parameter] if parameter else []
    known = dict.fromkeys(program.scoped(name, owner) for owner in owners) or {name: None}
    scoped = next(iter(known)) if len(known) == 1 else name
    value = np.concatenate([session.value(each).ravel() for each in known])
    if value.size == 1:
        return f"{scoped} = {_spell(float(value[0]))}"
    finite = value[np.isfinite(value)]
    if len(finite) < value.size:
        return f"{scoped} has {value.size - len(finite)} entries that are not finite"
    return f"{scoped} from {_spell(finite.min())} to {_spell(finite.max())}"


def _spell(value: float) -> str:
    return NON_FINITE.get(f"{value:.6g}", f"{value:.6g}")
