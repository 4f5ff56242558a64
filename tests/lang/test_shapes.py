"""Shapes of every primitive: what comes out, and what is said where it does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from tests.lang.expressions import CHANCE, LOGIC, SHAPES, evaluated, expressions
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Expression, walk
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import describe
from tui_nn.lang.shapes import infer, shape_of

NAMES = {"s": (), "u": (3,), "v": (4,), "A": (3, 4), "B": (4, 5), "C": (3, 1), "R": (1, 4), "T": (2, 3, 4)}
Shape = tuple[int, ...]

FITS: list[tuple[str, Shape]] = [
    ("A + s", (3, 4)),
    ("A - v", (3, 4)),
    ("C * R", (3, 4)),
    ("C / v", (3, 4)),
    ("s**A", (3, 4)),
    ("T + A", (2, 3, 4)),
    ("-A", (3, 4)),
    ("A @ B", (3, 5)),
    ("A @ v", (3,)),
    ("u @ A", (4,)),
    ("u @ u", ()),
    ("A.T", (4, 3)),
    ("u.T", (3,)),
    ("T.T", (4, 3, 2)),
    ("s.T", ()),
    *[(f"A {op} v", (3, 4)) for op in ("<", "<=", ">", ">=", "==", "!=", "and", "or")],
    ("not C", (3, 1)),
    *[(f"{f}(A)", (3, 4)) for f in ("exp", "log", "log1p", "sqrt", "abs", "sign", "square", "sigmoid", "tanh", "relu")],
    *[(f"{f}(A)", (3, 4)) for f in ("softplus", "erf", "gelu", "swish", "step", "isnan", "isinf", "isfinite")],
    ("stop_gradient(A)", (3, 4)),
    ("leaky_relu(A, s)", (3, 4)),
    ("elu(u)", (3,)),
    ("clip(A, 0, s)", (3, 4)),
    ("maximum(C, R)", (3, 4)),
    ("minimum(A, 0)", (3, 4)),
    ("where(C > 0, R, s)", (3, 4)),
    *[(f"{f}(A)", ()) for f in ("sum", "mean", "max", "min", "norm", "any", "all")],
    *[(f"{f}(A, axis=0)", (4,)) for f in ("sum", "mean", "max", "min", "norm", "any", "all")],
    ("sum(A, axis=-1, keepdims=True)", (3, 1)),
    ("sum(A, keepdims=True)", (1, 1)),
    ("sum(T, axis=1)", (2, 4)),
    ("sum(s)", ()),
    ("softmax(A)", (3, 4)),
    ("softmax(u, axis=0)", (3,)),
    ("log_softmax(A, axis=0)", (3, 4)),
    ("softmax_cross_entropy(A, A)", ()),
    ("softmax_cross_entropy(u, u)", ()),
    ("sigmoid_cross_entropy(s, s)", ()),
    ("outer(u, v)", (3, 4)),
    ("like(v, A)", (3, 4)),
    ("like(s, A)", (3, 4)),
    ("expand(u, axis=0)", (1, 3)),
    ("expand(u, axis=1)", (3, 1)),
    ("expand(u)", (3, 1)),
    ("expand(s)", (1,)),
    ("dropout_mask(A, 0.5)", (3, 4)),
    ("A[0, -1]", ()),
]


@pytest.mark.parametrize(("text", "shape"), FITS)
def test_what_comes_out(text: str, shape: Shape) -> None:
    assert shape_of(parse_expression(text), NAMES) == shape


def test_every_primitive_is_looked_at() -> None:
    seen = {e.op for text, _ in FITS for e in walk(parse_expression(text)) if isinstance(e, Call)}
    assert seen == set(PRIMITIVES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A + B", "A is 3x4, B is 4x5; they cannot be combined entry by entry; with 4x5 go: the same shape"),
        ("u * v", "they cannot be combined entry by entry; both must be a vector of 4, or one a single number"),
        ("where(A > 0, A, B)", "they cannot be combined"),
        ("A @ A", "A is 3x4; columns of A (4) must equal rows of A (3); A.T would fit"),
        ("B @ A", "columns of B (5) must equal rows of A (3); A @ B would fit"),
        ("A @ u", "columns of A (4) must equal entries of u (3); A.T would fit"),
        ("s @ A", "@ multiplies matrices and vectors; for a single number write *"),
        ("T @ A", "@ takes matrices and vectors, not tensors of three or more axes"),
        ("sum(A, axis=2)", "there is no axis 2: A is 3x4 and has axes 0 to 1"),
        ("mean(u, axis=1)", "there is no axis 1: u is a vector of 3"),
        ("max(s, axis=0)", "there is no axis 0: s is a single number"),
        ("softmax(A, axis=-3)", "there is no axis -3"),
        ("softmax(s)", "there is no axis -1: s is a single number"),
        ("softmax_cross_entropy(A, u)", "the targets must have the shape of the logits (classes as one-hot)"),
        ("sigmoid_cross_entropy(A, A.T)", "the targets must have the shape of the logits"),
        ("softmax_cross_entropy(s, s)", "there is no axis -1"),
        ("clip(A, u, 1)", "all arguments after the first must be single numbers"),
        ("leaky_relu(A, u)", "all arguments after the first must be single numbers"),
        ("dropout_mask(A, u)", "all arguments after the first must be single numbers"),
        ("outer(A, u)", "outer takes two vectors"),
        ("like(A, v)", "like(a, b) repeats a to the shape of b, which must be the larger one"),
        ("A[0]", "A is 3x4: an entry of it has 2 indices, not 1"),
        ("A[3, 0]", "A is 3x4: index 3 of axis 0 is not in 0 to 2"),
        ("outer(sum(big, axis=0), sum(big, axis=0))", "would have 1,000,000,000,000 entries; at most 100,000,000 fit"),
    ],
)  # fmt: skip
def test_what_is_said(text: str, said: str) -> None:
    with pytest.raises(EquationError) as caught:
        shape_of(parse_expression(text), {**NAMES, "big": (2, 1_000_000)})
    assert said in str(caught.value)


def test_the_caret_points_at_the_operation() -> None:
    text = "Z = tanh(A @ B)\nY = (Z - u) * 2"
    with pytest.raises(EquationError) as caught:
        infer(parse_page(text), NAMES, text.splitlines())
    assert (caught.value.line, caught.value.column) == (2, 7)


def test_a_page_is_inferred_before_anything_runs() -> None:
    page = parse_page("Z = A @ B\nP = softmax(Z)\nL = mean(P, axis=1)\nJ = sum(L)")
    assert {n: s for n, s in infer(page, NAMES).items() if n not in NAMES} == {
        "Z": (3, 5), "P": (3, 5), "L": (3,), "J": (),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "words"),
    [((), "a single number"), ((3,), "a vector of 3"), ((3, 4), "3x4"), ((2, 3, 4), "2x3x4")],
)
def test_shapes_in_words(shape: Shape, words: str) -> None:
    assert describe(shape) == words


@given(expressions(without=(*LOGIC, *CHANCE)))
def test_shapes_are_numpys(e: Expression) -> None:
    with np.errstate(all="ignore"):
        assert evaluated(e).shape == shape_of(e, SHAPES)
