"""Simplification keeps shape and value, comes to rest, and writes as a person would."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given

from tests.lang.expressions import CHANCE, LOGIC, SHAPES, evaluated, expressions
from tui_nn.lang.expression import Expression, walk
from tui_nn.lang.shapes import shape_of
from tui_nn.lang.simplify import simplify


@given(expressions(without=(*LOGIC, *CHANCE)))
def test_shape_and_value_stay(e: Expression) -> None:
    plain = simplify(e, SHAPES)
    assert shape_of(plain, SHAPES) == shape_of(e, SHAPES)
    for part in walk(e):  # 0 / 0 and the like may come out otherwise
        assume(np.abs(evaluated(part)).max() < 1e6)
    before, after = evaluated(e), evaluated(plain)
    np.testing.assert_allclose(after, before, rtol=1e-7, atol=1e-7)


@given(expressions())
def test_what_is_plain_stays_as_it_is(e: Expression) -> None:
    plain = simplify(e, SHAPES)
    assert simplify(plain, SHAPES) == plain
