"""What a loss takes for granted of its targets, checked where they are given.

The gradient of `softmax_cross_entropy` by the logits, `(softmax(Z) - Y) / n`, is that of its value only where the
targets of an example add up to 1: as one-hot classes and probabilities do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tui_nn.errors import UserError
from tui_nn.lang.expression import Call, Name, walk
from tui_nn.lang.page import Equation

CLOSE = 1e-5  # to 1: probabilities may be rounded to as few digits


def check_targets(page: Iterable[Equation], values: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Raises UserError where given targets of a softmax_cross_entropy do not add up to 1, with the first."""
    for equation in page:
        for e in walk(equation.expression):
            match e:
                case Call(op="softmax_cross_entropy", args=(_, Name(id=name)), axis=axis) if name in values:
                    _check(name, values[name], -1 if axis is None else axis)


def _check(name: str, targets: np.ndarray[Any, Any], axis: int) -> None:
    if not -targets.ndim <= axis < targets.ndim:
        return  # a shape that does not fit: that has an error of its own
    sums = targets.sum(axis=axis)
    wrong = np.argwhere(~(np.abs(sums - 1) <= CLOSE))
    if not len(wrong):
        return
    where = f" in {'column' if axis % targets.ndim == 0 else 'row'} {wrong[0][0]}" if targets.ndim == 2 else ""
    raise UserError(
        f"`{name}`{where} adds up to {sums[tuple(wrong[0])]:g}: softmax_cross_entropy takes targets that add up to 1 "
        "for each example, such as 0, 1, 0; with axis=0 an example is a column, otherwise a row"
    )
