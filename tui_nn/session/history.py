"""Time travel's memory: checkpoints of ended iterations, thinned out with age so that memory is bounded.

A checkpoint is a copy of the parameters and states. Every `stride`-th iteration is kept; when the budget is full, the
stride doubles and every other one goes. So any iteration is reached from a checkpoint by replaying at most `stride`
iterations, however long the run.
"""

from __future__ import annotations

from tui_nn.engine.machine import Checkpoint

BUDGET = 40 * 1024 * 1024  # bytes, of the 64 MB that a session may take: the allocator rounds up
AROUND = 340  # bytes of Python objects around one checkpoint, measured with tracemalloc …
AROUND_ARRAY = 112  # … and around each of its arrays
LEAST = 4  # checkpoints that are kept however large they are


def footprint(checkpoint: Checkpoint) -> int:
    """The bytes that a checkpoint takes, with the Python objects around its numbers."""
    return checkpoint.nbytes + AROUND + AROUND_ARRAY * len(checkpoint.vectors)


class History:
    """The checkpoints of one branch: of the end of every `stride`-th iteration up to the latest one.

    Attributes:
        stride: iterations between kept checkpoints.
    """

    def __init__(self, start: Checkpoint, budget: int = BUDGET) -> None:
        self._kept: dict[int, Checkpoint] = {start.iteration: start}
        self._first = start.iteration
        self._each = footprint(start)
        self._budget = budget
        self._capacity = max(LEAST, budget // self._each)
        self.stride = 1

    def wants(self, iteration: int) -> bool:
        """Whether the end of `iteration` is to be kept and is not yet; not where the one before it is missing."""
        return iteration - self.stride in self._kept and iteration not in self._kept

    def next_wanted(self, iteration: int) -> int:
        """The first iteration after `iteration` at whose end a checkpoint belongs."""
        return iteration + self.stride - (iteration - self._first) % self.stride

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep the next wanted checkpoint; thins the others out where the budget is full."""
        self._kept[checkpoint.iteration] = checkpoint
        self._thin()

    def reaches(self, iteration: int) -> bool:
        """Whether there is a checkpoint at or before the end of `iteration`."""
        return iteration >= self._first

    def nearest(self, iteration: int) -> Checkpoint:
        """The latest checkpoint at or before the end of `iteration`."""
        latest = next(reversed(self._kept))  # they are kept in order, none between is missing
        return self._kept[min(iteration - (iteration - self._first) % self.stride, latest)]

    def before(self, iteration: int) -> History:
        """The history of a branch that leaves this one in `iteration`: what came before is shared."""
        branch = History.__new__(History)
        branch.__dict__ |= self.__dict__
        branch._kept = {i: c for i, c in self._kept.items() if i < iteration}
        return branch

    def limit(self, share: int) -> None:
        """Take one part in `share` of the budget from now on; branches share it."""
        self._capacity = max(LEAST, self._budget // share // self._each)
        self._thin()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return len(self._kept) * self._each

    def _thin(self) -> None:
        while len(self._kept) > self._capacity:
            self.stride *= 2
            self._kept = {i: c for i, c in self._kept.items() if (i - self._first) % self.stride == 0}
