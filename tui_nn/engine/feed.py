"""Batches into machines: the examples of a data set, in a given order, through one training step each.

A machine has a fixed batch size, so the last, smaller batch has a machine of its own on the same parameters. A batch
costs one copy for each input: data that fits the cache is put into the epoch's order first, larger data is gathered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from tui_nn.engine.backend import Array, Bound
from tui_nn.engine.machine import Machine
from tui_nn.engine.precision import converted

REORDERED = 4_000_000  # entries of an input that is put into the epoch's order as a whole; larger ones are gathered

Host = np.ndarray[Any, Any]
Batch = tuple[list[Bound], Bound]
"""The calls that bring a batch in, and the one that records its figure."""


class Feed:
    """A data set ready to be fed.

    Args:
        machine_for: the machine for a batch size; all of them share one network.
        rows: input name to an array (examples, features).
        batch_size: examples in a batch.
        keep_last: whether a last, smaller batch is used.
        figure: the line whose single number is recorded of each batch; None: the loss.

    Attributes:
        sizes: of the batches of an epoch, in order.
        rows: all examples by input, as they are stored.
    """

    def __init__(
        self,
        machine_for: Callable[[int], Machine],
        rows: Mapping[str, Host],
        batch_size: int,
        *,
        keep_last: bool = True,
        figure: str | None = None,
    ) -> None:
        self._figure = figure
        self.examples = len(next(iter(rows.values())))
        self.batch_size = min(batch_size, self.examples)
        full, rest = divmod(self.examples, self.batch_size)
        self.sizes = [self.batch_size] * full + ([rest] if rest and keep_last else [])
        self.machines = {size: machine_for(size) for size in dict.fromkeys(self.sizes)}
        self._backend = self.machines[self.batch_size].backend
        self._figures = self._backend.xp.zeros(len(self.sizes), "float64")
        self._order = self._backend.from_host(
            np.zeros(self.examples, np.intp)
        )  # of the epoch; the calls below are bound to parts of it
        self._given: Host | None = None
        self._arrange: list[Bound] = []
        loads: list[list[Bound]] = [[] for _ in self.sizes]
        self.rows = {name: self._stored(name, array) for name, array in rows.items()}
        for name, stored in self.rows.items():
            for load, call in zip(loads, self._bind(name, stored), strict=False):
                load.append(call)
        self._batches: list[Batch] = [(load, self._recorder(i)) for i, load in enumerate(loads)]
        self._known_parts: dict[tuple[int, int], list[tuple[Machine, list[Batch]]]] = {}

    def run(self, order: Host, first: int = 0, last: int | None = None) -> Host:
        """Train on the batches `first` to `last` (excluded) of an epoch whose examples come in `order`.

        Returns the recorded figure of each of these batches, float64, from before its update.
        """
        last = len(self.sizes) if last is None else min(last, len(self.sizes))
        lies_there = len(self.sizes) == 1 and order is self._given  # a full batch, as before
        self._take(order)
        for machine, batches in self._parts(first, last):
            machine.follow([((), batches[0][1])] if lies_there else batches)
        return self._backend.to_host(self._figures[first:last])

    def bring(self, order: Host, batch: int) -> Machine:
        """Put one batch into its machine's inputs, without computing anything; returns that machine."""
        self._take(order)
        for load in self._batches[batch][0]:
            load()
        return self.machines[self.sizes[batch]]

    def _parts(self, first: int, last: int) -> list[tuple[Machine, list[Batch]]]:
        """The batches of one size after the other, each with the machine of that size."""
        known = self._known_parts.get((first, last))
        if known is None:
            grouped = groupby(range(first, last), self.sizes.__getitem__)
            known = [(self.machines[size], [self._batches[i] for i in batches]) for size, batches in grouped]
            self._known_parts = {(first, last): known}  # most epochs are run alike
        return known

    def _take(self, order: Host) -> None:
        if order is not self._given:
            self._given = order
            self._order[...] = self._backend.from_host(np.asarray(order, np.intp))
            for call in self._arrange:
                call()

    def _recorder(self, batch: int) -> Bound:
        machine = self.machines[self.sizes[batch]]
        figure = machine.loss if self._figure is None else machine.single(self._figure)
        target = self._figures[batch : batch + 1].reshape(())
        return int if figure is None else partial(self._backend.xp.copyto, target, figure)

    def _bind(self, name: str, rows: Array) -> Iterator[Bound]:
        """The call that brings `name` in, for each batch; what the epoch's order needs is added to `_arrange`."""
        copyto, by_rows = self._backend.xp.copyto, self.machines[self.batch_size].stored_by_rows(name)
        whole = rows.size <= REORDERED
        if whole:
            ordered = self._backend.xp.empty_like(rows)
            self._arrange.append(self._backend.gather(rows, self._order, ordered))
        if whole and not by_rows:
            # Examples as columns: what is read entry by entry stands as the page says, so that ufuncs run along it.
            turned = self._backend.xp.empty(rows.shape[::-1], rows.dtype)
            self._arrange.append(partial(copyto, turned, ordered.T))
        for batch, size in enumerate(self.sizes):
            part = slice(batch * self.batch_size, batch * self.batch_size + size)
            target = self.machines[size].storage(name)
            if whole:
                yield partial(copyto, target, ordered[part] if by_rows else turned[:, part])
            elif by_rows:
                yield self._backend.gather(rows, self._order[part], target)
            else:
                yield partial(_turn, rows, self._order[part], target)

    def _stored(self, name: str, array: Host) -> Array:
        """The rows as the machine stores them: with a column of ones where a bias is folded in."""
        machine = self.machines[self.batch_size]
        rows = converted(array, machine.program.dtype, f"`{name}`")
        if machine.stored_by_rows(name) and machine.storage(name).shape[1] == rows.shape[1] + 1:
            rows = np.concatenate([rows, np.ones((len(rows), 1), rows.dtype)], axis=1)
        return self._backend.from_host(np.ascontiguousarray(rows))


def _turn(rows: Array, chosen: Array, target: Array) -> None:
    target[...] = rows[chosen].T
