"""Streams and graphs of the stand-in for CuPy: what is launched while a stream captures is recorded, not computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tests.engine.strict import StrictCupy


class StrictStream:
    """A stream; what is launched while it captures is recorded and not computed."""

    def __init__(self, cupy: StrictCupy, *, non_blocking: bool) -> None:
        self._cupy, self._non_blocking, self.ptr = cupy, non_blocking, 1

    def __enter__(self) -> StrictStream:
        self._cupy.streams.append(self)
        return self

    def __exit__(self, *error: Any) -> None:
        self._cupy.streams.remove(self)

    def begin_capture(self) -> None:
        assert self._non_blocking, "cannot capture on the default (legacy) stream"
        self._cupy.recording = []

    def end_capture(self) -> StrictGraph:
        recorded, self._cupy.recording = self._cupy.recording, None
        assert recorded is not None
        self._cupy.graphs.append(graph := StrictGraph(recorded))
        return graph


class StrictGraph:
    """What a stream has captured."""

    def __init__(self, recorded: list[Callable[[], Any]]) -> None:
        self.recorded, self.launches = recorded, 0

    def launch(self) -> None:
        self.launches += 1
        with np.errstate(all="ignore"):
            for call in self.recorded:
                call()
