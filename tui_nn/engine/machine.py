"""A Program bound to buffers: `run` all lines or `step` through them, by the same calls, so with the same bits.

Parameters, gradients and each optimiser state are one flat vector each, and every tensor is a view: an update line is
one operation for the whole network and still readable per tensor. Outside parameters, states and scratch every
buffer has one writer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tui_nn.engine import layout
from tui_nn.engine.backend import NUMPY, Array, Backend
from tui_nn.engine.lower import Block, Bound, Clock, Lowering
from tui_nn.engine.program import Line, Program
from tui_nn.engine.scalars import Scalars
from tui_nn.errors import UserError
from tui_nn.lang.expression import Expression, Name, call, names
from tui_nn.lang.shape_rules import describe

Host = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Checkpoint:
    """All that an iteration leaves behind: the parameters and the states, as flat vectors on the host."""

    iteration: int
    vectors: Mapping[str, Host]

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(v.nbytes for v in self.vectors.values())


class Machine:
    """A Program with its buffers and its bound calls.

    Args:
        program: what is to be computed.
        values: an array or number for every leaf (inputs and parameters), of the program's shapes.
        backend: where the arrays live.
        seed: what random lines are a function of, beside their name and the iteration.

    Attributes:
        iteration: the one that runs, or ran last; they count from 1.
    """

    def __init__(self, program: Program, values: Mapping[str, Any], *, backend: Backend = NUMPY, seed: int = 0) -> None:
        self.program = program
        self.backend = backend
        self.dtype = backend.xp.dtype(program.dtype)
        self._clock = Clock()
        self._arrays: dict[str, Array] = {}
        self._blocks: dict[int, Block] = {}
        self._vectors: dict[str, Array] = {}
        self._allocate()
        self._lowering = Lowering(backend, self._arrays, self.dtype, self._blocks, seed, self._clock)
        self.scalars = Scalars(program, backend, self.dtype)
        self._calls = self._lower()
        self._all: list[Bound] = [kernel for calls in self._calls for kernel in calls]
        for name, value in values.items():
            self.write(name, value)

    # -- running

    @property
    def iteration(self) -> int:
        return self._clock.iteration

    def begin(self, iteration: int) -> None:
        """Make `iteration` the one that the next lines compute."""
        self._clock.iteration = iteration
        self.scalars.advance(iteration)

    def step(self, number: int) -> None:
        """Compute one line, by its number from 1."""
        with np.errstate(all="ignore"):
            for kernel in self._calls[number - 1]:
                kernel()

    def lines(self, first: int, last: int) -> None:
        """Compute the lines `first` to `last`, both included."""
        with np.errstate(all="ignore"):
            for calls in self._calls[first - 1 : last]:
                for kernel in calls:
                    kernel()

    def run(self, iterations: int = 1) -> None:
        """Whole iterations, at full speed."""
        calls, clock, advance = self._all, self._clock, self.scalars.advance
        with np.errstate(all="ignore"):
            for iteration in range(clock.iteration + 1, clock.iteration + 1 + iterations):
                clock.iteration = iteration
                advance(iteration)
                for kernel in calls:
                    kernel()

    # -- values

    def read(self, name: str) -> Host:
        """A copy, on the host, of what `name` holds now. `m_hat.W1`: of the parameter W1."""
        return self.backend.to_host(self._array(name)).copy()

    def number(self, name: str) -> float:
        """A single number, such as the loss."""
        return float(self._array(name))

    def write(self, name: str, value: Any) -> None:
        """Put a value into a leaf (or, when branching, into any tensor). Raises UserError where it does not fit."""
        if self.program.update_roles.get(name) == "hyper" and name not in self.program.shapes:
            self.scalars.set(name, float(value))
            return
        target = self._array(name)
        array = np.asarray(value, dtype=self.program.dtype)
        if array.shape != target.shape:
            raise UserError(
                f"`{name}` is {describe(tuple(target.shape))}, the value given for it is {describe(array.shape)}"
            )
        target[...] = self.backend.xp.asarray(array)

    def write_entry(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Change one entry."""
        self._array(name)[index] = value

    def probe(self, e: Expression) -> Probe:
        """An expression over the machine's names, compiled once and evaluated whenever asked."""
        return Probe(self, e)

    def save(self) -> Checkpoint:
        """The state at the end of this iteration."""
        return Checkpoint(self.iteration, {k: self.backend.to_host(v).copy() for k, v in self._vectors.items()})

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a saved state; the next iteration is the one after it."""
        for name, vector in checkpoint.vectors.items():
            self._vectors[name][...] = self.backend.xp.asarray(vector)
        self._clock.iteration = checkpoint.iteration

    @property
    def state_bytes(self) -> int:
        """What one checkpoint takes."""
        return sum(int(v.nbytes) for v in self._vectors.values())

    # -- building

    def _array(self, name: str) -> Array:
        self.program.shape(name)  # raises UserError, with near names, where there is none
        return self._arrays[name] if name in self._arrays else self.scalars.arrays[name]

    def _allocate(self) -> None:
        program, xp = self.program, self.backend.xp
        folded = layout.folds(program)
        self._pairs = layout.pairs(program, folded)
        places, length = layout.spans(program, folded)
        vectors = {"theta": xp.zeros(length, self.dtype), "g": xp.zeros(length, self.dtype)}
        for name in program.update_names:
            vectors.setdefault(name, xp.zeros(length, self.dtype))
        for name, start in (program.update.states if program.update else {}).items():
            vectors[name][...] = start
        self._flat = vectors
        states = program.update.states if program.update else {}
        self._vectors = {name: vectors[name] for name in ("theta", *states)}
        for parameter, span in places.items():
            for name, vector in vectors.items():
                whole = vector[span.start : span.stop].reshape(span.block)
                view = whole if span.columns is None else whole[:, span.columns]
                own = {"theta": parameter, "g": f"d{parameter}"}.get(name)
                for key in (f"{name}.{parameter}", own):
                    if key is not None:
                        self._arrays[key] = view
                if parameter in folded:
                    self._blocks[id(view)] = Block(whole, view)
        tall = {f.input for f in folded.values()}
        tall |= {f"d{name}" for name in tall}
        for name, shape in program.shapes.items():
            if name in self._arrays:
                continue
            if name in tall:
                whole = xp.ones((shape[0] + 1, *shape[1:]), self.dtype)
                self._arrays[name] = whole[:-1]
                self._blocks[id(self._arrays[name])] = Block(whole, self._arrays[name])
            else:
                self._arrays[name] = xp.zeros(shape, self.dtype)

    def _lower(self) -> list[list[Bound]]:
        update = Lowering(self.backend, {**self._flat, **self.scalars.arrays}, self.dtype, clock=self._clock)
        calls = []
        for line in self.program.lines:
            if line.phase == "update":
                out = self.scalars.arrays[line.name] if line.shape == () else self._flat[line.name]
                calls.append(update.line(line.name, self.scalars.hoisted(line.expression), out))
            else:
                own = self._pair(line)
                out = self._arrays[line.name]
                calls.append(self._lowering.line(line.name, line.expression, out) if own is None else own)
        return calls

    def _pair(self, line: Line) -> list[Bound] | None:
        """The calls of a line of a gradient pair, None for any other line. See `layout.pairs`."""
        pair = self._pairs.get(line.number)
        if pair is None:
            return None
        if line.name == pair.bias:
            return []  # its column was written with the weight's gradient
        arrays, view = self._arrays, self._arrays[pair.weight]
        product = partial(
            arrays[pair.above].dot, self._blocks[id(arrays[pair.input])].whole.T, self._blocks[id(view)].whole
        )
        if pair.rest is None:
            return [product]
        return [product, *self._lowering.line(line.name, call("add", Name(pair.weight), pair.rest), view)]


class Probe:
    """A compiled expression; see `Machine.probe`."""

    def __init__(self, machine: Machine, e: Expression) -> None:
        arrays = {name: machine._array(name) for name in names(e)}
        self._low = Lowering(machine.backend, arrays, machine.dtype)
        self._to_host = machine.backend.to_host
        self._calls: list[Bound] = []
        if isinstance(e, Name):
            self._out = arrays[e.id]
        else:
            self._out = machine.backend.xp.empty(self._low.shape(e), machine.dtype)
            self._calls = self._low.line("probe", e, self._out)

    def value(self) -> Host:
        """The value now, as a copy on the host."""
        with np.errstate(all="ignore"):
            for kernel in self._calls:
                kernel()
        return self._to_host(self._out).copy()
