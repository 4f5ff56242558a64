"""Time travel's memory: checkpoints of ended iterations, thinned out with age so that memory is bounded.

A checkpoint is a copy of the parameters and states. Every `stride`-th iteration is kept; when the budget is full, the
stride doubles and every other one goes. So any iteration is reached from a checkpoint by replaying at most `stride`
iterations, however long the run.
"""

from __future__ import annotations

from tui_nn.engine.machine import Checkpoint

BUDGET = 48 * 1024 * 1024  # bytes, of the 64 MB that a session may take
OVERHEAD = 600  # bytes of Python objects around one checkpoint, measured


class History:
    """The checkpoints of one branch.

    Attributes:
        stride: iterations between kept checkpoints.
    """

    def __init__(self, start: Checkpoint, budget: int = BUDGET) -> None:
        self._kept: dict[int, Checkpoint] = {start.iteration: start}
        self._first = start.iteration
        self._capacity = max(4, budget // (start.nbytes + OVERHEAD))
        self.stride = 1

    def wants(self, iteration: int) -> bool:
        """Whether the end of `iteration` is to be kept and is not yet."""
        return (iteration - self._first) % self.stride == 0 and iteration not in self._kept

    def next_wanted(self, iteration: int) -> int:
        """The first iteration after `iteration` at whose end a checkpoint belongs."""
        return iteration + self.stride - (iteration - self._first) % self.stride

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; thins the others out where the budget is full."""
        self._kept[checkpoint.iteration] = checkpoint
        while len(self._kept) > self._capacity:
            self.stride *= 2
            self._kept = {i: c for i, c in self._kept.items() if (i - self._first) % self.stride == 0}

    def nearest(self, iteration: int) -> Checkpoint:
        """The latest checkpoint at or before the end of `iteration`."""
        known = iteration - (iteration - self._first) % self.stride
        if known in self._kept:
            return self._kept[known]
        return self._kept[max(i for i in self._kept if i <= iteration)]

    def before(self, iteration: int) -> History:
        """The history of a branch that leaves this one in `iteration`: what came before is shared."""
        branch = History.__new__(History)
        branch._kept = {i: c for i, c in self._kept.items() if i < iteration}
        branch._first, branch._capacity, branch.stride = self._first, self._capacity, self.stride
        return branch

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(c.nbytes + OVERHEAD for c in self._kept.values())
