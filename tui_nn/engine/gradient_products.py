"""The products that are gradients of weights, `dW = dZ @ A.T` with the bias's column: whole, or strip by strip.

A long one is computed some rows at a time, also when stepped, so that a fast run may compute each of them right
before the update reads it, with the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from tui_nn.engine import lanes
from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.engine.layout import Pair
from tui_nn.engine.program import Line
from tui_nn.engine.strips import LONG, Strip
from tui_nn.lang.expression import names

ENTRIES = 200_000  # of a strip, about; but at least two strips, so that two lanes have something to do
AHEAD = 20_000  # entries by which the first is longer: the caller does them while a lane wakes


class GradientProducts:
    """Those of one machine."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._strips: dict[Pair, list[Strip]] = {}

    def calls(self, pair: Pair, above: Array, below: Array, out: Array, start: int) -> list[Bound]:
        """The calls that leave `above @ below` in `out`, which begins at entry `start` of the flat vectors."""
        rows, columns = out.shape
        worth = out.size >= LONG or 2.0 * above.size * columns >= lanes.WORTH
        if not (worth and self._backend.blocks):
            return [self._backend.product(above, below, out)]
        count = min(max(1 if out.size < LONG else 2, round(out.size / ENTRIES)), lanes.MOST, rows)
        ahead = min(AHEAD // columns, rows // 2)
        ends = [0, *(ahead + (rows - ahead) * k // count for k in range(1, count + 1))]
        strips = [
            Strip(start + i * columns, start + j * columns, (partial(above[i:j].dot, below, out[i:j]),))
            for i, j in pairwise(ends)
        ]
        self._strips[pair] = strips
        return [lanes.together([strip.gradient for strip in strips])]

    def strips(self, lines: Sequence[Line]) -> dict[str, list[Strip]]:
        """The strips of the gradients that the update alone reads, not one of these lines, by the gradient's name."""
        read = {name for line in lines for name in names(line.expression)}
        return {
            pair.weight: strips
            for pair, strips in self._strips.items()
            if pair.rest is None and not {pair.weight, pair.bias} & read
        }
