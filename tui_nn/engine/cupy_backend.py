"""CuPy: the same lines on an NVIDIA GPU. Elementwise lines become one kernel each, compiled from their expression.

Nothing here waits for the GPU: values come to the host only where somebody looks (`Machine.read`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.engine.c_code import c_expression, is_elementwise
from tui_nn.lang.expression import Call, Expression, names
from tui_nn.randomness import key

_REDUCTIONS = {"add": "sum", "maximum": "amax", "minimum": "amin", "logical_or": "any", "logical_and": "all"}

# One number for each entry from a hash of (key, iteration, entry): the finaliser of MurmurHash3, twice.
_KEEP = """
unsigned long long x = k ^ (t * 0x9E3779B97F4A7C15ULL) ^ ((unsigned long long)i * 0xD1B54A32D192ED03ULL);
x ^= x >> 33; x *= 0xFF51AFD7ED558CCDULL; x ^= x >> 33; x *= 0xC4CEB9FE1A85EC53ULL; x ^= x >> 33;
x += k; x ^= x >> 33; x *= 0xFF51AFD7ED558CCDULL; x ^= x >> 33; x *= 0xC4CEB9FE1A85EC53ULL; x ^= x >> 33;
kept = (T)(x >> 40) / (T)16777216 < share;
"""


def cupy_backend() -> tuple[Backend | None, str]:
    """CuPy's backend, or None, and in words why."""
    try:
        import cupy
    except ImportError:
        return None, "CuPy is not installed (extras cuda12 and cuda13)"
    except Exception as error:  # CuPy fails in many ways where the driver and it do not fit
        return None, f"CuPy cannot be loaded: {error}"
    try:
        device = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return None, f"CuPy finds no GPU: {error}"
    return CupyBackend(cupy), f"CuPy {cupy.__version__} on {device}"


class CupyBackend(Backend):
    """CuPy's arrays and kernels."""

    name = "cupy"

    def __init__(self, cupy: Any) -> None:
        self.xp = cupy

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        return np.array(self.xp.asnumpy(array))

    def from_host(self, array: np.ndarray[Any, Any]) -> Array:
        return self.xp.asarray(array)

    def reduction(self, ufunc: str, a: Array, axis: int | tuple[int, ...], out: Array, keepdims: bool) -> Bound:
        return partial(getattr(self.xp, _REDUCTIONS[ufunc]), a, axis=axis, out=out, keepdims=keepdims)

    def gather(self, rows: Array, order: Array, out: Array) -> Bound:
        return partial(self.xp.take, rows, order, axis=0, out=out)

    def keep(self, seed: int, purpose: str, iteration: Callable[[], int], share: Array, kept: Array) -> Bound:
        kernel = self.xp.ElementwiseKernel("uint64 k, uint64 t, T share", "bool kept", _KEEP, "tui_nn_keep")
        stream = np.uint64(key(seed, purpose) & (2**64 - 1))
        return lambda: kernel(stream, np.uint64(iteration()), share, kept)

    def fused(self, e: Expression, arrays: Mapping[str, Array], out: Array) -> Bound | None:
        if not isinstance(e, Call) or not is_elementwise(e):
            return None
        inputs = names(e)
        kernel = _kernel(self.xp, e, inputs)
        return partial(kernel, *(arrays[name] for name in inputs), out)


@cache
def _kernel(cupy: Any, e: Expression, inputs: tuple[str, ...]) -> Any:
    variables = {name: f"a{i}" for i, name in enumerate(inputs)}
    parameters = ", ".join(f"T {v}" for v in variables.values())
    return cupy.ElementwiseKernel(parameters, "T out", f"out = {c_expression(e, variables)}", "tui_nn_line")
