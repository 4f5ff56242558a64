"""Where arrays live and who computes: NumPy, and CuPy behind the same face. A Machine is handed one; nothing is global.

NumPy is the definition. `cupy_backend` overrides what CuPy does otherwise or better; only that module imports CuPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from tui_nn.engine import by_rows
from tui_nn.errors import UserError
from tui_nn.lang.expression import Expression
from tui_nn.randomness import key

Array = Any
"""An array of the backend's own kind."""

Bound = Callable[[], Any]
"""A call with all its arguments: what a line of the listing is lowered to."""

CHOICES = ("auto", "numpy", "cupy")


class Backend:
    """What the engine needs of an array library beyond its ufuncs.

    Attributes:
        name: as chosen with `--backend`.
        xp: the module with NumPy's interface.
        blocks: whether long vectors are gone through in blocks that fit a cache.
        remarks: what a person may want to know of how the calls are run, such as why they are not run as one.
    """

    name = "numpy"
    xp: Any = np
    blocks = True
    remarks: Sequence[str] = ()

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """A copy as a NumPy array."""
        return np.array(array)

    def from_host(self, array: np.ndarray[Any, Any]) -> Array:
        """The same numbers where this backend computes."""
        return array

    def overlap(self, a: Array, b: Array) -> bool:
        """Whether two arrays have memory in common; a backend may say yes where it cannot tell."""
        return np.shares_memory(a, b)

    def product(self, a: Array, b: Array, out: Array) -> Bound:
        """The matrix product of vectors and matrices, into a contiguous `out`."""
        split = by_rows.product(a, b, out) if a.ndim == b.ndim == 2 else None
        return partial(a.dot, b, out) if split is None else split

    def reduction(self, ufunc: str, a: Array, axis: int | tuple[int, ...], out: Array, keepdims: bool) -> Bound:
        """`ufunc` (add, maximum, minimum, logical_or, logical_and) over axes of `a`, into `out`."""
        return partial(getattr(self.xp, ufunc).reduce, a, axis, None, out, keepdims)

    def gather(self, rows: Array, order: Array, out: Array) -> Bound:
        """The rows of the given numbers, in that order, into `out`."""
        return partial(np.take, rows, order, 0, out, "clip")

    def keep(self, seed: int, purpose: str, iteration: Callable[[], int], share: Array, kept: Array) -> list[Bound]:
        """True into `kept` with probability `share`, a function of seed, purpose and iteration: see `randomness`."""
        bits = np.random.PCG64DXSM(key(seed, purpose))
        start = bits.state
        draws = -(-kept.size // 2)  # of 64 bits, two entries each

        def draw() -> None:
            bits.state = start
            bits.advance(iteration() << 64)  # no two iterations have a number in common
            numbers = bits.random_raw(draws).view(np.uint32)[: kept.size].reshape(kept.shape)
            np.less(numbers, np.uint32(min(float(share) * 2**32, 2**32 - 1)), kept)

        return [draw]

    def fused(self, e: Expression, arrays: Mapping[str, Array], out: Array) -> Bound | None:
        """An elementwise expression as one kernel, or None where the backend computes it operation by operation."""
        return None

    def together(self, lines: Sequence[tuple[str, Expression]], arrays: Mapping[str, Array]) -> Bound | None:
        """Elementwise lines over vectors as one kernel, which reads each entry once, or None where there is none.

        Each puts an expression into the array of its name; it reads what the lines before it have put.
        """
        return None

    def whole(self, calls: list[Bound]) -> list[Bound]:
        """The calls of an iteration in the form in which they are made again and again."""
        return by_rows.joined(calls)


NUMPY = Backend()


def choose(name: str = "auto") -> tuple[Backend, str]:
    """The backend of that name, and in words why it is this one.

    Raises UserError for a name that is not there, and for `cupy` where it cannot be used.
    """
    if name not in CHOICES:
        raise UserError(f"there is no backend `{name}`; there are {', '.join(CHOICES)}")
    if name == "numpy":
        return on_numpy(), "asked for"
    from tui_nn.engine.cupy_backend import cupy_backend

    backend, why = cupy_backend()
    if backend is not None:
        return backend, why
    if name == "cupy":
        raise UserError(f"the backend cupy cannot be used: {why}")
    return on_numpy(), why


@cache
def on_numpy() -> Backend:
    """NumPy, with long updates compiled where the extra `jit` is installed: to the same bits."""
    from tui_nn.engine.jit import CompiledBackend, installed

    return CompiledBackend() if installed() else NUMPY
