"""Lanes: every piece is done once, whoever does it; what goes wrong in one comes out; the bits depend on none of it."""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.engine import lanes
from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.engine.strips import BLOCK, FEW, Strip, covering
from tui_nn.nn.layers import Dense
from tui_nn.nn.network import Network
from tui_nn.nn.optimizers import optimizer
from tui_nn.nn.transforms import clip_by_norm


@pytest.fixture(params=[1, 2, 5])
def count(request):
    before = lanes.in_use()
    lanes.use(request.param)
    yield request.param
    lanes.use(before)


def test_every_piece_is_done_once_and_in_order(count):
    assert lanes.in_use() == count
    for n in (0, 1, 2, 7, 40):
        seen: list[list[int]] = [[] for _ in range(n)]
        call = lanes.together([[partial(mine.append, 1), partial(mine.append, 2)] for mine in seen])
        for _ in range(50):
            call()
        assert seen == [[1, 2] * 50] * n


def test_lanes_work_at_the_same_time():
    before = lanes.in_use()
    lanes.use(2)
    try:
        meeting = threading.Barrier(2, timeout=30)
        lanes.together([[meeting.wait], [meeting.wait]])()  # would wait for ever on one
    finally:
        lanes.use(before)


def test_what_goes_wrong_comes_out_when_all_have_stopped(count):
    ended: list[int] = []

    def slow(i):
        time.sleep(0.01)
        ended.append(i)

    def wrong():
        raise ZeroDivisionError("piece 0")

    for where in (0, 3):
        pieces = [[partial(slow, i)] for i in range(3)]
        pieces.insert(where, [wrong])
        with pytest.raises(ZeroDivisionError, match="piece 0"):
            lanes.together(pieces)()
        known = len(ended)
        time.sleep(0.05)
        assert len(ended) == known  # nobody is at work any more
    done: list[int] = []
    lanes.together([[partial(done.append, i)] for i in range(9)])()
    assert sorted(done) == list(range(9))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_does_the_work_itself(count):
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        done: list[int] = []
        lanes.together([[partial(done.append, i)] for i in range(5)])()
        os.write(writable, b"%d %d" % (len(done), lanes.in_use()))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(readable, 10) == b"5 1"
    os.close(readable)
    os.close(writable)


@given(st.integers(1, 5000), st.floats(0, 1e12))
def test_rows_are_split_without_gaps_into_pieces_that_are_worth_it(rows, operations):
    parts = lanes.rows(rows, operations)
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == rows
    assert len(parts) == 1 or operations / len(parts) >= lanes.WORTH


@settings(max_examples=50)
@given(st.lists(st.integers(1, 5 * BLOCK), min_size=1, max_size=9), st.data())
def test_strips_cover_every_entry_once(lengths, data):
    ends = np.cumsum([0, *lengths]).tolist()
    known = [Strip(a, b) for a, b in pairwise(ends) if data.draw(st.booleans())]
    strips = covering(known, ends[-1])
    assert [s.start for s in strips] == [0, *(s.stop for s in strips[:-1])]
    assert strips[-1].stop == ends[-1]
    starts = {s.start: s for s in strips}
    assert all(k.start in starts and k.stop <= starts[k.start].stop <= k.stop + FEW for k in known)
    assert all(s.stop - s.start <= BLOCK for s in strips if s.start not in {k.start for k in known})


UPDATES = {
    "adam": optimizer("adam"),  # gradients and update in one go
    "clipped": clip_by_norm(optimizer("adam"), 1.0),  # reads all gradients before it changes anything
    "nesterov": optimizer("nesterov"),
}


def trained(update, lanes_in_use, *, stepped):
    network = Network([Dense(640, "relu"), Dense(5)], inputs=500, loss="softmax_cross_entropy")
    program = build(**network.training_page(40).arguments, update=update, dtype="float32")
    draw = np.random.default_rng(3)
    given_here = [name for name, role in program.roles.items() if role in ("input", "parameter")]
    values = {name: draw.normal(0, 0.05, program.shapes[name]) for name in given_here}
    lanes.use(lanes_in_use)
    machine = Machine(program, values)
    for iteration in range(1, 4):
        if stepped:
            machine.begin(iteration)
            for line in program.lines:
                machine.step(line.number)
        else:
            machine.run()
    return {name: machine.read(name) for name in ("J", "Z1", "A1", "dA1", "dW1", "db1", *program.parameters)}


@pytest.mark.parametrize("update", list(UPDATES))
def test_the_bits_do_not_depend_on_lanes_nor_on_stepping(update):
    before = lanes.in_use()
    try:
        first = trained(UPDATES[update], 1, stepped=False)
        others = [trained(UPDATES[update], n, stepped=s) for n, s in ((2, False), (3, False), (2, True))]
    finally:
        lanes.use(before)
    for other in others:
        for name, value in first.items():
            np.testing.assert_array_equal(other[name], value, err_msg=name)
