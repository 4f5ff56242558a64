"""The texts of the primitive table as expressions: gradients and definitions with a call's own arguments put in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tui_nn.lang.expression import Call, Expression, Name, Number, call
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.shapes import shape_of

_OWN_AXIS = -99  # stands for the axis of the call that a template is filled for


def partials(e: Call, result: Expression, g: Expression, shapes: Mapping[str, Shape]) -> tuple[Expression | None, ...]:
    """The gradient by each argument of `e`, from the table; None where none flows.

    Args:
        result: what holds the value of `e`: the name of its line, or `e` itself.
        g: the gradient by `e`.
    """
    row = PRIMITIVES[e.op]
    inner = tuple(shape_of(a, shapes) for a in e.args)
    gradients = row.gradients
    if isinstance(gradients, dict):
        gradients = gradients[tuple(len(s) for s in inner)]
    values = {**_arguments(e, shapes), "y": result, "g": g}
    values["z"] = result if isinstance(result, Name) and not isinstance(e.args[0], Name) else e.args[0]
    return tuple(None if text is None else _fill(_template(text), values, e) for text in gradients)


def definition(e: Call, shapes: Mapping[str, Shape]) -> Expression | None:
    """`e` spelled out in simpler primitives, as its row defines it, or None."""
    text = PRIMITIVES[e.op].definition
    return _fill(_template(text), _arguments(e, shapes), e) if text else None


def _arguments(e: Call, shapes: Mapping[str, Shape]) -> dict[str, Expression]:
    values: dict[str, Expression] = dict(zip("abc", e.args, strict=False))
    entries = PRIMITIVES[e.op].entries
    if entries is not None:
        values["n"] = Number(entries(tuple(shape_of(a, shapes) for a in e.args), e.axis))
    return values


@cache
def _template(text: str) -> Expression:
    """A gradient or definition of the table; `AXIS` and `OUT` are resolved by `_fill`."""
    return parse_expression(text.replace("axis=AXIS", f"axis={_OWN_AXIS}").replace("OUT(", "expand("))


def _fill(e: Expression, values: Mapping[str, Expression], at: Call) -> Expression:
    """A template with the call's own arguments, axis and keepdims put in."""
    match e:
        case Name(id=name):
            return values.get(name, e)
        case Call(op="expand", args=(a,)):  # OUT
            inner = _fill(a, values, at)
            return inner if at.keepdims or at.axis is None else call("expand", inner, axis=at.axis)
        case Call(op=op, args=args, axis=axis, keepdims=keepdims):
            filled = tuple(_fill(a, values, at) for a in args)
            if axis == _OWN_AXIS:
                rows = PRIMITIVES[op].reduces and not PRIMITIVES[at.op].reduces
                axis = -1 if at.axis is None and rows else at.axis  # softmax and its kin go along rows by default
                keepdims = keepdims or at.keepdims
            return Call(op, filled, axis, keepdims)
    return e
