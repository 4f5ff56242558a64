"""The contestants, a module each, none of which imports another's library.

Each has `Trainer(workload, variant, shuffle=...)`: a network with its data and optimiser, ready to train from
`workloads.start` on.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Protocol

from benchmarks.workloads import Array, Workload


class Trainer(Protocol):
    """A network in training."""

    def epochs(self, count: int) -> float:
        """Train on, wait until all is computed, and return the mean loss of the last epoch's steps."""
        ...

    def parameters(self) -> list[tuple[Array, Array]]:
        """Weights (outputs, inputs) and biases (outputs,) of each layer; [] where a peer starts from its own."""
        ...


# name: module and variant. Where the table of the results has one column for several, the faster one counts.
CONTESTANTS: dict[str, tuple[str, str]] = {
    "ours": ("ours", ""),
    "ours, jit": ("ours", "jit"),
    "PyTorch, plain": ("pytorch", ""),
    "PyTorch, fused": ("pytorch", "fused"),
    "scikit-learn": ("scikit", ""),
    "JAX": ("jax_step", ""),
}


def library(contestant: str) -> ModuleType:
    """The contestant's module, which imports its library. Raises ImportError where that is not installed."""
    return import_module(f"benchmarks.peers.{CONTESTANTS[contestant][0]}")


def trainer(contestant: str, workload: Workload, *, shuffle: bool = True) -> Trainer:
    """The contestant's network for a workload."""
    made: Trainer = library(contestant).Trainer(workload, CONTESTANTS[contestant][1], shuffle=shuffle)
    return made
