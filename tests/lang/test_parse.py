"""Text to equations: what is read, and what is said of a slip of the pen. Hostile text gets an error, nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Index, Name, Number
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.lang.shapes import infer
from tui_nn.lang.write import write_equation

SHAPES = {"X": (4, 3), "W1": (4, 5), "W2": (3, 5), "b": (5,), "Y": (4, 5), "s": (), "v": (3,)}


def said(text: str) -> str:
    """The message that a page gets, from reading or from shapes."""
    with pytest.raises(EquationError) as caught:
        infer(parse_page(text), SHAPES, text.splitlines())
    return str(caught.value)


def test_a_page() -> None:
    text = "\n# forward\n  Z = X @ W2 + b   # an affine map\n\n\tA = tanh(\n    Z)\n"
    page = parse_page(text)
    assert [write_equation(e) for e in page] == ["Z = X @ W2 + b", "A = tanh(Z)"]
    assert [e.line for e in page] == [3, 5]
    assert infer(page, SHAPES) == {**SHAPES, "Z": (4, 5), "A": (4, 5)}


def test_places_are_kept_and_do_not_count() -> None:
    (equation,) = parse_page("  y = a + exp(b)")
    e = equation.expression
    assert isinstance(e, Call)
    assert (e.at, e.args[0].at, e.args[1].at) == ((1, 8), (1, 6), (1, 10))
    assert e == parse_expression("a+exp(b)")


def test_nodes() -> None:
    assert parse_expression("dW1[0, -2]") == Index(Name("dW1"), (0, -2))
    assert parse_expression("v_hat.W1") == Name("v_hat.W1")
    assert parse_expression("elu(x)") == Call("elu", (Name("x"), Number(1)))
    assert parse_expression("X.T") == Call("transpose", (Name("X"),))
    assert parse_expression("max(X, axis=-1, keepdims=True)") == Call("max", (Name("X"),), -1, True)


def test_spaces_as_copied_text_has_them() -> None:
    (equation,) = parse_page("\ufeffy\u00a0= a\u2009+\u3000b")
    assert write_equation(equation) == "y = a + b"


# What a teacher may type, and the whole message.
SLIPS = {
    "Z1 = X @ W1": """
line 1: Z1 = X @ W1: X is 4x3, W1 is 4x5; columns of X (3) must equal rows of W1 (4); X.T would fit
  Z1 = X @ W1
         ^""",
    "Z = X @ W2 + v": """
line 1: Z = X @ W2 + v: X @ W2 is 4x5, v is a vector of 3; they cannot be combined entry by entry; \
with 4x5 go: the same shape, a row of 5 (5 or 1x5), a column of 4 (4x1), or a single number
  Z = X @ W2 + v
             ^""",
    "Z = X @ W2\n  A = tanh(Z) * X": """
line 2: A = tanh(Z) * X: tanh(Z) is 4x5, X is 4x3; they cannot be combined entry by entry; \
with 4x5 go: the same shape, a row of 5 (5 or 1x5), a column of 4 (4x1), or a single number
    A = tanh(Z) * X
                ^""",
    "y = 2x": """
line 1: a product needs its sign: 2 * x, not 2x
  y = 2x
      ^""",
    "y = s^2": """
line 1: a power is written **, as in x**2; a transpose X.T
  y = s^2
       ^""",
    "y = (s + 1": """
line 1: a bracket is opened here and never closed
  y = (s + 1
      ^""",
    "y = s + 1)": """
line 1: a closing bracket without its opening one
  y = s + 1)
           ^""",
    "y = lambda * 3": """
line 1: `lambda` is a word of Python's; call it lam or λ
  y = lambda * 3
      ^""",
    "s + 1": """
line 1: a line must give its value a name: name = expression
  s + 1
  ^""",
    "y += s": """
line 1: write the whole equation: x = x + ..., not x += ...
  y += s
  ^""",
    "y = sigmod(X)": """
line 1: there is no function `sigmod`; did you mean sigmoid or sign?
  y = sigmod(X)
      ^""",
    "y = sum(X, axis=2)": """
line 1: y = sum(X, axis=2): there is no axis 2: X is 4x3 and has axes 0 to 1
  y = sum(X, axis=2)
      ^""",
    "y = 1\ny = 2": """
line 2: `y` stands on the left, but an earlier line defines it; each name is set once
  y = 2""",
    "X = 1": """
line 1: `X` stands on the left, but a value is given for it; each name is set once
  X = 1""",
    "a = b2 + 1\nb2 = 2": """
line 1: a = b2 + 1: `b2` is set further down; move its equation up
  a = b2 + 1
      ^""",
    "a = a + 1": """
line 1: a = a + 1: `a` stands on both sides; give the new value another name
  a = a + 1
      ^""",
    "y = X @ W3": """
line 1: y = X @ W3: there is no value named `W3` here; did you mean W1 or W2?
  y = X @ W3
          ^""",
    "y = x * 2": """
line 1: y = x * 2: there is no value named `x` here; did you mean X?
  y = x * 2
      ^""",
    "y = exp": """
line 1: y = exp: `exp` is a function and wants its argument: exp(...)
  y = exp
      ^""",
    "y = X.t @ X": """
line 1: y = X.t @ X: there is no value named `X.t` here; the transpose is written X.T
  y = X.t @ X
      ^""",
    "y = X[0, 5]": """
line 1: y = X[0, 5]: X is 4x3: index 5 of axis 1 is not in 0 to 2
  y = X[0, 5]
      ^""",
    "y = X[0]": """
line 1: y = X[0]: X is 4x3: an entry of it has 2 indices, not 1
  y = X[0]
      ^""",
    "y = X[0:2]": """
line 1: an index is a whole number from 0, as in dW1[0, 2]
  y = X[0:2]
        ^""",
    "y = maximum(X)": """
line 1: maximum takes 2 arguments, here is 1
  y = maximum(X)
      ^""",
    "y = mean(X, axis=0.5)": """
line 1: axis= takes a whole number, such as axis=0
  y = mean(X, axis=0.5)
                   ^""",
    "y = mean(X, keepdim=True)": """
line 1: mean takes no `keepdim=`; it takes axis= and keepdims=
  y = mean(X, keepdim=True)
                      ^""",
    "y = s; z = s": """
line 1: one equation on a line
  y = s; z = s
         ^""",
    "a, b = s": """
line 1: on the left of = stands one name, as in Z1 = X @ W1 + b1
  a, b = s
  ^""",
    "y = s if s else v": """
line 1: instead of if/else write where(condition, a, b)
  y = s if s else v
      ^""",
    "y = softmax_cross_entropy(X @ W2, v)": """
line 1: y = softmax_cross_entropy(X @ W2, v): X @ W2 is 4x5, v is a vector of 3; \
the targets must have the shape of the logits (classes as one-hot)
  y = softmax_cross_entropy(X @ W2, v)
      ^""",
}


@pytest.mark.parametrize("text", SLIPS)
def test_what_is_said_of_a_slip(text: str) -> None:
    assert said(text) == SLIPS[text].strip("\n")


def test_a_wide_character_does_not_shift_the_caret() -> None:
    assert said("重み = zz").splitlines()[1:] == ["  重み = zz", "         ^"]


def test_a_long_line_is_shown_around_its_caret() -> None:
    text = "y = " + " + ".join(["s"] * 80) + " + nowhere + s"
    head, shown, caret = said(text).splitlines()
    assert "`nowhere`" in head
    assert len(shown) <= 80
    assert shown[caret.index("^") :].startswith("nowhere")


def test_an_error_in_a_file() -> None:
    with pytest.raises(EquationError) as caught:
        parse_page("y = 1\nz = (2")
    moved = caught.value.moved(10, "lesson.toml")
    assert str(moved).splitlines()[0] == "lesson.toml, line 12: a bracket is opened here and never closed"
    assert (moved.line, moved.column, moved.source) == (12, 4, "z = (2")


HOSTILE = [
    "y = " + "(" * 100_000 + "x" + ")" * 100_000,
    "y = " + "(" * 900 + "x" + ")" * 900,
    "y = " + "-" * 1_900 + "x",
    "y = " + "x+" * 900 + "x",
    "y = x" + ".T" * 900,
    "y = x" + "**x" * 600,
    "y = " + "f(" * 900,
    "y = " + "[" * 900,
    "y = x" + " < x" * 400,
    "y = x\n" * 600,
    "\n" * 100_000,
    "y = " + "9" * 1_900,
    "y = 0x" + "f" * 1_900,
    "y = 1e999",
    "y = -1e301",
    "y = 1j",
    "y = x\0",
    "y = \ud800",
    "y = x\x1b[31m",
    "y = __import__('os')",
    "y = __import__('os').system('true')",
    "y = X.__class__.__bases__",
    "y = X.__class__()",
    "y = open('x')",
    "y = eval('1')",
    "y = f'{x}'",
    "y = 'text'",
    "y = b'text'",
    "y = lambda x: x",
    "y = (lambda x: x)(1)",
    "y = [a for a in X]",
    "y = {a for a in X}",
    "y = {1: 2}",
    "y = (z := 3)",
    "y = sum(*X)",
    "y = sum(X, **v)",
    "y = *X",
    "y = await x",
    "y = yield",
    "y = x if x else x",
    "y = ...",
    "y = None",
    "y = True",
    "y: int = 1",
    "y = z = 1",
    "y.z = 1",
    "y[0] = 1",
    "import os",
    "from os import *",
    "def f(): pass",
    "class A: pass",
    "while 1: pass",
    "del x",
    "global x",
    "assert x",
    "raise x",
    "with x: pass",
    "exec('1')",
    "@x\ndef f(): pass",
    "y = x @ @ x",
    "y = $",
    "y = `x`",
    "y = x ? 1 : 2",
    "= 3",
    "@",
    "y =",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_gets_an_equation_error(text: str) -> None:
    with pytest.raises(EquationError) as caught:
        parse_page(text)
    message = str(caught.value)
    assert message.startswith("line ")
    assert all(c.isprintable() or c == "\n" for c in message)
    assert max(map(len, message.splitlines())) < 200


@given(st.text(st.sampled_from("abXW12 .,=+-*/@()[]<>!&|^%~:;'\"#\\\n\tTλ²₁{}_$?eaxis"), max_size=60))
def test_any_text_is_a_page_or_an_equation_error(text: str) -> None:
    try:
        page = parse_page(text)
        infer(page, SHAPES, text.splitlines())
    except EquationError as error:
        message = str(error)
    else:
        assert parse_page("\n".join(map(write_equation, page))) == page
        return
    assert message.startswith("line ")


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_an_equation_error(text: str) -> None:
    message = "line "
    try:
        parse_expression(text)
    except EquationError as error:
        message = str(error)
    assert message.startswith("line ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: an expression is missing"),
        ("norm(dW1) >", "the line stops where a value should follow"),
        ("x = 3", "an expression is wanted here"),
        ("any(isnan(A1)", "a bracket is opened here and never closed"),
    ],
)
def test_conditions_and_watches(text: str, message: str) -> None:
    with pytest.raises(EquationError, match=message.replace("(", r"\(")):
        parse_expression(text)
