"""The Python API: a network that learns from arrays, without files.

net = Network([Dense(10, "relu"), Dense(8, "relu"), Dense(3)], inputs=4, loss="softmax_cross_entropy")
net.fit(X, y, epochs=100)
net.evaluate(X_test, y_test)["accuracy"]
net.predict(X_new)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tui_nn.errors import UserError
from tui_nn.nn import network as nn
from tui_nn.nn.layers import Layer
from tui_nn.nn.regularizers import Penalty
from tui_nn.session import assemble
from tui_nn.session.assemble import Examples
from tui_nn.session.evaluation import Evaluation, Reader
from tui_nn.session.machines import Machines
from tui_nn.session.progress import Record
from tui_nn.session.settings import OPTIMIZER, RUN, TRAINING, from_values, rows
from tui_nn.session.trainer import Trainer

_PANELS = (OPTIMIZER, TRAINING, RUN)
_NOT_HERE = ("out", "checkpoint_every", "keep")


class Network:
    """Layers one after the other and a loss, with weights once it has been fitted.

    Args:
        layers, inputs, loss, penalty, class_weights: as of `tui_nn.nn.network.Network`.
    """

    def __init__(
        self,
        layers: Sequence[Layer | str],
        inputs: int,
        loss: str = "mse",
        penalty: Penalty = None,
        class_weights: Sequence[float] = (),
    ) -> None:
        self.description = nn.Network(layers, inputs, loss, penalty, class_weights)
        targets = self.description.criterion.targets
        self._reader = Reader(self.description, 0 if targets == "values" else max(self.description.outputs, 2))
        self._trainer: Trainer | None = None

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        **settings: Any,
    ) -> list[Record]:
        """Train from new initial weights.

        Args:
            X: features, shape (examples, inputs), as the network is to see them: nothing is scaled here.
            y: numbers or class codes from 0, shape (examples,), or a row of targets for each example.
            validation: X and y to watch after each epoch.
            settings: those of `tui-nn train` for optimiser and training, by key: `optimizer="sgd", lr=0.1, epochs=20,
                batch_size=16, schedule="cosine", early_stopping=5, seed=1, dtype="float64"`.

        Returns:
            the figures of each epoch: `loss`, `val_loss`, `val_accuracy`, …

        Raises:
            UserError: for a setting that is not there or does not fit, and for arrays that do not fit the network.
        """
        known = [n for n, (_, row) in rows().items() if row.panel in _PANELS and n not in _NOT_HERE]
        for name in settings:
            if name not in known:
                raise UserError(f"fit has no setting `{name}`; it has {', '.join(known)}")
        chosen = from_values({name: value for name, value in settings.items() if value is not None}, where="fit")
        held = None if validation is None else self._examples(*validation, chosen.dtype)
        trainer = assemble.trainer(chosen, self._reader, self._examples(X, y, chosen.dtype), held)
        records = list(trainer.epochs())
        if chosen.early_stopping is not None:
            trainer.use_best()
        if trainer.stop is not None and trainer.stop.kind == "non-finite":
            raise UserError(f"training broke off: {trainer.stop.text}")
        self._trainer = trainer
        return records

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """What the network puts out: probabilities, scores or values, shape (examples, outputs)."""
        machines = self._fitted()
        rows_ = _rows(X, self.description.inputs, machines.dtype)
        blank = np.zeros((len(rows_), self.description.outputs))
        return Evaluation(machines, rows_, blank).figures().outputs.astype(np.float64)

    def predict_classes(self, X: ArrayLike) -> NDArray[np.int64]:
        """The code of the class of each example, shape (examples,)."""
        return self._reader.codes(self.predict(X))

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> dict[str, Any]:
        """Loss and figures on some rows: `accuracy`, `precision`, `recall`, `f1`, `auc`, `confusion`; `r2`, `mae`."""
        machines = self._fitted()
        found = self._examples(X, y, machines.dtype)
        return assemble.summary(*assemble.judge(machines, self._reader, [found]))

    def summary(self) -> str:
        """Layers, shapes and parameter counts, as text."""
        return str(self.description.summary())

    @property
    def weights(self) -> dict[str, NDArray[Any]]:
        """Copies of parameters and buffers, by name."""
        machines = self._fitted()
        return {name: machines.owner.read(name) for name in machines.learned()}

    def _fitted(self) -> Machines:
        if self._trainer is None:
            raise UserError("this network has no weights yet; call fit first")
        return self._trainer.course.machines

    def _examples(self, X: ArrayLike, y: ArrayLike, dtype: str) -> Examples:
        found = _rows(X, self.description.inputs, dtype)
        targets = _numbers(y, "targets (classes by their codes, from 0)")
        if targets.ndim == 0 or len(targets) != len(found):
            raise UserError(f"there are {len(found)} examples and targets of shape {targets.shape}")
        return Examples(found, targets, _codes(targets) if self._reader.classes else targets)


def _codes(targets: NDArray[Any]) -> NDArray[np.int64]:
    """Class codes of targets in any form: codes, signs, or a row of one 1 and zeros for each example."""
    if targets.ndim == 2 and targets.shape[1] > 1:
        found: NDArray[np.int64] = targets.argmax(axis=1)
        return found
    codes = targets.reshape(-1)
    return (codes > 0 if (codes < 0).any() else codes).astype(np.int64)


def _numbers(values: ArrayLike, what: str) -> NDArray[Any]:
    """An array of numbers. Raises UserError for rows of different lengths, and for anything but numbers."""
    try:
        found = np.asarray(values)
    except ValueError:
        raise UserError(f"{what} are rows of one length; these differ") from None
    if found.dtype.kind not in "biuf":
        raise UserError(f"{what} are numbers, not {found.dtype}")
    return found


def _rows(X: ArrayLike, inputs: int, dtype: str) -> NDArray[Any]:
    found = _numbers(X, "features")
    if found.ndim != 2 or found.shape[1] != inputs or not len(found):
        raise UserError(f"features have the shape (examples, {inputs}), with at least one example, not {found.shape}")
    if not np.isfinite(found).all():
        raise UserError("features are finite numbers; there are NaN or infinite ones among these")
    return found.astype(dtype)
