"""A teacher's fresh file with a slip in it: the message names the line and says what to write, on one small screen."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tui_nn.cli.diagnostics import ExitCode

GOOD = '''\
title = "Will it rain?"
summary = "Two measurements, one neuron."
equations = """
z = X @ w + b
p = sigmoid(z)
L = -mean(y * log(p) + (1 - y) * log(1 - p))
"""
parameters = ["w", "b"]

[values]
X = [[0.5, 1.0], [1.5, -0.5], [-1.0, 2.0]]
y = [1, 1, 0]
w = [0.1, -0.2]
b = 0

[optimizer]
name = "sgd"
lr = 0.5

[[figures]]
name = "L"
printed = 0.606
verdict = "rounded"
'''

SLIPS = [
    # equations: what stands on a slide and not on a keyboard
    ("(1 - y)", "(1 − y)", 6, "a minus is written with the hyphen, -", "(1 −"),
    ("y * log(p)", "y · log(p)", 6, "a product is written *, of matrices @", "y ·"),
    ("X @ w", "X·w", 4, "a product is written X * w", "X"),
    ("X @ w", "Xᵀ @ w", 4, "the transpose is written X.T", "X"),
    ("X @ w", "X^T @ w", 4, "a transpose X.T", "X^"),
    ("X @ w", "X.t @ w", 4, "the transpose is written X.T", "X"),
    ("sigmoid(z)", "z²", 5, "a power is written **, as in x**2", "z²"),
    ("sigmoid(z)", "z^2", 5, "a power is written **, as in x**2", "z^"),
    ("sigmoid(z)", "1 / (1 + e^(-z))", 5, "e to the power of x is written exp(x)", "e^"),
    ("sigmoid(z)", "1 / (1 + e**(-z))", 5, "e to the power of x is written exp(x)", "e"),
    ("sigmoid(z)", "σ(z)", 5, "there is no function `σ`; here it is called sigmoid", "σ"),
    ("sigmoid(z)", "|z|", 5, "a magnitude is written abs(x)", "|"),
    ("sigmoid(z)", "√z", 5, "a root is written sqrt(x)", "√"),
    ("p = sigmoid(z)", "p₁ = sigmoid(z)", 5, "digits in a name are plain ones, as in w1", "p₁"),
    ("p = sigmoid(z)", "p' = sigmoid(z)", 5, "a name has letters, digits and _", "p'"),
    ("y * log(p)", "y * ln(p)", 6, "there is no function `ln`; here it is called log", "* l"),
    # equations: products without a sign
    ("sigmoid(z)", "sigmoid(2z)", 5, "a product needs its sign: 2 * x, not 2x", "(2"),
    ("X @ w", "Xw", 4, "a product is written X * w, of matrices X @ w", "X"),
    ("y * log(p)", "y log(p)", 6, "an operator is missing between two values", "y l"),
    ("(1 - y) * log(1 - p)", "(1 - y)(1 - p)", 6, "a product needs its sign: (a + b) * (c + d)", "p) + ("),
    ("sigmoid(z)", "sigmoid(z) * z(1 - z)", 5, "`z` is no function; a product needs its sign: z * (...)", "* z"),
    # equations: brackets, commas, names, signs of Python's
    ("sigmoid(z)", "sigmoid(z", 5, "a bracket is opened here and never closed", "sigmoid("),
    ("sigmoid(z)", "sigmoid(z))", 5, "a closing bracket without its opening one", "z))"),
    ("sigmoid(z)", "sigmiod(z)", 5, "there is no function `sigmiod`; did you mean sigmoid?", "s"),
    ("sigmoid(z)", "sigmoid(Z)", 5, "`Z` has no value; did you mean z?", "(Z"),
    ("sigmoid(z)", "sigmoid(0,5 * z)", 5, "a decimal number is written with a point: 0.5", "s"),
    ("sigmoid(z)", "np.exp(z)", 5, "functions have plain names here: write exp(...)", "n"),
    ("sigmoid(z)", "z if z > 0 else 0", 5, "instead of if/else write where(condition, a, b)", "z"),
    ("sigmoid(z)", "z > 0 ? z : 0", 5, "a choice is written where(condition, a, b)", "0 ?"),
    ("sigmoid(z)", "(" * 300 + "z" + ")" * 300, 5, "nested too deeply to be read; split it into several lines", None),
    ("p = sigmoid", "p := sigmoid", 5, "an equation is written with = alone", "p :"),
    ("p = sigmoid", "p == sigmoid", 5, "an equation is written with one =", "p"),
    ("p = sigmoid(z)", "log(p) = z", 5, "with one name on the left", "l"),
    ("p = sigmoid(z)", "p = p2 = sigmoid(z)", 5, "on the left of = stands one name", "p"),
    ("mean(y", "mean(axis=0, y", 6, "axis= and keepdims= come last", None),
    ("sigmoid(z)", "sigmoid(lambda * z)", 5, "call it lam or λ", "(l"),
    # equations: order, shapes, the loss
    ("z = X @ w + b\np = sigmoid(z)", "p = sigmoid(z)\nz = X @ w + b", 4, "move its equation up", "(z"),
    ("p = sigmoid(z)", "p = sigmoid(z)\np = p * 1", 6, "each name is set once", None),
    ("X @ w", "w @ X", 4, "entries of w (2) must equal rows of X (3); X.T would fit", "w @"),
    ("w = [0.1, -0.2]", "w = [0.1, -0.2, 0.3]", 4, "columns of X (2) must equal entries of w (3)", "X @"),
    ("-mean(y * log(p) + (1 - y) * log(1 - p))", "-(y * log(p))", 6, "sum(L) or mean(L) makes it one", None),
    # values
    ("b = 0\n", "", 4, "`b` has no value; add a line `b = ...` under [values]", "w + b"),
    ("b = 0\n", "b = 0,1\n", 14, "numbers are written 0.5 (a point)", "b = 0,"),
    ("b = 0\n", "b = 1/3\n", 14, "a value is a number, without a calculation", None),
    ("b = 0\n", "b: 0\n", 14, "a key and its value are joined by =", None),
    ("b = 0\n", "b 0\n", 14, "a line is `key = value`", None),
    ("b = 0\n", "b =\n", 14, "there is nothing after the =", None),
    ("b = 0\n", "b = zero\n", 14, "a value is a number", None),
    ("b = 0\n", 'b = "0"\n', 14, '"0" is a text; a value is a number', None),
    ("[1.5, -0.5]", "[1.5]", 11, "the rows are not equally long", None),
    ("[0.1, -0.2]", "[0.1 -0.2]", 13, "commas between its numbers", None),
    ("[values]", "[value]", 10, "did you mean values?", None),
    # the optimiser
    ('"sgd"', '"sdg"', 17, "there is no optimizer `sdg`; did you mean sgd?", None),
    ("lr = 0.5", "learning_rate = 0.5", 18, "sgd has no `learning_rate`; it has lr", None),
    ("lr = 0.5", "lr = 0.5\nbeta1 = 0.9", 19, "sgd has no `beta1`; it has lr", None),
    ("lr = 0.5", "lr = fast", 18, "a value is a number", None),
    ('"sgd"', "“sgd”", 17, "quotes are the straight ones of the keyboard", None),
    # figures
    ('"rounded"', '"correct"', 23, "this takes one of match, rounded, erratum", None),
    ("[[figures]]", "[figures]", 20, "double brackets: [[figures]]", None),
    ("printed = 0.606", "printed = 0,606", 22, "numbers are written 0.5 (a point)", None),
    ('name = "L"', 'name = "L +"', 21, "the line stops where a value should follow", None),
    # the file as a whole
    ('["w", "b"]', '["w", "bias"]', 8, "no equation uses `bias`", None),
    ('log(1 - p))\n"""', "log(1 - p))\n", 3, "a long text begins here, and never ends", None),
    ('equations = """\n', 'equations = "\n', 3, "a longer one needs three quotes", None),
]  # fmt: skip


@pytest.fixture
def told(cli, tmp_path, monkeypatch):
    """What `tui-nn check` says on stderr of a file with this text; it must be wrong input."""
    monkeypatch.chdir(tmp_path)

    def run(text):
        (tmp_path / "rain.toml").write_text(text, encoding="utf-8")
        outcome = cli("check", "rain.toml")
        assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, "")
        return outcome.err

    return run


def test_the_file_without_slips(cli, tmp_path):
    path = tmp_path / "rain.toml"
    path.write_text(GOOD, encoding="utf-8")
    for command in ("step", "check", "lessons"):
        assert cli(command, path).code == 0


@pytest.mark.parametrize(("old", "new", "line", "remedy", "up_to"), SLIPS, ids=[f"{n!r:.40}" for _, n, *_ in SLIPS])
def test_a_slip(told, old, new, line, remedy, up_to):
    """`up_to` ends where the caret points to."""
    assert old in GOOD
    message = told(GOOD.replace(old, new, 1))
    assert message.startswith(f"error: rain.toml, line {line}")
    assert remedy in message
    assert "Traceback" not in message
    rows = message.splitlines()
    assert sum(1 + (len(row) - 1) // 80 for row in rows) <= 6, "six rows of a terminal at most"
    if up_to is not None:
        source, caret = rows[-2:]
        at = caret.index("^")
        assert caret.strip() == "^"
        assert source[: at + 1].endswith(up_to)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX terminal")
def test_on_a_terminal_no_word_is_broken(tmp_path):
    import pty

    (tmp_path / "rain.toml").write_text(GOOD.replace("X @ w", "w @ X"), encoding="utf-8")
    theirs, ours = pty.openpty()
    command = [sys.executable, "-m", "tui_nn", "check", "rain.toml"]
    environment = {**os.environ, "COLUMNS": "40"}
    done = subprocess.run(command, cwd=tmp_path, stderr=ours, env=environment, timeout=60, check=False)
    os.close(ours)
    rows = os.read(theirs, 10_000).decode().splitlines()
    os.close(theirs)
    assert done.returncode == ExitCode.BAD_INPUT
    assert max(map(len, rows)) <= 40
    assert " ".join(rows[:-2]).startswith(
        "error: rain.toml, line 4: z = w @ X + b: w is a vector of 2, X is 3x2; entries"
    )
    assert rows[-2:] == ["  z = w @ X + b", "        ^"]


def test_the_caret_stands_below_its_place_in_wide_text(told):
    message = told(GOOD.replace("p = sigmoid(z)", "猫 = sigmoid(q)"))
    source, caret = message.splitlines()[-2:]
    assert source == "  猫 = sigmoid(q)"
    assert caret.index("^") == source.index("q") + 1  # the cat takes two columns
