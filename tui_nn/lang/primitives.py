"""The primitive table: all that the language knows, a row each.

A row's gradients are written in the language itself, one for each argument: `a`, `b`, `c` are the arguments, `y` the
result, `g` the gradient of the loss by the result, `n` the row's count (the entries averaged over), `axis=AXIS` the
call's own axis, and `OUT(x)` a reduction's result with the axis put back that it took away. None: no gradient flows (piecewise constant, or a matter of counting). Sub-gradients at kinks are
PyTorch's. A `definition` spells a compound primitive out in simpler ones: for explanations and as documentation.

Whoever adds a primitive adds a row here and a kernel in `engine.kernels`; a test compares every gradient with finite
differences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_nn.lang import shape_rules as rule
from tui_nn.lang.shape_rules import Rule, Shape, size

Gradients = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Primitive:
    """One row of the table.

    Attributes:
        name: as called in the language; operators carry a name too (`add`, `matmul`).
        arity: number of arguments, defaults included.
        shape: the shape rule.
        gradients: by argument, in the language; or by the ranks of the arguments where the form depends on them.
        sentence: what it does, for `explain` and the help.
        unicode, latex, numpy: how a call is written; `{a}`, `{b}`, `{c}` are the arguments.
        defaults: values of the trailing arguments that may be left out.
        takes_axis: whether `axis=` is allowed; keepdims goes with reductions.
        reduces: whether `keepdims=` is allowed too.
        count: what `n` stands for in the gradients.
        definition: the same in simpler primitives, or ''.
        operator: the symbol, for operators.
    """

    name: str
    arity: int
    shape: Rule
    gradients: Gradients | dict[tuple[int, ...], Gradients]
    sentence: str
    unicode: str = ""
    latex: str = ""
    numpy: str = ""
    defaults: tuple[float, ...] = ()
    takes_axis: bool = False
    reduces: bool = False
    count: Callable[[tuple[Shape, ...], int | None], int] | None = None
    definition: str = ""
    operator: str = ""


def _entries(shapes: tuple[Shape, ...], axis: int | None) -> int:
    return size(shapes[0]) if axis is None else shapes[0][axis]


def _examples(shapes: tuple[Shape, ...], axis: int | None) -> int:
    return size(shapes[0]) // shapes[0][-1 if axis is None else axis]


_EXTREME = "like(OUT(g), a) * (a == OUT(y)) / sum(a == OUT(y), axis=AXIS, keepdims=True)"

_ROWS = (
    # operators
    Primitive("add", 2, rule.elementwise, ("g", "g"), "the sum, entry by entry", operator="+"),
    Primitive("subtract", 2, rule.elementwise, ("g", "-g"), "the difference, entry by entry", operator="-"),
    Primitive("multiply", 2, rule.elementwise, ("g * b", "g * a"), "the product, entry by entry", operator="*"),
    Primitive("divide", 2, rule.elementwise, ("g / b", "-g * a / b**2"), "the quotient, entry by entry", operator="/"),
    Primitive(
        "power",
        2,
        rule.elementwise,
        ("g * b * a**(b - 1)", "g * y * log(a)"),
        "the first to the power of the second, entry by entry",
        operator="**",
    ),
    Primitive("negative", 1, rule.elementwise, ("-g",), "the number with its sign turned", operator="-"),
    Primitive(
        "matmul",
        2,
        rule.matmul,
        {
            (2, 2): ("g @ b.T", "a.T @ g"),
            (2, 1): ("outer(g, b)", "a.T @ g"),
            (1, 2): ("b @ g", "outer(a, g)"),
            (1, 1): ("g * b", "g * a"),
        },
        "the matrix product: each entry is a row of the first times a column of the second, added up",
        operator="@",
    ),
    Primitive("transpose", 1, rule.transpose, ("g.T",), "rows become columns", "{a}ᵀ", r"{a}^{{\top}}", "{a}.T"),
    # comparisons and logic: 1 where it holds, 0 where not
    Primitive("less", 2, rule.elementwise, (None, None), "1 where the first is smaller, else 0", operator="<"),
    Primitive(
        "less_equal", 2, rule.elementwise, (None, None), "1 where the first is not larger, else 0", operator="<="
    ),
    Primitive("greater", 2, rule.elementwise, (None, None), "1 where the first is larger, else 0", operator=">"),
    Primitive(
        "greater_equal", 2, rule.elementwise, (None, None), "1 where the first is not smaller, else 0", operator=">="
    ),
    Primitive("equal", 2, rule.elementwise, (None, None), "1 where both are equal, else 0", operator="=="),
    Primitive("not_equal", 2, rule.elementwise, (None, None), "1 where they differ, else 0", operator="!="),
    Primitive("and", 2, rule.elementwise, (None, None), "1 where neither is 0, else 0", operator="and"),
    Primitive("or", 2, rule.elementwise, (None, None), "0 where both are 0, else 1", operator="or"),
    Primitive("not", 1, rule.elementwise, (None,), "1 where it is 0, else 0", operator="not"),
    # elementwise functions
    Primitive("exp", 1, rule.elementwise, ("g * y",), "e to the power of it", "exp({a})", r"\exp({a})", "np.exp({a})"),
    Primitive("log", 1, rule.elementwise, ("g / a",), "the natural logarithm", "ln({a})", r"\ln({a})", "np.log({a})"),
    Primitive(
        "log1p",
        1,
        rule.elementwise,
        ("g / (1 + a)",),
        "the natural logarithm of 1 + it, exact for small numbers",
        "ln(1 + {a})",
        r"\ln(1 + {a})",
        "np.log1p({a})",
        definition="log(1 + a)",
    ),
    Primitive(
        "sqrt", 1, rule.elementwise, ("g / (2 * y)",), "the square root", "√({a})", r"\sqrt{{{a}}}", "np.sqrt({a})"
    ),
    Primitive(
        "abs",
        1,
        rule.elementwise,
        ("g * sign(a)",),
        "the number without its sign",
        "|{a}|",
        r"\lvert {a} \rvert",
        "np.abs({a})",
    ),
    Primitive(
        "sign",
        1,
        rule.elementwise,
        (None,),
        "-1, 0 or 1, as the number is negative, zero or positive",
        "sign({a})",
        r"\operatorname{{sign}}({a})",
        "np.sign({a})",
    ),
    Primitive(
        "square",
        1,
        rule.elementwise,
        ("2 * g * a",),
        "the number times itself",
        "({a})²",
        r"({a})^2",
        "np.square({a})",
        definition="a * a",
    ),
    Primitive(
        "sigmoid",
        1,
        rule.elementwise,
        ("g * y * (1 - y)",),
        "squeezes any number into 0 to 1; 0 becomes 1/2",
        "σ({a})",
        r"\sigma({a})",
        "1 / (1 + np.exp(-({a})))",
        definition="1 / (1 + exp(-a))",
    ),
    Primitive(
        "tanh",
        1,
        rule.elementwise,
        ("g * (1 - y**2)",),
        "squeezes any number into -1 to 1; 0 stays 0",
        "tanh({a})",
        r"\tanh({a})",
        "np.tanh({a})",
    ),
    Primitive(
        "relu",
        1,
        rule.elementwise,
        ("g * (a > 0)",),
        "positive numbers stay, negative ones become 0",
        "ReLU({a})",
        r"\operatorname{{ReLU}}({a})",
        "np.maximum({a}, 0)",
        definition="maximum(a, 0)",
    ),
    Primitive(
        "leaky_relu",
        2,
        rule.first,
        ("g * where(a > 0, 1, b)", None),
        "positive numbers stay, negative ones are made smaller (times 0.01, or the second argument)",
        "LeakyReLU({a}, {b})",
        r"\operatorname{{LeakyReLU}}({a}, {b})",
        "np.where({a} > 0, {a}, {b} * ({a}))",
        defaults=(0.01,),
        definition="where(a > 0, a, b * a)",
    ),
    Primitive(
        "elu",
        2,
        rule.first,
        ("g * where(a > 0, 1, y + b)", None),
        "positive numbers stay, negative ones bend towards -1 (or minus the second argument)",
        "ELU({a}, {b})",
        r"\operatorname{{ELU}}({a}, {b})",
        "np.where({a} > 0, {a}, {b} * np.expm1(np.minimum({a}, 0)))",
        defaults=(1,),
        definition="where(a > 0, a, b * (exp(a) - 1))",
    ),
    Primitive(
        "softplus",
        1,
        rule.elementwise,
        ("g * sigmoid(a)",),
        "a smooth ReLU: ln(1 + e^a)",
        "softplus({a})",
        r"\operatorname{{softplus}}({a})",
        "np.logaddexp(0, {a})",
        definition="log(1 + exp(a))",
    ),
    Primitive(
        "erf",
        1,
        rule.elementwise,
        ("g * 1.1283791670955126 * exp(-a**2)",),
        "the error function: how much of a bell curve lies within the number",
        "erf({a})",
        r"\operatorname{{erf}}({a})",
        "erf({a})",
    ),
    Primitive(
        "gelu",
        1,
        rule.elementwise,
        ("g * ((1 + erf(a / 1.4142135623730951)) / 2 + a * exp(-a**2 / 2) / 2.5066282746310002)",),
        "the number times the share of a bell curve that lies below it: a smooth ReLU",
        "GELU({a})",
        r"\operatorname{{GELU}}({a})",
        "({a}) * (1 + erf(({a}) / np.sqrt(2))) / 2",
        definition="a * (1 + erf(a / 1.4142135623730951)) / 2",
    ),
    Primitive(
        "swish",
        1,
        rule.elementwise,
        ("g * (y + sigmoid(a) * (1 - y))",),
        "the number times its sigmoid: a smooth ReLU",
        "swish({a})",
        r"\operatorname{{swish}}({a})",
        "({a}) / (1 + np.exp(-({a})))",
        definition="a * sigmoid(a)",
    ),
    Primitive(
        "step",
        1,
        rule.elementwise,
        (None,),
        "1 from 0 upwards, else 0: the threshold of the first neurons",
        "step({a})",
        r"\operatorname{{step}}({a})",
        "np.where({a} >= 0, 1.0, 0.0)",
        definition="a >= 0",
    ),
    Primitive(
        "maximum",
        2,
        rule.elementwise,
        ("g * ((a > b) + (a == b) / 2)", "g * ((b > a) + (a == b) / 2)"),
        "the larger of two numbers",
        "max({a}, {b})",
        r"\max({a}, {b})",
        "np.maximum({a}, {b})",
    ),
    Primitive(
        "minimum",
        2,
        rule.elementwise,
        ("g * ((a < b) + (a == b) / 2)", "g * ((b < a) + (a == b) / 2)"),
        "the smaller of two numbers",
        "min({a}, {b})",
        r"\min({a}, {b})",
        "np.minimum({a}, {b})",
    ),
    Primitive(
        "where",
        3,
        rule.elementwise,
        (None, "where(a, g, 0)", "where(a, 0, g)"),
        "the second where the first is not 0, else the third",
        "where({a}, {b}, {c})",
        r"\operatorname{{where}}({a}, {b}, {c})",
        "np.where({a}, {b}, {c})",
    ),
    Primitive(
        "clip",
        3,
        rule.first,
        ("g * (a >= b) * (a <= c)", None, None),
        "the number, held between the second and the third",
        "clip({a}, {b}, {c})",
        r"\operatorname{{clip}}({a}, {b}, {c})",
        "np.clip({a}, {b}, {c})",
        definition="minimum(maximum(a, b), c)",
    ),
    # reductions
    Primitive(
        "sum",
        1,
        rule.reduction,
        ("like(OUT(g), a)",),
        "all entries (of one axis) added up",
        "Σ {a}",
        r"\sum {a}",
        "np.sum({a}{axis})",
        takes_axis=True,
        reduces=True,
    ),
    Primitive(
        "mean",
        1,
        rule.reduction,
        ("like(OUT(g), a) / n",),
        "all entries (of one axis) added up and divided by their number",
        "mean({a})",
        r"\operatorname{{mean}}({a})",
        "np.mean({a}{axis})",
        takes_axis=True,
        reduces=True,
        count=_entries,
    ),
    Primitive(
        "max",
        1,
        rule.reduction,
        (_EXTREME,),
        "the largest entry",
        "max({a})",
        r"\max({a})",
        "np.max({a}{axis})",
        takes_axis=True,
        reduces=True,
    ),
    Primitive(
        "min",
        1,
        rule.reduction,
        (_EXTREME,),
        "the smallest entry",
        "min({a})",
        r"\min({a})",
        "np.min({a}{axis})",
        takes_axis=True,
        reduces=True,
    ),
    Primitive(
        "norm",
        1,
        rule.reduction,
        ("where(OUT(y) == 0, 0, OUT(g) * a / OUT(y))",),
        "the length: the square root of the sum of the squares",
        "‖{a}‖",
        r"\lVert {a} \rVert",
        "np.sqrt(np.sum(np.square({a}){axis}))",
        takes_axis=True,
        reduces=True,
        definition="sqrt(sum(a**2, axis=AXIS))",
    ),
    Primitive(
        "any",
        1,
        rule.reduction,
        (None,),
        "1 where an entry is not 0, else 0",
        "any({a})",
        r"\operatorname{{any}}({a})",
        "np.any({a}{axis})",
        takes_axis=True,
        reduces=True,
    ),
    Primitive(
        "all",
        1,
        rule.reduction,
        (None,),
        "1 where no entry is 0, else 0",
        "all({a})",
        r"\operatorname{{all}}({a})",
        "np.all({a}{axis})",
        takes_axis=True,
        reduces=True,
    ),
    # tests for conditions
    Primitive(
        "isnan",
        1,
        rule.elementwise,
        (None,),
        "1 where it is not a number, else 0",
        "isnan({a})",
        r"\operatorname{{isnan}}({a})",
        "np.isnan({a})",
    ),
    Primitive(
        "isinf",
        1,
        rule.elementwise,
        (None,),
        "1 where it is infinite, else 0",
        "isinf({a})",
        r"\operatorname{{isinf}}({a})",
        "np.isinf({a})",
    ),
    Primitive(
        "isfinite",
        1,
        rule.elementwise,
        (None,),
        "1 where it is neither infinite nor not a number, else 0",
        "isfinite({a})",
        r"\operatorname{{isfinite}}({a})",
        "np.isfinite({a})",
    ),
    # rows
    Primitive(
        "softmax",
        1,
        rule.along,
        ("y * (g - sum(g * y, axis=AXIS, keepdims=True))",),
        "scores to probabilities: positive, and each row (or the axis given) adds up to 1",
        "softmax({a})",
        r"\operatorname{{softmax}}({a})",
        "np.exp({a}) / np.sum(np.exp({a}){axis}, keepdims=True)",
        takes_axis=True,
        definition="exp(a) / sum(exp(a), axis=AXIS, keepdims=True)",
    ),
    Primitive(
        "log_softmax",
        1,
        rule.along,
        ("g - exp(y) * sum(g, axis=AXIS, keepdims=True)",),
        "the logarithm of the softmax, computed stably",
        "log softmax({a})",
        r"\log\operatorname{{softmax}}({a})",
        "{a} - np.log(np.sum(np.exp({a}){axis}, keepdims=True))",
        takes_axis=True,
        definition="a - log(sum(exp(a), axis=AXIS, keepdims=True))",
    ),
    # losses from logits, stable
    Primitive(
        "softmax_cross_entropy",
        2,
        rule.cross_entropy,
        ("g * (softmax(a, axis=AXIS) - b) / n", "-g * log_softmax(a, axis=AXIS) / n"),
        "softmax and cross-entropy in one, stable: the mean over the examples; targets are one-hot",
        "softmax-CE({a}, {b})",
        r"\operatorname{{CE}}(\operatorname{{softmax}}({a}), {b})",
        "softmax_cross_entropy({a}, {b})",
        takes_axis=True,
        count=_examples,
        definition="-sum(b * log_softmax(a, axis=AXIS)) / n",
    ),
    Primitive(
        "sigmoid_cross_entropy",
        2,
        rule.cross_entropy,
        ("g * (sigmoid(a) - b) / n", "-g * a / n"),
        "sigmoid and binary cross-entropy in one, stable: the mean over all entries; targets are 0 or 1",
        "σ-CE({a}, {b})",
        r"\operatorname{{BCE}}(\sigma({a}), {b})",
        "sigmoid_cross_entropy({a}, {b})",
        count=lambda shapes, axis: size(shapes[0]),
        definition="mean(maximum(a, 0) - a * b + log1p(exp(-abs(a))))",
    ),
    # shapes and chance
    Primitive(
        "outer",
        2,
        rule.outer,
        ("g @ b", "a @ g"),
        "all products of an entry of the first with one of the second",
        "{a} ⊗ {b}",
        r"{a} \otimes {b}",
        "np.outer({a}, {b})",
    ),
    Primitive(
        "like",
        2,
        rule.like,
        ("g", None),
        "the first, repeated to the shape of the second",
        "like({a}, {b})",
        r"\operatorname{{like}}({a}, {b})",
        "np.broadcast_to({a}, np.shape({b}))",
    ),
    Primitive(
        "expand",
        1,
        rule.expand,
        ("sum(g, axis=AXIS)",),
        "the same numbers with an axis of size 1 put in",
        "{a}",
        "{a}",
        "np.expand_dims({a}{axis})",
        takes_axis=True,
    ),
    Primitive(
        "dropout_mask",
        2,
        rule.first,
        (None, None),
        "at random, 0 or 1/keep for each entry of the first: it is kept with probability `keep`",
        "mask({a}, {b})",
        r"\operatorname{{mask}}({a}, {b})",
        "(rng.random(np.shape({a})) < {b}) / {b}",
    ),
)

PRIMITIVES: dict[str, Primitive] = {row.name: row for row in _ROWS}
"""Every primitive by its name."""

FUNCTIONS: dict[str, Primitive] = {row.name: row for row in _ROWS if not row.operator and row.name != "transpose"}
"""Those that are called by name in the language."""

OPERATORS: dict[str, str] = {row.name: row.operator for row in _ROWS if row.operator}
"""The operator's symbol by the primitive's name."""
