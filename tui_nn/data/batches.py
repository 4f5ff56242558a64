"""Batches: which rows each step of training sees, as a pure function of (seed, epoch), so any step can be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.text import counted, listed, quoted
from tui_nn.errors import UserError
from tui_nn.randomness import generator

Mode = Literal["batch", "mini-batch", "stochastic", "online"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class Batching:
    """How the training rows are dealt out.

    size: rows in a batch; None for all of them.
    shuffle: a new order each epoch; without it, the order of the rows.
    drop_last: leave out a last batch with fewer rows than ``size``.
    single_pass: each row is used once: there is one epoch only (online learning).
    """

    size: int | None = 32
    shuffle: bool = True
    drop_last: bool = False
    single_pass: bool = False

    def __post_init__(self) -> None:
        if self.size is not None and self.size < 1:
            raise UserError(f"The batch size is {self.size}; it can be 1 or more.")

    @classmethod
    def named(cls, mode: str, size: int = 32, *, drop_last: bool = False) -> Batching:
        """The lectures' four: all rows in each step ("batch"), ``size`` rows ("mini-batch"), one row at a time
        ("stochastic"), one row at a time and each once ("online"). Raises UserError."""
        if mode not in MODES:
            raise UserError(f"There is no batch mode {quoted(mode)}; there are: {listed(MODES)}.")
        modes: dict[str, Batching] = {
            "batch": cls(None, shuffle=False),
            "mini-batch": cls(size, drop_last=drop_last),
            "stochastic": cls(1),
            "online": cls(1, single_pass=True),
        }
        return modes[mode]

    def steps(self, rows: int) -> int:
        """Batches in an epoch over this many rows. Raises UserError where there is none."""
        size = rows if self.size is None else self.size
        steps = rows // size if self.drop_last else -(-rows // size) if rows else 0
        if not steps:
            kept = " when the last partial batch is dropped" if rows else ""
            raise UserError(f"{counted(rows, 'row')} make no batch of {size}{kept}.")
        return steps

    def order(self, rows: int, seed: int, epoch: int) -> NDArray[np.int64]:
        """All row numbers in the order of this epoch (from 0); read-only, shape (rows,)."""
        return _order(rows, seed, epoch if self.shuffle else None)

    def epoch(self, rows: int, seed: int, epoch: int) -> Iterator[NDArray[np.int64]]:
        """The row numbers of each batch of this epoch: read-only views of `order`."""
        order, steps = self.order(rows, seed, epoch), self.steps(rows)
        size = rows if self.size is None else self.size
        return (order[step * size : (step + 1) * size] for step in range(steps))

    def at(self, rows: int, seed: int, iteration: int) -> NDArray[np.int64]:
        """The row numbers of the batch of this iteration, counted from 0 over all epochs; without what went before."""
        epoch, step = divmod(iteration, self.steps(rows))
        if self.single_pass and epoch:
            raise UserError(f"Online learning uses each row once: there are {self.steps(rows)} iterations, not more.")
        size = rows if self.size is None else self.size
        return self.order(rows, seed, epoch)[step * size : (step + 1) * size]


@lru_cache(maxsize=4)  # a pure function; stepping asks for the same epoch again and again
def _order(rows: int, seed: int, epoch: int | None) -> NDArray[np.int64]:
    order = np.arange(rows) if epoch is None else generator(seed, "shuffle", epoch).permutation(rows)
    order.flags.writeable = False
    return order
