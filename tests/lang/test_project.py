"""Explanations: one entry as arithmetic on single numbers, checked against NumPy on the whole arrays."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

from tui_nn.lang.arithmetic import evaluate, put_numbers
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Expression
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.project import Entry, operands, project, shown_operands
from tui_nn.lang.write import write

_RNG = np.random.default_rng(5)
ARRAYS: dict[str, Any] = {
    "X": _RNG.normal(size=(4, 3)),
    "W": _RNG.normal(size=(3, 5)),
    "dZ": _RNG.normal(size=(4, 5)),
    "big": _RNG.normal(size=(60, 40)),
    "t": _RNG.normal(size=(40, 2)),
    "b": _RNG.normal(size=5),
    "v": _RNG.normal(size=3),
    "c": _RNG.normal(size=(4, 1)),
    "s": np.asarray(-1.5),
}
SHAPES = {name: value.shape for name, value in ARRAYS.items()}


class Entries:
    """The entries of ARRAYS, counting what is asked for."""

    def __init__(self) -> None:
        self.asked: list[Entry] = []

    def __getitem__(self, entry: Entry, /) -> float:
        self.asked.append(entry)
        return float(ARRAYS[entry[0]][entry[1]])


def entry(text: str, *index: int) -> Expression:
    return project(parse_expression(text), index, SHAPES)


@pytest.mark.parametrize(
    ("text", "index", "formula"),
    [
        ("X.T @ dZ", (0, 2), "X[0, 0] * dZ[0, 2] + X[1, 0] * dZ[1, 2] + X[2, 0] * dZ[2, 2] + X[3, 0] * dZ[3, 2]"),
        ("X @ W + b", (1, -1), "X[1, 0] * W[0, 4] + X[1, 1] * W[1, 4] + X[1, 2] * W[2, 4] + b[4]"),
        (
            "big @ t",
            (5, 1),
            "big[5, 0] * t[0, 1] + big[5, 1] * t[1, 1] + big[5, 2] * t[2, 1] + … + big[5, 39] * t[39, 1]",
        ),
        ("X @ v", (2,), "X[2, 0] * v[0] + X[2, 1] * v[1] + X[2, 2] * v[2]"),
        ("v @ W", (2,), "v[0] * W[0, 2] + v[1] * W[1, 2] + v[2] * W[2, 2]"),
        ("outer(v, b)", (1, 2), "v[1] * b[2]"),
        ("dZ * (dZ > 0) / c", (3, 1), "dZ[3, 1] * (dZ[3, 1] > 0) / c[3, 0]"),
        ("sum(W, axis=1)", (2,), "W[2, 0] + W[2, 1] + W[2, 2] + W[2, 3] + W[2, 4]"),
        ("mean(v)", (), "(v[0] + v[1] + v[2]) / 3"),
        ("sum(big)", (), "big[0, 0] + big[0, 1] + big[0, 2] + … + big[59, 39]"),
        ("max(W, axis=0)", (3,), "max(W[0, 3], W[1, 3], W[2, 3])"),
        ("min(W)", (), "min(W[0, 0], W[0, 1], W[0, 2], …, W[2, 4])"),
        ("any(v > s)", (), "any(v[0] > s, v[1] > s, v[2] > s)"),
        ("norm(W, axis=0)", (1,), "sqrt(W[0, 1]**2 + W[1, 1]**2 + W[2, 1]**2)"),
        ("norm(W, axis=0, keepdims=True)", (0, 1), "sqrt(W[0, 1]**2 + W[1, 1]**2 + W[2, 1]**2)"),
        ("softmax(X)", (1, 2), "exp(X[1, 2]) / (exp(X[1, 0]) + exp(X[1, 1]) + exp(X[1, 2]))"),
        ("softmax(v)", (0,), "exp(v[0]) / (exp(v[0]) + exp(v[1]) + exp(v[2]))"),
        ("log_softmax(W, axis=0)", (0, 4), "W[0, 4] - log(exp(W[0, 4]) + exp(W[1, 4]) + exp(W[2, 4]))"),
        ("sigmoid(dZ * s)", (0, 0), "sigmoid(dZ[0, 0] * s)"),
        ("leaky_relu(dZ, s)", (0, 0), "leaky_relu(dZ[0, 0], s)"),
        ("dropout_mask(X, 0.8)", (0, 0), "dropout_mask(X[0, 0], 0.8)"),
        ("like(v, X) * 2", (3, 1), "v[1] * 2"),
        ("expand(v, axis=1)", (2, 0), "v[2]"),
        ("X[-1, 2] * s", (), "X[3, 2] * s"),
        ("(X @ W)[1, 2]", (), "X[1, 0] * W[0, 2] + X[1, 1] * W[1, 2] + X[1, 2] * W[2, 2]"),
        (
            "mean((X @ W - dZ)**2)",
            (),
            (
                "((X[0, 0] * W[0, 0] + X[0, 1] * W[1, 0] + X[0, 2] * W[2, 0] - dZ[0, 0])**2 + … "
                "+ (X[3, 0] * W[0, 4] + X[3, 1] * W[1, 4] + X[3, 2] * W[2, 4] - dZ[3, 4])**2) / 20"
            ),
        ),
    ],
)
def test_the_formula_of_an_entry(text: str, index: tuple[int, ...], formula: str) -> None:
    assert write(entry(text, *index)) == formula


def log_softmax(z: Any) -> Any:
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("X.T @ dZ", lambda X, dZ, **_: X.T @ dZ),
        ("big @ t", lambda big, t, **_: big @ t),
        ("big.T @ (big @ t)", lambda big, t, **_: big.T @ (big @ t)),
        ("mean(tanh(X @ W + b) / c, axis=0)", lambda X, W, b, c, **_: np.mean(np.tanh(X @ W + b) / c, axis=0)),
        ("sum(X**2, axis=1, keepdims=True) - c", lambda X, c, **_: (X**2).sum(axis=1, keepdims=True) - c),
        ("norm(W, axis=1, keepdims=True)", lambda W, **_: np.linalg.norm(W, axis=1, keepdims=True)),
        ("log_softmax(dZ, axis=1)", lambda dZ, **_: log_softmax(dZ)),
        ("exp(log_softmax(X @ W))", lambda X, W, **_: np.exp(log_softmax(X @ W))),
        ("softmax_cross_entropy(dZ, X @ W)", lambda dZ, X, W, **_: -(X @ W * log_softmax(dZ)).sum() / 4),
        (
            "sigmoid_cross_entropy(dZ, dZ > 0)",
            lambda dZ, **_: -np.where(dZ > 0, np.log(1 / (1 + np.exp(-dZ))), np.log(1 - 1 / (1 + np.exp(-dZ)))).mean(),
        ),
        ("max(big, axis=0) * min(big)", lambda big, **_: big.max(axis=0) * big.min()),
        ("outer(v, b) + where(W > 0, W, s)", lambda v, b, W, s, **_: np.outer(v, b) + np.where(W > 0, W, s)),
        ("all(W > -9, axis=0)", lambda W, **_: np.all(W > -9, axis=0)),
        ("expand(v, axis=1) * W", lambda v, W, **_: v[:, None] * W),
    ],
)
def test_each_entry_is_worth_what_numpy_gives(text: str, whole: Any) -> None:
    expected = np.asarray(whole(**ARRAYS))
    e = parse_expression(text)
    for index in islice(np.ndindex(expected.shape), 6):
        assert evaluate(project(e, index, SHAPES), Entries()) == pytest.approx(float(expected[index]), rel=1e-12)


def test_operands_in_the_order_of_reading() -> None:
    e = entry("X @ W + s", 0, 1)
    assert shown_operands(e) == (
        ("X", (0, 0)), ("W", (0, 1)), ("X", (0, 1)), ("W", (1, 1)), ("X", (0, 2)), ("W", (2, 1)), ("s", ()),
    )  # fmt: skip
    assert tuple(operands(e)) == shown_operands(e)


def test_a_long_sum_shows_few_operands_and_has_them_all() -> None:
    e = entry("big @ t", 7, 0)
    assert len(shown_operands(e)) == 8
    assert list(operands(e)) == [p for k in range(40) for p in (("big", (7, k)), ("t", (k, 0)))]


def test_numbers_are_asked_for_only_where_they_are_shown() -> None:
    values = Entries()
    put_numbers(entry("big @ t", 7, 0), values)
    assert tuple(dict.fromkeys(values.asked)) == shown_operands(entry("big @ t", 7, 0))


def test_a_hopelessly_long_sum_costs_only_what_is_looked_at() -> None:
    shapes = {"A": (100_000, 1_000), "B": (1_000, 100)}
    e = project(parse_expression("sum((A @ B)**2)"), (), shapes)
    assert write(e).startswith(
        "(A[0, 0] * B[0, 0] + A[0, 1] * B[1, 0] + A[0, 2] * B[2, 0] + … + A[0, 999] * B[999, 0])**2 + … +"
    )
    assert len(list(islice(operands(e), 5_000))) == 5_000


@pytest.mark.parametrize(
    ("text", "numbers", "written"),
    [
        ("a * b", (2, -4), "2 * (-4)"),
        ("a * b", (-2, 4), "-2 * 4"),
        ("a - b", (2, -4), "2 - (-4)"),
        ("-a", (-2, 0), "-(-2)"),
        ("a**b", (-2, -4), "(-2)**(-4)"),
        ("(a + b) * b", (-2, -4), "(-2 + (-4)) * (-4)"),
        ("b * (a + b)", (-2, 4), "4 * (-2 + 4)"),
        ("exp(-a) + tanh(b)", (1, -1), "exp(-1) + tanh(-1)"),
        ("a * -0.5", (1, 0), "1 * (-0.5)"),
        ("maximum(a, b) > b", (-3, -4), "maximum(-3, -4) > (-4)"),
        ("a / b", (1 / 3, 1e-9), "0.3333 / 1e-9"),
        ("a / b", (float("nan"), float("-inf")), "nan / (-inf)"),
        ("a * b", (2.5e20, -1.5e-7), "2.5e20 * (-1.5e-7)"),
    ],
)
def test_numbers_in_place(text: str, numbers: tuple[float, float], written: str) -> None:
    e = project(parse_expression(text), (), {"a": (), "b": ()})
    assert put_numbers(e, {("a", ()): numbers[0], ("b", ()): numbers[1]}) == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / 0", np.inf),
        ("-1 / 0", -np.inf),
        ("0 / 0", np.nan),
        ("log(0)", -np.inf),
        ("log(-1)", np.nan),
        ("sqrt(-1)", np.nan),
        ("exp(1000)", np.inf),
        ("sigmoid(-1000)", 0.0),
        ("softplus(1000)", 1000.0),
        ("(-8)**(1 / 3)", np.nan),
        ("0**(-1)", np.inf),
        ("1e200**2", np.inf),
        ("maximum(0 / 0, 1)", np.nan),
        ("sign(-3)", -1.0),
        ("elu(-1)", float(np.expm1(-1))),
        ("gelu(1)", 0.8413447460685429),
        ("swish(0)", 0.0),
        ("step(0)", 1.0),
        ("clip(3, 0, 2)", 2.0),
        ("isnan(0 / 0) + isinf(1 / 0) + isfinite(1)", 3.0),
        ("1 < 2 and not 2 < 1", 1.0),
        ("0 or 2 == 3", 0.0),
    ],
)
def test_single_numbers_as_numpy_has_them(text: str, value: float) -> None:
    np.testing.assert_allclose(evaluate(entry(text), {}), value, rtol=1e-13)


def test_a_random_mask_has_no_value_of_its_own() -> None:
    with pytest.raises(EquationError, match="drawn at random"):
        evaluate(entry("dropout_mask(X, 0.5)", 0, 0), Entries())


@pytest.mark.parametrize("index", [(), (0,), (4, 0), (0, -4), (0, 0, 0)])
def test_an_entry_that_is_not_there(index: tuple[int, ...]) -> None:
    with pytest.raises(EquationError, match="there is no entry"):
        entry("X", *index)
