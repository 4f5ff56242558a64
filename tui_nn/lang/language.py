"""The language as a list: what equations may be written with, each with its meaning; read from the primitive table."""

from __future__ import annotations

from tui_nn.lang import primitives
from tui_nn.lang.primitives import Primitive

OPERATORS: tuple[tuple[str, str], ...] = (
    ("a + b, a - b, -a", "sum, difference, negative"),
    ("a * b, a / b", "product and quotient, entry by entry"),
    ("a ** b", "power"),
    ("a @ b", "product of matrices or vectors"),
    ("a.T", "transpose"),
    ("a < b, a >= b, a == b", "comparisons: 1 where it holds, else 0; also >, <= and !="),
    ("a and b, a or b, not a", "of comparisons"),
    ("axis=0, axis=1", "down the columns, along the rows; without it over all entries; keepdims=True keeps the axis"),
)
"""As they are written, and what they mean."""


def _call(row: Primitive) -> str:
    """How a function is called: `leaky_relu(a, 0.01)`, `sum(a, axis=0)`."""
    arguments = ["a", "b", "c"][: row.arity - len(row.defaults)] + [f"{value:g}" for value in row.defaults]
    return f"{row.name}({', '.join(arguments + ['axis=0'] * row.takes_axis)})"


FUNCTIONS: tuple[tuple[str, str], ...] = tuple((_call(row), row.sentence) for row in primitives.FUNCTIONS.values())
"""The functions, likewise."""
