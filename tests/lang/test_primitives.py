"""Every row of the table: its gradients against finite differences, its sub-gradients at kinks as PyTorch has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine import oracle
from tests.lang.calculus import assert_gradients, derived, gradients
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.primitives import OPERATORS, PRIMITIVES
from tui_nn.lang.templates import definition
from tui_nn.lang.write import write, write_equation

RNG = np.random.default_rng(17)
X = RNG.uniform(0.3, 1.7, size=(3, 4)) * RNG.choice([-1, 1], size=(3, 4))  # off 0, of both signs
P = RNG.uniform(0.4, 2, size=(3, 4))
Q = RNG.uniform(-1, 1, size=(4, 2))
ROWS = P / P.sum(axis=1, keepdims=True)
U, V, W3 = RNG.normal(size=3), RNG.normal(size=4), RNG.normal(size=3)
COLUMN, ROW, S = P[:, :1], P[:1], np.float64(0.7)

# A use of each primitive: its text over a, b, c and values for these; the weights of the loss have no symmetry.
USES: list[tuple[str, str, dict[str, Any]]] = [
    *[(op, f"a {OPERATORS[op]} b", {"a": X, "b": b}) for op in ("add", "subtract", "multiply") for b in (P, S, ROW)],
    *[(op, f"b {OPERATORS[op]} a", {"a": X, "b": b}) for op in ("add", "subtract", "multiply") for b in (COLUMN, V)],
    *[("divide", "b / a", {"a": P, "b": b}) for b in (X, S, COLUMN, V)],
    *[("power", "a**b", {"a": P, "b": b}) for b in (X, S, COLUMN)],
    *[("power", f"a**{n}", {"a": P}) for n in (2, 3, -1, -2, 0.5, 1, 0)],
    ("power", "2**a", {"a": X}),
    ("negative", "-a", {"a": X}),
    ("matmul", "a @ b", {"a": X, "b": Q}),
    ("matmul", "a @ b", {"a": X, "b": V}),
    ("matmul", "a @ b", {"a": U, "b": X}),
    ("matmul", "a @ b", {"a": U, "b": W3}),
    ("matmul", "a @ b.T", {"a": X, "b": P}),
    ("matmul", "a.T @ b", {"a": X, "b": P}),
    ("transpose", "a.T", {"a": X}),
    ("transpose", "a.T", {"a": V}),
    *[(f, f"{f}(a)", {"a": P}) for f in ("exp", "log", "log1p", "sqrt")],
    *[(f, f"{f}(a)", {"a": X}) for f in ("abs", "square", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus")],
    *[(f, f"{f}(a)", {"a": X}) for f in ("erf", "gelu", "swish")],
    ("leaky_relu", "leaky_relu(a, 0.3)", {"a": X}),
    ("elu", "elu(a, 1.5)", {"a": X}),
    *[(f, f"{f}(a, b)", {"a": X, "b": S}) for f in ("leaky_relu", "elu")],
    ("clip", "clip(a, b, c)", {"a": X, "b": -S, "c": S}),
    *[(f, f"{f}(a, b)", {"a": X, "b": b}) for f in ("maximum", "minimum") for b in (P, S, COLUMN)],
    ("where", "where(a > 0, a**2, b)", {"a": X, "b": P}),
    ("where", "where(a > 0, b, a**2)", {"a": X, "b": S}),
    ("clip", "clip(a, -1, 0.8)", {"a": X}),
    *[(f, f"{f}(a)", {"a": X}) for f in ("sum", "mean", "max", "min", "norm")],
    *[
        (f, f"{f}(a, axis={axis}{keep})", {"a": X})
        for f in ("sum", "mean", "max", "min", "norm")
        for axis in (0, 1, -1)
        for keep in ("", ", keepdims=True")
    ],
    *[(f, f"{f}(a, keepdims=True)", {"a": X}) for f in ("sum", "mean", "max", "min", "norm")],
    *[(f, f"{f}(a{axis})", {"a": X}) for f in ("softmax", "log_softmax") for axis in ("", ", axis=0", ", axis=1")],
    *[(f, f"{f}(a)", {"a": V}) for f in ("softmax", "log_softmax")],
    ("softmax_cross_entropy", "softmax_cross_entropy(a, b)", {"a": X, "b": ROWS}),
    ("softmax_cross_entropy", "softmax_cross_entropy(a, b, axis=0)", {"a": X.T, "b": ROWS.T}),
    ("sigmoid_cross_entropy", "sigmoid_cross_entropy(a, b)", {"a": X, "b": ROWS}),
    ("outer", "outer(a, b)", {"a": U, "b": V}),
    ("like", "like(a, b)", {"a": V, "b": X}),
    ("like", "like(a, b)", {"a": COLUMN, "b": X}),
    *[("expand", f"expand(a, axis={axis})", {"a": V}) for axis in (0, 1, -1)],
]


def weighted(text: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A loss that tells all entries of `text` apart."""
    out = np.shape(value_of(text, values))
    weights = np.random.default_rng(4).uniform(0.5, 1.5, size=out)
    return f"y = {text}\nJ = sum(y * weights)", {**values, "weights": weights}


def value_of(text: str, values: dict[str, Any]) -> Any:
    return oracle.evaluate(text, values)


@pytest.mark.parametrize(("name", "text", "values"), USES, ids=[f"{text} {i}" for i, (_, text, _) in enumerate(USES)])
def test_gradients_are_those_of_finite_differences(name: str, text: str, values: dict[str, Any]) -> None:
    page, given = weighted(text, values)
    constant = {"softmax_cross_entropy": {"b"}}.get(name, set())  # a step would leave the probabilities
    assert_gradients(page, given, [n for n in values if n not in constant])


@pytest.mark.parametrize(("name", "text", "values"), USES, ids=[f"{text} {i}" for i, (_, text, _) in enumerate(USES)])
def test_the_same_in_the_middle_of_a_line(name: str, text: str, values: dict[str, Any]) -> None:
    """Here the primitive has no name: its gradient is written with the expression itself."""
    out = np.shape(value_of(text, values))
    weights = np.random.default_rng(4).uniform(0.5, 1.5, size=out)
    constant = {"softmax_cross_entropy": {"b"}}.get(name, set())
    page = f"J = sum(sigmoid({text}) * weights)"
    assert_gradients(page, {**values, "weights": weights}, [n for n in values if n not in constant])


def test_every_gradient_of_the_table_is_compared() -> None:
    flows = {
        name for name, row in PRIMITIVES.items() if isinstance(row.gradients, dict) or any(t for t in row.gradients)
    }
    assert {name for name, _, _ in USES} == flows


@pytest.mark.parametrize("name", sorted(n for n, row in PRIMITIVES.items() if row.gradients == (None,) * row.arity))
def test_where_no_gradient_flows_it_is_zero(name: str) -> None:
    row = PRIMITIVES[name]
    shapes = {"a": (2, 3), "b": (2, 3)}
    text = {
        "and": "a and b", "or": "a or b", "not": "not a", "dropout_mask": "dropout_mask(a, 0.5)",
    }.get(name) or (f"a {row.operator} b" if row.operator else f"{name}(a)")  # fmt: skip
    lines = derived(f"J = sum({text}) + 0 * sum(a + b)", shapes, ["a", "b"])
    assert [write_equation(e) for e in lines] == ["da = like(0, a)", "db = like(0, b)"]


INF = float("inf")


@pytest.mark.parametrize(
    ("text", "at", "slope"),
    [
        # torch: relu and its kin take the left branch at 0
        ("relu(a)", [-1, 0, 1], [0, 0, 1]),
        ("leaky_relu(a, 0.25)", [-1, 0, 1], [0.25, 0.25, 1]),
        ("elu(a)", [0, 1], [1, 1]),
        ("elu(a, 0.5)", [0, 1], [0.5, 1]),
        ("abs(a)", [-2, 0, 2], [-1, 0, 1]),
        ("sign(a)", [-2, 0, 2], [0, 0, 0]),
        ("a * stop_gradient(a)", [-2, 0, 2], [-2, 0, 2]),  # not 2 a: as tf.stop_gradient and lax.stop_gradient have it
        ("step(a)", [-2, 0, 2], [0, 0, 0]),
        # torch.maximum and torch.minimum share a tie
        ("maximum(a, 1)", [0, 1, 2], [0, 0.5, 1]),
        ("minimum(a, 1)", [0, 1, 2], [1, 0.5, 0]),
        ("maximum(a, a)", [0, 3], [1, 1]),
        # torch.clamp lets the gradient pass at its bounds
        ("clip(a, 0, 1)", [-1, 0, 0.5, 1, 2], [0, 1, 1, 1, 0]),
        # torch.amax and torch.amin share evenly
        ("max(a)", [2, 1, 2], [0.5, 0, 0.5]),
        ("min(a)", [1, 1, 1, 4], [1 / 3, 1 / 3, 1 / 3, 0]),
        ("norm(a)", [0, 0], [0, 0]),
        ("norm(a)", [3, 4], [0.6, 0.8]),
        ("sqrt(a)", [0, 4], [INF, 0.25]),
        ("where(a > 0, a, 0)", [-1, 0, 1], [0, 0, 1]),
        ("a**2", [0, -1], [0, -2]),
        ("a**0", [0, 2], [0, 0]),
        ("a**1", [0, 2], [1, 1]),
    ],
)
def test_sub_gradients_at_kinks(text: str, at: list[float], slope: list[float]) -> None:
    found = gradients(f"J = sum({text})", {"a": np.array(at, dtype=float)}, ["a"])["a"]
    np.testing.assert_allclose(found, slope)


def test_the_exponents_gradient_at_zero() -> None:
    found = gradients("J = sum(a**b)", {"a": np.array([0.0, 2.0]), "b": np.array([2.0, 3.0])}, ["a", "b"])
    np.testing.assert_allclose(found["a"], [0, 12])
    np.testing.assert_allclose(found["b"], [0, 8 * np.log(2)])


@pytest.mark.parametrize("name", sorted(n for n, row in PRIMITIVES.items() if row.definition))
def test_a_definition_is_worth_the_same(name: str) -> None:
    text = {
        "leaky_relu": "leaky_relu(a, 0.3)", "elu": "elu(a, 1.5)", "clip": "clip(a, -1, 0.8)",
        "softmax_cross_entropy": "softmax_cross_entropy(a, b)", "sigmoid_cross_entropy": "sigmoid_cross_entropy(a, b)",
    }.get(name, f"{name}(a)")  # fmt: skip
    values = {"a": P if name in ("log1p",) else X, "b": ROWS}
    shapes = {n: np.shape(v) for n, v in values.items()}
    e = parse_expression(text)
    spelled = definition(e, shapes)  # type: ignore[arg-type]
    assert spelled is not None
    np.testing.assert_allclose(value_of(write(spelled), values), value_of(text, values), rtol=1e-12)
