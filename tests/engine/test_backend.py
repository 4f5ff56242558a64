"""CuPy's backend on a stand-in that mixes with NumPy nowhere and never waits: the same values as NumPy's backend."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.c_compiler import needs_compiler
from tests.engine.device import ROWS, SameMasks, Unfused, names_of, run, same_values, step_through, trained, with_blas
from tests.engine.lessons import LESSONS, lesson_problem
from tests.engine.pages import pages
from tests.engine.strict import Mixed, StrictCupy, Waited
from tui_nn.engine.backend import NUMPY, choose, on_numpy
from tui_nn.engine.build import build
from tui_nn.engine.cupy_backend import CupyBackend
from tui_nn.engine.kernels import KERNELS
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.expression import Call, walk
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.nn.network import Network
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.session.evaluation import Evaluation
from tui_nn.session.machines import Machines
from tui_nn.session.session import Session

RNG = np.random.default_rng(3)
# The stand-in is as strict as a GPU.


def test_the_stand_in_meets_nothing_of_the_host():
    cupy = StrictCupy()
    a, host = cupy.asarray(np.ones(3)), np.ones(3)
    for mixes in (
        lambda: np.add(a, host), lambda: np.add(host, host, out=a), lambda: np.copyto(host, a), lambda: host + a,
        lambda: np.asarray(a), lambda: np.sum(a), lambda: cupy.add(a, host, a), lambda: a.__setitem__(..., host),
        lambda: cupy.copyto(a, host), lambda: a.dot(host, a), lambda: float(a), lambda: int(a), lambda: bool(a),
        lambda: list(a), lambda: a.item(), lambda: a.tolist(), lambda: f"{a:g}", lambda: a[host], lambda: max(a),
    ):  # fmt: skip
        with pytest.raises(Mixed):
            mixes()
    with cupy.step(), pytest.raises(Waited):
        cupy.asnumpy(a)
    for missing in ("shares_memory", "nonzero", "clip", "random", "bool_"):
        with pytest.raises(AttributeError, match=missing):
            getattr(cupy, missing)
    with pytest.raises(AttributeError):
        cupy.maximum.reduce  # noqa: B018
    np.testing.assert_array_equal(cupy.asnumpy(a), 1)


# Which backend.


def test_the_choice_says_why():
    assert choose("numpy") == (on_numpy(), "asked for")
    with pytest.raises(UserError, match="there is no backend `jax`; there are auto, numpy, cupy"):
        choose("jax")


def test_without_cupy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    backend, why = choose("auto")
    assert backend is on_numpy()
    assert "not installed" in why
    with pytest.raises(UserError, match="cupy cannot be used: CuPy is not installed"):
        choose("cupy")


# Each kernel.

EXPRESSIONS = [
    "a + b", "a - b", "a * b", "a / b", "-a", "a**2", "a**b", "a**-1", "a < b", "a <= b", "a > b", "a >= b", "a == b",
    "a != b", "a > 0 and b > 0", "a > 0 or b", "not (a > 0)", "exp(a)", "log(abs(a))", "log1p(a**2)", "sqrt(abs(a))",
    "abs(a)", "sign(a)", "square(a)", "tanh(a)", "sigmoid(a)", "relu(a)", "leaky_relu(a, 0.2)", "elu(a, 0.5)",
    "softplus(a)", "erf(a)", "gelu(a)", "swish(a)", "step(a)", "maximum(a, b)", "minimum(a, b)", "where(a > b, a, 2)",
    "where(a, b, c)", "clip(a, -0.5, c)", "sum(a)", "sum(a, axis=0)", "mean(a, axis=1, keepdims=True)", "mean(c)",
    "max(a, axis=0)", "max(a)", "min(a, axis=-1)", "min(c)", "norm(a)", "norm(a, axis=0)", "any(a > 1)", "any(c)",
    "all(a > -9, axis=0)", "all(c)", "isnan(a / 0)", "isinf(a / 0)", "isfinite(a / 0)", "softmax(a)",
    "softmax(a, axis=0)", "log_softmax(a)", "softmax_cross_entropy(a, b)", "sigmoid_cross_entropy(a, b)",
    "outer(v, v)", "like(c, a)", "like(v, a)", "expand(v)", "a @ b.T", "a.T @ b", "(2 * a) @ v", "v @ v", "v @ b.T",
    "a.T", "(a @ b.T) @ a", "sum(a @ b.T) + a", "erf(a.T)", "gelu(a.T)", "expand(v, axis=0) * a",
    "tanh(sum(a, axis=0)) + v", "stop_gradient(a)", "stop_gradient(a * b) + a",
    "sum(sigmoid(sum(a)) + a)", "a + 0 * dropout_mask(a, 0.5)", "softplus(a @ v)", "sum(v, axis=0, keepdims=True)",
    "maximum(a, b) + minimum(a, sum(b))",
]  # fmt: skip
VALUES = {"a": RNG.normal(size=(2, 3)), "b": RNG.normal(size=(2, 3)), "c": RNG.normal(), "v": RNG.normal(size=3)}


def test_the_expressions_have_every_primitive():
    ops = {n.op for text in EXPRESSIONS for n in walk(parse_expression(text)) if isinstance(n, Call)}
    assert ops == KERNELS.keys()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", [pytest.param(CupyBackend, marks=needs_compiler), Unfused])
def test_every_kernel(kind, dtype):
    text = "\n".join(f"h{i} = {e}" for i, e in enumerate(EXPRESSIONS))
    text = text.replace("dropout_mask(a, 0.5)", "dropout_mask(a, 1)")  # which entries it keeps is another matter
    program = build(parse_page(text), {n: np.shape(v) for n, v in VALUES.items()}, dtype=dtype)
    machine = run(Machine(program, VALUES, backend=kind(StrictCupy())), 3)
    want = Machine(program, VALUES)
    want.run(3)
    same_values(machine, want)


def test_an_elementwise_line_is_one_kernel():
    text = "h0 = tanh(a * b + 1) / (1 + exp(-c))\nh1 = mean((a - b)**2)\nh2 = relu(a @ v - 1)"
    cupy = StrictCupy()
    program = build(parse_page(text), {n: np.shape(v) for n, v in VALUES.items()})
    machine = Machine(program, VALUES, backend=CupyBackend(cupy))
    assert [len(calls) for calls in machine._calls][:2] == [1, 3]


@needs_compiler
def test_lines_together_are_one_kernel():
    cupy = StrictCupy()
    text = "m = 0.9 * m + g\nstep = k * m\nm = m + step\ntheta = theta - step * m"
    lines = [(e.name, e.expression) for e in parse_page(text)]
    values = {name: RNG.normal(size=7) for name in ("m", "g", "step", "theta")} | {"k": np.array(0.25)}
    arrays = {name: cupy.asarray(value) for name, value in values.items()}
    call = CupyBackend(cupy).together(lines, arrays)
    assert call is not None
    before = cupy.launches
    call()
    assert cupy.launches == before + 1
    for name, value in oracle.run(text, values).items():
        np.testing.assert_allclose(cupy.asnumpy(arrays[name]), value, 1e-14, err_msg=name)


def test_what_is_no_kernel():
    cupy = StrictCupy()
    backend, long = CupyBackend(cupy), cupy.zeros(8)
    e = parse_expression("a + b")
    out = cupy.zeros(4)
    assert backend.fused(parse_expression("sum(a) + b"), {"a": out, "b": out}, out) is None
    assert backend.fused(e, {"a": cupy.zeros(4, "float32"), "b": out}, out) is None
    assert backend.fused(e, {"a": long[1:5], "b": out}, long[:4]) is None  # an entry is read after it was written
    assert backend.fused(e, {"a": out, "b": out}, out) is not None


# Whole listings.


@needs_compiler
@pytest.mark.parametrize("lesson", LESSONS)
def test_lessons(lesson):
    problem = lesson_problem(lesson, "adam")
    program = problem.program()
    want = Machine(program, problem.values)
    want.run(6)
    machine = run(Machine(program, problem.values, backend=CupyBackend(StrictCupy())), 6)
    same_values(machine, want)
    stepped = step_through(Machine(program, problem.values, backend=CupyBackend(StrictCupy())), 6)
    for name in names_of(program):
        assert stepped.read(name).tobytes() == machine.read(name).tobytes(), name


@settings(max_examples=60)
@given(pages(), st.sampled_from(list(OPTIMIZERS)), st.sampled_from(["float64", "float32"]))
def test_random_pages(page, name, dtype):
    program = page.program(optimizer(name, {"lr": 1e-3}), dtype)
    want = Machine(program, page.values)
    want.run(2)
    loose = {"rtol": 1e-8, "atol": 1e-8} if dtype == "float64" else {"rtol": 0.05, "atol": 0.02}
    same_values(run(Machine(program, page.values, backend=Unfused(StrictCupy())), 2), want, loose)


@needs_compiler
@settings(max_examples=8)
@given(pages(), st.sampled_from(list(OPTIMIZERS)))
def test_random_pages_with_kernels_of_their_own(page, name):
    program = page.program(optimizer(name, {"lr": 1e-3}))
    want = Machine(program, page.values)
    want.run(3)
    backend, _, _ = with_blas()
    same_values(run(Machine(program, page.values, backend=backend), 3), want, {"rtol": 1e-8, "atol": 1e-8})


# A network that trains, with masks, batches and a smaller last one.


@needs_compiler
def test_training_in_batches():
    want, want_losses = trained(SameMasks(), 5)
    backend, cupy, _ = with_blas()
    machines, losses = trained(backend, 5)
    assert cupy.to_host == 5  # the losses of an epoch come at once
    assert not backend.remarks
    np.testing.assert_allclose(losses, want_losses, rtol=1e-9)
    for name, value in want.tensors().items():
        np.testing.assert_allclose(machines.owner.read(name), value, 1e-8, 1e-10, err_msg=name)
    figures = Evaluation(machines, ROWS["X"], ROWS["Y"]).figures()
    of_numpy = Evaluation(want, ROWS["X"], ROWS["Y"]).figures()
    assert figures.loss == pytest.approx(of_numpy.loss, rel=1e-9)
    np.testing.assert_allclose(figures.outputs, of_numpy.outputs, 1e-8)


@needs_compiler
@pytest.mark.parametrize("name", ["batch_norm", "batch_renorm(0.1)", "layer_norm", "group_norm(2)"])
def test_layers_with_buffers_and_constants(name):
    network = Network(["dense(6)", name, "activation(tanh)", "dense(3)"], inputs=4, loss="softmax_cross_entropy")

    def machines(backend):
        return Machines(network, optimizer("adam"), 8, dtype="float64", backend=backend)

    want, want_losses = trained(NUMPY, 3, machines(NUMPY))
    backend, _, _ = with_blas()
    found, losses = trained(backend, 3, machines(backend))
    np.testing.assert_allclose(losses, want_losses, rtol=1e-9)
    for each, value in want.tensors().items():
        np.testing.assert_allclose(found.owner.read(each), value, 1e-8, 1e-10, err_msg=each)


@needs_compiler
def test_masks_are_drawn_anew_in_every_iteration_and_alike_in_a_replay():
    text = "M = dropout_mask(x, 0.75)\nJ = sum(M * x)"
    program = build(parse_page(text), {"x": (40, 50)})
    backend, _, _ = with_blas()
    machine = Machine(program, {"x": np.ones((40, 50))}, backend=backend, seed=9)
    masks = []
    for _ in range(5):
        run(machine, 1)
        masks.append(machine.read("M"))
    assert set(np.unique(masks[0])) == {0, 1 / 0.75}
    assert 0.7 < np.mean(masks[0] > 0) < 0.8
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 4)):
        assert np.mean((masks[a] > 0) == (masks[b] > 0)) == pytest.approx(0.625, abs=0.05)
    machine.begin(2)
    machine.lines(1, 2)
    np.testing.assert_array_equal(machine.read("M"), masks[1])
    other = Machine(program, {"x": np.ones((40, 50))}, backend=with_blas()[0], seed=10)
    assert not np.array_equal(run(other, 1).read("M"), masks[0])


def test_a_schedule_reaches_the_device():
    program = build(parse_page("J = w**2"), {"w": ()}, ["w"], update=optimizer("sgd", {"lr": 0.1}))
    values = {"w": np.array(3.0)}
    for backend in (NUMPY, Unfused(StrictCupy())):
        machine = Machine(program, values, backend=backend)
        machine.scalars.schedule("lr", lambda t: 0.1 / t)
        machine.run(3)
        assert machine.number("w") == pytest.approx(3 * 0.8 * (1 - 0.1) * (1 - 0.2 / 3))
        machine.write("lr", 0.25)
        machine.run(1)
        assert machine.number("w") == pytest.approx(3 * 0.8 * (1 - 0.1) * (1 - 0.2 / 3) * 0.5)


# A session.


@needs_compiler
def test_a_session_on_the_device():
    def told(backend):
        problem = lesson_problem("network-from-scratch", "adam")
        session = Session(problem.program(), problem.values, backend=backend)
        first = problem.program().parameters[0]
        session.watch(f"norm(d{first})")
        everything = names_of(session.program)
        seen = []

        def look(frame):
            seen.append((frame.position, frame.values, frame.watches))

        look(session.step(3))
        look(session.next_iteration(70))
        look(session.back(5))
        look(session.goto(3, 4))
        entry = (0,) * len(session.program.shapes[first])
        session.set(first, entry, 0.25)
        look(session.next_iteration())
        stop = session.run_until(f"norm(d{first}) < 1e9 and {session.program.loss} < 1e9", limit=5)
        seen.append((stop.kind, {}, {}))
        session.undo()
        look(session.frame(everything))
        return seen

    got, want = told(with_blas()[0]), told(NUMPY)
    assert [moment for moment, _, _ in got] == [moment for moment, _, _ in want]
    for (_, values, watches), (_, other, others) in zip(got, want, strict=True):
        assert values.keys() == other.keys()
        for name, value in {**values, **watches}.items():
            np.testing.assert_allclose(value, {**other, **others}[name], 1e-9, 1e-11, err_msg=name)
