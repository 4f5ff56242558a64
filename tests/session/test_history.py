"""Checkpoints: the nearest one is near, none between is missing, and memory keeps to its budget."""

from __future__ import annotations

import sys
import time
import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.engine.machine import Checkpoint
from tui_nn.lessons.problem import Settings, find
from tui_nn.session.history import BUDGET, History, footprint
from tui_nn.session.session import Session


def checkpoint(iteration, entries=10):
    return Checkpoint(iteration, {"theta": np.zeros(entries), "m": np.zeros(entries)})


def run(history, first, last):
    for iteration in range(first, last + 1):
        if history.wants(iteration):
            history.keep(checkpoint(iteration))


EACH = footprint(checkpoint(0))


@given(st.integers(4, 40), st.lists(st.integers(1, 60), min_size=1, max_size=5), st.data())
def test_the_nearest_checkpoint_is_never_further_than_a_stride(capacity, stretches, data):
    """After runs of any length, and after branches that leave anywhere and run on."""
    history, end = History(checkpoint(0), capacity * EACH), 0
    for length in stretches:
        run(history, end + 1, end + length)
        end += length
        assert history.nbytes <= capacity * EACH
        wanted = data.draw(st.integers(0, end))
        assert 0 <= wanted - history.nearest(wanted).iteration < history.stride
        if data.draw(st.booleans()):
            leaves = data.draw(st.integers(1, end + 1))
            branch = history.before(leaves)
            assert branch.nearest(end).iteration < leaves
            run(branch, branch.nearest(end).iteration + 1, end)
            assert 0 <= wanted - branch.nearest(wanted).iteration < branch.stride
            assert branch.nearest(leaves - 1) is history.nearest(leaves - 1) or branch.stride > history.stride
            history = branch


def test_the_next_wanted_iteration_is_wanted_and_none_before_it():
    history = History(checkpoint(0), 5 * EACH)
    run(history, 1, 37)
    assert history.stride == 8
    for iteration in range(37, 80):
        following = history.next_wanted(iteration)
        assert following > iteration
        assert history.wants(following) == (following == 40), "and no gap comes before it"
        assert not any(history.wants(i) for i in range(iteration + 1, following))


def test_a_smaller_share_thins_out_and_a_larger_one_lets_grow_again():
    history = History(checkpoint(0), 64 * EACH)
    run(history, 1, 60)
    history.limit(4)
    assert history.nbytes <= 16 * EACH
    assert history.stride == 4
    history.limit(1)
    run(history, 61, 200)
    assert 16 * EACH < history.nbytes <= 64 * EACH


def test_the_stated_footprint_is_the_measured_one():
    machine = find("S6", Settings({}, optimizer="adam")).session().machine
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = {i: machine.save() for i in range(5000)}
        measured = (tracemalloc.get_traced_memory()[0] - before) / len(kept)
    finally:
        tracemalloc.stop()
    assert measured == pytest.approx(footprint(kept[0]), rel=0.08)


@pytest.fixture(scope="module")
def long_run() -> Session:
    """A small network after 100,000 iterations."""
    session = find("S6", Settings({}, optimizer="adam")).session()
    session.goto(100_000, session.length)
    return session


def test_a_hundred_thousand_iterations_keep_to_64_megabytes(long_run):
    """By the footprint that is measured above; that nothing but checkpoints grows is measured below."""
    assert 0.4 * BUDGET < long_run.history_bytes <= BUDGET < 64e6


def test_a_run_takes_no_more_memory_than_its_checkpoints():
    problem = find("S6", Settings({}, optimizer="adam"))
    budget = 300 * footprint(problem.session().machine.save())
    session = Session(problem.program(), problem.values, budget=budget)
    session.goto(50, 1)
    tracemalloc.start()
    try:
        session.goto(4000, 1)
        session.goto(20, 1)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 1.15 * budget


def test_any_iteration_is_reached_by_replaying_few(long_run):
    """The count is what makes it quick: at most a stride, and strides are short."""
    session, replayed = long_run, []
    for iteration in (1, 2, 49_999, 77_777, 99_999, 50_000, 100_000, 3):
        session.goto(iteration, 3)
        replayed.append(iteration - 1 - session._timeline._branch.history.nearest(iteration - 1).iteration)
        assert session.position == (iteration, 3)
    assert max(replayed) < session._timeline._branch.history.stride <= 4


def test_any_iteration_is_reached_in_under_a_second(long_run):
    session = long_run
    began = time.perf_counter()
    for iteration in (1, 99_999, 50_001):
        session.goto(iteration, 7)
    assert time.perf_counter() - began < 3


def test_going_back_gives_the_same_bits_after_a_long_run(long_run):
    session = long_run
    fresh = find("S6", Settings({}, optimizer="adam")).session()
    for iteration in (777, 1234):
        fresh.goto(iteration, fresh.length)
        session.goto(iteration, session.length)
        assert [session.value(f"{k}.w1").tobytes() for k in ("theta", "m", "v", "v_hat")] == [
            fresh.value(f"{k}.w1").tobytes() for k in ("theta", "m", "v", "v_hat")
        ]


def test_a_run_with_a_condition_is_not_slowed_by_its_own_history():
    """Each iteration asks for the nearest checkpoint: that must not look through all of them."""
    session = find("S6", Settings({}, optimizer="sgd", hyper={"lr": 1e-6})).session()
    took = []
    for _ in range(2):
        with lines_counted() as count:
            assert session.run_until("L < 0", limit=1500).kind == "limit"
        took.append(sum(count))
    assert 0 < took[1] < 1.2 * took[0]


@contextmanager
def lines_counted():
    """An entry for each line of Python that runs within, every round of a loop anew: what a clock says less well."""
    count: list[int] = []

    def trace(frame, event, arg):
        count.append(1)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)


def test_branches_share_one_budget():
    problem = find("S6", Settings({}, optimizer="adam"))
    budget = 400 * footprint(problem.session().machine.save())
    session = Session(problem.program(), problem.values, budget=budget)
    for i in range(6):
        session.goto(900 + i, 3)
        session.set("w1", (), 0.5)
        session.goto(1000, 2)
        assert session.history_bytes <= budget
    for _ in range(6):
        session.undo()
        assert session.history_bytes <= budget
    fresh = problem.session()
    fresh.goto(1000, 2)
    np.testing.assert_array_equal(session.value("w2"), fresh.value("w2"))
