"""The replayable part of training: batches through machines. What it computes is a function of the iteration alone.

Where an iteration lies decides its epoch, its batch and its learning rate; so from the state after any iteration all
later ones can be had again, bit for bit, whether by a resumed run or by a stepper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.batches import Batching
from tui_nn.engine.feed import Feed
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.nn.schedules import Curve
from tui_nn.session.machines import PENALTY, Machines, Tensors, data_loss
from tui_nn.session.ways import Way, whole

RATE = "lr"
SLICE = 64  # iterations of a slice, at most


class Course:
    """A network, its training rows, and where it stands.

    Args:
        machines: of the network.
        X: features, shape (examples, inputs). Y: targets as the loss reads them, shape (examples, outputs).
        batching: how rows are dealt out.
        curve: the learning rate of each iteration; None: the optimiser's own, constant.

    Attributes:
        seed: of the order of rows, and of random lines.
        rates: (iteration, learning rate), ascending: from that iteration on this rate holds, whatever was before;
            those that are still to come too.
    """

    def __init__(
        self,
        machines: Machines,
        X: NDArray[Any],
        Y: NDArray[Any],
        *,
        batching: Batching,
        seed: int = 0,
        curve: Curve | None = None,
    ) -> None:
        self.machines = machines
        self.examples = len(X)
        self.per_epoch = batching.steps(self.examples)
        size = self.examples if batching.size is None else batching.size
        _check_last(machines, self.examples, size, batching)
        figure = data_loss(machines.owner.program)
        self.feed = Feed(machines.training, {"X": X, "Y": Y}, size, keep_last=not batching.drop_last, figure=figure)
        self.rates: list[tuple[int, float]] = []
        self._batching = batching
        self.seed = seed
        self._curve = curve
        self._base = machines.owner.scalars.hyper.get(RATE)
        self._applied: float | None = None
        self._order: tuple[int, NDArray[np.int64]] | None = None
        if curve is not None and self._base is not None:
            machines.owner.scalars.schedule(RATE, curve)

    @property
    def iteration(self) -> int:
        """The last one that was computed; 0 before the first."""
        return self.machines.owner.iteration

    @property
    def epoch(self) -> int:
        """Epochs that are over."""
        return self.iteration // self.per_epoch

    @property
    def batch(self) -> int:
        """Batches of the epoch that are over."""
        return self.iteration % self.per_epoch

    def size_of(self, iteration: int) -> int:
        """Examples in the batch of an iteration."""
        return self.feed.sizes[(iteration - 1) % self.per_epoch]

    @property
    def rate(self) -> float:
        """The learning rate of the next iteration."""
        return self.rate_at(self.iteration + 1)

    def rate_at(self, iteration: int) -> float:
        """The learning rate of an iteration; NaN for an optimiser without one."""
        set_ = next((rate for start, rate in reversed(self.rates) if start <= iteration), None)
        if set_ is None and self._curve is not None:
            return float(self._curve(np.array([float(iteration)]))[0])
        return (math.nan if self._base is None else self._base) if set_ is None else set_

    def twin(self) -> Course:
        """The same course with machines of its own, standing where this one stands; the rows are shared, not copied."""
        backend = self.machines.owner.backend
        rows = {n: v if isinstance(v, np.ndarray) else backend.to_host(v) for n, v in self.feed.rows.items()}
        other = Course(
            self.machines.twin(), rows["X"], rows["Y"], batching=self._batching, seed=self.seed, curve=self._curve
        )
        other.rates = list(self.rates)
        other.machines.owner.restore(self.machines.owner.save())
        other.stand_at(self.iteration)
        return other

    def penalty(self) -> dict[str, float]:
        """The penalty of the iteration that was computed last, by its name; {} where the loss has none."""
        machine = self.machines.training(self.size_of(self.iteration))
        return {PENALTY: machine.number(PENALTY)} if PENALTY in machine.program.shapes else {}

    def run(self, count: int) -> NDArray[np.float64]:
        """Up to `count` iterations, not beyond the epoch's end; returns the data's loss of each, before its update."""
        first, losses = self.batch, []
        last = min(first + count, self.per_epoch)
        order = self._epoch_order(self.epoch)
        while first < last:
            self._settle()
            here = self.iteration
            stop = min([last, *(first + start - here - 1 for start, _ in self.rates if start > here + 1)])
            losses.append(np.array(self.feed.run(order, first, stop)))
            first = stop
        return np.concatenate(losses)

    def go(self, iteration: int) -> None:
        """On to the end of an iteration that is still to come."""
        whole(self.going(iteration))

    def going(self, iteration: int) -> Way[None]:
        """`go` in slices."""
        while self.iteration < iteration:
            self.run(min(iteration - self.iteration, SLICE))
            yield

    def set_rate(self, rate: float) -> None:
        """Train at this rate from the next iteration on; what was to come later is dropped."""
        self.rates = [*(r for r in self.rates if r[0] <= self.iteration), (self.iteration + 1, rate)]

    def lower_rate(self, rate: float) -> None:
        """The same for a rule that lowers the rate: what is to come, from the next iteration on too, comes."""
        coming = [r for r in self.rates if r[0] > self.iteration]
        self.rates = [*(r for r in self.rates if r[0] <= self.iteration), (self.iteration + 1, rate), *coming]

    def know(self, iteration: int, rates: Iterable[tuple[int, float]]) -> None:
        """Take over the `rates` up to the one after an iteration; of those later ones, what is to come stays."""
        known = [r for r in rates if r[0] <= iteration + 1]
        self.rates = [*known, *(r for r in self.rates if r[0] > iteration and r not in known)]

    def restore(self, iteration: int, tensors: Tensors, rates: Iterable[tuple[int, float]]) -> None:
        """Stand at the end of an iteration: with these parameters, states and buffers; see `know`."""
        self.machines.load(tensors)
        self.know(iteration, rates)
        self.stand_at(iteration)

    def stand_at(self, iteration: int) -> None:
        """Make `iteration` the one that ended last; the tensors are its already."""
        self.machines.owner.begin(iteration)
        self._settle()

    def bring(self, iteration: int) -> Machine:
        """The machine of an iteration, with its batch in place, its number set, and nothing computed yet."""
        epoch, batch = divmod(iteration - 1, self.per_epoch)
        machine = self.feed.bring(self._epoch_order(epoch), batch)
        self._settle(iteration)
        machine.begin(iteration)
        return machine

    def _epoch_order(self, epoch: int) -> NDArray[np.int64]:
        """The same object for the same epoch: the feed goes by that."""
        if self._order is None or self._order[0] != epoch:
            self._order = epoch, self._batching.order(self.examples, self.seed, epoch)
        return self._order[1]

    def _settle(self, iteration: int | None = None) -> None:
        """Have the learning rate of an iteration (the next one) in force."""
        at = self.iteration + 1 if iteration is None else iteration
        wanted = next((rate for start, rate in reversed(self.rates) if start <= at), None)
        if wanted == self._applied or self._base is None:
            return
        self._applied = wanted
        scalars = self.machines.owner.scalars
        if wanted is not None:
            scalars.set(RATE, wanted)
        elif self._curve is not None:
            scalars.schedule(RATE, self._curve)
        else:
            scalars.set(RATE, self._base)


def _check_last(machines: Machines, examples: int, size: int, batching: Batching) -> None:
    """Raise UserError, with the numbers, where the network cannot train on a last batch that is smaller."""
    left = 0 if batching.drop_last else examples % size
    try:
        if left:
            machines.training(left)
    except UserError as error:
        raise UserError(
            f"{examples:,} rows in batches of {size:,} leave {left:,} for the last one, and {error}. "
            "Leave that one out with --drop-last (drop_last), or take another --batch-size (batch_size)."
        ) from None
