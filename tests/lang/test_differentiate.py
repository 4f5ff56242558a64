"""Backward pages: as a lecturer would write them (goldens), and right (finite differences on random pages)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engine.pages import RandomPage, pages
from tests.lang.calculus import derived, differences, gradients
from tests.lang.expressions import CHANCE, LOGIC, VALUES, evaluated, expressions, run
from tui_nn.lang.differentiate import differentiate
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Expression, Index, names, walk
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_page
from tui_nn.lang.shapes import infer
from tui_nn.lang.write import write, write_equation

Shape = tuple[int, ...]

LAYER = {"X": (4, 3), "W": (3, 5), "b": (5,), "Y": (4, 5)}

# A page, its shapes (the parameters first, up to the bar), and the lines that must come out.
LISTINGS: dict[str, tuple[str, dict[str, Shape], str, str]] = {
    "a perceptron of two layers": (
        """
        Z1 = X @ W1 + b1
        A1 = tanh(Z1)
        Z2 = A1 @ W2 + b2
        J  = sigmoid_cross_entropy(Z2, Y)
        """,
        {"W1": (3, 4), "b1": (4,), "W2": (4, 1), "b2": (1,), "X": (5, 3), "Y": (5, 1)},
        "W1 b1 W2 b2",
        """
        dZ2 = (sigmoid(Z2) - Y) / 5
        dW2 = A1.T @ dZ2
        db2 = sum(dZ2, axis=0)
        dA1 = dZ2 @ W2.T
        dZ1 = dA1 * (1 - A1**2)
        dW1 = X.T @ dZ1
        db1 = sum(dZ1, axis=0)
        """,
    ),
    "the computation graph of the Salford slides (S5)": (
        """
        f1 = x0 * w0
        f2 = x1 * w1
        f3 = f1 * w2
        f4 = f2 * w3
        f  = f3 + f4
        L  = 0.5 * (y - f)**2
        """,
        dict.fromkeys(("w0", "w1", "w2", "w3", "x0", "x1", "y"), ()),
        "w0 w1 w2 w3",
        """
        df = f - y
        df4 = df
        dw3 = df4 * f2
        df3 = df
        dw2 = df3 * f1
        df2 = df4 * w3
        dw1 = df2 * x1
        df1 = df3 * w2
        dw0 = df1 * x0
        """,
    ),
    "the network from scratch of the notebook (N3)": (
        """
        l1  = sigmoid(X @ w1)
        l2  = sigmoid(l1 @ w2)
        E   = y - l2
        mse = mean(E**2)
        C   = sum(E**2)
        """,
        {"w1": (3, 4), "w2": (4, 1), "X": (4, 3), "y": (4, 1)},
        "w1 w2",
        """
        dE = 2 * E
        dl2 = -dE
        delta1 = dl2 * l2 * (1 - l2)
        dw2 = l1.T @ delta1
        dl1 = delta1 @ w2.T
        dw1 = X.T @ (dl1 * l1 * (1 - l1))
        """,
    ),
    "the algorithm of the BU slides (B6)": (
        """
        Z1 = W1 @ X + b1
        A1 = tanh(Z1)
        Z2 = W2 @ A1 + b2
        A2 = sigmoid(Z2)
        J  = -mean(Y * log(A2) + (1 - Y) * log(1 - A2))
        """,
        {"W1": (4, 3), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1), "X": (3, 5), "Y": (1, 5)},
        "W1 b1 W2 b2",
        """
        dA2 = ((1 - Y) / (1 - A2) - Y / A2) / 5
        dZ2 = dA2 * A2 * (1 - A2)
        dW2 = dZ2 @ A1.T
        db2 = sum(dZ2, axis=1, keepdims=True)
        dA1 = W2.T @ dZ2
        dZ1 = dA1 * (1 - A1**2)
        dW1 = dZ1 @ X.T
        db1 = sum(dZ1, axis=1, keepdims=True)
        """,
    ),
    "linear regression (M3)": (
        """
        yhat = W * X + b
        E    = yhat - Y
        L    = 0.5 * E**2
        J    = mean(L)
        """,
        {"W": (), "b": (), "X": (4,), "Y": (4,)},
        "W b",
        """
        dL = like(1 / 4, L)
        dE = dL * E
        dyhat = dE
        dW = sum(dyhat * X)
        db = sum(dyhat)
        """,
    ),
    "least squares in one line": (
        "J = mean((X @ W + b - Y)**2) + 0.5 * 0.01 * sum(W**2)",
        LAYER,
        "W b",
        """
        delta1 = (X @ W + b - Y) / 10
        dW = X.T @ delta1 + 0.01 * W
        db = sum(delta1, axis=0)
        """,
    ),
    "one neuron in one line": (
        "L = (y - sigmoid(w * x + b))**2",
        dict.fromkeys("wbxy", ()),
        "w b",
        """
        u1 = sigmoid(w * x + b)
        delta1 = 2 * (u1 - y) * u1 * (1 - u1)
        dw = delta1 * x
        db = delta1
        """,
    ),
    "sigmoids within one another": (
        "L = sigmoid(w2 * sigmoid(w1 * x + b1) + b2)",
        dict.fromkeys(("w1", "b1", "w2", "b2", "x"), ()),
        "w1 b1 w2 b2",
        """
        u1 = sigmoid(w1 * x + b1)
        delta1 = L * (1 - L)
        delta2 = delta1 * w2 * u1 * (1 - u1)
        dw2 = delta1 * u1
        dw1 = delta2 * x
        db1 = delta2
        db2 = delta1
        """,
    ),
    "the mean error": (
        "Z = X @ W + b\nJ = mean(abs(Z - Y))",
        LAYER,
        "W b",
        "dZ = sign(Z - Y) / 20\ndW = X.T @ dZ\ndb = sum(dZ, axis=0)",
    ),
    "Huber's loss": (
        "R = X @ W + b - Y\nJ = mean(where(abs(R) <= 1, R**2 / 2, abs(R) - 0.5))",
        LAYER,
        "W b",
        "dR = where(abs(R) <= 1, R, sign(R)) / 20\ndW = X.T @ dR\ndb = sum(dR, axis=0)",
    ),
    "the hinge": (
        "margin = y * (X @ w)\nJ = mean(relu(1 - margin))",
        {"w": (3,), "X": (4, 3), "y": (4,)},
        "w",
        "dmargin = -(1 - margin > 0) / 4\ndw = X.T @ (dmargin * y)",
    ),
    "the hinge by maximum, which shares a tie": (
        "margin = y * (X @ w)\nJ = mean(maximum(1 - margin, 0))",
        {"w": (3,), "X": (4, 3), "y": (4,)},
        "w",
        """
        dmargin = -((1 - margin > 0) + (1 - margin == 0) / 2) / 4
        dw = X.T @ (dmargin * y)
        """,
    ),
    "softmax and cross-entropy, from logits": (
        "Z = X @ W + b\nJ = softmax_cross_entropy(Z, Y)",
        LAYER,
        "W b",
        "dZ = (softmax(Z) - Y) / 4\ndW = X.T @ dZ\ndb = sum(dZ, axis=0)",
    ),
    "softmax and cross-entropy, as in a textbook": (
        "Z = X @ W\nP = softmax(Z)\nJ = -sum(Y * log(P)) / 4",
        {"W": (3, 5), "X": (4, 3), "Y": (4, 5)},
        "W",
        """
        dP = -Y / (4 * P)
        dZ = P * (dP - sum(dP * P, axis=-1, keepdims=True))
        dW = X.T @ dZ
        """,
    ),
    "binary cross-entropy with the sigmoid twice in a line": (
        "J = -mean(Y * log(sigmoid(X @ W)) + (1 - Y) * log(1 - sigmoid(X @ W)))",
        {"W": (3, 5), "X": (4, 3), "Y": (4, 5)},
        "W",
        """
        u1 = sigmoid(X @ W)
        delta1 = ((1 - Y) / (1 - u1) - Y / u1) / 20
        dW = X.T @ (delta1 * u1 * (1 - u1))
        """,
    ),
    "a loss of each example between the output and the cost": (
        "L = -y * log(p) - (1 - y) * log(1 - p)\nJ = sum(L)",
        {"p": (3,), "y": (3,)},
        "p",
        "dL = like(1, L)\ndp = dL * ((1 - y) / (1 - p) - y / p)",
    ),
    "log-sum-exp": ("J = log(sum(exp(z)))", {"z": (4,)}, "z", "u1 = exp(z)\ndz = u1 / sum(u1)"),
    "attention": (
        """
        Q = X @ A
        K = X @ B
        V = X @ C
        P = softmax(Q @ K.T / 2)
        O = P @ V
        J = mean((O - Y)**2)
        """,
        {"A": (3, 2), "B": (3, 2), "C": (3, 5), "X": (4, 3), "Y": (4, 5)},
        "A B C",
        """
        dO = (O - Y) / 10
        dP = dO @ V.T
        delta1 = P * (dP - sum(dP * P, axis=-1, keepdims=True)) / 2
        dV = P.T @ dO
        dC = X.T @ dV
        dK = delta1.T @ Q
        dB = X.T @ dK
        dQ = delta1 @ K
        dA = X.T @ dQ
        """,
    ),
    "batch normalisation": (
        """
        mu = mean(X, axis=0)
        C  = X - mu
        v  = mean(C**2, axis=0)
        H  = C / sqrt(v + 1e-5)
        Y  = gam * H + bet
        J  = mean(Y**3)
        """,
        {"gam": (3,), "bet": (3,), "X": (4, 3)},
        "gam bet X",
        """
        dY = Y**2 / 4
        dgam = sum(dY * H, axis=0)
        dbet = sum(dY, axis=0)
        dH = dY * gam
        u1 = sqrt(v + 1e-5)
        dv = -sum(dH * C, axis=0) / (2 * u1**3)
        dC = dv * C / 2 + dH / u1
        dmu = -sum(dC, axis=0)
        dX = dmu / 4 + dC
        """,
    ),
    "layer normalisation in one line": (
        """
        H = (X - mean(X, axis=1, keepdims=True)) / sqrt(mean((X - mean(X, axis=1, keepdims=True))**2, axis=1, keepdims=True) + 1e-5)
        J = mean(H**3)
        """,  # noqa: E501
        {"X": (4, 3)},
        "X",
        """
        dH = H**2 / 4
        u1 = X - mean(X, axis=1, keepdims=True)
        u2 = sqrt(mean(u1**2, axis=1, keepdims=True) + 1e-5)
        delta1 = dH / u2 - sum(dH * u1, axis=1, keepdims=True) * u1 / (3 * u2**3)
        dX = delta1 - sum(delta1, axis=1, keepdims=True) / 3
        """,
    ),
    "a recurrent network over three steps": (
        """
        h1 = tanh(U * x1 + V * h0)
        h2 = tanh(U * x2 + V * h1)
        h3 = tanh(U * x3 + V * h2)
        J = (h3 - y)**2
        """,
        dict.fromkeys(("U", "V", "x1", "x2", "x3", "h0", "y"), ()),
        "U V",
        """
        dh3 = 2 * (h3 - y)
        delta1 = dh3 * (1 - h3**2)
        dh2 = delta1 * V
        delta2 = dh2 * (1 - h2**2)
        dh1 = delta2 * V
        delta3 = dh1 * (1 - h1**2)
        dU = delta3 * x1 + delta2 * x2 + delta1 * x3
        dV = delta3 * h0 + delta2 * h1 + delta1 * h2
        """,
    ),
    "a residual block": (
        "A = X @ W1\nB = A + tanh(A @ W2)\nJ = sum(B**2)",
        {"W1": (3, 3), "W2": (3, 3), "X": (2, 3)},
        "W1 W2",
        """
        dB = 2 * B
        delta1 = dB * (1 - tanh(A @ W2)**2)
        dW2 = A.T @ delta1
        dA = dB + delta1 @ W2.T
        dW1 = X.T @ dA
        """,
    ),
    "vectors": (
        "z = W @ x + b\na = tanh(z)\nJ = a @ a / 2",
        {"W": (4, 3), "b": (4,), "x": (3,)},
        "W b",
        "da = a\ndz = da * (1 - a**2)\ndW = outer(dz, x)\ndb = dz",
    ),
    "a quadratic form": ("J = x @ A @ x", {"x": (3,), "A": (3, 3)}, "x A", "dx = x @ A + A @ x\ndA = outer(x, x)"),
    "a weight that is stored the other way round": (
        "Z = X @ W.T + b\nJ = mean((Z - Y)**2)",
        {"W": (5, 3), "b": (5,), "X": (4, 3), "Y": (4, 5)},
        "W b",
        "dZ = (Z - Y) / 10\ndW = dZ.T @ X\ndb = sum(dZ, axis=0)",
    ),
    "a variable exponent": (
        "J = sum(a**b)",
        {"a": (3,), "b": (3,)},
        "a b",
        "da = b * a**(b - 1)\ndb = where(a == 0, 0, a**b * log(a))",
    ),
    "powers of numbers": ("J = 2**a + a**-2 + a**0.5", {"a": ()}, "a", "da = 2**a * log(2) - 2 / a**3 + 0.5 * a**-0.5"),
    "x times x": ("L = x * x", {"x": ()}, "x", "dx = 2 * x"),
    "x over x": ("L = x / x", {"x": ()}, "x", "dx = 0"),
    "several uses": (
        "L = x**3 + x / y - y / x",
        {"x": (), "y": ()},
        "x y",
        "dx = 3 * x**2 + 1 / y + y / x**2\ndy = -x / y**2 - 1 / x",
    ),
    "the largest entries, which share": (
        "J = sum(max(X, axis=1) * w)",
        {"X": (4, 3), "w": (4,)},
        "X",
        """
        u1 = X == expand(max(X, axis=1), axis=1)
        dX = expand(w, axis=1) * u1 / sum(u1, axis=1, keepdims=True)
        """,
    ),
    "a column and a row": (
        "Z = X * c + r\nJ = sum(Z**2)",
        {"c": (4, 1), "r": (1, 3), "X": (4, 3)},
        "c r",
        "dZ = 2 * Z\ndc = sum(dZ * X, axis=1, keepdims=True)\ndr = sum(dZ, axis=0, keepdims=True)",
    ),
    "a dead branch and a line behind the loss": (
        "A = X * w\nDead = A * w\nJ = sum(A)",
        {"w": (3,), "X": (4, 3)},
        "w",
        "dA = like(1, A)\ndw = sum(dA * X, axis=0)",
    ),
    "a parameter that the loss does not see": (
        "A = X * w\nB = A * v\nJ = sum(X * w)",
        {"w": (3,), "v": (3,), "X": (4, 3)},
        "w v",
        "dw = sum(X, axis=0)\ndv = like(0, v)",
    ),
    "a mask that reads the weights it drops": (
        "M = dropout_mask(W, 0.5)\nD = W * M\nJ = sum(D**2)",
        {"W": (3, 4)},
        "W",
        "dD = 2 * D\ndW = dD * M",
    ),
    "the gradient by a value in between": (
        "A = tanh(x)\nJ = A**2",
        {"x": ()},
        "A",
        "dA = 2 * A",
    ),
    "penalties": (
        "J = mean((X @ W - Y)**2) + 0.1 * norm(W) + 0.02 * sum(abs(W))",
        {"W": (3, 5), "X": (4, 3), "Y": (4, 5)},
        "W",
        """
        u1 = norm(W)
        dW = X.T @ (X @ W - Y) / 10 + 0.1 * where(u1 == 0, 0, W / u1) + 0.02 * sign(W)
        """,
    ),
}


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("title", LISTINGS)
def test_the_listing_reads_as_a_lecturer_would_write_it(title: str) -> None:
    text, shapes, wanted, expected = LISTINGS[title]
    page = "\n".join(lines(text))
    assert [write_equation(e) for e in derived(page, shapes, wanted.split())] == lines(expected)


@pytest.mark.parametrize("title", [t for t in LISTINGS if "drops" not in t])
def test_the_listing_is_right(title: str) -> None:
    text, shapes, wanted, _ = LISTINGS[title]
    page = "\n".join(lines(text))
    rng = np.random.default_rng(8)
    values: dict[str, Any] = {n: rng.uniform(0.2, 0.9, size=s) for n, s in shapes.items()}
    if "cross_entropy" in page and "softmax" in page:
        values["Y"] = np.eye(5)[[0, 3, 1, 3]]
    names = [n for n in wanted.split() if n in shapes]
    for name, gradient in gradients(page, values, names).items():
        np.testing.assert_allclose(gradient, differences(page, values, name), rtol=1e-7, atol=1e-9)


def test_what_the_lines_are_the_gradients_of() -> None:
    text, shapes, wanted, _ = LISTINGS["one neuron in one line"]
    assert [(e.name, e.gradient_of, e.phase) for e in derived(text, shapes, wanted.split())] == [
        ("u1", "", "backward"),
        ("delta1", "w * x + b", "backward"),
        ("dw", "w", "backward"),
        ("db", "b", "backward"),
    ]


def test_helpers_keep_off_names_that_are_taken() -> None:
    text = "u1 = w * x\nL = (y - sigmoid(u1 + b))**2 * delta1"
    names = [e.name for e in derived(text, dict.fromkeys(("w", "x", "y", "b", "delta1"), ()), ["w", "b", "delta1"])]
    assert len(set(names) | {"u1", "delta1"}) == len(names) + 2


def test_layers_are_those_of_the_forward_lines() -> None:
    page = [replace(e, layer=f"layer{i}") for i, e in enumerate(parse_page("A = X * w\nJ = sum(A**2)"))]
    shapes = infer(page, {"X": (3,), "w": ()})
    found = {e.name: e.layer for e in differentiate(page, shapes, "J", ["w"])}
    assert found == {"dA": "layer0", "dw": "layer0"}


@pytest.mark.parametrize(
    ("text", "shapes", "said"),
    [
        ("J = w * 2", {"w": (3,)}, r"the loss `J` must be a single number; sum\(J\) or mean\(J\) makes it one"),
        ("dw = 3\nJ = sum(w) * dw", {"w": (3,)}, "`dw` is needed for a gradient and is taken"),
        ("J = w[0] * 2", {"w": (3,)}, "an entry like W.0, 1. cannot stand in an equation that is differentiated"),
    ],
)
def test_what_cannot_be_differentiated(text: str, shapes: dict[str, Shape], said: str) -> None:
    with pytest.raises(EquationError, match=said):
        derived(text, shapes, ["w"])


@settings(max_examples=200)
@given(pages())
def test_random_pages_have_the_gradients_of_finite_differences(page: RandomPage) -> None:
    text = re.sub(r"softmax_cross_entropy\((\w+), sigmoid", r"softmax_cross_entropy(\1, softmax", page.text)
    for name, gradient in gradients(text, page.values, page.parameters).items():
        coarse = differences(text, page.values, name)
        scale = max(np.abs(coarse).max(), 1.0)
        if np.abs(gradient - coarse).max() > 1e-7 * scale:  # wrong, or a kink within the step
            fine = differences(text, page.values, name, step=1e-5)
            assume(np.abs(fine - coarse).max() <= 1e-6 * scale or np.abs(gradient - fine).max() <= 1e-6 * scale)
            np.testing.assert_allclose(gradient / scale, fine / scale, rtol=0, atol=1e-6, err_msg=f"d{name}")


# NumPy and Python do not do the first; softmax_cross_entropy wants probabilities; the last is not to have a gradient.
ODD = (*LOGIC, *CHANCE, "softmax_cross_entropy", "stop_gradient")


@given(expressions(without=ODD), st.sampled_from(["y = {}\nJ = sum(sigmoid(y))", "J = sum(sigmoid({}))"]))
def test_random_nested_lines_have_the_gradients_of_finite_differences(e: Expression, text: str) -> None:
    assume(not any(isinstance(node, Index) for node in walk(e)))
    for part in walk(e):
        assume(np.abs(evaluated(part)).max() < 1e4)
    values = {name: VALUES[name] for name in names(e)}
    page = parse_page(text.format(write(e)))
    found = run([*page, *derived(text.format(write(e)), {n: v.shape for n, v in values.items()}, values)], values)
    for name in values:
        coarse, fine = (slope(page, values, name, step) for step in (1e-3, 1e-4))
        assume(np.abs(coarse - fine).max(initial=0) < 1e-5)  # no kink within the step
        assume(np.isfinite(found[f"d{name}"]).all())
        np.testing.assert_allclose(found[f"d{name}"], coarse, rtol=1e-5, atol=1e-5, err_msg=f"d{name}")


def slope(page: Iterable[Equation], values: dict[str, Any], name: str, step: float) -> Any:
    """The gradient of J by central differences."""
    found = np.zeros(values[name].shape)
    for index in np.ndindex(found.shape):
        sides = []
        for sign in (1, -1):
            moved = values[name].copy()
            moved[index] += sign * step
            sides.append(float(run(page, {**values, name: moved})["J"]))
        found[index] = (sides[0] - sides[1]) / (2 * step)
    return found
