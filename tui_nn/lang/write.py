"""Expressions back to the language's own text: `parse_expression(write(e)) == e`."""

from __future__ import annotations

from tui_nn.lang.expression import Call, Expression, Index, Name, Number
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import OPERATORS, PRIMITIVES

# How tightly an operator binds, Python's order; atoms bind tightest.
BINDING: dict[str, int] = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), 4),
    "add": 6,
    "subtract": 6,
    "multiply": 7,
    "divide": 7,
    "matmul": 7,
    "negative": 8,
    "power": 9,
    "transpose": 10,
}
ATOM = 11


def write_number(value: int | float) -> str:
    """A number in the shortest form that reads back as the same number."""
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    return text.replace("e-0", "e-").replace("e+0", "e") if "e" in text else text


def binding(e: Expression) -> int:
    """How tightly the outermost operation of `e` binds."""
    if isinstance(e, Number) and e.value < 0:
        return BINDING["negative"]
    return BINDING.get(e.op, ATOM) if isinstance(e, Call) else ATOM


def write(e: Expression) -> str:
    """`e` as the language writes it."""
    match e:
        case Number(value=value):
            return write_number(value)
        case Name(id=name):
            return name
        case Index(target=target, indices=indices):
            return f"{_inside(target, ATOM)}[{', '.join(map(str, indices))}]"
        case Call(op="transpose", args=(a,)):
            return f"{_inside(a, ATOM)}.T" if not isinstance(a, Number) else f"({write(a)}).T"
        case Call(op="negative", args=(a,)):
            # `-2` would read back as a number and `- -x` badly.
            return f"-({write(a)})" if isinstance(a, Number) or binding(a) <= BINDING["negative"] else f"-{write(a)}"
        case Call(op="not", args=(a,)):
            return f"not {_inside(a, BINDING['not'])}"
        case Call(op="power", args=(a, b)):
            return f"{_inside(a, BINDING['power'] + 1)}**{_inside(b, BINDING['negative'])}"
        case Call(op=op, args=(a, b)) if op in OPERATORS:
            level = BINDING[op]
            left = level + 1 if level == 4 else level  # comparisons do not chain here
            return f"{_inside(a, left)} {OPERATORS[op]} {_inside(b, level + 1)}"
        case Call():
            return _call(e)


def write_equation(equation: Equation) -> str:
    """`name = expression`."""
    return f"{equation.name} = {write(equation.expression)}"


def _inside(e: Expression, least: int) -> str:
    text = write(e)
    return f"({text})" if binding(e) < least else text


def _call(e: Call) -> str:
    row = PRIMITIVES[e.op]
    args = list(e.args)
    for default in reversed(row.defaults):
        if len(args) > 1 and args[-1] == Number(default):
            args.pop()
    parts = [write(a) for a in args]
    if e.axis is not None:
        parts.append(f"axis={e.axis}")
    if e.keepdims:
        parts.append("keepdims=True")
    return f"{e.op}({', '.join(parts)})"
