"""Machines on the stand-in for CuPy, and a network that trains on any backend: what several tests run and compare."""

from __future__ import annotations

import numpy as np

from tests.engine.strict import StrictCupy
from tests.engine.strict_blas import StrictBlas
from tui_nn.data.batches import Batching
from tui_nn.engine.backend import Backend
from tui_nn.engine.cublas import Cublas
from tui_nn.engine.cupy_backend import CupyBackend
from tui_nn.engine.feed import Feed
from tui_nn.nn.layers import Dense, Dropout
from tui_nn.nn.network import Network
from tui_nn.nn.optimizers import optimizer
from tui_nn.randomness import key
from tui_nn.session.machines import Machines

RNG = np.random.default_rng(3)
CLOSE = {"float64": {"rtol": 1e-11, "atol": 1e-12}, "float32": {"rtol": 2e-4, "atol": 1e-5}}


class Unfused(CupyBackend):
    """Every operation by itself, as where a line is not elementwise as a whole."""

    def fused(self, e, arrays, out):
        return None


def with_blas():
    """CuPy's backend with a cuBLAS of its own: a step can be captured."""
    cupy = StrictCupy()
    blas = StrictBlas(cupy)
    return CupyBackend(cupy, Cublas(cupy, blas)), cupy, blas


def run(machine, iterations):
    """At full speed; nothing may wait meanwhile."""
    before = machine.backend.xp.to_device
    with machine.backend.xp.step():
        machine.run(iterations)
    assert machine.backend.xp.to_device - before <= 1  # the table of single numbers
    return machine


def step_through(machine, iterations):
    with machine.backend.xp.step():
        for iteration in range(1, iterations + 1):
            machine.begin(iteration)
            for line in machine.program.lines:
                machine.step(line.number)
    return machine


def names_of(program):
    return [*program.shapes, *(f"{k}.{p}" for k in program.update_names for p in program.parameters)]


def same_values(machine, want, tolerance=None):
    for name in names_of(machine.program):
        close = tolerance or CLOSE[machine.program.dtype]
        np.testing.assert_allclose(machine.read(name), want.read(name), **close, err_msg=name)


class SameMasks(Backend):
    """NumPy with CuPy's masks: the hash in words of 64 bits, again."""

    def keep(self, seed, purpose, iteration, share, kept):
        k = np.uint64(key(seed, purpose) & (2**64 - 1))

        def mixed(x):
            for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
                x = (x ^ (x >> np.uint64(33))) * np.uint64(factor)
            return x ^ (x >> np.uint64(33))

        def draw():
            entries = np.arange(kept.size, dtype=np.uint64)
            at = np.uint64(iteration()) * np.uint64(0x9E3779B97F4A7C15)
            x = mixed(k ^ at ^ (entries * np.uint64(0xD1B54A32D192ED03)))
            x = mixed(x + k)
            kept[...] = ((x >> np.uint64(40)) / 2.0**24 < share).reshape(kept.shape)

        return [draw]


NETWORK = Network([Dense(8, "relu"), Dropout(0.25), Dense(3)], inputs=4, loss="softmax_cross_entropy")
EXAMPLES = 22
ROWS = {"X": RNG.normal(size=(EXAMPLES, 4)), "Y": np.eye(3)[RNG.integers(0, 3, EXAMPLES)]}


def trained(backend, epochs, machines=None):
    machines = machines or Machines(NETWORK, optimizer("adam"), 8, dtype="float64", backend=backend)
    feed = Feed(machines.training, ROWS, 8)
    order = Batching(8).order
    losses = []
    for epoch in range(epochs):
        assert feed.sizes == [8, 8, 6]
        losses.append(feed.run(order(EXAMPLES, 0, epoch)))
    return machines, np.concatenate(losses)
