"""Random expressions, well shaped by construction: for what holds of any expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.engine import oracle
from tests.lang.calculus import countable
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Expression, Index, Name, Number, rebuild, walk
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shapes import shape_of
from tui_nn.lang.write import write

Shape = tuple[int, ...]

SHAPES: dict[str, Shape] = {"a": (), "t": (), "u": (3,), "v": (2,), "A": (2, 3), "B": (3, 3), "C": (2, 1), "R": (1, 3)}
_RNG = np.random.default_rng(3)
VALUES = {name: _RNG.uniform(0.5, 2, size=shape) for name, shape in SHAPES.items()}
"""Positive numbers of moderate size: no kinks, no poles, no domain errors at the leaves."""

LOGIC = ("and", "or", "not")
CHANCE = ("dropout_mask",)
NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, 3, -1, -2, 0.5, 0.25, 4, 5, 0.1, 0.02, 1e-3]), st.floats(-4, 4, allow_nan=False)
)


@st.composite
def expressions(draw: st.DrawFn, *, without: tuple[str, ...] = CHANCE, steps: int = 8) -> Expression:
    """An expression over SHAPES; `without` names primitives that are to be left out."""
    rows = [row for name, row in PRIMITIVES.items() if name not in without]
    pool: list[Expression] = [Name(n) for n in draw(st.lists(st.sampled_from(list(SHAPES)), min_size=1, max_size=4))]
    pool.append(Number(draw(NUMBERS)))
    for _ in range(draw(st.integers(1, steps))):
        row = draw(st.sampled_from(rows))
        args = tuple(draw(st.sampled_from(pool)) for _ in range(row.arity))
        if row.name == "power" and draw(st.booleans()):
            args = (args[0], Number(draw(st.sampled_from([-2, -1, 0, 1, 2, 3]))))
        axis = draw(st.sampled_from([None, 0, 1, -1])) if row.takes_axis else None
        keepdims = row.reduces and draw(st.booleans())
        e = Call(row.name, args, axis, keepdims)
        if row.name == "negative" and isinstance(args[0], Number):
            continue  # -2 is a number
        try:
            if all(n <= 3 for n in shape_of(e, SHAPES)):
                pool.append(e)
        except EquationError:
            continue
    e = pool[-1]
    shape = shape_of(e, SHAPES)
    if shape and draw(st.integers(0, 9)) == 0:
        return Index(e, tuple(draw(st.integers(-n, n - 1)) for n in shape))
    return e


def evaluated(e: Expression, values: Mapping[str, Any] = VALUES) -> np.ndarray[Any, Any]:
    """The value of `e`, by NumPy; also of its numbers, which Python would treat by rules of its own."""
    shapes = {name: np.shape(value) for name, value in values.items()}
    numbers = {n: Name(f"n{i}_") for i, n in enumerate(dict.fromkeys(n for n in walk(e) if isinstance(n, Number)))}

    def named(node: Expression) -> Expression:
        if isinstance(node, Number):
            return numbers[node]
        inner = rebuild(node, named)
        if isinstance(inner, Call) and inner.op == "transpose" and not shape_of(node, shapes):
            return inner.args[0]  # some single numbers are Python's own
        return inner

    given = {name.id: np.float64(number.value) for number, name in numbers.items()}
    return oracle.evaluate(write(countable(named(e))), {**values, **given})


def run(page: Iterable[Equation], values: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Every name of a page with its value."""
    found = dict(values)
    for equation in page:
        found[equation.name] = evaluated(equation.expression, found)
    return found
