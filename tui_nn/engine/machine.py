"""A Program bound to buffers: `run` all lines or `step` through them, by the same calls, so with the same bits.

Parameters, gradients and each optimiser state are one flat vector each, and every tensor is a view: an update line is
one operation for the whole network and still readable per tensor. Outside parameters, states and scratch every
buffer has one writer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from tui_nn.engine.backend import NUMPY, Array, Backend, Bound
from tui_nn.engine.gradient_products import GradientProducts
from tui_nn.engine.lower import Clock, Lowering
from tui_nn.engine.precision import check_numbers, converted
from tui_nn.engine.probe import Probe
from tui_nn.engine.program import Line, Program
from tui_nn.engine.scalars import Scalars
from tui_nn.engine.storage import Storage
from tui_nn.engine.update_calls import UpdateCalls, is_update
from tui_nn.errors import UserError
from tui_nn.lang.expression import Expression, Name, call, names
from tui_nn.lang.shape_rules import describe

Host = np.ndarray[Any, Any]


class Checkpoint(NamedTuple):
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
        share: a machine whose parameters, states, buffers and clock this one works on: the same network for another
            size of batch, or its evaluation page.

    Attributes:
        iteration: the one that runs, or ran last; they count from 1.
    """

    def __init__(
        self,
        program: Program,
        values: Mapping[str, Any],
        *,
        backend: Backend = NUMPY,
        seed: int = 0,
        share: Machine | None = None,
    ) -> None:
        self.program = program
        self.backend = backend
        self.dtype = backend.xp.dtype(program.dtype)
        check_numbers(program)
        self._clock: Clock = share._clock if share else Clock()
        self._storage: Storage = Storage(program, backend, share._storage if share else None)
        self.buffers = self._storage.buffers
        self._arrays, self._blocks = self._storage.arrays, self._storage.blocks
        self._vectors = self._storage.vectors
        self._lowering = Lowering(backend, self._arrays, self.dtype, self._blocks, seed, self._clock)
        same_update = share is not None and program.update is share.program.update
        self._update = UpdateCalls(
            program, backend, self._storage.flat, self._clock, share.scalars if share and same_update else None
        )
        self.scalars: Scalars = self._update.scalars
        self._products = GradientProducts(backend)
        self._calls = [self._lower(line) for line in program.lines]
        self._all = self._run_calls()
        loss_line = program.line_of(program.loss) if program.loss else None
        self._loss_line = loss_line.number if loss_line else 0
        for name, value in values.items():
            self.write(name, value)

    # -- running

    @property
    def iteration(self) -> int:
        return self._clock.iteration

    def begin(self, iteration: int) -> None:
        """Make `iteration` the one that the next lines compute."""
        self._clock.iteration = iteration
        self.scalars.advance(iteration, seen=True)

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
        if first <= self._loss_line <= last:
            self._clock.was_finite &= math.isfinite(self._host_loss().item())

    def run(self, iterations: int = 1) -> None:
        """Whole iterations, at full speed."""
        calls, clock, advance = self._all, self._clock, self.scalars.advance
        loss, spoiled = self._host_loss(), 0.0
        with np.errstate(all="ignore"):
            for iteration in range(clock.iteration + 1, clock.iteration + 1 + iterations):
                clock.iteration = iteration
                advance(iteration)
                for kernel in calls:
                    kernel()
                spoiled += loss.item() * 0.0  # NaN for good, once a loss is not finite
        advance(clock.iteration, seen=True)
        clock.was_finite &= spoiled == 0.0

    def follow(self, batches: Iterable[tuple[Iterable[Bound], Bound]]) -> None:
        """An iteration for each batch, at full speed: the calls that bring it in, all lines, the call that records."""
        calls, clock, advance = self._all, self._clock, self.scalars.advance
        with np.errstate(all="ignore"):
            for load, record in batches:
                clock.iteration += 1
                advance(clock.iteration)
                for kernel in load:
                    kernel()
                for kernel in calls:
                    kernel()
                record()
        advance(clock.iteration, seen=True)

    def _host_loss(self) -> Host:
        """The 0-d array of the loss on the host; a 0 where there is none, or where a look at it costs a wait."""
        return self.loss if isinstance(self.loss, np.ndarray) else np.zeros(())

    # -- values

    def read(self, name: str) -> Host:
        """A copy, on the host, of what `name` holds now. `m_hat.W1`: of the parameter W1."""
        return self.backend.to_host(self._array(name))

    def number(self, name: str) -> float:
        """A single number, such as the loss."""
        return float(self.read(name))

    def write(self, name: str, value: Any) -> None:
        """Put a value into a leaf (or, when branching, into any tensor). Raises UserError where it does not fit."""
        scalar = self.program.scalar(name)
        if scalar is not None:
            self.scalars.set(scalar, float(value))
            return
        target = self._array(name)
        array = converted(value, self.program.dtype, f"`{name}`")
        if array.shape != target.shape:
            raise UserError(
                f"`{name}` is {describe(tuple(target.shape))}, the value given for it is {describe(array.shape)}"
            )
        target[...] = self.backend.from_host(array)

    def write_entry(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Change one entry."""
        self._array(name)[index] = float(converted(value, self.program.dtype, f"`{name}`"))

    def is_finite(self) -> bool:
        """Whether all that outlasts an iteration is finite, and the loss: a number that is not gets there soon.

        On NumPy that is asked of the loss of every iteration since `restore`, for it may become finite again.
        """
        watched = [*self._vectors.values(), *([] if self.loss is None else [self.loss])]
        finite = (self.backend.to_host(self.backend.xp.isfinite(array).all()) for array in watched)
        return self._clock.was_finite and all(finite)

    def single(self, name: str) -> Array:
        """The 0-d array, on the device, of a line that is a single number."""
        array = self._array(name)
        assert array.shape == ()
        return array

    @property
    def loss(self) -> Array | None:
        """The 0-d array of the loss, on the device."""
        return self._arrays[self.program.loss] if self.program.loss else None

    def storage(self, name: str) -> Array:
        """The buffer behind an input that is stored by rows (examples, features and perhaps a 1), else its array."""
        view = self._array(name)
        block = self._blocks.get(id(view))
        whole = block.whole if block is not None else view
        return whole.T if self.stored_by_rows(name) else view

    def stored_by_rows(self, name: str) -> bool:
        """Whether an input is stored as rows of examples; see `storage`."""
        return name in self._storage.by_rows

    def probe(self, e: Expression) -> Probe:
        """An expression over the machine's names, compiled once and evaluated whenever asked."""
        return Probe(self.backend, {name: self._array(name) for name in names(e)}, self.dtype, e)

    @property
    def read_through(self) -> frozenset[str]:
        """The names of the update that later lines do not read but compute themselves, as vectors are long."""
        return self._update.sunk

    def save(self) -> Checkpoint:
        """The state at the end of this iteration."""
        return Checkpoint(self.iteration, {k: self.backend.to_host(v) for k, v in self._vectors.items()})

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a saved state; the next iteration is the one after it."""
        for name, vector in checkpoint.vectors.items():
            self._vectors[name][...] = self.backend.from_host(vector)
        self._clock.iteration = checkpoint.iteration
        self._clock.was_finite = True

    # -- building

    def _array(self, name: str) -> Array:
        self.program.shape(name)  # raises UserError, with near names, where there is none
        scalar = self.program.scalar(name)
        return self._arrays[name] if scalar is None else self.scalars.arrays[scalar]

    def _lower(self, line: Line) -> list[Bound]:
        if is_update(self.program, line):
            return self._update.stepped(line)
        own = self._pair(line)
        return self._lowering.line(line.name, line.expression, self._arrays[line.name]) if own is None else own

    def _run_calls(self) -> list[Bound]:
        """All lines, in the form of a fast run."""
        lines = self.program.lines
        own = [is_update(self.program, line) for line in lines]
        first = own.index(True) if True in own else len(lines)
        later = self._products.strips(lines[:first]) if self._update.takes_gradients else {}
        before = [kernel for line in lines[:first] if line.name not in later for kernel in self._calls[line.number - 1]]
        after = [kernel for calls in self._calls[first + sum(own) :] for kernel in calls]
        return self.backend.whole([*before, *self._update.run([*chain(*later.values())]), *after])

    def _pair(self, line: Line) -> list[Bound] | None:
        """The calls of a line of a gradient pair, None for any other line. See `layout.pairs`."""
        pair = self._storage.pairs.get(line.number)
        if pair is None:
            return None
        if line.name == pair.bias:
            return []  # its column was written with the weight's gradient
        arrays, around = self._arrays, self._blocks
        view, above = arrays[pair.weight], arrays[pair.above]
        below, whole = around[id(arrays[pair.input])].whole.T, around[id(view)].whole
        calls = self._products.calls(pair, above, below, whole, self._storage.starts[pair.weight])
        if pair.rest is None:
            return calls
        return [*calls, *self._lowering.line(line.name, call("add", Name(pair.weight), pair.rest), view)]
