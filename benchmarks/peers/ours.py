"""tui-nn: a Network's training page on the machine, fed batch by batch."""

from __future__ import annotations

import numpy as np

from benchmarks.workloads import Array, Workload, data, start
from tui_nn.engine.backend import NUMPY
from tui_nn.engine.build import build
from tui_nn.engine.feed import Feed
from tui_nn.engine.jit import CompiledBackend, installed
from tui_nn.engine.machine import Machine
from tui_nn.engine.program import Program
from tui_nn.nn.layers import Dense, Dropout, Layer
from tui_nn.nn.network import Network
from tui_nn.nn.optimizers import optimizer
from tui_nn.session.threads import SMALL, cores, hold, step_operations

LOSSES = {"mse": "mse", "bce": "sigmoid_cross_entropy", "ce": "softmax_cross_entropy"}


def network(w: Workload) -> Network:
    """The workload's layers and loss."""
    layers: list[Layer] = []
    for units in w.sizes[1:-1]:
        layers += [Dense(units, w.hidden), *([Dropout(w.dropout)] if w.dropout else [])]
    last = Dense(w.sizes[-1], "sigmoid" if w.loss == "mse" else "linear")
    return Network([*layers, last], inputs=w.sizes[0], loss=LOSSES[w.loss])


def programs(w: Workload) -> dict[int, Program]:
    """The listing for each size of batch."""
    described, update = network(w), optimizer(w.optimizer, {"lr": w.rate})
    sizes = dict.fromkeys((min(w.batch, w.examples), *([w.examples % w.batch] if w.examples % w.batch else [])))
    return {m: build(**described.training_page(m).arguments, update=update, dtype=w.dtype) for m in sizes}


def threads(w: Workload) -> int:
    """Lanes, by the session's rule. The cores are idle: what is timed beside us waits while we are timed."""
    return 1 if step_operations(network(w), w.batch) < SMALL else cores()


def values(w: Workload) -> dict[str, Array]:
    """The parameters to start from, by name."""
    named = [(f"{kind}{i}", a) for i, pair in enumerate(start(w), 1) for kind, a in zip("Wb", pair, strict=True)]
    return {name: a.reshape(len(a), -1) for name, a in named}


def rows(w: Workload) -> tuple[Array, Array]:
    """Inputs and targets as rows, classes one-hot."""
    x, y = data(w)
    return x, np.eye(w.sizes[-1], dtype=w.dtype)[y] if w.loss == "ce" else y


class Trainer:
    """See `peers.Trainer`. The whole data at once is written once; smaller batches come from a Feed.

    Attributes:
        lanes: threads that it computes on.
    """

    def __init__(self, workload: Workload, variant: str, *, shuffle: bool) -> None:
        if variant == "jit" and not installed():
            raise ImportError("the extra `jit` is not installed")
        self.lanes = threads(workload)
        hold(self.lanes)
        self.workload, self.shuffle = workload, shuffle
        self.draw = np.random.default_rng(0)
        backend = CompiledBackend() if variant == "jit" else NUMPY
        self.machines: dict[int, Machine] = {}
        for size, program in programs(workload).items():
            first = next(iter(self.machines.values()), None)
            given = values(workload) if first is None else {}
            self.machines[size] = Machine(program, given, backend=backend, share=first)
        self.machine = self.machines[min(workload.batch, workload.examples)]
        x, y = rows(workload)
        if workload.full_batch:
            self.machine.write("X", x.T)
            self.machine.write("Y", y.T)
        else:
            self.feed = Feed(self.machines.__getitem__, {"X": x, "Y": y}, workload.batch)

    def epochs(self, count: int) -> float:
        """See `peers.Trainer`."""
        if self.workload.full_batch:
            self.machine.run(count)
            return self.machine.number("J")
        examples = self.workload.examples
        order = np.arange(examples)
        for _ in range(count):
            losses = self.feed.run(self.draw.permutation(examples) if self.shuffle else order)
        return float(losses.mean())

    def parameters(self) -> list[tuple[Array, Array]]:
        """See `peers.Trainer`."""
        layers = range(1, len(self.workload.sizes))
        return [(self.machine.read(f"W{i}"), self.machine.read(f"b{i}").ravel()) for i in layers]
