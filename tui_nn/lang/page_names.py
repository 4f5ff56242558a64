"""The names of a page that somebody wrote: each is set before it is read, and none is that of a function.

An optimiser's page is held to neither: it reads what the iteration before has set, and has a `step` of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Name, walk
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import FUNCTIONS
from tui_nn.lang.write import write_equation


def check_page(page: Sequence[Equation], source: Sequence[str] = ()) -> None:
    """Both checks, for a page that somebody wrote. Raises EquationError; `source` is its text, line by line."""
    for equation in page:
        if equation.name in FUNCTIONS:
            why = f"`{equation.name}` is a function of the language; choose another name"
            raise _error(equation, None, why, source)
        for node in walk(equation.expression):
            if isinstance(node, Name) and node.id in FUNCTIONS:
                why = f"`{node.id}` is a function and wants its argument: {node.id}(...)"
                raise _error(equation, node, why, source)
    check_order(page, source)


def check_order(page: Sequence[Equation], source: Sequence[str] = ()) -> None:
    """Raise EquationError where a name is read before the line that sets it; lines are computed from top to bottom."""
    later = {equation.name for equation in page}
    for equation in page:
        for node in walk(equation.expression):
            if isinstance(node, Name) and node.id in later:
                why = f"`{node.id}` is set further down; move its equation up"
                if node.id == equation.name:
                    why = f"`{node.id}` stands on both sides; give the new value another name"
                raise _error(equation, node, why, source)
        later.discard(equation.name)


def _error(equation: Equation, node: Name | None, why: str, source: Sequence[str]) -> EquationError:
    """The error at a name, with the line as it was written, where that is known."""
    line, column = (node and node.at) or (equation.line, None)
    text = source[line - 1] if 0 < line <= len(source) else ""
    return EquationError(f"{write_equation(equation)}: {why}", line=line or 1, column=column, source=text)
