"""CuPy: the same lines on an NVIDIA GPU. Elementwise expressions become one kernel each, a whole step one CUDA graph.

Nothing here waits for the GPU: values come to the host only where somebody looks (`Machine.read`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.engine.c_code import c_statements, is_elementwise
from tui_nn.engine.cublas import Cublas, connect
from tui_nn.engine.cuda_graph import CapturedStep, FromHost
from tui_nn.lang.expression import Call, Expression, names
from tui_nn.randomness import key

_RESULT = ""  # what an expression leaves in its buffer, where that has no name

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
    remarks: list[str] = []
    return CupyBackend(cupy, connect(cupy, remarks.append), remarks), f"CuPy {cupy.__version__} on {device}"


class CupyBackend(Backend):
    """CuPy's arrays and kernels.

    Args:
        cupy: the module.
        blas: what makes matrix products that can be captured; None leaves them to CuPy.
        remarks: a list that is added to.
    """

    name = "cupy"
    blocks = False  # each would be a kernel launch more

    def __init__(self, cupy: Any, blas: Cublas | None = None, remarks: list[str] | None = None) -> None:
        self.xp = cupy
        self.remarks: list[str] = [] if remarks is None else remarks
        self._blas = blas
        self._kernels: dict[tuple[str, str], Any] = {}

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        return np.array(self.xp.asnumpy(array))

    def from_host(self, array: np.ndarray[Any, Any]) -> Array:
        return self.xp.asarray(array)

    def overlap(self, a: Array, b: Array) -> bool:
        return bool(self.xp.may_share_memory(a, b))  # `shares_memory` would ask the GPU

    def product(self, a: Array, b: Array, out: Array) -> Bound:
        own = self._blas.product(a, b, out) if self._blas else None
        return own or partial(a.dot, b, out)

    def reduction(self, ufunc: str, a: Array, axis: int | tuple[int, ...], out: Array, keepdims: bool) -> Bound:
        if a.ndim == 0:
            return partial(self.xp.copyto, out, a)
        return partial(getattr(self.xp, _REDUCTIONS[ufunc]), a, axis=axis, out=out, keepdims=keepdims)

    def gather(self, rows: Array, order: Array, out: Array) -> Bound:
        return partial(self.xp.take, rows, order, axis=0, out=out)

    def keep(self, seed: int, purpose: str, iteration: Callable[[], int], share: Array, kept: Array) -> list[Bound]:
        kernel = self._kernel("uint64 k, uint64 t, T share", "bool kept", _KEEP)
        stream = np.uint64(key(seed, purpose) & (2**64 - 1))
        moment = self.xp.zeros((), "uint64")
        return [FromHost(lambda: moment.fill(iteration())), partial(kernel, stream, moment, share, kept)]

    def fused(self, e: Expression, arrays: Mapping[str, Array], out: Array) -> Bound | None:
        return self.together([(_RESULT, e)], {**arrays, _RESULT: out}) if isinstance(e, Call) else None

    def together(self, lines: Sequence[tuple[str, Expression]], arrays: Mapping[str, Array]) -> Bound | None:
        written = list(dict.fromkeys(name for name, _ in lines))
        read = list(dict.fromkeys(name for _, e in lines for name in names(e)))
        if not all(is_elementwise(e) for _, e in lines) or not self._entrywise(read, written, arrays):
            return None
        variables = {name: f"a{i}" for i, name in enumerate(read)}
        code = []
        for i, (name, e) in enumerate(lines):
            code.append(f"T w{i}; {{ {c_statements(e, variables, f'w{i}')} }}")
            variables[name] = f"w{i}"
        code += [f"o{i} = {variables[name]};" for i, name in enumerate(written)]
        inputs, outputs = (", ".join(f"T {c}{i}" for i in range(len(of))) for c, of in (("a", read), ("o", written)))
        kernel = self._kernel(inputs, outputs, " ".join(code))
        return partial(kernel, *(arrays[name] for name in (*read, *written)))

    def whole(self, calls: list[Bound]) -> list[Bound]:
        before = [call for call in calls if isinstance(call, FromHost)]
        captured = [call for call in calls if not isinstance(call, FromHost)]
        return [*before, CapturedStep(self.xp, captured, self._remark)]

    def _entrywise(self, read: Iterable[str], written: Iterable[str], arrays: Mapping[str, Array]) -> bool:
        """Whether a kernel may write entries while others are read: no array lies across one that is written."""
        outs = [arrays[name] for name in written]
        touched = [*outs, *(arrays[name] for name in read)]
        return all(a.dtype == out.dtype and (a is out or not self.overlap(a, out)) for a in touched for out in outs)

    def _remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)

    def _kernel(self, inputs: str, out: str, code: str) -> Any:
        """The kernel of that code; one for all lines that say the same."""
        if (inputs, code) not in self._kernels:
            # Contracted products and sums would make one line's bits depend on the lines that it is compiled with.
            options = ("-fmad=false",)
            self._kernels[inputs, code] = self.xp.ElementwiseKernel(inputs, out, code, "tui_nn_line", options=options)
        return self._kernels[inputs, code]
