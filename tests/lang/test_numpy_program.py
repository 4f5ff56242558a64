"""Exported NumPy gives the values that the page gives. What is exported runs in a process of its own, never here."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lang.expressions import CHANCE, SHAPES, VALUES, expressions
from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.lang.arithmetic import evaluate
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Expression
from tui_nn.lang.numpy_code import numpy_expression
from tui_nn.lang.numpy_helpers import HELPERS
from tui_nn.lang.numpy_program import numpy_module
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.lang.primitives import FUNCTIONS
from tui_nn.lang.project import Entry, project
from tui_nn.lang.shapes import shape_of
from tui_nn.lang.write import COMPARISONS
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer

Python = Callable[..., subprocess.CompletedProcess[str]]
RNG = np.random.default_rng(6)


def executed(program: str, names: list[str]) -> dict[str, Any]:
    """What the program leaves in these variables."""
    tail = (
        "\nimport json\nprint(json.dumps({"
        + ", ".join(f"'{n}': np.asarray({n}, float).tolist()" for n in names)
        + "}))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program + tail], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr + program
    assert done.stderr == ""
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def given_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(value).tolist() for name, value in values.items()}


PAGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a classifier": (
        "Z1 = X @ W1 + b1\nA1 = relu(Z1)\nZ2 = A1 @ W2\nJ = softmax_cross_entropy(Z2, Y) + 0.01 * sum(W1**2)",
        "W1 b1 W2",
        {
            "X": RNG.normal(size=(6, 3)), "Y": np.eye(2)[[0, 1, 1, 0, 1, 0]], "W1": RNG.normal(size=(3, 4)),
            "b1": np.zeros(4), "W2": RNG.normal(size=(4, 2)),
        },
    ),
    "dropout, and names that the program needs itself": (
        """
        np = X @ t
        print = gelu(np) * dropout_mask(np, 0.75)
        step = sigmoid(sum(print, axis=1))
        lr = step - y
        J = mean(lr**2)
        """,
        "t",
        {"X": RNG.normal(size=(5, 3)), "t": RNG.normal(size=(3, 4)), "y": RNG.normal(size=5)},
    ),
    "numbers, kinks and conditions": (
        """
        m = maximum(1 - y * (w * x + b), 0)
        hit = (m > 0) + (y > 0)
        wrong = sign(w * x) != y
        J = mean(m) + 0.1 * norm(w) + sum(hit) * 0 + abs(b) + mean(where(wrong, m, 0))
        """,
        "w b",
        {"x": RNG.normal(size=7), "y": np.sign(RNG.normal(size=7)), "w": np.float64(0.3), "b": np.float64(-0.2)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", PAGES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_program_trains_to_the_same_weights(title: str, name: str) -> None:
    text, wanted, values = PAGES[title]
    parameters, update = wanted.split(), optimizer(name)
    program = build(
        parse_page(text), {n: np.shape(v) for n, v in values.items()}, parameters, update=update, source=text
    )
    machine = Machine(program, values, seed=3)
    machine.run(5)
    equations = [line.equation for line in program.lines if line.phase != "update"]
    source = numpy_module(
        equations, given_values(values), parameters=parameters, update=update, iterations=5, seed=3, title=title
    )
    left = {n: ("t_" if n == "t" else n) for n in parameters}
    found = executed(source, list(left.values()))
    for parameter, variable in left.items():
        np.testing.assert_allclose(found[variable], machine.read(parameter), rtol=1e-9, atol=1e-12)


def test_a_program_without_an_optimiser_computes_the_page_once() -> None:
    text, wanted, values = PAGES["a classifier"]
    program = build(parse_page(text), {n: np.shape(v) for n, v in values.items()}, wanted.split(), source=text)
    machine = Machine(program, values)
    machine.run(1)
    source = numpy_module([line.equation for line in program.lines], given_values(values), parameters=wanted.split())
    names = [line.name for line in program.lines]
    found = executed(source, names)
    for name in names:
        np.testing.assert_allclose(found[name], machine.read(name), rtol=1e-12, atol=1e-15)


def test_how_a_program_reads() -> None:
    equations = [
        Equation("Z", parse_expression("w * X + b")),
        Equation("J", parse_expression("mean(sigmoid(Z))"), "loss"),
        Equation("dw", parse_expression("sum(Z * X)"), "backward", gradient_of="w"),
    ]
    update = optimizer("momentum", {"lr": 0.5, "form": "classic"})
    given_ = {"X": [1, 2.5], "w": 2, "b": -1}
    source = numpy_module(equations, given_, parameters=["w"], update=update, iterations=20, title='a "line"')
    assert (
        source
        == '''\
"""a 'line'"""

import numpy as np

np.seterr(all="ignore")  # what is not finite shows in the values


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


X = np.array([1.0, 2.5])
w = np.float64(2.0)
b = np.float64(-1.0)
lr = 0.5
gamma = 0.9
v_w = np.full_like(w, 0.0)

for t in range(1, 21):
    # forward
    Z = w * X + b
    # loss
    J = np.mean(sigmoid(Z))
    # backward
    dw = np.sum(Z * X)
    # update
    v_w = gamma * v_w + lr * dw
    w = w - v_w

print("J =", J)
print("w =", w)
'''
    )


def test_an_update_that_looks_at_all_parameters() -> None:
    """Clipping by the norm of the whole gradient."""
    text, wanted, values = PAGES["a classifier"]
    parameters = wanted.split()
    lines = "n = norm(g)\nscale = minimum(1, limit / n)\ntheta = theta - lr * scale * g"
    update = optimizer("sgd", {"lr": 0.5})
    clipped = type(update)("clipped", parse_page(lines), {"lr": 0.5, "limit": 0.1})
    program = build(parse_page(text), {n: np.shape(v) for n, v in values.items()}, parameters, source=text)
    equations = [line.equation for line in program.lines]
    source = numpy_module(equations, given_values(values), parameters=parameters, update=clipped, iterations=1)
    machine = Machine(program, values)
    machine.run(1)
    gradient = {p: machine.read(f"d{p}") for p in parameters}
    norm = math.sqrt(sum((g**2).sum() for g in gradient.values()))
    assert norm > 0.1
    found = executed(source, parameters)
    for p in parameters:
        np.testing.assert_allclose(found[p], values[p] - 0.5 * 0.1 / norm * gradient[p], rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("X.T @ dZ / 5", "X.T @ dZ / 5"),
        ("(A @ B).T", "(A @ B).T"),
        ("A * (Z > 0)", "A * (Z > 0)"),
        ("(A > 0) + (B > 0)", "(1.0 * (A > 0)) + (1.0 * (B > 0))"),
        ("A > 0", "1.0 * (A > 0)"),
        ("not a and b", "1.0 * np.logical_and(np.logical_not(a), b)"),
        ("sum(A == B, axis=0, keepdims=True)", "np.sum(A == B, axis=0, keepdims=True)"),
        ("where(A > 0, A, 0)", "np.where(A > 0, A, 0)"),
        ("softmax(Z) + softmax(Z, axis=0)", "softmax(Z) + softmax(Z, axis=0)"),
        ("expand(v, axis=1)", "np.expand_dims(v, axis=1)"),
        ("m_hat.W1 + W[0, 2]", "m_hat_W1 + W[0, 2]"),
        ("-x**2 - (-1)", "-x**2 - (-1)"),
        ("x + 1 / 0 + (-8)**0.5 * x / 4", "x + np.divide(1, 0) + np.float_power(-8, 0.5) * x / 4"),
        ("(2).T", "2"),
    ],
)
def test_expressions(text: str, code: str) -> None:
    rename = {"m_hat.W1": "m_hat_W1"}
    assert numpy_expression(parse_expression(text), rename) == code


def test_every_function_of_the_language_is_there() -> None:
    for name, row in FUNCTIONS.items():
        assert row.numpy.startswith("np.") or name in HELPERS


def test_titles_and_numbers_cannot_leave_their_place() -> None:
    title = 'x""" + __import__("os").system("true") + """\\'
    values = {"x": [1.0, math.nan, math.inf, -math.inf], "y": 1}
    found = executed(numpy_module(parse_page("z = x * y"), values, title=title), ["z", "__doc__ is not None"])
    assert found["__doc__ is not None"] == 1
    assert [str(v) for v in found["z"]] == ["1.0", "nan", "inf", "-inf"]


class _Values:
    def __getitem__(self, entry: Entry, /) -> float:
        return float(np.asarray(VALUES[entry[0]])[entry[1]])


STEPS = (*COMPARISONS, "sign", "step", "any", "all", "and", "or", "not")  # rounding decides where they jump


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(expressions(without=(*CHANCE, *STEPS)), min_size=30, max_size=60))
def test_random_expressions_are_worth_the_same(several: list[Expression]) -> None:
    page = [Equation(f"y{i}", e) for i, e in enumerate(several)]
    found = executed(numpy_module(page, given_values(VALUES)), [e.name for e in page])
    for equation in page:
        e = equation.expression
        try:
            entries = [evaluate(project(e, i, SHAPES), _Values()) for i in np.ndindex(shape_of(e, SHAPES))]
        except EquationError:
            continue
        expected = np.array(entries).reshape(shape_of(e, SHAPES))
        if np.isfinite(expected).all() and np.abs(expected).max(initial=0) < 1e6:
            np.testing.assert_allclose(found[equation.name], expected, rtol=1e-7, atol=1e-7)
