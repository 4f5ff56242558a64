"""Mathematics in Unicode: one line, and fractions over lines."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.lang.expressions import SHAPES, expressions
from tui_nn.lang.differentiate import differentiate
from tui_nn.lang.expression import Expression
from tui_nn.lang.notation import width
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.lang.project import project
from tui_nn.lang.shapes import infer
from tui_nn.lang.unicode import unicode, unicode_block, unicode_equation, unicode_name

SCALARS = dict.fromkeys(("lr", "beta1", "beta2", "eps", "t", "rho", "w", "x", "b0"), ())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("W1", "W₁"), ("W12", "W₁₂"), ("beta1", "β₁"), ("theta", "θ"), ("lam", "λ"), ("λ", "λ"), ("eps", "ε"),
        ("m_hat", "m̂"), ("v_hat", "v̂"), ("yhat", "ŷ"), ("x_bar", "x̄"), ("y_hat1", "ŷ₁"), ("sigma_hat", "σ̂"),
        ("W_out", "W_out"), ("zero_one", "zero_one"), ("lr", "lr"), ("x_0", "x₀"), ("m_hat.W1", "m̂.W₁"),
        ("step", "step"), ("margin", "margin"), ("that", "t̂"), ("A1b", "A1b"), ("重み2", "重み₂"),
    ],
)  # fmt: skip
def test_names(name: str, shown: str) -> None:
    assert unicode_name(name) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("X @ W1 + b1", "X · W₁ + b₁"),
        ("X.T @ Z", "Xᵀ · Z"),
        ("(A @ B).T", "(A · B)ᵀ"),
        ("A * (1 - A**2)", "A ⊙ (1 − A²)"),
        ("lr * A", "lr · A"),
        ("2 * A", "2 A"),
        ("2 * 3", "2 · 3"),
        ("2 * 3**A", "2 · 3^A"),
        ("-0.5 * A", "−0.5 A"),
        ("A * (-B)", "A ⊙ (−B)"),
        ("(P - Y) / 4", "(P − Y) / 4"),
        ("A / (B * C)", "A / (B ⊙ C)"),
        ("beta1**t", "β₁ᵗ"),
        ("A**-2", "A⁻²"),
        ("A**0.5", "A^0.5"),
        ("A**(n - 1)", "A^(n − 1)"),
        ("(-2)**t", "(−2)ᵗ"),
        ("1e-8 + 2.5e-7 + 1e20", "10⁻⁸ + 2.5·10⁻⁷ + 10²⁰"),
        ("a / 1.4142135623730951", "a / √2"),
        ("sigmoid(A) + tanh(A) + exp(A) + log(A)", "σ(A) + tanh(A) + exp(A) + ln(A)"),
        ("sqrt(v_hat) + eps", "√v̂ + ε"),
        ("sqrt(v + eps)", "√(v + ε)"),
        ("abs(A) + norm(A - B)", "|A| + ‖A − B‖"),
        ("square(A) + square(A + B)", "A² + (A + B)²"),
        ("relu(A) + leaky_relu(A) + elu(A, 2)", "ReLU(A) + LeakyReLU(A, 0.01) + ELU(A, 2)"),
        ("sum(A, axis=0) + sum(A, axis=1)", "Σᵢ A + Σⱼ A"),
        ("sum(A, axis=-1, keepdims=True)", "Σⱼ A"),
        ("sum(A * B)", "Σ (A ⊙ B)"),
        ("sum(A**2)", "Σ A²"),
        ("sum(A) * B", "(Σ A) · B"),
        ("2 * sum(A) + B", "2 Σ A + B"),
        ("-sum(A) / 4", "(−Σ A) / 4"),
        ("mean(A, axis=0) + max(A, axis=1) + max(A)", "meanᵢ(A) + maxⱼ(A) + max(A)"),
        ("softmax(A) + softmax(A, axis=0)", "softmax(A) + softmaxᵢ(A)"),
        ("dA * (Z > 0)", "dA ⊙ [Z > 0]"),
        ("(A >= 0) + (A != B) / 2", "[A ≥ 0] + [A ≠ B] / 2"),
        ("a < b and not c == d or e <= f", "a < b ∧ ¬(c = d) ∨ e ≤ f"),
        ("where(A > 0, A, 0.1 * A)", "where(A > 0, A, 0.1 A)"),
        ("maximum(1 - A, 0)", "max(1 − A, 0)"),
        ("outer(u, v)", "u ⊗ v"),
        ("like(1 / 4, A) + expand(v, axis=0)", "1 / 4 + v"),
        ("dropout_mask(A, 0.8) * A", "mask(A, 0.8) ⊙ A"),
        ("softmax_cross_entropy(Z, Y)", "CE(softmax(Z), Y)"),
        ("A[0, 2]", "A[0, 2]"),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert unicode(parse_expression(text), shapes=SCALARS) == shown


def equations() -> dict[str, tuple[Equation, dict[str, object]]]:
    """The lines of a small network and its backward page, by name, with what the writer needs to know."""
    page = parse_page("Z1 = X @ W1 + b1\nA1 = sigmoid(Z1)\nE = y - A1\nJ = mean(E**2)")
    shapes = infer(page, {"X": (4, 3), "W1": (3, 2), "b1": (2,), "y": (4, 2)})
    backward = differentiate(page, shapes, "J", ["W1", "b1"])
    context = {"gradients": {e.name: e.gradient_of for e in backward}, "loss": "J", "shapes": shapes}
    return {e.name: (e, context) for e in (*page, *backward)}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Z1", "Z₁ = X · W₁ + b₁"),
        ("J", "J = mean(E²)"),
        ("dE", "∂J/∂E = E / 4"),
        ("dA1", "∂J/∂A₁ = −∂J/∂E"),
        ("dZ1", "∂J/∂Z₁ = ∂J/∂A₁ ⊙ A₁ ⊙ (1 − A₁)"),
        ("dW1", "∂J/∂W₁ = Xᵀ · ∂J/∂Z₁"),
        ("db1", "∂J/∂b₁ = Σᵢ ∂J/∂Z₁"),
    ],
)
def test_gradients_are_written_as_derivatives(name: str, shown: str) -> None:
    equation, context = equations()[name]
    assert unicode_equation(equation, **context) == shown  # type: ignore[arg-type]


def test_a_derivative_in_a_power_a_root_and_below_a_line() -> None:
    e = parse_expression("dW**2 + sqrt(dW) + a / dW + dW.T")
    shown = unicode(e, gradients={"dW": "W"}, loss="J", shapes={"a": ()})
    assert shown == "(∂J/∂W)² + √(∂J/∂W) + a / (∂J/∂W) + (∂J/∂W)ᵀ"


def test_a_gradient_by_what_has_no_name_keeps_its_own() -> None:
    equation = Equation("delta1", parse_expression("2 * u1"), "backward", gradient_of="w * x + b")
    assert unicode_equation(equation, loss="L") == "δ₁ = 2 u₁"


def test_one_entry_of_a_long_product() -> None:
    e = project(parse_expression("X.T @ dZ1"), (0, 2), {"X": (50, 3), "dZ1": (50, 4)})
    shown = unicode(e, gradients={"dZ1": "Z1"}, loss="J")
    assert (
        shown
        == "X[0, 0] · ∂J/∂Z₁[0, 2] + X[1, 0] · ∂J/∂Z₁[1, 2] + X[2, 0] · ∂J/∂Z₁[2, 2] + … + X[49, 0] · ∂J/∂Z₁[49, 2]"
    )


BLOCKS = {
    "X @ W": ["X · W"],
    "(P - Y) / 4": [
        " P − Y ",
        "───────",
        "   4   ",
    ],
    "1 + A / B * C": [
        "     A     ",
        "1 + ─── ⊙ C",
        "     B     ",
    ],
    "(A / B)**2": [
        "     2",
        "⎛ A ⎞ ",
        "⎜───⎟ ",
        "⎝ B ⎠ ",
    ],
    "((1 - Y) / (1 - A) - Y / A) / 5": [
        "⎛ 1 − Y     Y ⎞    ",
        "⎜─────── − ───⎟ / 5",
        "⎝ 1 − A     A ⎠    ",
    ],
    "lr * m_hat / (sqrt(v_hat) + eps)": [
        " lr · m̂ ",
        "────────",
        " √v̂ + ε ",
    ],
    "where(A > 0, A, 0.1 * A)": [
        "⎧A      where A > 0",
        "⎩0.1 A  else       ",
    ],
    "where(A > 0, A / B, 0)": [
        "⎧ A              ",
        "⎪───  where A > 0",
        "⎨ B              ",
        "⎩0    else       ",
    ],
    "A**(n - 1)": [
        " n − 1",
        "A     ",
    ],
    "abs(A / B) + exp(-A / B)": [
        "│ A │      ⎛ −A ⎞",
        "│───│ + exp⎜────⎟",
        "│ B │      ⎝ B  ⎠",
    ],
    "重 / A": [
        " 重 ",
        "────",
        " A  ",
    ],
}


@pytest.mark.parametrize("text", BLOCKS)
def test_over_lines(text: str) -> None:
    assert list(unicode_block(parse_expression(text), shapes=SCALARS).rows) == BLOCKS[text]


def test_an_equation_over_lines_stands_on_its_baseline() -> None:
    (equation,) = parse_page("m_hat = m / (1 - beta1**t)")
    block = unicode_block(equation, shapes=SCALARS)
    assert list(block.rows) == ["        m    ", "m̂ = ─────────", "     1 − β₁ᵗ "]
    assert block.baseline == 1


@given(expressions(without=()))
def test_rows_are_equally_wide_and_one_line_is_one(e: Expression) -> None:
    block = unicode_block(e, shapes=SHAPES)
    assert {width(row) for row in block.rows} == {block.width}
    assert 0 <= block.baseline < block.height
    assert "\n" not in unicode(e, shapes=SHAPES)


def test_a_deeply_nested_line_costs_little() -> None:
    e = parse_expression("1 / (" * 45 + "x" + ")" * 45)
    assert unicode_block(e).height < 100
