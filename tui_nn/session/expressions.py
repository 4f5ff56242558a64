"""What people type about the values of a listing, watches and conditions, checked before it is computed."""

from __future__ import annotations

from tui_nn.engine.masks import is_mask
from tui_nn.engine.program import Program
from tui_nn.errors import UserError
from tui_nn.lang.expression import Call, Expression, Index, Name, names, walk
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape, describe
from tui_nn.lang.shapes import shape_of
from tui_nn.lang.typed import typed as put_back
from tui_nn.nn.optimizers import computing


def shape(program: Program, name: str) -> Shape:
    """The shape of a name. Raises UserError, which knows the optimisers that have such a name."""
    stem, _, parameter = name.partition(".")
    unknown = parameter in program.parameters and stem not in program.update_names
    if unknown and (having := computing(stem)):
        raise UserError(f"there is no value named `{name}` here; with --optimizer {' or '.join(having)} there is")
    return program.shape(name)


def typed(program: Program, text: str) -> str:
    """The text with names as the screen writes them, `∂L/∂w₁`, put back into names as they are typed, `dw1`."""
    per_parameter = (f"{k}.{p}" for k in program.update_names for p in program.parameters)
    names = (*program.shapes, *program.update_roles, *per_parameter)
    return put_back(text, names, program.gradients, program.loss or "")


def checked(program: Program, text: str) -> tuple[Expression, Shape]:
    """An expression over the listing's names, and its shape. Raises EquationError or UserError."""
    e = parse_expression(typed(program, text))
    found = shape_of(e, {n: shape(program, n) for n in names(e)})
    if any(map(is_mask, walk(e))):
        raise UserError(f"`{text}`: a mask is drawn by its line; name that line instead of drawing another")
    return e, found


def condition(program: Program, text: str) -> Expression:
    """An expression that holds or does not: `norm(dW1) > 10`. Raises EquationError or UserError."""
    e, found = checked(program, text)
    if not names(e):
        raise UserError(f"the condition `{text}` names no value, and says the same at every moment")
    if not _is_truth(program, e):
        compared = f"max({text})" if found else text
        raise UserError(
            f"the condition `{text}` is {describe(found)}; it must be one yes or no: {compared} < 0.1, or "
            f"any(isnan({text}))"
        )
    if found != ():
        raise UserError(
            f"the condition `{text}` is {describe(found)}; it must be one yes or no: any({text}) or all({text})"
        )
    return e


def told_after(program: Program, e: Expression) -> int:
    """The line after which an expression can be told in an iteration: the last that computes one of its names.

    A value that the update sets is taken as it was before it, where the expression needs another line too. What needs
    no line can be told at the end.
    """
    writers = [line for n in names(e) if (line := program.writer(n)) is not None]
    within = [w.number for w in writers if w.phase != "update"]
    return max(within or [w.number for w in writers] or [len(program.lines)])


def _is_truth(program: Program, e: Expression) -> bool:
    """Whether it holds or does not, in each entry: by the table of primitives, or by the line that a name has."""
    if isinstance(e, Index):
        return _is_truth(program, e.target)
    if isinstance(e, Name):
        line = program.line_of(e.id)
        return line is not None and isinstance(line.expression, Call) and _is_truth(program, line.expression)
    return isinstance(e, Call) and PRIMITIVES[e.op].truth
