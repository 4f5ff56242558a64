"""Each kernel against plain NumPy: shapes, axes, broadcasting, special values, views, and results over operands."""

from __future__ import annotations

import math
import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.pages import pages
from tui_nn.engine.build import build
from tui_nn.engine.kernels import KERNELS
from tui_nn.engine.machine import Machine
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.lang.primitives import OPERATORS, PRIMITIVES

RNG = np.random.default_rng(7)
SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 30.0, -30.0, 800.0, -800.0, 1e-9, np.inf, -np.inf, np.nan])
TOLERANCE = {"float64": 2e-15, "float32": 2e-6}


def machine_of(text, values, dtype="float64"):
    shapes = {n: np.shape(v) for n, v in values.items()}
    return Machine(build(parse_page(text), shapes, dtype=dtype), values)


def computed(expression, values, dtype="float64"):
    machine = machine_of(f"out = {expression}", values, dtype)
    machine.run()
    return machine.read("out")


def agrees(expression, values, dtype="float64"):
    got, want = computed(expression, values, dtype), oracle.evaluate(expression, values)
    assert got.dtype == dtype
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype], equal_nan=True)


def test_one_kernel_for_each_primitive():
    assert KERNELS.keys() == PRIMITIVES.keys()


def test_the_oracle_knows_each_primitive():
    assert {*oracle.FUNCTIONS, *OPERATORS, "transpose", "dropout_mask"} == PRIMITIVES.keys()


ELEMENTWISE = [n for n, row in PRIMITIVES.items() if row.arity == 1 and row.shape.__name__ == "elementwise"]
ELEMENTWISE = [f"{n}(a)" for n in ELEMENTWISE if n not in OPERATORS] + [
    "-a", "a**2", "a**3", "a**-1", "leaky_relu(a)", "leaky_relu(a, 0.25)", "elu(a)", "elu(a, 0.5)",
    "clip(a, -1, 0.5)", "where(a > 0, a, 7)", "where(a, 1, a)", "maximum(a, 0.25)", "minimum(0.25, a)",
]  # fmt: skip


@pytest.mark.parametrize("expression", ELEMENTWISE)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_elementwise(expression, dtype):
    """Everywhere it is defined, for numbers, vectors, matrices and transposed ones; infinities and NaN included."""
    for a in (np.array(0.75), RNG.normal(size=1), RNG.normal(size=5), RNG.normal(size=(2, 3))):
        agrees(expression, {"a": a}, dtype)
        transposed = re.sub(r"\ba\b", "(a * 1.5).T", expression)
        agrees(transposed, {"a": a}, dtype)
    if not ("elu" in expression or "swish" in expression):
        agrees(expression, {"a": SPECIAL}, dtype)


@pytest.mark.parametrize("expression", ["elu(a)", "gelu(a)", "swish(a)", "relu(a)", "leaky_relu(a)"])
def test_activations_at_the_edges(expression):
    finite = SPECIAL[np.isfinite(SPECIAL)]
    agrees(expression, {"a": finite})
    assert np.isnan(computed(expression, {"a": np.array(np.nan)}))


def test_erf_to_the_last_digits():
    x = np.concatenate([np.linspace(-7, 7, 20_001), [0.46875, -0.46875, 4.0, 5.9, 6.1, 1e-300, 1e-20]])
    got = computed("erf(x)", {"x": x})
    want = np.array([math.erf(v) for v in x])
    np.testing.assert_array_less(np.abs(got - want), 1e-15)
    np.testing.assert_allclose(got, want, rtol=1e-15, atol=0)


@pytest.mark.parametrize(("a", "b"), [("0.0", "3.0"), ("-2.0", "-0.0"), ("inf", "1.0"), ("1.0", "0.0"), ("nan", "1.0")])
@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!="])
def test_arithmetic_of_special_numbers(operator, a, b):
    agrees(f"a {operator} b", {"a": np.array(float(a)), "b": np.array(float(b))})


SHAPES = [(), (1,), (3,), (1, 1), (1, 3), (2, 1), (2, 3)]
PAIRS = [(a, b) for a, b in product(SHAPES, SHAPES) if not (a == (2, 3) and b == (2,))]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_broadcasting(left, right):
    values = {"a": RNG.normal(size=left), "b": RNG.normal(size=right)}
    for expression in (
        "a + b", "a - b", "a * b", "a / b", "(1 + a**2)**b", "maximum(a, b)", "minimum(a, b)", "where(a > b, a, b)",
        "where(a, b, 0)", "where(a > 0, b, 2)", "(a > b) * a + (a <= b)", "a * (b + a) - (a + b) * b / (1 + a * a)",
    ):  # fmt: skip
        agrees(expression, values)


@pytest.mark.parametrize(("expression", "want"), [
    ("a > 0 and b > 0", [0, 0, 0, 1]), ("a > 0 or b > 0", [0, 1, 1, 1]), ("not a", [1, 1, 0, 0]),
    ("a and b", [0, 0, 0, 1]), ("not (a or b)", [1, 0, 0, 0]), ("where(a and not b, 5, b)", [0, 2, 5, 2]),
])  # fmt: skip
def test_logic(expression, want):
    values = {"a": np.array([0.0, 0.0, 3.0, 3.0]), "b": np.array([0.0, 2.0, 0.0, 2.0])}
    np.testing.assert_array_equal(computed(expression, values), want)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "norm", "any", "all"])
@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (3, 1)])
def test_reductions(name, shape):
    a = np.round(RNG.normal(size=shape), 0)
    for axis in (None, *range(-len(shape), len(shape))):
        for keepdims in (False, True):
            options = ("" if axis is None else f", axis={axis}") + f", keepdims={keepdims}"
            agrees(f"{name}(a{options})", {"a": a})
            agrees(f"{name}((a * 2 > 1){options}) + 1", {"a": a})
            if len(shape) == 2:
                agrees(f"{name}(a.T{options})", {"a": a})


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("shape", [(1,), (4,), (2, 3), (3, 1)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_rows(name, shape, dtype):
    for scale in (1, 100):
        a = np.round(scale * RNG.normal(size=shape), 2)
        for axis in (None, *range(-len(shape), len(shape))):
            option = "" if axis is None else f", axis={axis}"
            agrees(f"{name}(a{option})", {"a": a.astype(dtype)}, dtype)
            agrees(f"{name}(a + a{option}) * 2", {"a": a.astype(dtype)}, dtype)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1)])
def test_losses(shape):
    values = {"z": 5 * RNG.normal(size=shape), "y": RNG.uniform(size=shape)}
    agrees("sigmoid_cross_entropy(z, y)", values)
    agrees("softmax_cross_entropy(z, y)", values)
    agrees("softmax_cross_entropy(2 * z, y * y) + sigmoid_cross_entropy(-z, 1 - y)", values)
    if len(shape) == 2:
        agrees("softmax_cross_entropy(z, y, axis=0)", values)
        agrees("softmax_cross_entropy(z.T, y.T)", values)


def test_losses_stay_finite_where_the_textbook_form_does_not():
    values = {"z": np.array([[900.0, -900.0, 0.0]]), "y": np.array([[0.0, 1.0, 0.0]])}
    assert computed("softmax_cross_entropy(z, y)", values) == 1800
    assert computed("sigmoid_cross_entropy(z, y)", values) == pytest.approx((900 + 900 + math.log(2)) / 3, rel=1e-15)


@pytest.mark.parametrize(("expression", "a", "b"), [
    ("a @ b", (3,), (3,)), ("a @ b", (3,), (3, 2)), ("a @ b", (2, 3), (3,)), ("a @ b", (2, 3), (3, 4)),
    ("a.T @ b", (3, 2), (3, 4)), ("a @ b.T", (2, 3), (4, 3)), ("a.T @ b.T", (3, 2), (4, 3)), ("a.T @ a", (3, 2), ()),
    ("(a * 2).T @ (b + 1)", (3, 2), (3, 4)), ("a @ b + a @ b * 3", (2, 3), (3, 4)), ("a @ b @ a", (2, 3), (3, 2)),
    ("(a @ b).T", (2, 3), (3, 4)), ("a @ b", (1, 1), (1, 1)), ("a @ b", (1,), (1, 1)), ("outer(a, b)", (3,), (2,)),
    ("a.T", (3,), ()), ("a.T", (), ()), ("like(a, b)", (3,), (2, 3)), ("like(7, b)", (), (2, 3)),
    ("like(a, b)", (2, 1), (2, 3)), ("expand(a, axis=0)", (3,), ()), ("expand(a, axis=1)", (2, 3), ()),
    ("expand(a)", (), ()), ("expand(a * 2, axis=-1)", (3,), ()),
])  # fmt: skip
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_matrices(expression, a, b, dtype):
    names = {n for n in "ab" if n in expression.replace("expand", "").replace("outer", "")}
    values = {n: RNG.normal(size=shape) for n, shape in (("a", a), ("b", b)) if n in names}
    agrees(expression, values, dtype)


@settings(max_examples=80)
@given(pages())
def test_pages(page):
    """Whole pages: nested expressions share scratch buffers, and none may be overwritten while it is still read."""
    program = page.program()
    machine = Machine(program, page.values)
    machine.run()
    want = oracle.run("\n".join(str(line) for line in program.lines), page.values)
    for line in program.lines:
        got = machine.read(line.name)
        assert got.shape == want[line.name].shape == line.shape
        np.testing.assert_allclose(got, want[line.name], rtol=1e-11, atol=1e-13, err_msg=str(line))


def test_an_entry():
    values = {"A": RNG.normal(size=(3, 4)), "v": RNG.normal(size=3)}
    machine = machine_of("out = A * 2", values)
    for text, want in (("A[1, 3]", values["A"][1, 3]), ("A[-1, 0] + v[2]", values["A"][-1, 0] + values["v"][2])):
        assert machine.probe(parse_expression(text)).value() == want


def test_a_probe_reads_what_is_there_when_it_is_asked():
    machine = machine_of("out = A * 2", {"A": np.zeros((2, 2))})
    probes = [machine.probe(parse_expression(text)) for text in ("A[0, 1]", "A[0, 1] * 3", "sum(A)", "A")]
    machine.write_entry("A", (0, 1), 5.0)
    assert [float(np.max(p.value())) for p in probes] == [5, 15, 5, 5]


# What the update phase does in place: `m = ...m...` for flat vectors.

VECTOR = st.sampled_from(["m", "theta", "g"])
NUMBER = st.sampled_from(["0.5", "k", "mean(m)", "max(g)", "norm(theta)", "sum(m * g)", "min(m + g)"])
FORMS = st.sampled_from([
    "({x} + {y})", "({x} - {y})", "({x} * {y})", "({x} / (1 + {y}**2))", "where({x} > {y}, {x}, {y})",
    "sign({x}) * {y}",
    "maximum({x}, {y})", "clip({x}, -{n}**2, {n}**2)", "({n} * {x})", "tanh({x})", "sqrt(1 + {x}**2)", "elu({x}, {n})",
    "leaky_relu({x}, {n})", "softmax({x})", "swish({x})", "gelu({x})", "abs({x} - mean({y}))", "like({n}, {x})",
    "log_softmax({x})", "where({x}, {y}, {n})", "(({x} - {y}) * ({x} + {y}))", "relu({x}) - sigmoid({y})",
    "where({y} > 0, {n}, {x})",
])  # fmt: skip


@st.composite
def vectors(draw, depth=2):
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(VECTOR)
    parts = {"x": draw(vectors(depth=depth - 1)), "y": draw(vectors(depth=depth - 1)), "n": draw(NUMBER)}
    return draw(FORMS).format(**parts)


@settings(max_examples=150)
@given(vectors(depth=3), vectors())
def test_a_line_may_overwrite_what_it_reads(m, theta):
    text = f"m = {m}\ntheta = 0 * theta + {theta}"
    update = Update(
        "", tuple(Equation(e.name, e.expression, "update") for e in parse_page(text)), {"k": 0.25}, {"m": 0.5}
    )
    w, c = np.array([0.3, -1.2, 2.0, 0.1]), np.array([1.0, -0.5, 0.25, 2.0])
    program = build(parse_page("J = sum(w * c)"), {"w": (4,), "c": (4,)}, ["w"], update=update)
    machine = Machine(program, {"w": w, "c": c})
    machine.write("m.w", np.array([0.5, -0.5, 1.5, -2.0]))
    machine.run()
    want = oracle.run(text, {"theta": w, "g": c, "m": [0.5, -0.5, 1.5, -2.0], "k": 0.25})
    np.testing.assert_allclose(machine.read("m.w"), want["m"], rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(machine.read("w"), want["theta"], rtol=1e-13, atol=1e-14)
