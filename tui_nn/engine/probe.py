"""Probe: an expression over values that exist already, compiled once and evaluated as often as someone asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.engine.lower import Lowering
from tui_nn.lang.expression import Expression, Name


class Probe:
    """The value of `e`, of names that have `arrays`; in buffers of its own."""

    def __init__(self, backend: Backend, arrays: Mapping[str, Array], dtype: Any, e: Expression) -> None:
        self._low = Lowering(backend, arrays, dtype)
        self._calls: list[Bound] = []
        if isinstance(e, Name):
            self._out = arrays[e.id]
        else:
            self._out = backend.xp.empty(self._low.shape(e), dtype)
            self._calls = self._low.line("probe", e, self._out)

    def value(self) -> np.ndarray[Any, Any]:
        """The value now, as a copy on the host."""
        with np.errstate(all="ignore"):
            for kernel in self._calls:
                kernel()
        return self._low.backend.to_host(self._out)
