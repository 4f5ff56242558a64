"""A network on the engine, for tests: its numbers, its gradients, and finite differences of its loss."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.engine.program import Dtype
from tui_nn.lang.page import Update
from tui_nn.nn.network import Network
from tui_nn.nn.targets import encode

Host = np.ndarray[Any, Any]


def features(inputs: int, batch: int, seed: int = 0) -> Host:
    """Examples as columns."""
    return np.random.default_rng(seed).standard_normal((inputs, batch))


def targets(network: Network, batch: int, seed: int = 1) -> Host:
    """Targets of the kind that the loss reads, as columns."""
    rng = np.random.default_rng(seed)
    kind, outputs = network.criterion.targets, network.outputs
    if kind == "values":
        return rng.standard_normal((outputs, batch))
    if kind == "one_hot":
        return encode(kind, rng.integers(0, outputs, batch), outputs)
    return encode(kind, rng.integers(0, 2, (batch, outputs)), outputs)


class Bench:
    """A network's training machine with numbers, none of them at a special place such as zero biases."""

    def __init__(
        self, network: Network, batch: int = 6, update: Update | None = None, dtype: Dtype = "float64", seed: int = 3
    ) -> None:
        rng = np.random.default_rng(7)
        values = {k: v + 0.3 * rng.standard_normal(v.shape) for k, v in network.initial_values(seed).items()}
        values |= network.constants
        values |= {b.name: 0.5 + rng.random(b.shape) for b in network.buffers}
        self.network, self.batch, self.seed = network, batch, seed
        self.values = {"X": features(network.inputs, batch), "Y": targets(network, batch), **values}
        page = network.training_page(batch)
        self.program = build(**page.arguments, update=update, dtype=dtype)
        self.output = page.output
        self.machine = self.new_machine()

    def new_machine(self) -> Machine:
        return Machine(self.program, self.values, seed=self.seed)

    def evaluation(self) -> Machine:
        """The evaluation page on the training machine's numbers."""
        page = self.network.evaluation_page(self.batch)
        inputs = {name: self.values[name] for name in ("X", "Y", *self.network.constants)}
        return Machine(build(**page.arguments, dtype=self.program.dtype), inputs, share=self.machine)

    def loss(self, held: Collection[str] = ()) -> float:
        """Of iteration 1, with the numbers that the machine holds; `held` lines keep what they had."""
        self.machine.begin(1)
        for line in self.program.lines[: self.program.phase_end("loss")]:
            if line.name not in held:
                self.machine.step(line.number)
        return self.machine.number("J")

    def gradients(self) -> dict[str, Host]:
        """Of the loss of iteration 1, by parameter."""
        self.machine.begin(1)
        self.machine.lines(1, self.program.phase_end("backward"))
        return {name: self.machine.read(f"d{name}") for name in self.program.parameters}

    def differences(self, step: float = 1e-6) -> dict[str, Host]:
        """Central differences of the loss of iteration 1 (so the same dropout masks), by parameter.

        Lines that stop the gradient are held where they are.
        """
        held = {line.name for line in self.program.lines if "stop_gradient" in str(line)}
        self.loss()
        found = {}
        for name in self.program.parameters:
            value = self.values[name]
            found[name] = np.zeros(value.shape)
            for index in np.ndindex(value.shape):
                sides = []
                for sign in (1, -1):
                    self.machine.write_entry(name, index, value[index] + sign * step)
                    sides.append(self.loss(held))
                self.machine.write_entry(name, index, value[index])
                found[name][index] = (sides[0] - sides[1]) / (2 * step)
        return found


def assert_gradients(bench: Bench, tolerance: float = 1e-6, *, alive: bool = True) -> None:
    """The derived gradients are those of finite differences; `alive`: and those of weights are not all 0."""
    exact, estimated = bench.gradients(), bench.differences()
    for name, gradient in exact.items():
        scale = max(np.abs(gradient).max(), np.abs(estimated[name]).max(), 1e-3)
        assert np.abs(gradient - estimated[name]).max() / scale < tolerance, name
        assert gradient.any() or not (alive and name.startswith("W")), f"{name} has no gradient at all"


def assert_same_bits(bench: Bench, iterations: int = 3) -> None:
    """A fast run and a stepped run give the same bits, in every parameter, state, buffer and value."""
    fast, stepped = bench.new_machine(), bench.new_machine()
    fast.run(iterations)
    for iteration in range(1, iterations + 1):
        stepped.begin(iteration)
        for line in bench.program.lines:
            stepped.step(line.number)
    for name in bench.program.shapes:
        np.testing.assert_array_equal(fast.read(name), stepped.read(name), err_msg=name)
    for name, vector in fast.save().vectors.items():
        np.testing.assert_array_equal(vector, stepped.save().vectors[name], err_msg=name)
