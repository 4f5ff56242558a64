"""From a data set to the rows of its parts: split, scaled by what the training part alone has shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.infer import Reading
from tui_nn.data.load import load
from tui_nn.data.scaling import Scaling
from tui_nn.data.split import MIN_ROWS, Split, split
from tui_nn.errors import UserError
from tui_nn.session.settings import Settings

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
DEFAULT_VALIDATION = 0.1


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set, cut and ready to be scaled.

    Attributes:
        scaling: of the features. target_scaling: of a regression's target; of kind "none" for classes.
    """

    dataset: Dataset
    split: Split
    scaling: Scaling
    target_scaling: Scaling

    def count(self, part: Part) -> int:
        """Rows of a part."""
        return len(getattr(self.split, part))

    def targets(self, part: Part) -> NDArray[Any]:
        """Class codes, or numbers as the data set has them, shape (rows,)."""
        found: NDArray[Any] = self.dataset.y[getattr(self.split, part)]
        return found

    def learned(self, y: NDArray[Any]) -> NDArray[Any]:
        """What is learned of these targets: class codes as they are, or scaled numbers."""
        return y if self.dataset.classes else self.target_scaling.apply(y[:, None])[:, 0]


def prepare(settings: Settings, say: Callable[[str], None] | None = None) -> Prepared:
    """Load, cut and measure the data set that the settings name. Raises UserError."""
    if settings.data is None:
        raise UserError("Say what to learn: a data set's name, a file, or - for standard input.")
    return cut(load_data(settings, say), settings)


def load_data(settings: Settings, say: Callable[[str], None] | None = None) -> Dataset:
    """The data set that the settings name. Raises UserError."""
    assert settings.data is not None
    reading = reading_of(settings)
    return load(
        settings.data,
        target=reading.target,
        task=reading.task,
        drop=reading.drop,
        text=reading.text,
        missing=reading.missing,
        header=reading.header,
        delimiter=reading.delimiter,
        n=settings.rows,
        noise=settings.noise,
        seed=data_seed(settings),
        say=say,
    )


def cut(dataset: Dataset, settings: Settings) -> Prepared:
    """The parts of a data set, and the scaling that its training part asks for. Raises UserError."""
    small = dataset.rows < MIN_ROWS
    validation = settings.validation
    if validation is None:
        validation = 0 if small else DEFAULT_VALIDATION
    parts = split(
        dataset, test=settings.test, validation=validation, stratify=settings.stratify, seed=data_seed(settings)
    )
    kind = settings.scaling or ("none" if small else "minmax" if dataset.bounds else "standard")
    scaling = Scaling.fit(kind, dataset.X[parts.train], dataset.bounds)
    if dataset.classes and settings.target_scaling == "standard":
        raise UserError("--target-scaling: classes cannot be scaled; it is for a regression.")
    target_kind = settings.target_scaling or ("none" if small else "standard")
    target = dataset.y[parts.train][:, None].astype(np.float64)
    return Prepared(dataset, parts, scaling, Scaling.fit("none" if dataset.classes else target_kind, target))


def data_seed(settings: Settings) -> int:
    """The seed of toy sets, of drawing rows and of the split."""
    return settings.seed if settings.data_seed is None else settings.data_seed


def reading_of(settings: Settings) -> Reading:
    """What the settings say of a file."""
    return Reading(
        settings.target,
        settings.task,  # type: ignore[arg-type]  # its kind allows these alone
        settings.drop,
        settings.text,
        settings.missing,  # type: ignore[arg-type]
        settings.header,
        settings.delimiter,
    )
