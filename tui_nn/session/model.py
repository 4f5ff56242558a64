"""A trained network, read back from its run: predicts new rows as the training rows were treated, and is evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.catalogue import CATALOGUE
from tui_nn.data.dataset import Dataset
from tui_nn.data.infer import Reading
from tui_nn.data.load import open_data
from tui_nn.data.scaling import Scaling
from tui_nn.data.schema import Schema
from tui_nn.data.table import Table
from tui_nn.data.text import counted, quoted
from tui_nn.errors import UserError
from tui_nn.session import assemble
from tui_nn.session.assemble import Examples
from tui_nn.session.checkpoint_file import Stored, newest
from tui_nn.session.evaluation import Evaluation, Figures, Reader
from tui_nn.session.files import quoted_path
from tui_nn.session.machines import Machines
from tui_nn.session.metrics import Classification, Regression
from tui_nn.session.plan import network_from
from tui_nn.session.preparation import Part
from tui_nn.session.run_folder import RunFolder
from tui_nn.session.trainer import BEST


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network says of some rows.

    Attributes:
        labels: class names, shape (rows,), None where outputs are not finite; numbers for a regression.
        probabilities: of each class, shape (rows, classes); None for a regression, and where the loss gives none.
    """

    labels: list[str | None] | list[float]
    probabilities: NDArray[np.float64] | None

    @property
    def unknown(self) -> int:
        """Rows without a prediction."""
        return sum(label is None or (isinstance(label, float) and not np.isfinite(label)) for label in self.labels)


@dataclass(frozen=True, eq=False)
class Model:
    """A network with its weights, and all that new rows need.

    Attributes:
        machines: the network. reader: what its outputs mean.
        schema: columns and classes. scaling: of the features. iteration: that the weights are of.
        drops_missing: whether the run was trained without the rows that have missing values.
        notes: what was wrong with newer checkpoints.
    """

    machines: Machines
    reader: Reader
    schema: Schema
    scaling: Scaling
    iteration: int
    drops_missing: bool = False
    notes: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: RunFolder, weights: str | None = None) -> Model:
        """The model of a run.

        Args:
            weights: `last`, `best`, or None: the best where the run had early stopping, which restores them.

        Raises:
            UserError: where there is no whole checkpoint, or the run's description is damaged.
        """
        description, settings = folder.description(), folder.settings()
        stored, complaints = newest(folder.checkpoints)
        if stored is None:
            why = complaints[0] if complaints else "Its training ended before there was one."
            raise UserError(f"{quoted_path(folder.path)} has no checkpoint to take weights from. {why}")
        schema = Schema.from_dict(description["schema"])
        network = network_from(description.get("network", {}))
        machines = Machines(network, None, 1, dtype=settings.dtype)  # type: ignore[arg-type]
        best = weights == "best" or (weights is None and settings.early_stopping is not None)
        iteration = _put(machines, stored, best=best)
        target = Scaling.from_dict(description.get("target_scaling", {}))
        reader = assemble.reader(network, len(schema.classes), target)
        scaling = Scaling.from_dict(description["scaling"])
        entry = CATALOGUE.get(settings.data or "")
        drops = "drop" in (settings.missing, entry and entry.reading.missing)
        return cls(machines, reader, schema, scaling, iteration, drops, tuple(complaints))

    def predict(self, X: NDArray[Any]) -> Prediction:
        """The prediction for rows of features as the data set has them (not scaled), shape (rows, features)."""
        outputs = self._outputs(X)
        if not self.schema.classes:
            return Prediction([float(v) for v in self.reader.values(outputs)], None)
        found = zip(self.reader.codes(outputs), np.isfinite(outputs).all(axis=1), strict=True)
        labels = [self.schema.classes[code] if finite else None for code, finite in found]
        return Prediction(labels, self.reader.scores(outputs) if self.reader.gives_probabilities else None)

    def evaluate(self, dataset: Dataset) -> tuple[Figures, Classification | Regression]:
        """Loss and every figure on a data set's rows."""
        return assemble.judge(self.machines, self.reader, [self.examples(dataset.X, dataset.y)])

    def examples(self, X: NDArray[Any], y: NDArray[Any]) -> Examples:
        """Rows and targets as the data set has them, ready for the network."""
        learned = y
        if not self.schema.classes and self.reader.target_scaling is not None:
            learned = self.reader.target_scaling.apply(y[:, None])[:, 0]
        return Examples(self.scaling.apply(X, self.machines.dtype), learned, y)

    def read(
        self, source: str, header: bool | None = None, delimiter: str | None = None, *, drop: bool = False
    ) -> Rows:
        """The rows of a file (or `-`), as this model reads them. Raises UserError, with the columns' names.

        Args:
            drop: whether to leave out rows with missing values.
        """
        found = open_data(source, Reading(header=header, delimiter=delimiter))
        if not isinstance(found, Table):
            return self._of_dataset(found)
        complete = self.schema.complete(found)
        table = found.take(complete) if drop and complete.any() else found
        return Rows(self.schema.encode(table), self.schema.encode_target(table), table, found.rows - table.rows)

    def _of_dataset(self, dataset: Dataset) -> Rows:
        if dataset.features != self.schema.features:
            raise UserError(
                f"{quoted(dataset.name)} has {counted(len(dataset.features), 'feature')}, and not those that the "
                f"model was trained on ({len(self.schema.features)})."
            )
        if dataset.classes != self.schema.classes:
            return Rows(dataset.X, None, None)
        return Rows(dataset.X, dataset.y, None)

    def _outputs(self, X: NDArray[Any]) -> NDArray[Any]:
        scaled = self.scaling.apply(X, self.machines.dtype)
        blank = np.zeros((len(X), self.reader.network.outputs))  # the loss is of no interest
        return np.array(Evaluation(self.machines, scaled, blank).figures().outputs)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to predict: features (not scaled), targets where they are there, and the table that they come from.

    `dropped`: rows that were left out for missing values.
    """

    X: NDArray[Any]
    y: NDArray[Any] | None
    table: Table | None
    dropped: int = 0


def part_of_run(folder: RunFolder, part: Part) -> Dataset:
    """A part of the data that a run was trained on. Raises UserError where the data has changed or has no such part."""
    from tui_nn.session.begun import prepare_again

    prepared = prepare_again(folder.settings(), folder.description())
    if not prepared.count(part):
        raise UserError(f"The run's data has no {part} part; name a file, or another part with --part.")
    return prepared.dataset.take(getattr(prepared.split, part))


def _put(machines: Machines, stored: Stored, *, best: bool) -> int:
    """Take the weights from a checkpoint; returns the iteration that they are of."""
    prefix = BEST if best and any(name.startswith(BEST) for name in stored.tensors) else ""
    try:
        machines.load({name: stored.tensors[prefix + name] for name in machines.learned()})
    except KeyError as error:
        raise UserError(f"The checkpoint does not fit the run's network: it has no {error}.") from None
    return int(stored.facts["best"]["iteration"]) if prefix else stored.iteration
