"""The C of elementwise expressions, compiled by the system's compiler, against the NumPy kernels."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.c_compiler import library, needs_compiler
from tui_nn.engine.build import build
from tui_nn.engine.c_code import TEMPLATES, c_statements, is_elementwise
from tui_nn.engine.machine import Machine
from tui_nn.lang.expression import Call, Expression, Name, Number, names
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.write import write

RNG = np.random.default_rng(5)
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 30.0, -30.0, 800.0, -800.0, 1e-9, np.inf, -np.inf, np.nan]
GRID = [np.ravel(x) for x in np.meshgrid(SPECIAL, SPECIAL, indexing="ij")]
MANY = {"a": np.concatenate([GRID[0], RNG.normal(size=300)]), "b": np.concatenate([GRID[1], RNG.normal(size=300)])}
MANY["c"] = RNG.permutation(MANY["b"])
EXACT = {
    "add", "subtract", "multiply", "divide", "negative", "less", "less_equal", "greater", "greater_equal", "equal",
    "not_equal", "and", "or", "not", "sqrt", "abs", "sign", "square", "relu", "leaky_relu", "step", "maximum",
    "minimum", "where", "clip", "stop_gradient", "isnan", "isinf", "isfinite",
}  # fmt: skip

pytestmark = needs_compiler


def of_numpy(e: Expression, values, dtype="float64"):
    given = {n: values[n] for n in names(e)}
    program = build((Equation("out", e),), {n: v.shape for n, v in given.items()}, dtype=dtype)
    machine = Machine(program, given)
    machine.run()
    return machine.read("out")


def c_source(expressions, number="double"):
    """A function `f0`, `f1`, … of vectors a, b, c and out for each expression."""
    functions = []
    for i, e in enumerate(expressions):
        body = c_statements(e, {n: n for n in names(e)}, "out")
        load = "const T a = pa[i], b = pb[i], c = pc[i]; (void)a; (void)b; (void)c; T out;"
        functions.append(
            f"void f{i}(long n, const T *pa, const T *pb, const T *pc, T *po) "
            f"{{ for (long i = 0; i < n; i++) {{ {load} {body} po[i] = out; }} }}"
        )
    return "\n".join(["#include <tgmath.h>", f"typedef {number} T;", *functions])


def of_c(built, i, values, dtype="float64"):
    given = [np.ascontiguousarray(values[n], dtype) for n in "abc"]
    out = np.empty(len(given[0]), dtype)
    pointers = [ctypes.c_void_p(x.ctypes.data) for x in (*given, out)]
    getattr(built, f"f{i}")(ctypes.c_long(len(out)), *pointers)
    return out


def example_of(op):
    return Call(op, tuple(Name(n) for n in "abc"[: PRIMITIVES[op].arity]))


def test_a_template_for_every_elementwise_primitive():
    rules = {"elementwise", "first"}
    wanted = {name for name, row in PRIMITIVES.items() if row.shape.__name__ in rules} - {"dropout_mask"}
    assert TEMPLATES.keys() == wanted


def test_what_is_elementwise():
    assert is_elementwise(parse_expression("tanh(a) * (b > 0) - 2"))
    for text in ("a @ b", "sum(a) * b", "a.T + b", "softmax(a)", "dropout_mask(a, 0.5)", "a[0] + 1"):
        assert not is_elementwise(parse_expression(text))
        with pytest.raises(ValueError, match="not elementwise"):
            c_statements(parse_expression(text), {"a": "a", "b": "b"}, "out")


@pytest.mark.parametrize("number", ["double", "float"])
def test_each_template(number):
    dtype = {"double": "float64", "float": "float32"}[number]
    values = {n: v.astype(dtype).astype("float64") for n, v in MANY.items()}
    expressions = [example_of(op) for op in TEMPLATES] + [
        parse_expression(text) for text in ("a**2", "a**3", "a**0.5", "a * 0.1 + 1e30 * b", "2**a", "--a - -1.5")
    ]
    built = library(c_source(expressions, number))
    for i, e in enumerate(expressions):
        if e.op in ("leaky_relu", "elu", "clip"):  # their later arguments are single numbers, to NumPy's kernels
            for slope, most in ((0.25, 0.75), (-1.5, 3.0), (2.0, -1.0), (0.0, 0.0)):
                given = {"a": values["a"], "b": np.full_like(values["a"], slope), "c": np.full_like(values["a"], most)}
                numbers = (Name("a"), Number(slope), Number(most))
                want = of_numpy(Call(e.op, numbers[: len(e.args)]), given, dtype)
                agrees(e, of_c(built, i, given, dtype), want, dtype)
        else:
            agrees(e, of_c(built, i, values, dtype), of_numpy(e, values, dtype), dtype)


def agrees(e, got, want, dtype):
    if e == parse_expression("a**0.5"):  # of minus infinity: C's pow says infinity, some NumPys take the square root
        keep = MANY["a"] != -np.inf
        got, want = got[keep], want[keep]
    if e.op in EXACT:
        np.testing.assert_array_equal(got, want, err_msg=str(e))
    else:
        rtol = {"float64": 1e-15, "float32": 1e-6}[dtype]
        np.testing.assert_allclose(got, want, rtol=rtol, atol=0, equal_nan=True, err_msg=str(e))


def expressions_of(ops, depth=4):
    leaves = st.sampled_from([Name("a"), Name("b"), Name("c"), Number(0.5), Number(-2), Number(3.25), Number(0)])

    def grow(inner):
        return st.one_of(*[
            st.builds(lambda *args, op=op: Call(op, args), *[inner] * PRIMITIVES[op].arity) for op in sorted(ops)
        ])  # fmt: skip

    tree = st.recursive(leaves, grow, max_leaves=2**depth)
    return tree.map(lambda e: e if names(e) else Call("add", (Name("a"), e)))


SCALAR_TAILED = {"leaky_relu", "elu", "clip"}


@settings(max_examples=4)
@given(st.lists(expressions_of(EXACT - SCALAR_TAILED), min_size=20, max_size=40))
def test_exact_expressions_give_the_same_bits(expressions):
    built = library(c_source(expressions))
    for i, e in enumerate(expressions):
        got, want = of_c(built, i, MANY), of_numpy(e, MANY)
        np.testing.assert_array_equal(got, np.broadcast_to(want, got.shape), err_msg=write(e))


@settings(max_examples=4)
@given(st.lists(expressions_of({"tanh", "sigmoid", "gelu", "swish", "erf", "softplus", "add", "multiply", "power",
                                "exp", "log", "log1p", "relu"}, 3), min_size=20, max_size=40))  # fmt: skip
def test_expressions_agree(expressions):
    built = library(c_source(expressions))
    values = {n: RNG.uniform(0.1, 2, 200) for n in "abc"}
    for i, e in enumerate(expressions):
        got, want = of_c(built, i, values), of_numpy(e, values)
        np.testing.assert_allclose(got, np.broadcast_to(want, got.shape), 1e-9, 1e-12, err_msg=write(e))


def test_a_shared_part_is_computed_once():
    e = parse_expression("relu(relu(relu(a * b))) + tanh(a * b) * tanh(a * b)")
    code = c_statements(e, {"a": "a", "b": "b"}, "out")
    assert code.count("a * b") == 1
    assert code.count("tanh") == 1
    assert code.count(";") == 8
