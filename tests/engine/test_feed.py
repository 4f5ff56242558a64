"""Batches through machines: the same bits as each batch written by hand into a machine of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import oracle
from tui_nn.engine import feed as feed_module
from tui_nn.engine.build import build
from tui_nn.engine.feed import Feed
from tui_nn.engine.machine import Machine
from tui_nn.lang.parse import parse_page
from tui_nn.nn.optimizers import optimizer

PAGE = """\
Z1 = W1 @ X + b1
A1 = relu(Z1)
Z2 = W2 @ A1 + b2
J = softmax_cross_entropy(Z2, Y, axis=0) + 0.01 * sum((X - 1)**2)"""
PARAMETERS = ("W1", "b1", "W2", "b2")
RNG = np.random.default_rng(5)
START = {"W1": RNG.normal(size=(4, 3)), "b1": np.zeros((4, 1)), "W2": RNG.normal(size=(2, 4)), "b2": np.zeros((2, 1))}
UPDATE = optimizer("momentum", {"lr": 0.1})


def network(size, share=None, dtype="float64"):
    shapes = {n: v.shape for n, v in START.items()} | {"X": (3, size), "Y": (2, size)}
    program = build(parse_page(PAGE), shapes, PARAMETERS, update=UPDATE, dtype=dtype)
    return Machine(program, START if share is None else {}, share=share)


def feed_of(rows, batch_size, dtype="float64", **options):
    first = network(min(batch_size, len(rows["X"])), dtype=dtype)

    def machine_for(size):
        return first if size == first.program.shapes["X"][1] else network(size, share=first, dtype=dtype)

    return Feed(machine_for, rows, batch_size, **options), first


def data(examples):
    return {"X": RNG.normal(size=(examples, 3)), "Y": np.eye(2)[RNG.integers(0, 2, examples)]}


def by_hand(rows, order, batch_size, keep_last=True):
    """Losses and parameters after an epoch, by Python and NumPy alone."""
    now, velocity, losses = dict(START), dict.fromkeys(PARAMETERS, 0.0), []
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        if len(batch) < batch_size and start and not keep_last:
            break
        lines = network(len(batch)).program.lines
        found = oracle.run(
            "\n".join(str(line) for line in lines if line.phase != "update"),
            now | {n: a[batch].T for n, a in rows.items()},
        )
        losses.append(float(found["J"]))
        for p in PARAMETERS:
            velocity[p] = 0.9 * velocity[p] + 0.1 * found[f"d{p}"]
            now[p] = now[p] - velocity[p]
    return losses, now


@settings(max_examples=30)
@given(st.integers(1, 23), st.integers(1, 25), st.booleans(), st.integers(0, 9), st.sampled_from([4_000_000, 1]))
def test_an_epoch(examples, batch_size, keep_last, seed, reordered):
    """Of any number of examples, in batches of any size, also where the data is too large to be put in order."""
    rows, order = data(examples), np.random.default_rng(seed).permutation(examples)
    whole, feed_module.REORDERED = feed_module.REORDERED, reordered
    try:
        feed, machine = feed_of(rows, batch_size, keep_last=keep_last)
    finally:
        feed_module.REORDERED = whole
    losses = feed.run(order)
    want, parameters = by_hand(rows, order, min(batch_size, examples), keep_last)
    assert len(losses) == len(feed.sizes) == len(want)
    np.testing.assert_allclose(losses, want, 1e-11, 1e-13)
    for name, value in parameters.items():
        np.testing.assert_allclose(machine.read(name), value, 1e-10, 1e-12)
    assert machine.iteration == len(want)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_epoch_in_pieces_gives_the_same_bits(dtype):
    rows, order = data(23), RNG.permutation(23)
    one, first = feed_of(rows, 5, dtype)
    two, second = feed_of(rows, 5, dtype)
    losses = one.run(order)
    pieces = [two.run(order, 0, 2), two.run(order, 2, 3), two.run(order, 3)]
    np.testing.assert_array_equal(np.concatenate(pieces), losses)
    assert [first.read(p).tobytes() for p in PARAMETERS] == [second.read(p).tobytes() for p in PARAMETERS]


def test_a_second_epoch_in_another_order():
    rows = data(10)
    feed, machine = feed_of(rows, 4)
    orders = [RNG.permutation(10) for _ in range(3)]
    losses = [feed.run(order) for order in orders]
    again, other = feed_of(rows, 4)
    for order, want in zip(orders, losses, strict=True):
        np.testing.assert_array_equal(again.run(order), want)
    np.testing.assert_array_equal(machine.read("W1"), other.read("W1"))
    assert not np.array_equal(losses[0], losses[1])


def test_a_batch_is_brought_in_without_computing():
    rows, order = data(11), RNG.permutation(11)
    feed, machine = feed_of(rows, 4)
    for batch, size in enumerate([4, 4, 3]):
        lent = feed.bring(order, batch)
        assert lent.program.shapes["X"] == (3, size)
        np.testing.assert_array_equal(lent.read("X"), rows["X"][order[4 * batch : 4 * batch + size]].T)
        np.testing.assert_array_equal(lent.read("Y"), rows["Y"][order[4 * batch : 4 * batch + size]].T)
    assert machine.iteration == 0


def test_a_full_batch_is_brought_in_once():
    rows, order = data(6), np.arange(6)
    feed, machine = feed_of(rows, 6)
    fresh, other = feed_of(rows, 6)
    for _ in range(3):
        feed.run(order)
        fresh.run(order.copy())  # is brought in each time
    np.testing.assert_array_equal(machine.read("X"), rows["X"].T)
    assert machine.read("W2").tobytes() == other.read("W2").tobytes()
