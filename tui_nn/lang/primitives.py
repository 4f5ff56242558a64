"""The primitive table: all that the language knows, a row each.

A row's gradients are written in the language itself, one for each argument: `a`, `b`, `c` are the arguments, `y` the
result, `z` whichever of `a` and `y` has a name (for functions that keep the sign), `g` the gradient of the loss by the
result, `n` the number of entries averaged over, `axis=AXIS` the call's own axis, and `OUT(x)` a reduction's result with
the axis put back that it took away. None: no gradient flows (piecewise constant, a matter of counting, or stopped on
purpose).
Sub-gradients at kinks are PyTorch's. A `definition` spells a compound primitive out in simpler ones: for explanations
and as documentation.

In the columns `unicode` and `latex`, `{a}` is an argument as it is, `{A}` one in brackets unless it is a single symbol,
`{aa}` one in brackets where it is a sum or a product, and `{axis}` the index that runs along the axis. An empty column
stands for a plain call by name.

Whoever adds a primitive adds a row here and a kernel in `engine.kernels`; a test compares every gradient with finite
differences.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui_nn.lang import shape_rules as rule
from tui_nn.lang.shape_rules import Rule, Shape, size

Gradients = tuple[str | None, ...]


class Primitive(NamedTuple):
    """One row of the table.

    Attributes:
        name: as called in the language; operators carry a name too (`add`, `matmul`).
        arity: number of arguments, defaults included.
        shape: the shape rule.
        gradients: by argument, in the language; or by the ranks of the arguments where the form depends on them.
        sentence: what it does, for `explain` and the help.
        unicode, latex: how a call is written; '' for name(arguments).
        numpy: the NumPy function that does it; '' for a helper of the same name, which `numpy_code` provides.
        defaults: values of the trailing arguments that may be left out.
        takes_axis: whether `axis=` is allowed; keepdims goes with reductions.
        reduces: whether `keepdims=` is allowed too.
        entries: how many are averaged over, by the shapes of the arguments and the axis: `n` in the gradients.
        definition: the same in simpler primitives, or ''.
        operator: the symbol, for operators.
        truth: whether the result says yes or no: 1 where something holds, 0 where it does not.
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
    entries: Callable[[tuple[Shape, ...], int | None], int] | None = None
    definition: str = ""
    operator: str = ""
    truth: bool = False


def _entries(shapes: tuple[Shape, ...], axis: int | None) -> int:
    return size(shapes[0]) if axis is None else shapes[0][axis]


def _examples(shapes: tuple[Shape, ...], axis: int | None) -> int:
    return size(shapes[0]) // shapes[0][-1 if axis is None else axis]


_EXTREME = "like(OUT(g), a) * (a == OUT(y)) / sum(a == OUT(y), axis=AXIS, keepdims=True)"
_NORMAL = "exp(-a**2 / 2) / 2.5066282746310002"  # the bell curve's height, 1 / sqrt(2 pi) at 0


def _operator(name: str, symbol: str, gradients: Gradients, sentence: str) -> Primitive:
    return Primitive(name, len(gradients), rule.elementwise, gradients, sentence, operator=symbol)


def _truth(name: str, arity: int, sentence: str, operator: str = "", numpy: str = "") -> Primitive:
    """A row for what holds or does not, entry by entry; no gradient flows through it."""
    gradients = (None,) * arity
    return Primitive(name, arity, rule.elementwise, gradients, sentence, "", "", numpy, operator=operator, truth=True)


def _function(
    name: str,
    gradient: str | None,
    sentence: str,
    *,
    unicode: str = "",
    latex: str = "",
    numpy: str = "",
    definition: str = "",
) -> Primitive:
    """A row for an elementwise function of one argument."""
    return Primitive(name, 1, rule.elementwise, (gradient,), sentence, unicode, latex, numpy, definition=definition)


def _reduction(
    name: str,
    gradient: str | None,
    sentence: str,
    *,
    unicode: str = "",
    latex: str = "",
    numpy: str = "",
    definition: str = "",
    truth: bool = False,
) -> Primitive:
    """A row for a reduction of all entries, or of one axis."""
    return Primitive(
        name, 1, rule.reduction, (gradient,), sentence, unicode, latex, numpy,
        takes_axis=True, reduces=True, entries=_entries, definition=definition, truth=truth,
    )  # fmt: skip


# fmt: off
_ROWS = (
    # operators
    _operator("add", "+", ("g", "g"), "the sum, entry by entry"),
    _operator("subtract", "-", ("g", "-g"), "the difference, entry by entry"),
    _operator("multiply", "*", ("g * b", "g * a"), "the product, entry by entry"),
    _operator("divide", "/", ("g / b", "-g * a / b**2"), "the quotient, entry by entry"),
    _operator("power", "**", ("g * b * a**(b - 1)", "where(a == 0, 0, g * y * log(a))"),
              "the first to the power of the second, entry by entry"),
    _operator("negative", "-", ("-g",), "the number with its sign turned"),
    Primitive("matmul", 2, rule.matmul,
              {(2, 2): ("g @ b.T", "a.T @ g"), (2, 1): ("outer(g, b)", "a.T @ g"),
               (1, 2): ("b @ g", "outer(a, g)"), (1, 1): ("g * b", "g * a")},
              "the matrix product: each entry is a row of the first times a column of the second, added up",
              operator="@"),
    Primitive("transpose", 1, rule.transpose, ("g.T",), "rows become columns", "{A}ᵀ", r"{A}^{{\top}}"),

    # comparisons and logic: 1 where it holds, 0 where not
    _truth("less", 2, "1 where the first is smaller, else 0", "<"),
    _truth("less_equal", 2, "1 where the first is not larger, else 0", "<="),
    _truth("greater", 2, "1 where the first is larger, else 0", ">"),
    _truth("greater_equal", 2, "1 where the first is not smaller, else 0", ">="),
    _truth("equal", 2, "1 where both are equal, else 0", "=="),
    _truth("not_equal", 2, "1 where they differ, else 0", "!="),
    _truth("and", 2, "1 where neither is 0, else 0", "and", "np.logical_and"),
    _truth("or", 2, "0 where both are 0, else 1", "or", "np.logical_or"),
    _truth("not", 1, "1 where it is 0, else 0", "not", "np.logical_not"),

    # elementwise functions
    _function("exp", "g * y", "e to the power of it", latex=r"\exp({a})", numpy="np.exp"),
    _function("log", "g / a", "the natural logarithm", unicode="ln({a})", latex=r"\ln({a})", numpy="np.log"),
    _function("log1p", "g / (1 + a)", "the natural logarithm of 1 + it, exact for small numbers",
              unicode="ln(1 + {a})", latex=r"\ln(1 + {a})", numpy="np.log1p", definition="log(1 + a)"),
    _function("sqrt", "g / (2 * y)", "the square root", unicode="√{A}", latex=r"\sqrt{{{a}}}", numpy="np.sqrt"),
    _function("abs", "g * sign(a)", "the number without its sign",
              unicode="|{a}|", latex=r"\lvert {a} \rvert", numpy="np.abs"),
    _function("sign", None, "-1, 0 or 1, as the number is negative, zero or positive", numpy="np.sign"),
    _function("square", "2 * g * a", "the number times itself",
              unicode="{A}²", latex="{A}^{{2}}", numpy="np.square", definition="a * a"),
    _function("sigmoid", "g * y * (1 - y)", "squeezes any number into 0 to 1; 0 becomes 1/2",
              unicode="σ({a})", latex=r"\sigma({a})", definition="1 / (1 + exp(-a))"),
    _function("tanh", "g * (1 - y**2)", "squeezes any number into -1 to 1; 0 stays 0",
              latex=r"\tanh({a})", numpy="np.tanh"),
    _function("relu", "g * (z > 0)", "positive numbers stay, negative ones become 0",
              unicode="ReLU({a})", latex=r"\operatorname{{ReLU}}({a})", definition="maximum(a, 0)"),
    Primitive("leaky_relu", 2, rule.first, ("g * where(a > 0, 1, b)", "g * where(a > 0, 0, a)"),
              "positive numbers stay, negative ones are made smaller (times 0.01, or the second argument)",
              "LeakyReLU({a}, {b})", r"\operatorname{{LeakyReLU}}({a}, {b})",
              defaults=(0.01,), definition="where(a > 0, a, b * a)"),
    Primitive("elu", 2, rule.first, ("g * where(a > 0, 1, y + b)", "g * where(a > 0, 0, exp(a) - 1)"),
              "positive numbers stay, negative ones bend towards -1 (or minus the second argument)",
              "ELU({a}, {b})", r"\operatorname{{ELU}}({a}, {b})",
              defaults=(1,), definition="where(a > 0, a, b * (exp(a) - 1))"),
    _function("softplus", "g * sigmoid(a)", "a smooth ReLU: ln(1 + e^a)", definition="log(1 + exp(a))"),
    _function("erf", "g * 1.1283791670955126 * exp(-a**2)",
              "the error function: how much of a bell curve lies within the number"),
    _function("gelu", f"g * ((1 + erf(a / 1.4142135623730951)) / 2 + a * {_NORMAL})",
              "the number times the share of a bell curve that lies below it: a smooth ReLU",
              unicode="GELU({a})", latex=r"\operatorname{{GELU}}({a})",
              definition="a * (1 + erf(a / 1.4142135623730951)) / 2"),
    _function("swish", "g * (y + sigmoid(a) * (1 - y))", "the number times its sigmoid: a smooth ReLU",
              definition="a * sigmoid(a)"),
    _function("step", None, "1 from 0 upwards, else 0: the threshold of the first neurons", definition="a >= 0"),
    Primitive("maximum", 2, rule.elementwise, ("g * ((a > b) + (a == b) / 2)", "g * ((b > a) + (a == b) / 2)"),
              "the larger of two numbers", "max({a}, {b})", r"\max({a}, {b})", "np.maximum"),
    Primitive("minimum", 2, rule.elementwise, ("g * ((a < b) + (a == b) / 2)", "g * ((b < a) + (a == b) / 2)"),
              "the smaller of two numbers", "min({a}, {b})", r"\min({a}, {b})", "np.minimum"),
    Primitive("where", 3, rule.elementwise, (None, "where(a, g, 0)", "where(a, 0, g)"),
              "the second where the first is not 0, else the third", "", "", "np.where"),
    Primitive("clip", 3, rule.first, ("g * (a >= b) * (a <= c)", "g * (a < b) * (b <= c)", "g * (maximum(a, b) > c)"),
              "the number, held between the second and the third", "", "", "np.clip",
              definition="minimum(maximum(a, b), c)"),

    # reductions
    _reduction("sum", "like(OUT(g), a)", "all entries (of one axis) added up",
               unicode="Σ{axis} {aa}", latex=r"\sum{axis} {aa}", numpy="np.sum"),
    _reduction("mean", "like(OUT(g), a) / n", "all entries (of one axis) added up and divided by their number",
               numpy="np.mean"),
    _reduction("max", _EXTREME, "the largest entry", latex=r"\max{axis}({a})", numpy="np.max"),
    _reduction("min", _EXTREME, "the smallest entry", latex=r"\min{axis}({a})", numpy="np.min"),
    _reduction("norm", "where(OUT(y) == 0, 0, OUT(g) * a / OUT(y))",
               "the length: the square root of the sum of the squares",
               unicode="‖{a}‖{axis}", latex=r"\lVert {a} \rVert{axis}", definition="sqrt(sum(a**2, axis=AXIS))"),
    _reduction("any", None, "1 where an entry is not 0, else 0", numpy="np.any", truth=True),
    _reduction("all", None, "1 where no entry is 0, else 0", numpy="np.all", truth=True),

    # tests for conditions
    _truth("isnan", 1, "1 where it is not a number, else 0", numpy="np.isnan"),
    _truth("isinf", 1, "1 where it is infinite, else 0", numpy="np.isinf"),
    _truth("isfinite", 1, "1 where it is neither infinite nor not a number, else 0", numpy="np.isfinite"),

    # rows
    Primitive("softmax", 1, rule.along, ("y * (g - sum(g * y, axis=AXIS, keepdims=True))",),
              "scores to probabilities: positive, and each row (or the axis given) adds up to 1",
              takes_axis=True, definition="exp(a) / sum(exp(a), axis=AXIS, keepdims=True)"),
    Primitive("log_softmax", 1, rule.along, ("g - exp(y) * sum(g, axis=AXIS, keepdims=True)",),
              "the logarithm of the softmax, computed stably",
              "ln softmax{axis}({a})", r"\ln\operatorname{{softmax}}{axis}({a})",
              takes_axis=True, definition="a - log(sum(exp(a), axis=AXIS, keepdims=True))"),

    # losses from logits, stable
    Primitive("softmax_cross_entropy", 2, rule.classes,
              ("g * (softmax(a, axis=AXIS) - b) / n", "-g * log_softmax(a, axis=AXIS) / n"),
              "softmax and cross-entropy in one, stable: the mean over the examples; an example's targets add up to 1",
              "CE(softmax{axis}({a}), {b})",
              r"\operatorname{{CE}}(\operatorname{{softmax}}{axis}({a}), {b})",
              takes_axis=True, entries=_examples, definition="-sum(b * log_softmax(a, axis=AXIS)) / n"),
    Primitive("sigmoid_cross_entropy", 2, rule.targets, ("g * (sigmoid(a) - b) / n", "-g * a / n"),
              "sigmoid and binary cross-entropy in one, stable: the mean over all entries; targets are 0 or 1",
              "BCE(σ({a}), {b})", r"\operatorname{{BCE}}(\sigma({a}), {b})",
              entries=_entries, definition="mean(maximum(a, 0) - a * b + log1p(exp(-abs(a))))"),

    # shapes and chance
    Primitive("outer", 2, rule.outer, ("g @ b", "a @ g"),
              "all products of an entry of the first with one of the second",
              "{A} ⊗ {B}", r"{A} \otimes {B}", "np.outer"),
    Primitive("like", 2, rule.like, ("g", None), "the first, repeated to the shape of the second", "{a}", "{a}"),
    # TensorFlow's tf.stop_gradient and JAX's lax.stop_gradient: the identity, with a derivative that is 0 by decree.
    _function("stop_gradient", None, "the same number, held as a constant when the line is differentiated",
              unicode="sg({a})", latex=r"\operatorname{{sg}}({a})", numpy="np.positive"),
    Primitive("expand", 1, rule.expand, ("sum(g, axis=AXIS)",), "the same numbers with an axis of size 1 put in",
              "{a}", "{a}", "np.expand_dims", takes_axis=True),
    Primitive("dropout_mask", 2, rule.first, (None, None),
              "at random, 0 or 1/keep for each entry of the first: it is kept with probability `keep`",
              "mask({a}, {b})", r"\operatorname{{mask}}({a}, {b})"),
)
# fmt: on

PRIMITIVES: dict[str, Primitive] = {row.name: row for row in _ROWS}
"""Every primitive by its name."""

FUNCTIONS: dict[str, Primitive] = {row.name: row for row in _ROWS if not row.operator and row.name != "transpose"}
"""Those that are called by name in the language."""

OPERATORS: dict[str, str] = {row.name: row.operator for row in _ROWS if row.operator}
"""The operator's symbol by the primitive's name."""
