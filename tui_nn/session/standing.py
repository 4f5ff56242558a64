"""What a trainer goes by, and what it knows of its run beside the tensors: rules, figures, pace, a good state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from tui_nn.engine.machine import Checkpoint
from tui_nn.nn.plateau import Plateau, PlateauState
from tui_nn.session.evaluation import Evaluation, Reader
from tui_nn.session.frame import Stop
from tui_nn.session.plan import Length
from tui_nn.session.progress import Best


@dataclass(slots=True)
class Standing:
    """What of a run is neither tensors nor a function of the iteration."""

    loss_sum: float = 0.0  # over this epoch's examples so far
    seen: int = 0
    best: Best | None = None
    plateau: PlateauState | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Rules:
    """When to stop, and what is better.

    Attributes:
        length: limits. patience: epochs after the best one; None: no early stopping.
        monitor: the figure that tells the best epoch, of the validation part where there is one.
        plateau: how the learning rate falls when that figure gets no better.
        conditions: expressions; the run stops after an iteration in which one holds.
    """

    length: Length
    patience: int | None = None
    monitor: str = "loss"
    plateau: Plateau | None = None
    conditions: tuple[str, ...] = ()

    def reached(self, iteration: int, epoch: int, batch: int, standing: Standing) -> Stop | None:
        """Why a run that has come so far ends here; None where it goes on."""
        limits, best = self.length, standing.best
        if limits.epochs is not None and epoch >= limits.epochs:
            return Stop("epochs", "1 epoch is over" if limits.epochs == 1 else f"{limits.epochs} epochs are over")
        if limits.steps is not None and iteration >= limits.steps:
            return Stop("steps", f"{limits.steps} iterations are over")
        if limits.seconds is not None and standing.seconds >= limits.seconds:
            return Stop("time", f"{limits.seconds:g} seconds are over")
        if self.patience is not None and best is not None and batch == 0 and epoch - best.epoch >= self.patience:
            return Stop("early stopping", f"no epoch was better than {best.epoch} for {self.patience}")
        return None


@dataclass(frozen=True, eq=False)
class Watch:
    """Rows to watch: how to evaluate them, and their targets (class codes, or numbers in their own unit)."""

    evaluation: Evaluation
    y: NDArray[Any]

    def glance(self, reader: Reader, monitor: str) -> tuple[float, dict[str, float]]:
        """The loss with the parameters that the network has now, and the figures of an epoch."""
        figures = self.evaluation.figures()
        return figures.loss, reader.glance(self.y, figures.outputs, monitor)


@dataclass
class Pace:
    """How long an iteration takes, to size the chunks that are run between two looks at the clock."""

    seconds: float = math.inf
    speed: float = math.nan

    def fits(self, seconds: float) -> int:
        """Iterations for so many seconds; one while it is not known how long one takes."""
        return 1 if math.isinf(self.seconds) else max(1, int(min(seconds / self.seconds, 1e9)))

    def measured(self, iterations: int, examples: int, seconds: float) -> None:
        each = seconds / iterations
        self.seconds = each if self.seconds == math.inf else 0.7 * self.seconds + 0.3 * each
        speed = examples / seconds if seconds else math.nan
        self.speed = speed if math.isnan(self.speed) else 0.9 * self.speed + 0.1 * speed


@dataclass
class Good:
    """A state without a number that is not finite, to come back to; refreshed as often as is cheap."""

    checkpoint: Checkpoint
    standing: Standing
    at: float = 0.0
    cost: float = 0.0
