"""Numbers on their way into a program's type: what float32 cannot hold is refused, and not taken for an infinity."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_nn.engine.program import Program
from tui_nn.errors import UserError
from tui_nn.lang.expression import Number, walk

Host = np.ndarray[Any, Any]


def converted(value: Any, dtype: Any, what: str) -> Host:
    """`value` as an array of the type. Raises UserError where that makes a finite number infinite.

    Args:
        what: to call it in the message.
    """
    kind = np.dtype(dtype)
    with np.errstate(over="ignore"):
        array = np.asarray(value, dtype=kind)
    if array is not value and np.isinf(array).any():
        given = np.asarray(value, dtype=np.float64)
        lost = given[np.isinf(array) & np.isfinite(given)]
        if lost.size:
            raise UserError(
                f"{what}: {float(lost.flat[0]):g} is beyond {kind.name}, whose largest number is "
                f"{np.finfo(kind).max:.2g}; take float64, or a smaller number"
            )
    return array


def check_numbers(program: Program) -> None:
    """Raise UserError for a number of the listing, or of its optimiser, that the program's type cannot hold."""
    most = float(np.finfo(program.dtype).max)
    for line in program.lines:
        for node in walk(line.expression):
            if isinstance(node, Number) and abs(node.value) > most:
                converted(node.value, program.dtype, f"`{line}`")
    if program.update is not None:
        for name, value in [*program.update.hyper.items(), *program.update.states.items()]:
            converted(value, program.dtype, f"`{name}` of {program.update.name}")
