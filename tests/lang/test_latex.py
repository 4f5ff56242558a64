"""LaTeX: for math mode, with amsmath."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from tests.lang.expressions import SHAPES, expressions
from tui_nn.lang.expression import Expression
from tui_nn.lang.latex import latex, latex_equation, latex_name
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_expression


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("W1", "W_{1}"),
        ("beta1", r"\beta_{1}"),
        ("θ", r"\theta"),
        ("eps", r"\varepsilon"),
        ("lam", r"\lambda"),
        ("m_hat", r"\hat{m}"),
        ("yhat", r"\hat{y}"),
        ("zero_one", r"\mathrm{zero\_one}"),
        ("lr", r"\mathrm{lr}"),
        ("m_hat.W1", r"\hat{m}[W_{1}]"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert latex_name(name) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("X @ W1 + b1", r"X \, W_{1} + b_{1}"),
        ("(A @ B).T @ C", r"(A \, B)^{\top} \, C"),
        ("A * (1 - A**2)", r"A \odot (1 - A^{2})"),
        ("t * A", r"t \cdot A"),
        ("(P - Y) / 4", r"\frac{P - Y}{4}"),
        ("((P - Y) / 4)**2", r"\left( \frac{P - Y}{4} \right)^{2}"),
        ("sqrt(v_hat) + 1e-8", r"\sqrt{\hat{v}} + 10^{-8}"),
        ("exp(-A / 2)", r"\exp\left( \frac{-A}{2} \right)"),
        ("sum(A, axis=0) + sum(A * B)", r"\sum_{i} A + \sum (A \odot B)"),
        ("max(A, axis=1) + norm(A)", r"\max_{j}(A) + \lVert A \rVert"),
        ("softmax(Z)", r"\operatorname{softmax}(Z)"),
        ("A * (Z >= 0)", r"A \odot [Z \ge 0]"),
        ("not a and b", r"\lnot a \land b"),
        ("where(A > 0, A, 0)", r"\begin{cases} A & \text{where } A > 0 \\ 0 & \text{else} \end{cases}"),
        ("W1[0, 2]**2", r"{W_{1}}_{0, 2}^{2}"),
        ("softmax_cross_entropy(Z, Y)", r"\operatorname{CE}(\operatorname{softmax}(Z), Y)"),
        ("a / 1.4142135623730951", r"\frac{a}{\sqrt{2}}"),
    ],
)
def test_expressions(text: str, shown: str) -> None:
    assert latex(parse_expression(text), shapes={"t": ()}) == shown


def test_a_gradient_is_a_derivative() -> None:
    equation = Equation("dW1", parse_expression("X.T @ dZ1"), "backward", gradient_of="W1")
    assert latex_equation(equation, gradients={"dZ1": "Z1"}, loss="J") == (
        r"\frac{\partial J}{\partial W_{1}} = X^{\top} \, \frac{\partial J}{\partial Z_{1}}"
    )
    entry = latex(parse_expression("dZ1[0, 2]"), gradients={"dZ1": "Z1"}, loss="J")
    assert entry == r"\frac{\partial J}{\partial {Z_{1}}_{0, 2}}"


@given(expressions(without=()))
def test_braces_match_and_nothing_has_two_exponents(e: Expression) -> None:
    text = latex(e, shapes=SHAPES)
    depth = 0
    for c in text:
        depth += {"{": 1, "}": -1}.get(c, 0)
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") == text.count(r"\right")
    assert not re.search(r"\^\{[^{}]*\}\^|_\{[^{}]*\}_", text)
