"""An elementwise expression as C, for a GPU kernel of its own: the third column beside the primitive table.

What is not here (reductions, products, chance) is computed operation by operation.
"""

from __future__ import annotations

from tui_nn.lang.expression import Call, Expression, Name, Number

TEMPLATES: dict[str, str] = {
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "divide": "({0} / {1})",
    "negative": "(-{0})",
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
    "sign": "(T)(({0} > 0) - ({0} < 0))",
    "square": "({0} * {0})",
    "tanh": "tanh({0})",
    "sigmoid": "((T)1 / ((T)1 + exp(-{0})))",
    "relu": "({0} > 0 || {0} != {0} ? {0} : (T)0)",
    "leaky_relu": "({0} > 0 ? {0} : {1} * {0})",
    "elu": "({0} > 0 ? {0} : {1} * expm1({0}))",
    "softplus": "(({0} > 0 ? {0} : (T)0) + log1p(exp(-fabs({0}))))",
    "erf": "erf({0})",
    "gelu": "({0} * (T)0.5 * ((T)1 + erf({0} / (T)1.4142135623730951)))",
    "swish": "({0} / ((T)1 + exp(-{0})))",
    "step": "(T)({0} >= 0)",
    "maximum": "({0} > {1} || {0} != {0} ? {0} : {1})",
    "minimum": "({0} < {1} || {0} != {0} ? {0} : {1})",
    "where": "({0} != 0 ? {1} : {2})",
    "isnan": "(T)({0} != {0})",
    "isinf": "(T)isinf({0})",
    "isfinite": "(T)isfinite({0})",
}


def is_elementwise(e: Expression) -> bool:
    """Whether `e` can be written as C for one entry."""
    match e:
        case Number() | Name():
            return True
        case Call(op=op, args=args):
            return op in TEMPLATES and all(is_elementwise(a) for a in args)
    return False


def c_expression(e: Expression, variables: dict[str, str]) -> str:
    """`e` as a C expression of type T.

    Args:
        variables: the C variable of each name in `e`.
    """
    match e:
        case Number(value=value):
            return f"(T){value!r}"
        case Name(id=name):
            return variables[name]
        case Call(op="power", args=(base, Number(value=2))):
            return TEMPLATES["square"].format(c_expression(base, variables))
        case Call(op=op, args=args):
            return TEMPLATES[op].format(*(c_expression(a, variables) for a in args))
    raise ValueError(f"{e} is not elementwise")
