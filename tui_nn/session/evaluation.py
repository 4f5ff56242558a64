"""A part of the data put through the evaluation page: its loss, its predictions, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.scaling import Scaling
from tui_nn.engine.feed import Feed
from tui_nn.nn.network import Network
from tui_nn.nn.targets import encode
from tui_nn.session import metrics
from tui_nn.session.machines import PENALTY, Machines, data_loss
from tui_nn.session.metrics import Classification, Regression

ENTRIES = 1 << 22  # of the widest value of one chunk: what is evaluated at once stays within some 30 MB


@dataclass(frozen=True, eq=False)
class Figures:
    """How a network does on some rows.

    Attributes:
        loss: of the data, as the loss has it. penalty: of the weights; 0 without one.
        outputs: what the network put out, shape (examples, outputs): probabilities, scores or scaled values.
        weight: what the loss is a mean over: examples, or their weights; 0 where it is a sum.
    """

    loss: float
    penalty: float
    outputs: NDArray[Any]
    weight: float


def joined(parts: Sequence[Figures]) -> Figures:
    """The figures of all rows together, from those of some after others."""
    weight = sum(part.weight for part in parts)
    loss = sum(part.loss * (part.weight if weight else 1.0) for part in parts)
    outputs = np.concatenate([part.outputs for part in parts])
    return Figures(loss / weight if weight else loss, parts[-1].penalty, outputs, weight)


@dataclass(frozen=True, eq=False)
class Reader:
    """What outputs mean: classes, or numbers in the target's own unit.

    Attributes:
        network: whose outputs they are.
        classes: number of classes, 0 for a regression.
        target_scaling: of a regression's target.
    """

    network: Network
    classes: int
    target_scaling: Scaling | None = None

    def encode(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """Targets (class codes, or scaled numbers) as the loss reads them, a row for each example. Raises UserError."""
        return encode(self.network.criterion.targets, y, self.network.outputs).T

    def scores(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """A score for each class, the highest of which is called; probabilities where the network gives them.

        Shape (examples, classes). A single output speaks for the second class.
        """
        found = outputs.astype(np.float64)
        if found.shape[1] > 1:
            return found
        signed = self.network.criterion.row.outputs == "scores"
        return np.hstack([-found if signed else 1 - found, found])

    def codes(self, outputs: NDArray[Any]) -> NDArray[np.int64]:
        """The class of each example, shape (examples,)."""
        return metrics.predicted_class(self.scores(outputs))

    def values(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """What a regression predicts, in the target's own unit, shape (examples,) or (examples, outputs)."""
        found = outputs.astype(np.float64)
        if self.target_scaling is not None:
            found = self.target_scaling.invert(found)
        return found[:, 0] if found.shape[1] == 1 else found

    @property
    def monitors(self) -> tuple[str, ...]:
        """The figures that can tell the best epoch."""
        return ("loss", "accuracy", "auc", "f1") if self.classes else ("loss", "r2", "mae")

    @property
    def gives_probabilities(self) -> bool:
        """Whether the scores are probabilities."""
        row = self.network.criterion.row
        return bool(self.classes) and (row.outputs == "probabilities" or bool(row.prediction))

    def measure(self, y: NDArray[Any], outputs: NDArray[Any]) -> Classification | Regression:
        """Every figure. y: class codes, or numbers in the target's own unit, shape (examples,)."""
        if self.classes:
            return metrics.classification(y, self.scores(outputs))
        return metrics.regression(y.astype(np.float64), self.values(outputs))

    def glance(self, y: NDArray[Any], outputs: NDArray[Any], monitor: str) -> dict[str, float]:
        """The figures of an epoch: one that is quickly had, and the one that is monitored."""
        if not self.classes:
            found = metrics.regression(y.astype(np.float64), self.values(outputs)).summary()
            return {name: found[name] for name in dict.fromkeys(("r2", "mae", monitor)) if name in found}
        if monitor in ("auc", "f1"):
            found = metrics.classification(y, self.scores(outputs)).summary()
            return {"accuracy": found["accuracy"], monitor: found[monitor]}
        right = np.count_nonzero(self.codes(outputs) == y)
        return {"accuracy": float(right) / len(y) if len(y) else float("nan")}


class Evaluation:
    """Rows that are evaluated again and again as the network changes.

    Args:
        machines: of the network.
        X: features, shape (examples, inputs). Y: targets as the loss reads them, shape (examples, outputs).
    """

    def __init__(self, machines: Machines, X: NDArray[Any], Y: NDArray[Any]) -> None:
        network = machines.network
        widest = max(network.inputs, *(p.shape[0] for p in network.parameters))
        self._feed = Feed(machines.evaluation, {"X": X, "Y": Y}, max(1, ENTRIES // widest))
        self._order = np.arange(len(X))
        self._machines = machines
        self._outputs = np.empty((len(X), network.outputs), machines.dtype)
        self._output = network.evaluation_page(1).output
        self._sums = network.criterion.chosen["reduction"] == "sum"
        self._weights = _weights(network, Y)

    def figures(self) -> Figures:
        """Loss and outputs with the parameters that the network has now. `outputs` is overwritten by the next call."""
        loss, weight, start, penalty = 0.0, 0.0, 0, 0.0
        for batch, size in enumerate(self._feed.sizes):
            machine = self._feed.bring(self._order, batch)
            machine.lines(1, len(machine.program.lines))
            rows = slice(start, start + size)
            self._outputs[rows] = machine.read(self._output).T
            share = 1.0 if self._sums else float(self._weights[rows].sum())
            loss += share * machine.number(data_loss(machine.program))
            weight += share
            penalty = machine.number(PENALTY) if PENALTY in machine.program.shapes else 0.0
            start += size
        if self._sums:
            return Figures(loss, penalty, self._outputs, 0.0)
        return Figures(loss / weight, penalty, self._outputs, weight)


def _weights(network: Network, Y: NDArray[Any]) -> NDArray[np.float64]:
    """What each example counts in a mean, shape (examples,)."""
    if not network.class_weights or network.criterion.chosen["reduction"] != "mean":
        return np.ones(len(Y))
    weights = np.array(network.class_weights)
    if network.criterion.targets == "one_hot":
        return np.asarray(Y @ weights)
    positive = Y[:, 0] > (0.5 if network.criterion.targets == "binary" else 0)
    found: NDArray[np.float64] = np.where(positive, weights[1], weights[0])
    return found
