"""The language's own text: what is written reads back as the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.lang.expressions import expressions
from tui_nn.lang.expression import Call, Expression, Name, Number
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.lang.write import write, write_equation


@given(expressions(without=()))
def test_what_is_written_reads_back(e: Expression) -> None:
    assert parse_expression(write(e)) == e


@pytest.mark.parametrize(
    "text",
    [
        "Z1 = X @ W1 + b1",
        "dZ1 = dA1 * (1 - A1**2)",
        "dZ2 = (sigmoid(Z2) - Y) / 5",
        "db2 = sum(dZ2, axis=0)",
        "m = beta1 * m + (1 - beta1) * g",
        "y = -x**2",
        "y = (-x)**2",
        "y = a - (b - c)",
        "y = a / (b * c)",
        "y = (a / b)**-c",
        "y = a**b**c",
        "y = (a**b)**c",
        "y = a * (-b)",
        "y = a - (-2)",
        "y = -(-2)",
        "y = x**-1",
        "y = not a > 0 and b <= 1 or c != d",
        "y = where(a > -1, leaky_relu(b), elu(c, 0.5))",
        "y = (a @ b).T",
        "y = (2).T",
        "y = max(X, axis=-1, keepdims=True)",
        "y = dW1[0, -2] + v_hat.W1[3]",
        "y = 1e-8 + 1e300 + 0.1",
        "λ = θ + β1",
    ],
)
def test_lines_that_stay_as_they_are(text: str) -> None:
    (equation,) = parse_page(text)
    assert write_equation(equation) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("y=a+(b+c)", "a + (b + c)"),
        ("y=((a+b))+c", "a + b + c"),
        ("y=+x", "x"),
        ("y=- -x", "-(-x)"),
        ("y=0 < a <= 1", "0 < a and a <= 1"),
        ("y=leaky_relu(x, 0.01)", "leaky_relu(x)"),
        ("y=sum(X, keepdims=False)", "sum(X)"),
        ("y=1_000 + 0x10", "1000 + 16"),
        ("y=1.50", "1.5"),
    ],
)
def test_lines_in_their_plain_spelling(text: str, written: str) -> None:
    (equation,) = parse_page(text)
    assert write(equation.expression) == written


@pytest.mark.parametrize(("value", "written"), [(-2, "(-2)**t"), (-0.0, "(-0.0)**t")])
def test_a_power_of_a_negative_number_keeps_its_brackets(value: float, written: str) -> None:
    e = Call("power", (Number(value), Name("t")))
    assert write(e) == written
    assert str(parse_expression(written)) == str(e)
