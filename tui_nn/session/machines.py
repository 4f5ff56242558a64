"""The machines of one network: one for each size of batch, to train and to evaluate, all on the same parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tui_nn.engine.backend import NUMPY, Backend
from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.engine.program import Dtype, Program
from tui_nn.lang.page import Update
from tui_nn.nn.network import Network, NetworkPage

Host = np.ndarray[Any, Any]
Tensors = Mapping[str, Host]


PENALTY = "penalty"  # the line of the weights' part of the loss, on a page that has one


def data_loss(program: Program) -> str:
    """The line of the data's part of the loss: of training and validation, that is what can be compared."""
    return "data" if PENALTY in program.shapes else "J"


class Machines:
    """Builds a machine when it is first asked for; the first one owns the parameters, the others share them.

    Args:
        network: layers and loss.
        update: the optimiser's page; None for a network that only evaluates.
        batch: the usual size of a batch, that of the owner.
        seed: of initial values and of random lines.
    """

    def __init__(
        self,
        network: Network,
        update: Update | None,
        batch: int,
        *,
        seed: int = 0,
        dtype: Dtype = "float32",
        backend: Backend = NUMPY,
    ) -> None:
        self.network = network
        self.update = update
        self.dtype = dtype
        self._batch = batch
        self._seed = seed
        self._backend = backend
        self._training: dict[int, Machine] = {}
        self._evaluation: dict[int, Machine] = {}
        self._owner: Machine | None = None
        self._owner = self.training(batch) if update else self.evaluation(batch)

    def twin(self) -> Machines:
        """The same network with parameters of its own, at their start."""
        return Machines(
            self.network, self.update, self._batch, seed=self._seed, dtype=self.dtype, backend=self._backend
        )

    @property
    def owner(self) -> Machine:
        """The machine for the usual size of batch, with the network's parameters, states and buffers."""
        assert self._owner is not None
        return self._owner

    def training(self, batch: int) -> Machine:
        """The machine that trains on so many examples at once."""
        if batch not in self._training:
            self._training[batch] = self._machine(self.network.training_page(batch))
        return self._training[batch]

    def evaluation(self, batch: int) -> Machine:
        """The machine that evaluates so many examples at once; it changes nothing."""
        if batch not in self._evaluation:
            self._evaluation[batch] = self._machine(self.network.evaluation_page(batch))
        return self._evaluation[batch]

    # -- the numbers that outlast an iteration

    def tensors(self) -> dict[str, Host]:
        """Copies of parameters (`W1`), optimiser states (`m.W1`) and buffers, by name."""
        return {name: self.owner.read(name) for name in self.names()}

    def names(self) -> list[str]:
        """The names of `tensors`."""
        program = self.owner.program
        states = program.update.states if program.update else {}
        return [*self.learned(), *(f"{state}.{p}" for state in states for p in program.parameters)]

    def learned(self) -> list[str]:
        """The names of parameters and buffers: what a prediction needs."""
        return [p.name for p in self.network.parameters] + [b.name for b in self.network.buffers]

    def load(self, tensors: Tensors) -> None:
        """Put tensors in their place. Raises UserError where a shape is another one."""
        for name, value in tensors.items():
            if name not in self.network.constants:
                self.owner.write(name, value)

    def reset(self) -> None:
        """Back to what training starts from; the iteration stays."""
        self.load(self.network.initial_values(self._seed))
        program = self.owner.program
        for state, start in (program.update.states if program.update else {}).items():
            for p in program.parameters:
                self.owner.write(f"{state}.{p}", np.full(program.shapes[p], start))

    def _machine(self, page: NetworkPage) -> Machine:
        program: Program = build(**page.arguments, update=self.update if page.learn else None, dtype=self.dtype)
        first = self._owner is None
        values = self.network.initial_values(self._seed) if first else self.network.constants
        given = {name: value for name, value in values.items() if name in program.shapes}
        return Machine(program, given, backend=self._backend, seed=self._seed, share=self._owner)
