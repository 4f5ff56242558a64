"""Targets as a loss reads them: class codes become one-hot columns or signs, rows of examples become columns.

This is all that a "sparse" loss is: the codes 2, 0, 1 of three examples become the columns 001, 100, 010 once, before
training, and the loss stays one equation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.errors import UserError
from tui_nn.nn.losses import Targets

Host = np.ndarray[Any, Any]


def encode(kind: Targets, y: Any, outputs: int) -> Host:
    """Targets as columns, (outputs, examples), float64.

    Args:
        kind: what the loss reads (`ChosenLoss.targets`).
        y: (examples,) numbers or class codes from 0, or (examples, outputs) with a row for each example.
        outputs: of the network.

    Raises:
        UserError: for a code that has no output, targets that are neither 0 and 1 nor -1 and 1 where these are wanted,
            shapes that do not fit, and numbers that are not finite; the row is named, from 1.
    """
    rows = np.asarray(y)
    if rows.ndim not in (1, 2) or rows.dtype.kind not in "biuf":
        raise UserError(
            f"targets are numbers, one or a row of them for each example, not {rows.ndim} axes of {rows.dtype}"
        )
    if rows.ndim == 2 and rows.shape[1] == 1:
        rows = rows[:, 0]
    rows = rows.astype(np.float64)
    _refuse(~np.isfinite(rows), rows, "is not a finite number")
    if rows.ndim == 1:
        rows = _classes(rows, outputs) if kind == "one_hot" or outputs > 1 else rows[:, None]
    if rows.shape[1] != outputs:
        raise UserError(f"the network puts out {outputs} numbers for an example, and a target has {rows.shape[1]}")
    if kind in ("binary", "one_hot"):
        _refuse((rows < 0) | (rows > 1), rows, "does not lie from 0 to 1")
    if kind == "one_hot":
        _refuse(np.abs(rows.sum(axis=1) - 1) > 1e-6, rows, "does not add up to 1")
    if kind == "signs":
        _refuse(~np.isin(rows, (-1, 0, 1)), rows, "is neither -1 nor 1 (nor 0 for -1)")
        if (rows == -1).any():
            _refuse(rows == 0, rows, "is 0 where others are -1; take -1 and 1, or 0 and 1")
        rows = np.where(rows > 0, 1.0, -1.0)
    return np.ascontiguousarray(rows.T)


def one_hot(codes: Any, classes: int) -> Host:
    """Class codes (examples,) from 0 as columns (classes, examples) of one 1 and zeros. Raises UserError."""
    return encode("one_hot", np.asarray(codes).reshape(-1), classes)


def _classes(codes: Host, classes: int) -> Host:
    """A row of zeros and one 1 for each code."""
    _refuse(codes != np.round(codes), codes, "is no class code, a whole number from 0")
    _refuse((codes < 0) | (codes >= classes), codes, f"is no class code from 0 to {classes - 1} (one for each output)")
    return np.eye(classes)[codes.astype(np.intp)]


def _refuse(wrong: Host, rows: Host, why: str) -> None:
    """Raise UserError for the first wrong row."""
    found = np.flatnonzero(wrong.any(axis=1) if wrong.ndim == 2 else wrong)
    if found.size:
        row = rows[found[0]]
        shown = f"{float(row.reshape(-1)[0]):g}" if row.size == 1 else np.array2string(row, threshold=6)
        raise UserError(f"the target of example {found[0] + 1}, {shown}, {why}")
