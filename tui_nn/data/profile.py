"""What each column of a data set looks like: type, missing values, range, a small histogram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.table import Column, Table, is_missing

BINS = 10
Type = Literal["integer", "number", "text", "mixed", "empty"]


@dataclass(frozen=True)
class Profile:
    """One column. Statistics are of the values that are there; for columns of text they are None.

    histogram: numbers: counts in ten equal bins between lowest and highest; texts: counts of ``categories``.
    edges: the 11 bounds of the bins; empty for texts. categories: the different texts, by falling count, at most ten.
    """

    name: str
    type: Type
    rows: int
    missing: int
    distinct: int
    lowest: float | None = None
    mean: float | None = None
    highest: float | None = None
    deviation: float | None = None
    histogram: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()


def profiles(source: Table | Dataset) -> Iterator[Profile]:
    """The profile of each column, the target among them; made one by one, as they are asked for."""
    if isinstance(source, Table):
        yield from map(_profile_column, source.columns)
        return
    for i, name in enumerate(source.features):
        yield _profile_numbers(name, source.X[:, i], 0)
    if source.classes:
        yield _profile_texts(source.target, class_counts(source), source.rows, 0, "text")
    else:
        yield _profile_numbers(source.target, source.y, 0)


def class_counts(dataset: Dataset) -> dict[str, int]:
    """Rows of each class, in the order of the codes; empty for regression."""
    if not dataset.classes:
        return {}
    counts = np.bincount(dataset.y, minlength=len(dataset.classes)).tolist()
    return dict(zip(dataset.classes, counts, strict=True))


def _profile_column(column: Column) -> Profile:
    missing = int(column.missing.sum())
    if not column.not_numbers.size and missing < len(column.cells):
        return _profile_numbers(column.name, column.numbers[~column.missing], missing)
    counts = Counter(cell for cell in column.cells if not is_missing(cell))
    kind: Type = "empty" if not counts else "text" if column.is_text else "mixed"
    return _profile_texts(column.name, counts, len(column.cells), missing, kind)


def _histogram(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        return np.histogram(values, BINS)
    except ValueError:  # so close together that no bounds lie between them
        room = max(abs(float(values.max())), 1.0) * 1e-9
        return np.histogram(values, BINS, (values.min() - room, values.max() + room))


def _profile_numbers(name: str, values: NDArray[Any], missing: int) -> Profile:
    distinct = np.unique(values)
    histogram, edges = _histogram(values)
    whole = bool(np.equal(np.mod(distinct, 1), 0).all())
    return Profile(
        name,
        "integer" if whole else "number",
        len(values) + missing,
        missing,
        len(distinct),
        float(distinct[0]),
        float(values.mean(dtype=np.float64)),
        float(distinct[-1]),
        float(values.std(dtype=np.float64)),
        tuple(histogram.tolist()),
        tuple(edges.tolist()),
    )


def _profile_texts(name: str, counts: dict[str, int], rows: int, missing: int, kind: Type) -> Profile:
    top: Sequence[str] = sorted(counts, key=lambda text: (-counts[text], text))[:BINS]
    histogram = tuple(counts[text] for text in top)
    return Profile(name, kind, rows, missing, len(counts), histogram=histogram, categories=tuple(top))
