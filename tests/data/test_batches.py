"""Batches: each example once an epoch, and any step repeatable from (seed, epoch) alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.data.batches import MODES, Batching
from tui_nn.errors import UserError

batchings = st.builds(Batching, st.none() | st.integers(1, 12), st.booleans())


@given(batchings, st.integers(1, 60), st.integers(0, 9), st.integers(0, 9))
def test_an_epoch_has_each_example_exactly_once(batching, rows, seed, epoch):
    batches = list(batching.epoch(rows, seed, epoch))
    assert len(batches) == batching.steps(rows)
    assert sorted(np.concatenate(batches).tolist()) == list(range(rows))
    size = batching.size or rows
    assert all(len(batch) == size for batch in batches[:-1])
    assert 1 <= len(batches[-1]) <= size


@given(st.integers(1, 12), st.integers(1, 60), st.integers(0, 9))
def test_a_last_partial_batch_can_be_dropped(size, rows, epoch):
    batching = Batching(size, drop_last=True)
    if rows < size:
        with pytest.raises(UserError, match=f"make no batch of {size} when the last"):
            batching.steps(rows)
        return
    batches = list(batching.epoch(rows, 0, epoch))
    assert [len(batch) for batch in batches] == [size] * (rows // size)
    kept = list(Batching(size).epoch(rows, 0, epoch))
    assert all((a == b).all() for a, b in zip(batches, kept, strict=False))


@given(batchings, st.integers(1, 40), st.integers(0, 9), st.data())
def test_any_iteration_is_had_without_those_before(batching, rows, seed, data):
    steps = batching.steps(rows)
    iteration = data.draw(st.integers(0, 4 * steps - 1))
    walked = [batch for epoch in range(4) for batch in batching.epoch(rows, seed, epoch)]
    assert batching.at(rows, seed, iteration).tolist() == walked[iteration].tolist()


def test_orders_differ_by_seed_and_epoch_and_repeat():
    batching = Batching(8)
    orders = {tuple(batching.order(50, seed, epoch).tolist()) for seed in range(5) for epoch in range(5)}
    assert len(orders) == 25
    assert tuple(batching.order(50, 0, 0).tolist()) in orders
    assert Batching(8, shuffle=False).order(5, 1, 1).tolist() == [0, 1, 2, 3, 4]


def test_an_order_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        Batching(8).order(50, 0, 0)[0] = 1


@pytest.mark.parametrize(
    ("mode", "sizes", "epochs"),
    [("batch", [10], 3), ("mini-batch", [4, 4, 2], 3), ("stochastic", [1] * 10, 3), ("online", [1] * 10, 1)],
)
def test_the_lectures_four(mode, sizes, epochs):
    batching = Batching.named(mode, 4)
    assert [len(batch) for batch in batching.epoch(10, 0, 0)] == sizes
    assert batching.single_pass == (epochs == 1)


def test_online_learning_uses_each_row_once():
    batching = Batching.named("online")
    seen = [int(batching.at(10, 0, i)[0]) for i in range(10)]
    assert sorted(seen) == list(range(10))
    with pytest.raises(UserError, match="there are 10 iterations"):
        batching.at(10, 0, 10)


def test_the_decks_number_of_steps():
    assert Batching(32).steps(60_000) == 1875
    assert Batching(32).steps(235) == 8


def test_what_does_not_fit():
    with pytest.raises(UserError, match=f"no batch mode 'bulk'; there are: {', '.join(MODES)}"):
        Batching.named("bulk")
    with pytest.raises(UserError, match="batch size is 0"):
        Batching(0)
    with pytest.raises(UserError, match="0 rows make no batch"):
        Batching(None).steps(0)
