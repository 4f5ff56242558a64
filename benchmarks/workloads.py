"""What is trained: sizes, loss, optimiser, batch; with made-up data of the right shape, and the weights to start from.

All peers get the same arrays, so that they can be held against each other before they are timed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Workload:
    """A network and how it is trained.

    Attributes:
        sizes: units from the inputs to the outputs.
        hidden: activation of the hidden layers.
        loss: mean over a batch; `bce` and `ce` from logits, `mse` behind a sigmoid.
        batch: examples in one; all of them at once where there are no more.
        dropout: share of the hidden units that is dropped.
    """

    name: str
    sizes: tuple[int, ...]
    examples: int
    batch: int
    loss: Literal["mse", "bce", "ce"] = "ce"
    hidden: Literal["relu", "sigmoid"] = "relu"
    optimizer: Literal["sgd", "adam"] = "adam"
    rate: float = 1e-3
    dtype: Literal["float32", "float64"] = "float32"
    dropout: float = 0.0

    @property
    def steps(self) -> int:
        """Training steps in an epoch; the last batch may be a smaller one."""
        return -(-self.examples // self.batch)

    @property
    def full_batch(self) -> bool:
        """Whether each step sees all examples, so that their order is of no account."""
        return self.steps == 1

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return sum((n + 1) * m for n, m in pairwise(self.sizes))

    def for_check(self) -> Workload:
        """A short form without chance, in float64, on which peers must agree: two full batches and a smaller one."""
        few = self.examples if self.full_batch else 2 * self.batch + self.batch // 4
        return replace(self, examples=few, dtype="float64", dropout=0.0)


def data(w: Workload) -> tuple[Array, Array]:
    """Rows of examples (examples, features), and targets: classes (examples,) for `ce`, else (examples, 1).

    Each example stands there twice, with labels drawn for each: no network can learn them all, so gradients do not fade
    to denormal numbers, which are slow to compute with, however long is measured.
    """
    if w.hidden == "sigmoid":  # exclusive or, with a constant third input
        return np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], w.dtype), np.array([[0], [1], [1], [0]], w.dtype)
    draw = np.random.default_rng(7)
    half = -(-w.examples // 2)
    x = np.tile(draw.standard_normal((half, w.sizes[0])), (2, 1))[: w.examples].astype(w.dtype)
    y = draw.integers(0, max(w.sizes[-1], 2), w.examples)
    return x, y if w.loss == "ce" else y.astype(w.dtype).reshape(-1, 1)


def start(w: Workload) -> list[tuple[Array, Array]]:
    """Weights (outputs, inputs) and biases (outputs,) of each layer."""
    draw = np.random.default_rng(1)
    pairs = [(draw.standard_normal((m, n)) * (2 / n) ** 0.5, np.zeros(m)) for n, m in pairwise(w.sizes)]
    return [(weight.astype(w.dtype), bias.astype(w.dtype)) for weight, bias in pairs]


WORKLOADS = {
    w.name: w
    for w in (
        Workload("W1", (3, 4, 1), 4, 4, "mse", "sigmoid", "sgd", 1.0, "float64"),
        Workload("W2", (4, 10, 8, 3), 100, 32, rate=1e-2),
        Workload("W3", (34, 10, 8, 1), 235, 32, "bce"),
        Workload("W4", (784, 128, 10), 10_000, 32),
        Workload("W5", (784, 512, 10), 10_000, 32, dropout=0.2),
        Workload("W6", (1024, 2048, 2048, 10), 2_560, 256),
    )
}
WIDTHS = {w: Workload(f"width {w}", (64, w, w, 10), 1_024, 32) for w in (16, 32, 64, 128, 256, 512, 1024, 2048)}
DEPTHS = {d: Workload(f"depth {d}", (64, *[64] * d, 10), 1_024, 32) for d in (1, 2, 4, 8, 16)}
SIZES = {h: Workload(f"memory {h}", (784, h, 10), 1_024, 32) for h in (16, 128, 512, 2048, 8192)}

ALL = {w.name: w for table in (WORKLOADS, WIDTHS, DEPTHS, SIZES) for w in table.values()}
