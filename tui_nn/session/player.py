"""Who computes the iterations that a session stands in: a machine on fixed inputs, on a feed, or a training course."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from tui_nn.engine.backend import Backend
from tui_nn.engine.machine import Checkpoint, Machine
from tui_nn.engine.program import Program

Feed = Callable[[int], Mapping[str, Any]]
"""The inputs of an iteration (a mini-batch), by name."""


class Player(Protocol):
    """What a Timeline needs of whoever computes.

    Attributes:
        machine: the one for the iteration that was begun last; others on the same parameters may follow.
        lasting: names that keep a value that is given to them until it is put back: inputs, hyper-parameters.
        runs: whether `run` may be called: whole iterations, faster than line by line.
    """

    machine: Machine
    lasting: frozenset[str]
    runs: bool

    def bring(self, iteration: int) -> None:
        """Put the inputs of an iteration in place."""

    def begin(self, iteration: int) -> None:
        """Make it the one that the next lines compute."""

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to the end of an iteration, with all that lasts as it was given."""

    def run(self, iterations: int) -> None:
        """Compute whole iterations from where the machine stands."""


class MachinePlayer:
    """One machine; its inputs stay as given, or follow a feed."""

    def __init__(
        self, program: Program, values: Mapping[str, Any], *, seed: int, backend: Backend, feed: Feed | None
    ) -> None:
        self.machine = Machine(program, values, backend=backend, seed=seed)
        hyper = program.update.hyper if program.update else {}
        given = {name: np.array(values[name]) for name in values if program.roles.get(name) == "input"}
        self._given: dict[str, Any] = {**given, **{program.scoped(name, ""): value for name, value in hyper.items()}}
        self._feed = feed
        self.lasting = frozenset(self._given)
        self.runs = feed is None

    def bring(self, iteration: int) -> None:
        if self._feed is not None:
            for name, value in self._feed(iteration).items():
                self.machine.write(name, value)

    def begin(self, iteration: int) -> None:
        self.machine.begin(iteration)

    def restore(self, checkpoint: Checkpoint) -> None:
        self.machine.restore(checkpoint)
        for name, value in self._given.items():
            self.machine.write(name, value)

    def run(self, iterations: int) -> None:
        self.machine.run(iterations)
