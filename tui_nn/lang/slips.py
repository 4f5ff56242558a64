"""Slips of whoever types equations: what stands on a slide, or what another language has, and what to write here.

A reason is for someone who does not program: it says what to write, and names no part of speech of Python's.
"""

from __future__ import annotations

import ast
import re

from tui_nn.lang.errors import suggestion
from tui_nn.lang.primitives import FUNCTIONS

INSTEAD: dict[type[ast.AST], str] = {
    ast.BitXor: "a power is written **, as in x**2; a transpose X.T",
    ast.FloorDiv: "// is not in the language; a quotient is written /",
    ast.Mod: "% is not in the language",
    ast.IfExp: "instead of if/else write where(condition, a, b)",
    ast.List: "a list of numbers goes under [values], not into an equation",
    ast.Tuple: "a comma does not belong here; one value on each side of =",
    ast.Lambda: "`lambda` is a word of Python's; call it lam or λ",
    ast.BitAnd: "instead of & write and",
    ast.BitOr: "instead of | write or",
}
"""Parts of Python's grammar that the language has not, and what it has instead."""

TOO_DEEP = "nested too deeply to be read; split it into several lines"

_SIGNS = {
    **dict.fromkeys("−–—", "a minus is written with the hyphen, -"),
    **dict.fromkeys("·×⋅∙•∗", "a product is written *, of matrices @"),
    **dict.fromkeys("⊙∘", "a product entry by entry is written *"),
    **dict.fromkeys("÷∕", "a quotient is written /"),
    **dict.fromkeys("²³⁴⁵⁶⁷⁸⁹", "a power is written **, as in x**2"),
    "⊤": "the transpose is written X.T",
    **dict.fromkeys("₀₁₂₃₄₅₆₇₈₉", "digits in a name are plain ones, as in w1"),
    **dict.fromkeys("'’′", "a name has letters, digits and _: f_prime"),
    **dict.fromkeys('"“”„‘', "quotes do not belong into an equation"),
    **dict.fromkeys("≤≥≠", "comparisons are written <=, >= and !="),
    "∑": "a sum is written sum(x)",
    "√": "a root is written sqrt(x)",
    "|": "a magnitude is written abs(x), a norm norm(x)",
    "^": INSTEAD[ast.BitXor],
    "!": "there are no factorials; not equal is written !=",
    "?": "this cannot stand in an equation; a choice is written where(condition, a, b)",
}
"""Signs of mathematics that a keyboard does not have, or that Python reads otherwise, and what to write for them."""

_OTHER_NAMES = {
    "ln": "log",
    "log_e": "log",
    "σ": "sigmoid",
    "sigma": "sigmoid",
    "logistic": "sigmoid",
    "average": "mean",
    "avg": "mean",
    "sqr": "square",
    "root": "sqrt",
    "heaviside": "step",
    "sgn": "sign",
}
"""Names under which others know a function of the language."""

_OTHER_FORMS = {
    "dot": "a product of matrices is written a @ b",
    "matmul": "a product of matrices is written a @ b",
    "transpose": "the transpose of X is written X.T",
    "pow": "a power is written a**b",
    "power": "a power is written a**b",
    "multiply": "a product is written a * b",
    "log10": "log is the natural logarithm; the one to base 10 is log(x) / log(10)",
    "log2": "log is the natural logarithm; the one to base 2 is log(x) / log(2)",
    "sin": "there are no trigonometric functions but tanh",
    "cos": "there are no trigonometric functions but tanh",
}
"""What others write as a function and the language otherwise."""


def misread(error: SyntaxError, text: str, column: int, is_page: bool) -> tuple[str, int]:
    """What Python's parser found wrong, in a teacher's words, and where; a page has equations, else expressions."""
    said = error.msg or ""
    code = text.split("#")[0]
    sign = next((i for i, c in enumerate(code) if c in _SIGNS and not (c == "!" and code[i + 1 : i + 2] == "=")), None)
    if sign is not None:
        return _SIGNS[code[sign]], sign
    if found := re.search(r"\blambda\b", code):
        return INSTEAD[ast.Lambda], found.start()
    if found := re.search(r"(?<![\w.])\d+(\.\d+)?(?!e[+-]?\d)[A-Za-z_]", code):
        return "a product needs its sign: 2 * x, not 2x", found.start()
    if "too many nested" in said:
        return TOO_DEEP, column
    if "was never closed" in said:
        return "a bracket is opened here and never closed", column
    if "unmatched" in said or "does not match" in said:
        return "a closing bracket without its opening one", column
    if "follows keyword" in said:
        return "axis= and keepdims= come last, as in mean(x, axis=0)", column
    if ":=" in code:
        return "an equation is written with = alone", code.index(":=")
    if not is_page and (found := re.search(r"(?<![<>=!])=(?!=)", code)):
        return "an expression is wanted here, without a name; equality is written ==", found.start()
    if is_page and ("cannot assign" in said or "maybe you meant '=='" in said or "=" not in code):
        return "an equation is `name = expression`, with one name on the left", column
    start = code.index("=") + 1 if is_page else 0
    if found := re.search(
        r"(?<!\band)(?<!\bor)(?<!\bnot)(?<=[\w)])\s+(?!(?:and|or|not|if|else|in|is)\b)[\w(]", code[start:]
    ):
        return "an operator is missing between two values (a product is written *)", start + found.end() - 1
    if re.search(r"([-+*/@(=,<>]|\b(and|or|not))\s*$", code.rstrip()):
        return "the line stops where a value should follow", column
    return f"this cannot be read as an {'equation' if is_page else 'expression'}", column


def no_function(name: str, is_value: bool) -> str:
    """What to say of a call of what is no function; a value before brackets, x(1 - x), is meant as a product."""
    if name in _OTHER_FORMS:
        return _OTHER_FORMS[name]
    if name in _OTHER_NAMES:
        return f"there is no function `{name}`; here it is called {_OTHER_NAMES[name]}"
    if is_value:
        return f"`{name}` is no function; a product needs its sign: {name} * (...)"
    return f"there is no function `{name}`{suggestion(name, FUNCTIONS)}"


def no_plain_name(called: ast.expr) -> str:
    """What to say of a call of what is no name: `np.exp(x)`, `(1 - x)(1 - y)`."""
    if isinstance(called, ast.Attribute) and called.attr in FUNCTIONS:
        return f"functions have plain names here: write {called.attr}(...)"
    if isinstance(called, ast.Attribute):
        return "only functions of the language can be called, by their plain name"
    return "a product needs its sign: (a + b) * (c + d)"
