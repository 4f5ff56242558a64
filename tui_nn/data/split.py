"""Training, validation and test part: which rows go where, as a function of the seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tui_nn.data.dataset import Dataset
from tui_nn.data.text import counted, quoted
from tui_nn.errors import UserError
from tui_nn.randomness import generator

DEFAULT_TEST = 0.25
MIN_ROWS = 20
"""A smaller data set is a worked example, to be fitted whole: by default nothing is held back for a test."""

Size = float | int
"""A share (0 ≤ float < 1) or a number of rows (int)."""


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of each part (int64, ascending). Together they are all rows, each once."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]

    def __post_init__(self) -> None:
        for rows in (self.train, self.validation, self.test):
            rows.flags.writeable = False


def part_size(size: Size, rows: int, what: str = "a part") -> int:
    """How many of ``rows`` a size asks for. A share is rounded up, of its decimal digits as written.

    So 351 rows with 0.33 give 116 (115.83 rounded up) and 150 rows give 50, as scikit-learn's train_test_split does;
    0.07 of 100 is 7, though 0.07 * 100 is a little more than 7 in floating point. Raises UserError.
    """
    share = isinstance(size, float)
    if isinstance(size, bool) or not math.isfinite(size) or size < 0 or (share and size >= 1):
        raise UserError(f"The size of {what} is {size}; it can be a share from 0 to below 1, or a number of rows.")
    return math.ceil(Fraction(str(size)) * rows) if share else int(size)


def split(
    dataset: Dataset,
    *,
    test: Size | None = None,
    validation: Size = 0,
    stratify: bool | None = None,
    seed: int = 0,
) -> Split:
    """Cut a data set into parts at random.

    test: default 0.25, or 0 below 20 rows; a data set that comes with a test part keeps it, and takes no other.
    validation: of the rows to be cut: all, or those before the given test part.
    stratify: default True for classification. Each class then has its proportional number of the rows that a part is
        drawn from, rounded up or down, in that part; first the test part is drawn, then the validation part.

    Sizes are rounded as in `part_size`; training has the rest, at least one row. Raises UserError.
    """
    by_class = dataset.task == "classification" if stratify is None else stratify
    if by_class and dataset.task != "classification":
        raise UserError(f"{quoted(dataset.name)} has no classes to stratify by.")
    if dataset.test_from is not None and test is not None:
        raise UserError(f"{quoted(dataset.name)} comes with a test part of its own; do not give the size of another.")
    pool = np.arange(dataset.rows if dataset.test_from is None else dataset.test_from)
    given = np.arange(len(pool), dataset.rows)
    if test is None:
        test = DEFAULT_TEST if dataset.test_from is None and dataset.rows >= MIN_ROWS else 0
    test_size = part_size(test, len(pool), "the test part")
    validation_size = part_size(validation, len(pool), "the validation part")
    if test_size + validation_size >= len(pool):
        raise UserError(
            f"{quoted(dataset.name)} has {counted(len(pool), 'row')} to cut; {test_size} for test and "
            f"{validation_size} for validation leave none to train on."
        )
    codes = dataset.y.astype(np.int64) if by_class else np.zeros(dataset.rows, np.int64)
    drawn = draw(pool, codes, test_size, seed, "split/test")
    rest = np.setdiff1d(pool, drawn, assume_unique=True)
    held = draw(rest, codes, validation_size, seed, "split/validation")
    train = np.setdiff1d(rest, held, assume_unique=True)
    return Split(train, held, drawn if dataset.test_from is None else given)


def draw(pool: NDArray[np.int64], codes: NDArray[np.int64], size: int, seed: int, purpose: str) -> NDArray[np.int64]:
    """``size`` rows of the pool, ascending; of each class (``codes``, for all rows) its proportional number."""
    shuffled = generator(seed, purpose).permutation(pool)
    own = codes[shuffled]
    shares = _shares(np.bincount(own), size)
    chosen = [shuffled[own == code][:share] for code, share in enumerate(shares)]
    return np.sort(np.concatenate(chosen))


def _shares(counts: NDArray[np.int64], size: int) -> list[int]:
    """``size`` divided in proportion to the counts: largest remainders are rounded up, but no class up to its last row
    as long as another can be."""
    total = int(counts.sum())
    exact = [Fraction(size * int(count), total) for count in counts]
    shares = [math.floor(share) for share in exact]
    order = sorted(
        (code for code, share in enumerate(exact) if share > shares[code]),
        key=lambda code: (shares[code] + 1 >= counts[code], shares[code] - exact[code], code),
    )
    for code in order[: size - sum(shares)]:
        shares[code] += 1
    return shares
