"""Expressions back to the language's own text: `parse_expression(write(e)) == e`."""

from __future__ import annotations

import math

from tui_nn.lang.expression import Call, Entries, Expression, Index, Name, Number
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import OPERATORS, PRIMITIVES

COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
_ARITHMETIC = ("add", "subtract", "multiply", "divide", "matmul", "sum")
# How tightly an operator binds, Python's order; atoms bind tightest.
BINDING: dict[str, int] = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(COMPARISONS, 4),
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
    return str(value) if isinstance(value, int) else plain_exponent(repr(value))


def plain_exponent(number: str) -> str:
    """A number as Python writes it, `1e+20` or `1e-07`, without what an exponent need not have: `1e20`, `1e-7`."""
    mantissa, e, exponent = number.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def binding(e: Expression) -> int:
    """How tightly the outermost operation of `e` binds."""
    if isinstance(e, Number) and math.copysign(1, e.value) < 0:  # -0.0 too is written with a sign
        return BINDING["negative"]
    if isinstance(e, Entries) and e.op == "sum":
        return BINDING["add"]
    return BINDING.get(e.op, ATOM) if isinstance(e, Call) else ATOM


def brackets(e: Call, i: int) -> bool:
    """Whether argument `i` of `e` is written in brackets of its own."""
    arg = e.args[i]
    if binding(arg) < _least(e, i):
        return True
    return i > 0 and e.op in _ARITHMETIC and begins_with_sign(arg)  # `a * (-b)`, not `a * -b`


def begins_with_sign(e: Expression) -> bool:
    """Whether the text of `e` begins with a minus."""
    if isinstance(e, Number):
        return math.copysign(1, e.value) < 0
    if not isinstance(e, Call):
        return False
    infix = (e.op in OPERATORS and e.op != "not") or (isinstance(e, Entries) and e.op == "sum")
    return e.op == "negative" or (infix and not brackets(e, 0) and begins_with_sign(e.args[0]))


def _least(e: Call, i: int) -> int:
    """How tightly argument `i` of `e` must bind to stand without brackets; 0 where commas part the arguments."""
    if isinstance(e, Entries):
        return 0 if e.op != "sum" else BINDING["multiply"] if i else BINDING["add"]
    level = BINDING.get(e.op, 0)
    match e.op:
        case "transpose":
            return ATOM
        case "negative":
            return level + 1  # `- -x` reads badly
        case "not":
            return level
        case "power":
            return BINDING["negative"] if i else level + 1
    return level + (i > 0 or e.op in COMPARISONS) if level else 0  # comparisons do not chain here


def write(e: Expression) -> str:
    """`e` as the language writes it."""
    match e:
        case Number(value=value):
            return write_number(value)
        case Name(id=name):
            return name
        case Index(target=target, indices=indices):
            text = write(target) if binding(target) == ATOM else f"({write(target)})"
            return f"{text}[{', '.join(map(str, indices))}]"
        case Call():
            return _call(e)


def write_equation(equation: Equation) -> str:
    """`name = expression`."""
    return f"{equation.name} = {write(equation.expression)}"


def _call(e: Call) -> str:
    parts = [f"({write(a)})" if brackets(e, i) else write(a) for i, a in enumerate(e.args)]
    match e:
        case Entries(op=op):
            shown = parts if len(parts) == len(e.terms) else [*parts[:-1], "…", parts[-1]]
            return " + ".join(shown) if op == "sum" else f"{op}({', '.join(shown)})"
        case Call(op="transpose"):
            return f"{parts[0]}.T" if not isinstance(e.args[0], Number) else f"({write(e.args[0])}).T"
        case Call(op="negative"):
            return f"-{parts[0]}"
        case Call(op="not"):
            return f"not {parts[0]}"
        case Call(op="power"):
            return "**".join(parts)
        case Call(op=op) if op in OPERATORS:
            return f" {OPERATORS[op]} ".join(parts)
    return _function(e, parts)


def _function(e: Call, parts: list[str]) -> str:
    args = list(e.args)
    for default in reversed(PRIMITIVES[e.op].defaults):
        if len(args) > 1 and args[-1] == Number(default):
            args.pop()
    parts = parts[: len(args)]
    if e.axis is not None:
        parts.append(f"axis={e.axis}")
    if e.keepdims:
        parts.append("keepdims=True")
    return f"{e.op}({', '.join(parts)})"
