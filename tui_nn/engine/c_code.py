"""An elementwise expression as C, for a GPU kernel of its own: the third column beside the primitive table.

What is not here (reductions, products, chance) is computed operation by operation. Each template makes the operations
of its NumPy kernel in their order, so the two differ by the rounding of `exp` and its like and by nothing else.
"""

from __future__ import annotations

import math

from tui_nn.lang.expression import Call, Expression, Name, Number

TEMPLATES: dict[str, str] = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negative": "-{0}",
    "power": "pow({0}, {1})",
    "less": "(T)({0} < {1})",
    "less_equal": "(T)({0} <= {1})",
    "greater": "(T)({0} > {1})",
    "greater_equal": "(T)({0} >= {1})",
    "equal": "(T)({0} == {1})",
    "not_equal": "(T)({0} != {1})",
    "and": "(T)({0} != 0 && {1} != 0)",
    "or": "(T)({0} != 0 || {1} != 0)",
    "not": "(T)({0} == 0)",
    "exp": "exp({0})",
    "log": "log({0})",
    "log1p": "log1p({0})",
    "sqrt": "sqrt({0})",
    "abs": "fabs({0})",
    "sign": "{0} != {0} ? {0} : (T)(({0} > 0) - ({0} < 0))",
    "square": "{0} * {0}",
    "tanh": "tanh({0})",
    "sigmoid": "(T)1 / (exp(-{0}) + (T)1)",
    "relu": "{0} > 0 || {0} != {0} ? {0} : (T)0",
    "leaky_relu": "{0} > 0 ? {0} : {0} * {1}",
    "elu": "{0} > 0 ? {0} : expm1({0}) * {1}",
    "softplus": "({0} > 0 || {0} != {0} ? {0} : (T)0) + log1p(exp(-fabs({0})))",
    "erf": "erf({0})",
    "gelu": "(erf({0} / (T)1.4142135623730951) + (T)1) * {0} * (T)0.5",
    "swish": "{0} * ((T)1 / (exp(-{0}) + (T)1))",
    "step": "(T)({0} >= 0)",
    "maximum": "{0} > {1} || {0} != {0} ? {0} : {1}",
    "minimum": "{0} < {1} || {0} != {0} ? {0} : {1}",
    "where": "{0} != 0 ? {1} : {2}",
    "clip": "{0} != {0} || {1} != {1} || {2} != {2} ? {0} + {1} + {2}"
    " : {0} < {1} ? ({1} < {2} ? {1} : {2}) : ({0} < {2} ? {0} : {2})",
    "stop_gradient": "{0}",
    "isnan": "(T)({0} != {0})",
    "isinf": "(T)(isinf({0}) != 0)",
    "isfinite": "(T)(isfinite({0}) != 0)",
}
"""Each in atoms (`{0}` is a variable or a literal) of a type T that is float or double."""

_POWERS = {2: "square", 0.5: "sqrt"}  # exponents for which the kernels, or NumPy within them, do without pow


def is_elementwise(e: Expression) -> bool:
    """Whether `e` can be written as C for one entry."""
    match e:
        case Number() | Name():
            return True
        case Call(op=op, args=args):
            return op in TEMPLATES and all(is_elementwise(a) for a in args)
    return False


def c_statements(e: Expression, variables: dict[str, str], out: str) -> str:
    """C that leaves the value of `e` in `out`: a statement for each operation, each operation once.

    Args:
        variables: the C variable of each name in `e`.
    """
    atoms: dict[Expression, str] = {}
    statements: list[str] = []

    def atom(e: Expression) -> str:
        match e:
            case Number(value=value):
                return _literal(value)
            case Name(id=name):
                return variables[name]
        if e not in atoms:
            done = operation(e)
            atoms[e] = f"v{len(statements)}"
            statements.append(f"const T {atoms[e]} = {done};")
        return atoms[e]

    def operation(e: Expression) -> str:
        match e:
            case Call(op="power", args=(base, Number(value=exponent))) if exponent in _POWERS:
                return TEMPLATES[_POWERS[exponent]].format(atom(base))
            case Call(op=op, args=args) if op in TEMPLATES:
                return TEMPLATES[op].format(*map(atom, args))
        raise ValueError(f"{e} is not elementwise")

    result = atom(e)
    return " ".join([*statements, f"{out} = {result};"])


def _literal(value: float) -> str:
    """A number as C, in brackets where it has a sign."""
    if math.isnan(value):
        return "(T)(0.0 / 0.0)"
    if math.isinf(value):
        return "(T)(1.0 / 0.0)" if value > 0 else "(T)(-1.0 / 0.0)"
    return f"(T){float(value)!r}" if value >= 0 else f"((T){float(value)!r})"
