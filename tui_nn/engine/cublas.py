"""Matrix products by cuBLAS with a handle of our own: CuPy refuses its own while a CUDA graph is captured.

cuBLAS allows it, given a workspace that stays where it is (cuBLAS documentation, "CUDA Graphs Support"); CuPy does not
let it (github.com/cupy/cupy/issues/6290). Stepped and captured products are made by this one handle, so that they have
the same bits.

Not yet run on a GPU: the arithmetic of layouts is tested against a library of ours with the same two functions, the
rest is written from NVIDIA's documentation.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

from tui_nn.engine.backend import Array, Bound

WORKSPACE = 32 * 2**20  # bytes; what NVIDIA advises for its newest devices, and more than enough for the others

_NUMBERS: dict[str, tuple[str, Any]] = {
    "float32": ("cublasSgemm_v2", ctypes.c_float),
    "float64": ("cublasDgemm_v2", ctypes.c_double),
}


class _Operand(NamedTuple):
    """A matrix by rows as cuBLAS, which reads by columns, is told of it: whether to transpose, and its stride."""

    rows: int
    columns: int
    transposed: int
    stride: int


class Cublas:
    """A handle with its workspace.

    Args:
        cupy: the module.
        library: libcublas, by ctypes.

    Raises:
        RuntimeError: where no handle is to be had.
    """

    def __init__(self, cupy: Any, library: Any) -> None:
        self._cupy, self._library = cupy, library
        self._handle = ctypes.c_void_p()
        self._lock = Lock()  # stream, workspace and product belong together
        self._stream: int | None = None
        _check(library.cublasCreate_v2(ctypes.byref(self._handle)))
        self._workspace = cupy.empty(WORKSPACE, "uint8")

    def product(self, a: Array, b: Array, out: Array) -> Bound | None:
        """The call that leaves `a @ b` in `out`, or None where the arrays do not lie as cuBLAS needs them."""
        left, right = _operand(a, upright=False), _operand(b, upright=True)
        known = len({a.dtype, b.dtype, out.dtype}) == 1 and out.dtype.name in _NUMBERS
        share = self._cupy.may_share_memory
        if left is None or right is None or not known or not out.flags.c_contiguous:
            return None
        if share(a, out) or share(b, out):
            return None
        name, number = _NUMBERS[out.dtype.name]
        function, one, zero = getattr(self._library, name), number(1), number(0)
        # By columns, `out` is its transpose, b.T @ a.T: so `b` comes first.
        sizes = (right.columns, left.rows, left.columns)

        def call() -> None:
            with self._lock:
                self._use(self._cupy.cuda.get_current_stream().ptr)
                _check(
                    function(
                        self._handle, right.transposed, left.transposed, *sizes, ctypes.byref(one),
                        ctypes.c_void_p(b.data.ptr), right.stride, ctypes.c_void_p(a.data.ptr), left.stride,
                        ctypes.byref(zero), ctypes.c_void_p(out.data.ptr), right.columns,
                    )
                )  # fmt: skip

        return call

    def _use(self, stream: int) -> None:
        if stream == self._stream:
            return
        _check(self._library.cublasSetStream_v2(self._handle, ctypes.c_void_p(stream)))
        workspace = ctypes.c_void_p(self._workspace.data.ptr)  # setting the stream takes the workspace away
        _check(self._library.cublasSetWorkspace_v2(self._handle, workspace, ctypes.c_size_t(WORKSPACE)))
        self._stream = stream


def connect(cupy: Any, say: Callable[[str], None]) -> Cublas | None:
    """cuBLAS as CuPy has loaded it; None where that cannot be done, which `say` is told."""
    try:
        cupy.cuda.device.get_cublas_handle()  # now the library is loaded, from wherever CuPy has it
        major = cupy.cuda.runtime.runtimeGetVersion() // 1000
        name = f"cublas64_{major}.dll" if sys.platform == "win32" else f"libcublas.so.{major}"
        return Cublas(cupy, ctypes.CDLL(name))
    except Exception as error:  # no library of that name, or one that refuses: CuPy's own products remain
        say(f"matrix products are CuPy's, which cannot be captured: {error}")
        return None


def _operand(array: Array, *, upright: bool) -> _Operand | None:
    """A matrix, or a vector as a row (`upright`: as a column); None where neither rows nor columns are contiguous."""
    one = array.itemsize
    if array.ndim == 2:
        (rows, columns), (down, right) = array.shape, array.strides
    elif array.ndim == 1:
        (length,), (step,) = array.shape, array.strides
        (rows, columns), (down, right) = ((length, 1), (step, one)) if upright else ((1, length), (one * length, step))
    else:
        return None
    if (right == one or columns == 1) and (rows == 1 or down >= columns * one):
        return _Operand(rows, columns, 0, columns if rows == 1 else down // one)
    if (down == one or rows == 1) and (columns == 1 or right >= rows * one):
        return _Operand(rows, columns, 1, rows if columns == 1 else right // one)
    return None


def _check(status: int) -> None:
    if status != 0:
        raise RuntimeError(f"cuBLAS answers with status {status}")
