"""Batches into machines: the examples of a data set, in a given order, through one training step each.

A machine has a fixed batch size, so the last, smaller batch has a machine of its own on the same parameters. A batch
costs one copy for each input: data that fits the cache is put into the epoch's order first, larger data is gathered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from tui_nn.engine.backend import Array
from tui_nn.engine.lower import Bound
from tui_nn.engine.machine import Machine

REORDERED = 4_000_000  # entries of an input that is put into the epoch's order as a whole; larger ones are gathered

Host = np.ndarray[Any, Any]


class Feed:
    """A data set ready to be fed.

    Args:
        machine_for: the machine for a batch size; all of them share one network.
        rows: input name to an array (examples, features).
        batch_size: examples in a batch.
        keep_last: whether a last, smaller batch is used.

    Attributes:
        sizes: of the batches of an epoch, in order.
    """

    def __init__(
        self, machine_for: Callable[[int], Machine], rows: Mapping[str, Host], batch_size: int, *, keep_last: bool = True
    ) -> None:
        self.examples = len(next(iter(rows.values())))
        self.batch_size = min(batch_size, self.examples)
        full, rest = divmod(self.examples, self.batch_size)
        self.sizes = [self.batch_size] * full + ([rest] if rest and keep_last else [])
        self.machines = {size: machine_for(size) for size in dict.fromkeys(self.sizes)}
        self._rows = {name: self._stored(name, array) for name, array in rows.items()}
        self._order: Host | None = None
        self._epoch: dict[str, Array] = {}
        self._backend = self.machines[self.batch_size].backend
        self._losses = self._backend.xp.zeros(len(self.sizes), "float64")

    def run(self, order: Host, first: int = 0, last: int | None = None) -> Host:
        """Train on the batches `first` to `last` (excluded) of an epoch whose examples come in `order`.

        Returns the loss of each of these batches, float64, before its update.
        """
        last = len(self.sizes) if last is None else last
        self._arrange(order)
        start = first
        while start < last:
            size = self.sizes[start]
            stop = min(last, start + self.sizes[start:].count(size))
            self.machines[size].follow(self._loads(size, start, stop))
            self._record(self.machines[size], stop - 1)
            start = stop
        return self._backend.to_host(self._losses[first:last])

    def bring(self, order: Host, batch: int) -> Machine:
        """Put one batch into its machine's inputs, without computing anything; returns that machine."""
        self._arrange(order)
        for load in self._batch_calls(self.sizes[batch], batch):
            load()
        return self.machines[self.sizes[batch]]

    def _loads(self, size: int, first: int, last: int) -> Iterator[list[Bound]]:
        for batch in range(first, last):
            if batch > first:
                self._record(self.machines[size], batch - 1)
            yield self._batch_calls(size, batch)

    def _record(self, machine: Machine, batch: int) -> None:
        if machine.loss is not None:
            self._losses[batch] = machine.loss

    def _batch_calls(self, size: int, batch: int) -> list[Bound]:
        machine, start = self.machines[size], batch * self.batch_size
        copyto = machine.backend.xp.copyto
        calls: list[Bound] = []
        for name, rows in self._rows.items():
            target = machine.storage(name)
            by_rows = machine.stored_by_rows(name)
            if name in self._epoch:
                part = self._epoch[name][start : start + size]
                calls.append(partial(copyto, target, part if by_rows else part.T))
                continue
            assert self._order is not None
            chosen = self._order[start : start + size]
            if by_rows:
                calls.append(partial(rows.take, chosen, 0, target, "clip"))
            else:
                calls.append(partial(copyto, target, rows[chosen].T))
        return calls

    def _stored(self, name: str, array: Host) -> Host:
        """The rows as the machine stores them: with a column of ones where a bias is folded in."""
        machine = next(iter(self.machines.values()))
        rows = np.asarray(array, machine.program.dtype)
        if machine.stored_by_rows(name) and machine.storage(name).shape[1] == rows.shape[1] + 1:
            rows = np.concatenate([rows, np.ones((len(rows), 1), rows.dtype)], axis=1)
        return np.ascontiguousarray(rows)

    def _arrange(self, order: Host) -> None:
        if order is not self._order:
            self._order = order
            self._epoch = {n: rows.take(order, 0) for n, rows in self._rows.items() if rows.size <= REORDERED}
