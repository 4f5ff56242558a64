"""The machine: stepped and fast runs give the same bits, every buffer has one writer, folding changes no value."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.lessons import LESSONS, lesson_problem
from tests.engine.pages import RandomPage, pages
from tui_nn.engine.build import build
from tui_nn.engine.layout import folds
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.nn.transforms import clip_by_norm

DTYPES = ["float64", "float32"]
RNG = np.random.default_rng(11)


def network(text, parameters, update=None, dtype="float64", **shapes):
    values = {n: np.asarray(RNG.normal(size=shape)) for n, shape in shapes.items()}
    page = RandomPage(text, values, tuple(parameters))
    return page.program(update, dtype), values


def everything(program):
    """All names of a program."""
    update = [f"{k}.{p}" for k in program.update_names for p in program.parameters]
    return [*program.shapes, *update, *(k for k, role in program.update_roles.items() if role == "hyper")]


def bits(machine):
    return {name: machine.read(name).tobytes() for name in everything(machine.program)}


def stepped(program, values, iterations, seed=0):
    machine = Machine(program, values, seed=seed)
    for iteration in range(1, iterations + 1):
        machine.begin(iteration)
        for line in program.lines:
            machine.step(line.number)
    return machine


def fast(program, values, iterations, seed=0):
    machine = Machine(program, values, seed=seed)
    machine.run(iterations)
    return machine


def runs_alike(program, values, iterations=5):
    assert bits(stepped(program, values, iterations)) == bits(fast(program, values, iterations))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_stepped_and_fast_runs_of_lessons_give_the_same_bits(lesson, name, dtype):
    problem = lesson_problem(lesson, name, dtype)
    runs_alike(problem.program(), problem.values)


@settings(max_examples=100)
@given(pages(), st.sampled_from(list(OPTIMIZERS)), st.sampled_from(DTYPES))
def test_stepped_and_fast_runs_of_random_pages_give_the_same_bits(page, name, dtype):
    runs_alike(page.program(optimizer(name), dtype), page.values)


FOLDED = """\
Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
J = softmax_cross_entropy(Z2, Y, axis=0)"""
LAYERS = {"X": (3, 5), "W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1), "Y": (2, 5)}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_stepped_and_fast_runs_of_a_folded_network_give_the_same_bits(name, dtype):
    runs_alike(*network(FOLDED, ["W1", "b1", "W2", "b2"], optimizer(name), dtype, **LAYERS), iterations=300)


@pytest.mark.parametrize("dtype", DTYPES)
def test_stepped_and_fast_runs_draw_the_same_masks(dtype):
    text = """\
Z1 = W1 @ X + b1
A1 = relu(Z1) * dropout_mask(Z1, 0.7)
Z2 = W2 @ A1 + b2
J = softmax_cross_entropy(Z2 * dropout_mask(Z2, 0.9), Y, axis=0)"""
    program, values = network(text, ["W1", "b1", "W2", "b2"], optimizer("adam"), dtype, **LAYERS)
    assert bits(stepped(program, values, 20, seed=3)) == bits(fast(program, values, 20, seed=3))


UPDATES = {name: optimizer(name) for name in OPTIMIZERS} | {"adam, clipped": clip_by_norm(optimizer("adam"), 0.01)}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("side", [130, 502])
def test_stepped_and_fast_runs_of_long_vectors_leave_the_same_bits(side, name, dtype):
    """A fast run goes through long vectors block by block, and through lines that keep nothing at once."""
    program, values = network("J = mean((tanh(W) - T)**2)", ["W"], UPDATES[name], dtype, W=(side, side), T=(side, side))
    slow, quick = stepped(program, values, 3), fast(program, values, 3)
    for vector, kept in slow.save().vectors.items():
        assert kept.tobytes() == quick.save().vectors[vector].tobytes(), vector


def test_a_run_in_pieces_gives_the_same_bits():
    program, values = network(FOLDED, ["W1", "b1", "W2", "b2"], optimizer("adam"), **LAYERS)
    pieces = Machine(program, values)
    for count in (1, 254, 1, 1, 43):  # the table of single numbers begins anew after 256
        pieces.run(count)
    jumped = Machine(program, values)
    jumped.begin(300)
    jumped.restore(pieces.save())
    jumped.begin(1)
    jumped.restore(fast(program, values, 299).save())
    jumped.run(1)
    assert bits(pieces) == bits(fast(program, values, 300)) == bits(jumped)


# Every buffer has one writer.


def changes_by_line(machine):
    """Line number to the names whose arrays that line changed; every buffer is made unlike before each line."""
    program = machine.program
    machine.begin(1)
    for line in program.lines:
        before = bits(machine)
        machine.step(line.number)
        after = bits(machine)
        yield line, {name for name in before if before[name] != after[name]}


def may_change(program, line):
    """The names of what `line` writes, and other names of the same memory."""
    if line.phase == "update":
        own = [line.name] if line.shape == () else [f"{line.name}.{p}" for p in program.parameters]
        return {*own, *(program.parameters if line.name == "theta" else ())}
    wanted = {f"d{p}": p for p in program.parameters}
    return {line.name, f"g.{wanted[line.name]}"} if line.name in wanted else {line.name}


def poison(machine):
    """NaN into whatever a line is going to write."""
    for line in machine.program.lines:
        if line.phase != "update":
            machine.write(line.name, np.full(line.shape, np.nan))


@settings(max_examples=40)
@given(pages(), st.sampled_from(list(OPTIMIZERS)))
def test_a_line_writes_its_own_buffer_and_no_other(page, name):
    machine = Machine(page.program(optimizer(name)), page.values)
    poison(machine)
    for line, changed in changes_by_line(machine):
        assert changed <= may_change(machine.program, line), line


LISTINGS = [*LESSONS, "a folded network"]


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_line_of_a_listing_writes_its_own_buffer_and_no_other(listing):
    """But for a bias that is folded into its weight: its gradient is written with the weight's, and only there."""
    if listing in LESSONS:
        problem = lesson_problem(listing, "adam")
        program, values = problem.program(), problem.values
    else:
        program, values = network(FOLDED, ["W1", "b1", "W2", "b2"], optimizer("sgd"), **LAYERS)
    machine = Machine(program, values)
    bias = {f"d{f.weight}": f.bias for f in folds(program).values()}
    poison(machine)
    for line, changed in changes_by_line(machine):
        own = may_change(program, line)
        if line.name in bias:
            own |= {f"d{bias[line.name]}", f"g.{bias[line.name]}"}
        assert changed <= own, line
        if line.phase != "update" and line.name not in {f"d{b}" for b in bias.values()}:
            assert changed, f"{line} computed nothing"


# Folding a bias into its weight changes where numbers are, not what they are.

FOLDS = {
    "a network": (FOLDED, ["W1", "b1", "W2", "b2"], LAYERS),
    "a loss of squares": (
        "Z = W @ X + b\nA = tanh(Z)\nJ = mean((A - Y)**2)", ["W", "b"],
        {"W": (2, 3), "X": (3, 4), "b": (2, 1), "Y": (2, 4)},
    ),
    "weight decay": (
        "Z = W @ X + b\nJ = mean(tanh(Z)) + 0.3 * sum(W**2)", ["W", "b"], {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
    "a penalty in front": (
        "R = sum(W**2)\nZ = W @ X + b\nJ = mean(tanh(Z)) + R / 4", ["W", "b"], {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
    "decay of the bias too": (
        "Z = W @ X + b\nJ = mean(tanh(Z)) + 0.3 * sum(W**2) + sum(b**2)", ["W", "b"],
        {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
    "one input for two layers": (
        "Z1 = W1 @ X + b1\nZ2 = W2 @ X + b2\nJ = mean(tanh(Z1) * Z2)", ["W1", "b1", "W2", "b2"],
        {"X": (3, 4), "W1": (2, 3), "b1": (2, 1), "W2": (2, 3), "b2": (2, 1)},
    ),
    "an activation for two layers": (
        "Z0 = W0 @ X + b0\nA = tanh(Z0)\nZ1 = W1 @ A + b1\nZ2 = W2 @ A + b2\nJ = mean(tanh(Z1) * Z2) + mean(A)",
        ["W0", "b0", "W1", "b1", "W2", "b2"],
        {"X": (3, 4), "W0": (3, 3), "b0": (3, 1), "W1": (2, 3), "b1": (2, 1), "W2": (2, 3), "b2": (2, 1)},
    ),
    "a weight used twice": (
        "Z1 = W @ X + b\nA = tanh(Z1)\nZ2 = W @ A\nJ = mean(Z2**2)", ["W", "b"],
        {"W": (3, 3), "X": (3, 4), "b": (3, 1)},
    ),
    "a weight used twice, with two biases": (
        "Z1 = W @ X + b\nA = tanh(Z1)\nZ2 = W @ A + c\nJ = mean(Z2**2) + mean(A)", ["c", "W", "b"],
        {"W": (3, 3), "X": (3, 4), "b": (3, 1), "c": (3, 1)},
    ),
    "a bias used twice": (
        "Z1 = W @ X + b\nA = tanh(Z1)\nZ2 = V @ A + b\nJ = mean(Z2**2)", ["W", "V", "b"],
        {"W": (3, 3), "V": (3, 3), "X": (3, 4), "b": (3, 1)},
    ),
    "only the weight is learned": (
        "Z = W @ X + b\nJ = mean(tanh(Z))", ["W"], {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
    "only the bias is learned": (
        "Z = W @ X + b\nJ = mean(tanh(Z))", ["b"], {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
    "the input is learned": (
        "Z = W @ X + b\nJ = mean(tanh(Z))", ["W", "b", "X"], {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
    "one example": (FOLDED, ["W1", "b1", "W2", "b2"], LAYERS | {"X": (3, 1), "Y": (2, 1)}),
    "one of everything": ("Z = W @ X + b\nJ = mean(tanh(Z))", ["W", "b"], {"W": (1, 1), "X": (1, 1), "b": (1, 1)}),
    "a row of examples": (
        "Z = X @ W + b\nA = sigmoid(Z)\nV = A @ U + c\nJ = softmax_cross_entropy(V, Y)", ["W", "b", "U", "c"],
        {"X": (5, 3), "W": (3, 4), "b": (4,), "U": (4, 2), "c": (1, 2), "Y": (5, 2)},
    ),
    "the output is the input of a product": (
        "Z = W @ X + b\nK = Z.T @ Z\nJ = mean(tanh(K))", ["W", "b"], {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
    "an input that is a value": (
        "S = (X - mean(X, axis=1, keepdims=True))**2\nZ = W @ S + b\nJ = mean(tanh(Z)) + sum(S * S)", ["W", "b", "X"],
        {"W": (2, 3), "X": (3, 4), "b": (2, 1)},
    ),
}  # fmt: skip


def test_what_is_folded():
    """Else the next test would prove nothing."""
    found = {
        case: [f"{f.weight}+{f.bias}" for f in folds(network(text, parameters, **shapes)[0]).values()]
        for case, (text, parameters, shapes) in FOLDS.items()
    }
    assert {case for case, pairs in found.items() if not pairs} == {
        "a bias used twice", "decay of the bias too", "only the weight is learned", "only the bias is learned",
        "the input is learned", "a row of examples",
    }  # fmt: skip
    assert found["an activation for two layers"] == ["W0+b0", "W1+b1", "W2+b2"]


@pytest.mark.parametrize("case", FOLDS)
def test_folding_changes_no_value(case):
    text, parameters, shapes = FOLDS[case]
    update = optimizer("momentum", {"lr": 0.1, "form": "classic"})
    program, values = network(text, parameters, update, **shapes)
    machine = Machine(program, values)
    now = dict(values)
    listing = "\n".join(str(line) for line in program.lines if line.phase != "update")
    velocity = {p: np.zeros(shapes[p]) for p in parameters}
    for iteration in range(1, 4):
        machine.begin(iteration)
        machine.lines(1, len(program.lines))
        want = oracle.run(listing, now)
        for line in program.lines:
            if line.phase != "update":
                np.testing.assert_allclose(machine.read(line.name), want[line.name], 1e-12, 1e-13, err_msg=str(line))
        for p in parameters:
            velocity[p] = 0.9 * velocity[p] + 0.1 * want[f"d{p}"]
            now[p] = now[p] - velocity[p]
            np.testing.assert_allclose(machine.read(p), now[p], 1e-12, 1e-13)
            np.testing.assert_allclose(machine.read(f"v.{p}"), velocity[p], 1e-12, 1e-13)


def test_a_page_without_parameters_is_evaluated():
    program, values = network(FOLDED, [], **LAYERS)
    machine = fast(program, values, 1)
    assert [line.phase for line in program.lines] == ["forward"] * 4
    np.testing.assert_allclose(machine.read("J"), oracle.run(FOLDED, values)["J"], 1e-14)


def test_an_evaluation_page_shares_the_network():
    """The same parameters under another batch size, without the backward pass; what one trains the other reads."""
    parameters = ["W1", "b1", "W2", "b2"]
    program, values = network(FOLDED, parameters, optimizer("adam"), **LAYERS)
    page = parse_page(FOLDED)
    shapes = {n: v.shape for n, v in values.items()} | {"X": (3, 7), "Y": (2, 7)}
    inference = build(page, shapes, parameters, learn=False)
    machine = Machine(program, values)
    other = {"X": RNG.normal(size=(3, 7)), "Y": RNG.uniform(size=(2, 7))}
    evaluation = Machine(inference, other, share=machine)
    machine.run(3)
    evaluation.run(1)
    want = oracle.run(FOLDED, {p: machine.read(p) for p in parameters} | other)
    np.testing.assert_allclose(evaluation.read("J"), want["J"], 1e-13)
    assert machine.iteration == evaluation.iteration == 4
    with pytest.raises(ValueError, match="differently"):
        Machine(network(FOLDED, ["b1", "W1"], **LAYERS)[0], {}, share=machine)


def test_buffers_outlast_an_iteration_and_are_saved():
    text = "mu = mean(w * x)\nJ = (mu - 1)**2"
    values = {"w": np.array(0.5), "x": np.array([1.0, 2.0, 6.0]), "kept": np.array(0.0)}
    shapes = {n: v.shape for n, v in values.items()}
    lines = [Equation(e.name, e.expression, "update") for e in parse_page("kept = 0.9 * kept + 0.1 * mu")]
    program = build(parse_page(text), shapes, ["w"], update=optimizer("sgd", {"lr": 0.01}), buffers=lines)
    machine = Machine(program, values)
    w, kept = 0.5, 0.0
    for _ in range(5):
        machine.run()
        mu = w * 3
        w -= 0.01 * 2 * (mu - 1) * 3
        kept = 0.9 * kept + 0.1 * mu
    assert machine.number("kept") == pytest.approx(kept, rel=1e-14)
    saved = machine.save()
    machine.run(3)
    machine.restore(saved)
    assert machine.number("kept") == pytest.approx(kept, rel=1e-14)
    with pytest.raises(UserError, match="buffer `kept`"):
        build(parse_page(text), shapes, ["w"], buffers=[Equation("kept", parse_expression("kept + x"))])


# What a step costs.


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_step_allocates_next_to_nothing(lesson):
    problem = lesson_problem(lesson, "adam")
    machine = fast(problem.program(), problem.values, 10)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        machine.run(20)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 4096
    assert after - before < 1024


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_value_has_the_dtype_of_the_program(lesson, dtype):
    problem = lesson_problem(lesson, "adam", dtype)
    machine = fast(problem.program(), problem.values, 2)
    assert {machine.read(name).dtype.name for name in everything(machine.program)} == {dtype}


# Chance.


def test_a_mask_is_a_function_of_seed_page_and_iteration():
    text = "A = tanh(w * x)\nM = dropout_mask(A, 0.8)\nD = A * M\nJ = sum(D)"
    values = {"w": np.array(2.0), "x": np.ones((50, 40))}
    program = build(parse_page(text), {n: v.shape for n, v in values.items()}, ["w"])
    first = fast(program, values, 1)
    mask = first.read("M")
    assert set(np.unique(mask)) == {0, 1.25}
    assert 0.75 < np.mean(mask > 0) < 0.85
    again = fast(program, values, 3)
    assert not np.array_equal(again.read("M"), mask)
    again.begin(1)
    again.lines(1, len(program.lines))
    np.testing.assert_array_equal(again.read("M"), mask)
    assert not np.array_equal(fast(program, values, 1, seed=1).read("M"), mask)
    assert np.mean((again.read("M") > 0) == (fast(program, values, 2).read("M") > 0)) == pytest.approx(0.68, abs=0.05)


def test_a_mask_within_a_line_is_the_same_in_its_derivative():
    text = "A = tanh(W * X)\nJ = sum(A * dropout_mask(tanh(A), 0.5) * A) + sum(tanh(A))"
    program, values = network(text, ["W"], W=(30, 30), X=(30, 30))
    assert [str(line) for line in program.lines][1] == "mask1 = dropout_mask(tanh(A), 0.5)"
    machine = fast(program, values, 1)
    a, mask = machine.read("A"), machine.read("mask1")
    assert 0.4 < np.mean(mask == 0) < 0.6
    assert machine.number("J") == pytest.approx(np.sum(a * a * mask) + np.sum(np.tanh(a)), rel=1e-12)
    np.testing.assert_allclose(machine.read("dA"), 2 * a * mask + 1 - np.tanh(a) ** 2, rtol=1e-12)


def test_two_masks_are_two():
    text = "M = dropout_mask(x, 0.5)\nJ = w * sum(M * dropout_mask(x, 0.5) * dropout_mask(x, 0.5))"
    program, values = network(text, ["w"], w=(), x=(40, 40))
    machine = fast(program, values, 1)
    for a, b in (("M", "mask1"), ("M", "mask2"), ("mask1", "mask2")):
        assert np.mean((machine.read(a) > 0) == (machine.read(b) > 0)) == pytest.approx(0.5, abs=0.05)


# What cannot be done.


@pytest.mark.parametrize(("name", "value", "message"), [
    ("X", np.zeros((5, 3)), "`X` is 3x5, the value given for it is 5x3"),
    ("W9", 1.0, "no value named `W9`"),
    ("t", 2.0, "`t` cannot be set"),
    ("v", 2.0, "write v.W1"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(name, value, message):
    program, values = network(FOLDED, ["W1", "b1", "W2", "b2"], optimizer("adam"), **LAYERS)
    with pytest.raises(UserError, match=message):
        Machine(program, values).write(name, value)


def test_names_of_page_and_optimiser_do_not_meet():
    """A page may call its own values `v`, `lr` or `step`: the optimiser's are others."""
    text = "v = w * lr\nstep = v - x\nJ = step**2"
    program, values = network(text, ["w"], optimizer("momentum", {"lr": 0.1, "form": "classic"}), w=(), lr=(), x=())
    machine = Machine(program, values | {"lr": 3.0, "w": 2.0, "x": 1.0})
    machine.run(2)
    w, velocity = 2.0, 0.0
    for _ in range(2):
        velocity = 0.9 * velocity + 0.1 * 2 * (3 * w - 1) * 3
        w -= velocity
    assert machine.number("w") == pytest.approx(w, rel=1e-14)
    assert machine.number("v.w") == pytest.approx(velocity, rel=1e-14)
    assert machine.number("lr") == 3


def test_a_probe_sees_names_of_both_scopes():
    program, values = network(FOLDED, ["W1", "b1", "W2", "b2"], optimizer("adam"), **LAYERS)
    machine = fast(program, values, 3)
    want = np.linalg.norm(machine.read("m_hat.W1") + machine.read("dW1")) * 0.001
    assert machine.probe(parse_expression("norm(m_hat.W1 + g.W1) * lr")).value() == pytest.approx(want, rel=1e-13)
