"""The data set: numbers ready for a network, and all that is known of where they came from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.schema import Schema, Task


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples in rows, with their targets.

    X: shape (rows, features), float64, or uint8 where the source has bytes (images: an eighth of the memory;
        `Scaling.apply` makes floats of them, all at once or batch by batch). Read-only.
    y: shape (rows,), float64 for regression, int64 codes (0, 1, …, into ``classes``) for classification. Read-only.
    schema: the raw columns, how they became features, the target, the task and the class names.
    test_from: where the source comes with a test part of its own, its first row; the rows before it are for training.
    bounds: (lowest, highest) value that any feature can take by its nature (0 and 255 for pixels), if that is known.
    image: (height, width) where a row is an image, row by row.
    notes: what was inferred or left out, a sentence each, for people.
    """

    name: str
    X: NDArray[Any]
    y: NDArray[Any]
    schema: Schema
    description: str = ""
    source: str = ""
    test_from: int | None = None
    bounds: tuple[float, float] | None = None
    image: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check()
        for array in (self.X, self.y):
            array.flags.writeable = False

    def _check(self) -> None:
        expected = np.int64 if self.task == "classification" else np.float64
        if self.X.dtype not in (np.float64, np.uint8) or self.y.dtype != expected:
            raise TypeError(f"X is {self.X.dtype}, y is {self.y.dtype} ({self.task})")
        if self.X.shape != (len(self.y), len(self.features)) or self.y.ndim != 1:
            raise ValueError(f"X is {self.X.shape}, y is {self.y.shape}, features: {len(self.features)}")

    @property
    def rows(self) -> int:
        return len(self.y)

    @property
    def features(self) -> tuple[str, ...]:
        """The names of X's columns; a text column ``sex`` gives ``sex=F``, ``sex=M``, …."""
        return self.schema.features

    @property
    def target(self) -> str:
        return self.schema.target

    @property
    def task(self) -> Task:
        return self.schema.task

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, by code; empty for regression."""
        return self.schema.classes

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content: features, target, classes, X, y and the given split; neither name nor path."""
        facts = [self.features, self.target, self.task, self.classes, self.test_from, self.X.dtype.name, self.X.shape]
        digest = hashlib.sha256(json.dumps(facts).encode())
        for array in (self.X, self.y):
            little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
            digest.update(np.ascontiguousarray(little_endian).data)
        return digest.hexdigest()

    def take(self, rows: NDArray[np.integer[Any]]) -> Dataset:
        """The data set of these rows alone, in this order; it has no given split any more."""
        return replace(self, X=self.X[rows], y=self.y[rows], test_from=None)
