"""What a training run says of itself: frozen snapshots that any thread may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui_nn.session.frame import Stop

Record = Mapping[str, float]
"""The figures of an epoch: `epoch`, `iteration`, `seconds`, `lr`, `loss`, `penalty`, `accuracy`, `val_loss`, …

`loss` is the mean over the epoch's batches, each before its update; `accuracy` (or `r2`, `mae`, and what is monitored)
is had at the epoch's end on a sample of the training rows, `val_…` on the validation part, with the same parameters.
"""


@dataclass(frozen=True, slots=True)
class Best:
    """The best epoch so far, by the monitored figure."""

    epoch: int
    iteration: int
    value: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    Attributes:
        iteration, epoch: those that are over. iterations: in all, as far as that is known.
        batch, batches: of the epoch that goes on, those that are over, and all.
        loss: the mean over this epoch's examples so far; NaN before the first.
        rate: the learning rate of the next iteration.
        seconds: spent on training, over all resumptions. limit: on them, if there is one.
        speed: examples in a second, lately.
        records: of the epochs that ended since the snapshot before.
        best: the best epoch so far.
        stop: why the run has ended; None while it goes on.
    """

    iteration: int
    iterations: int | None
    epoch: int
    batch: int
    batches: int
    loss: float
    rate: float
    seconds: float
    limit: float | None
    speed: float
    records: tuple[Record, ...]
    best: Best | None
    stop: Stop | None

    @property
    def share(self) -> float | None:
        """How much of the run is over, from 0 to 1, as far as that can be told."""
        shares = [self.iteration / self.iterations] if self.iterations else []
        shares += [self.seconds / self.limit] if self.limit else []
        return min(max(shares), 1.0) if shares else None

    @property
    def remaining(self) -> float | None:
        """Seconds that are left, as far as that can be told."""
        return self.seconds * (1 - self.share) / self.share if self.share else None
