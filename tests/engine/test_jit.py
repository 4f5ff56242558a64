"""Compiled lines: the bits of the ufuncs, whatever the expression and the numbers; and only where they are wanted."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.engine.backend import NUMPY
from tui_nn.engine.build import build
from tui_nn.engine.jit import LONG, CompiledBackend
from tui_nn.engine.machine import Machine
from tui_nn.lang.expression import Call, Name, Number
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer

pytest.importorskip("llvmlite")

N = LONG + 37  # not a multiple of any register
SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e-40, -1e-310, 1e-9, 3e38, 1e300, np.inf, -np.inf, np.nan]
UFUNCS = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "negative": np.negative,
    "square": np.square, "sqrt": np.sqrt, "abs": np.abs,
}  # fmt: skip
ARITY = {"add": 2, "subtract": 2, "multiply": 2, "divide": 2}


def vector(seed):
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=N) * 10.0 ** draw.integers(-20, 20, N)
    numbers[draw.integers(0, N, N // 10)] = draw.choice(SPECIAL, N // 10)
    numbers[-2:] = np.nan, -0.0
    return numbers


VALUES = {"a": vector(1), "b": vector(2), "c": vector(3), "s": 0.9, "t": -1e-3}
numbers = st.sampled_from([0, 1, 2, -1, 0.1, 1e-8, 0.999])
leaves = st.one_of(st.sampled_from(list(VALUES)).map(Name), numbers.map(Number))


def calls(inner):
    plain = st.sampled_from(list(UFUNCS)).flatmap(
        lambda op: st.tuples(*[inner] * ARITY.get(op, 1)).map(lambda args: Call(op, args))
    )
    return plain | inner.map(lambda base: Call("power", (base, Number(2))))


trees = calls(st.recursive(leaves, calls, max_leaves=8))


def by_ufuncs(e, values, dtype):
    match e:
        case Name(id=name):
            return values[name]
        case Number(value=value):
            return np.asarray(value, dtype)
        case Call(op="power", args=(base, _)):
            return np.square(by_ufuncs(base, values, dtype))
        case Call(op=op, args=args):
            return UFUNCS[op](*(by_ufuncs(a, values, dtype) for a in args))
    raise AssertionError(e)


def in_type(dtype):
    with np.errstate(over="ignore"):
        return {name: np.array(value, dtype) for name, value in VALUES.items()}


def same_bits(a, b):
    """Equal to the sign of a zero; one NaN is as good as another."""
    return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a[a == 0]), np.signbit(b[b == 0]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=40, deadline=None)
@given(e=trees)
def test_a_compiled_line_has_the_bits_of_the_ufuncs(dtype, e):
    values, out = in_type(dtype), np.empty(N, dtype)
    CompiledBackend().fused(e, values, out)()
    with np.errstate(all="ignore"):
        assert same_bits(out, np.broadcast_to(by_ufuncs(e, values, dtype), N))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=20, deadline=None)
@given(lines=st.lists(st.tuples(st.sampled_from("abc"), trees), min_size=2, max_size=4))
def test_lines_together_are_lines_one_after_the_other(dtype, lines):
    compiled, plain = in_type(dtype), in_type(dtype)
    CompiledBackend().together(lines, compiled)()
    with np.errstate(all="ignore"):
        for name, e in lines:
            plain[name][...] = by_ufuncs(e, plain, dtype)
    assert all(same_bits(compiled[name], plain[name]) for name in "abc")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_runs_compiled_as_it_runs_and_steps_without(name, dtype):
    page = parse_page("Z = W @ X + b\nJ = mean((Z - Y)**2)")
    shapes = {"W": (60, 900), "b": (60, 1), "X": (900, 4), "Y": (60, 4)}
    program = build(page, shapes, ["W", "b"], update=optimizer(name), dtype=dtype)
    draw = np.random.default_rng(0)
    values = {key: draw.normal(size=shape) for key, shape in shapes.items()}
    fast, plain, stepped = (Machine(program, values, backend=x) for x in (CompiledBackend(), NUMPY, CompiledBackend()))
    fast.run(3)
    plain.run(3)
    for iteration in (1, 2, 3):
        stepped.begin(iteration)
        for line in program.lines:
            stepped.step(line.number)
    assert fast.save().vectors["theta"].size >= LONG
    for key, vector in plain.save().vectors.items():
        assert fast.save().vectors[key].tobytes() == vector.tobytes(), key
        assert stepped.save().vectors[key].tobytes() == vector.tobytes(), key


def test_a_line_may_be_computed_in_a_vector_that_it_reads():
    m, g = np.arange(N, dtype="float64"), np.ones(N)
    CompiledBackend().fused(parse_expression("0.5 * m + g"), {"m": m, "g": g}, m)()
    assert np.array_equal(m, 0.5 * np.arange(N) + 1)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        pytest.param("a + b", lambda x: x[: LONG - 1], id="short"),
        pytest.param("exp(a)", lambda x: x, id="not exact"),
        pytest.param("a**3", lambda x: x, id="a power"),
        pytest.param("sum(a)", lambda x: x, id="a reduction"),
        pytest.param("a + b", lambda x: np.repeat(x, 2)[::2], id="strided"),
        pytest.param("a + b", lambda x: np.ones(N, "float32"), id="of another type"),
    ],
)
def test_what_is_left_to_the_ufuncs(text, change):
    values = {"a": change(vector(1)), "b": change(vector(2))}
    assert CompiledBackend().fused(parse_expression(text), values, np.empty(values["a"].shape)) is None


def test_vectors_that_overlap_are_left_to_the_ufuncs():
    memory = np.zeros(N + 1)
    assert CompiledBackend().fused(parse_expression("a + a"), {"a": memory[1:]}, memory[:-1]) is None
    lines = [("a", parse_expression("b + b")), ("b", parse_expression("a + a"))]
    assert CompiledBackend().together(lines, {"a": memory[1:], "b": memory[1:]}) is None


def test_a_small_network_waits_for_no_compiler(python):
    code = """
        import sys
        from tui_nn.engine.jit import CompiledBackend, installed
        from tui_nn.engine.machine import Machine
        from tui_nn.engine.build import build
        from tui_nn.lang.parse import parse_page
        from tui_nn.nn.optimizers import optimizer
        page = parse_page("Z = W @ X\\nJ = sum(Z)")
        shapes = {"W": (3, 4), "X": (4, 5)}
        Machine(build(page, shapes, ["W"], update=optimizer("adam")), {}, backend=CompiledBackend()).run(3)
        print(installed(), "llvmlite" in sys.modules)
    """
    assert python("-c", textwrap.dedent(code)).stdout.split() == ["True", "False"]
