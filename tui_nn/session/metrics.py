"""How good predictions are: accuracy, precision, recall, F1, confusion matrix, AUC; R², MAE, RMSE. Pure functions.

Where a figure is undefined (the recall of a class that does not occur, the AUC of one class, R² of a constant) it is
NaN, never a zero that looks like a result; averages over classes leave such classes out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_MOST_1 = frozenset({"accuracy", "precision", "recall", "f1", "auc", "r2"})

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def most(figure: str) -> float:
    """What a figure of that name, `r2` or `val_r2`, cannot exceed."""
    return 1.0 if figure.removeprefix("val_") in AT_MOST_1 else math.inf


@dataclass(frozen=True, eq=False)
class Classification:
    """Figures of a classifier on some rows.

    Attributes:
        accuracy: the share of rows that are right.
        precision, recall, f1: of each class, shape (classes,).
        support: rows of each class, shape (classes,).
        confusion: rows of true class i that were called j, shape (classes, classes).
        auc: area under the ROC curve; of more than two classes the mean of each class against the rest.
    """

    accuracy: float
    precision: Floats
    recall: Floats
    f1: Floats
    support: Codes
    confusion: Codes
    auc: float

    def summary(self) -> dict[str, float]:
        """The single numbers; precision, recall and F1 as the plain mean over classes (macro)."""
        return {
            "accuracy": self.accuracy,
            "precision": _mean(self.precision),
            "recall": _mean(self.recall),
            "f1": _mean(self.f1),
            "auc": self.auc,
        }


@dataclass(frozen=True)
class Regression:
    """Figures of a regression on some rows: R² (1: perfect; 0: as good as the mean), mean absolute and root mean
    squared error, both in the target's unit."""

    r2: float
    mae: float
    rmse: float

    def summary(self) -> dict[str, float]:
        """The same, by name."""
        return {"r2": self.r2, "mae": self.mae, "rmse": self.rmse}


def classification(true: Codes, probabilities: Floats) -> Classification:
    """The figures of a classifier.

    Args:
        true: class codes, shape (rows,).
        probabilities: of each class, or any scores that rise with them, shape (rows, classes), at least two classes.
    """
    classes = probabilities.shape[1]
    confusion = confusion_matrix(true, predicted_class(probabilities), classes)
    right, support, called = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return Classification(
            accuracy=_ratio(right.sum(), len(true)),
            precision=right / called,
            recall=right / support,
            f1=2 * right / (support + called),
            support=support,
            confusion=confusion,
            auc=_auc(true, probabilities),
        )


def regression(true: Floats, predicted: Floats) -> Regression:
    """The figures of a regression; both arguments of shape (rows,) or (rows, outputs), R² as the mean over outputs."""
    error = (predicted - true).reshape(len(true), -1)
    if not error.size:
        return Regression(*[float("nan")] * 3)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        squares = (error**2).sum(axis=0)
        spread = ((true - true.mean(axis=0)) ** 2).reshape(error.shape).sum(axis=0)
        return Regression(
            r2=_mean(np.where(spread > 0, 1.0 - squares / spread, np.nan)),
            mae=float(np.abs(error).mean()),
            rmse=float(np.sqrt((error**2).mean())),
        )


def predicted_class(probabilities: NDArray[Any]) -> Codes:
    """The class of the highest probability in each row; of equal ones the first."""
    codes: Codes = probabilities.argmax(axis=1)
    return codes


def confusion_matrix(true: Codes, predicted: Codes, classes: int) -> Codes:
    """Rows of true class i that were called j, shape (classes, classes)."""
    counts: Codes = np.bincount(true * classes + predicted, minlength=classes * classes).reshape(classes, classes)
    return counts


def auc(positive: NDArray[np.bool_], score: Floats) -> float:
    """The area under the ROC curve: the chance that a positive row scores above a negative one, ties counting half.

    Mann and Whitney's statistic from ranks, so no curve has to be drawn. NaN where either kind is missing.
    """
    count = int(positive.sum())
    pairs = count * (len(score) - count)
    if not pairs or np.isnan(score).any():
        return float("nan")
    _, place, ties = np.unique(score, return_inverse=True, return_counts=True)
    rank = ties.cumsum() - (ties - 1) / 2  # of each distinct score: the mean of the ranks that its rows share
    return float((rank[place][positive].sum() - count * (count + 1) / 2) / pairs)


def _auc(true: Codes, probabilities: Floats) -> float:
    if probabilities.shape[1] == 2:
        return auc(true == 1, probabilities[:, 1] - probabilities[:, 0])
    return _mean(np.array([auc(true == k, scores) for k, scores in enumerate(probabilities.T)]))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _ratio(part: float, whole: int) -> float:
    return float(part) / whole if whole else float("nan")
