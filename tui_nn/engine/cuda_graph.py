"""A whole step as one launch: the calls are captured as a CUDA graph, and the graph is launched again and again.

A kernel takes a GPU less time than it takes Python to launch it; a graph is launched at once. What is captured must
neither wait for the GPU nor take a number from the host, since that number would be the same in every launch: such
calls are marked `FromHost` and made before the launch. Where capturing fails, the calls are made one by one as before,
and the reason is said.

Not yet run on a GPU: written from CuPy's and NVIDIA's documentation, tested on a stand-in that records and replays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from tui_nn.engine.backend import Bound


class FromHost:
    """A call that brings a number from the host; it stays outside a captured step and is made before it."""

    def __init__(self, call: Bound) -> None:
        self._call = call

    def __call__(self) -> None:
        self._call()


class CapturedStep:
    """Calls that are made one by one the first time, captured the second time, and launched as one from then on.

    The first time compiles kernels, which cannot be done while capturing. What the calls allocate for themselves lies
    in a pool of the step's own, so that nobody else is given memory that the graph writes.

    Args:
        cupy: the module.
        calls: without those that are `FromHost`.
        say: is told why the calls cannot be captured.
    """

    def __init__(self, cupy: Any, calls: Sequence[Bound], say: Callable[[str], None]) -> None:
        self._cupy, self._calls, self._say = cupy, calls, say
        self._pool = cupy.cuda.MemoryPool()
        self._graph: Any = None
        self._now: Bound = self._first

    def __call__(self) -> None:
        self._now()

    def _one_by_one(self) -> None:
        for call in self._calls:
            call()

    def _first(self) -> None:
        self._one_by_one()
        self._now = self._second

    def _second(self) -> None:
        try:
            self._graph = self._capture()
        except Exception as error:  # a library that cannot be captured, a driver too old: CuPy has many ways to refuse
            self._say(f"the step is not captured as a CUDA graph: {error}")
            self._now = self._one_by_one
        else:
            self._now = self._graph.launch  # on the current stream, in order with all that was asked before
        self._now()

    def _capture(self) -> Any:
        stream = self._cupy.cuda.Stream(non_blocking=True)  # the default stream cannot be captured
        with stream, self._cupy.cuda.using_allocator(self._pool.malloc):
            stream.begin_capture()
            try:
                self._one_by_one()
            except Exception:
                with suppress(Exception):  # the first error is the one that says something
                    stream.end_capture()
                raise
            return stream.end_capture()
