"""By rows: what a large matrix goes through is done part by part, to the same bits; not where parts need each other."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from tui_nn.engine import lanes
from tui_nn.engine.build import build
from tui_nn.engine.by_rows import LARGE, ByRows, joined, product
from tui_nn.engine.machine import Machine
from tui_nn.lang.expression import names
from tui_nn.lang.parse import parse_page
from tui_nn.nn.optimizers import optimizer

ROWS, COLUMNS = 512, 256
assert ROWS * COLUMNS >= LARGE

PAGES = {
    "relu": "A = relu(W @ X)",
    "relu of a line": "Z = W @ X\nA = relu(Z)",
    "tanh": "Z = W @ X\nA = tanh(Z)",
    "sigmoid": "Z = W @ X\nA = sigmoid(Z)",
    "leaky": "Z = W @ X\nA = leaky_relu(Z, 0.1)",
    "gelu": "Z = W @ X\nA = gelu(Z)",
    "a bias added": "Z = W @ X + c\nA = relu(Z)",
    "many lines": "Z = W @ X\nS = Z**2\nR = 1 / (1 + S)\nA = maximum(R, Z) - minimum(S, 0.5) * clip(Z, -1, 1)",
    "two products": "Z = W @ X\nA = relu(W2 @ relu(Z))",
    "turned over": "Z = W2 @ W2\nA = Z * Z.T",
    "rows and columns": "Z = W @ X\nA = (Z - mean(Z, axis=1, keepdims=True)) * Z",
    "dropped": "Z = W @ X\nA = relu(Z) * dropout_mask(Z, 0.8)",
}


@pytest.fixture(params=[1, 2])
def count(request):
    before = lanes.in_use()
    lanes.use(request.param)
    yield request.param
    lanes.use(before)


def machine(page: str) -> Machine:
    draw = np.random.default_rng(4)
    shapes = {"W": (ROWS, 40), "X": (40, COLUMNS), "W2": (ROWS, ROWS), "c": (ROWS, 1)}
    lines = parse_page(f"{page}\nJ = mean(A**2)")
    used = {n: s for n, s in shapes.items() if any(n in names(line.expression) for line in lines)}
    program = build(lines, used, tuple(n for n in used if n != "X"), update=optimizer("sgd"), dtype="float32")
    return Machine(program, {name: draw.normal(0, 0.3, shape) for name, shape in used.items()})


@pytest.mark.parametrize("page", list(PAGES))
def test_fast_and_stepped_give_the_same_bits(page, count):
    fast, stepped = machine(PAGES[page]), machine(PAGES[page])
    fast.run(2)
    for iteration in (1, 2):
        stepped.begin(iteration)
        for line in stepped.program.lines:
            stepped.step(line.number)
    for name in fast.program.shapes:
        np.testing.assert_array_equal(fast.read(name), stepped.read(name), err_msg=name)


def test_what_follows_a_product_entry_by_entry_is_done_with_it():
    page = machine(PAGES["relu of a line"])
    rows = [call for call in page._all if isinstance(call, ByRows)]
    assert any(len(call.pieces[0]) > 1 for call in rows)


def matrices(n: int) -> list[np.ndarray]:
    draw = np.random.default_rng(0)
    return [draw.normal(size=(ROWS, ROWS)).astype("float32") for _ in range(n)]


def outcome(calls, *arrays):
    for call in calls:
        call()
    return [a.copy() for a in arrays]


SHIFTED = {
    "reads the row below": lambda a, b, out, more: partial(np.multiply, out[1:], out[1:], more[1:]),
    "reads other rows": lambda a, b, out, more: partial(np.add, out[:-1], out[1:], more[:-1]),
    "writes other rows": lambda a, b, out, more: partial(np.add, more[1:], more[1:], out[:-1]),
    "turns it over": lambda a, b, out, more: partial(np.add, out.T, out.T, more),
    "overwrites a factor": lambda a, b, out, more: partial(np.negative, out, b),
    "the same rows": lambda a, b, out, more: partial(np.negative, out, more),
    "in place": lambda a, b, out, more: partial(np.negative, out, out),
}


@pytest.mark.parametrize("how", list(SHIFTED))
def test_overlapping_memory_changes_nothing(how, count):
    found = []
    for change in (joined, list):
        a, b, out, more = matrices(4)
        first = product(a, b, out)
        assert first is not None
        call = SHIFTED[how](a, b, out, more)
        found.append(outcome(change([first, call, call]), b, out, more))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_small_ones_are_left_alone():
    a, b, out = (x[:64, :64].copy() for x in matrices(3))
    assert product(a, b, out) is None
    call = partial(np.add, a, b, out)
    assert joined([call]) == [call]
