"""The five functions of cuBLAS that the engine calls, in C on this machine's memory, as strict as the real ones.

Matrices lie by columns. A stream takes the workspace away, and a product without one is refused: so is one whose
stride is too short.
"""

from __future__ import annotations

from typing import Any

from tests.engine.c_compiler import library
from tests.engine.strict import StrictCupy

SOURCE = """
#include <stddef.h>
typedef struct { void *stream, *workspace; } Handle;
static Handle the_handle;
int cublasCreate_v2(void **handle) { *handle = &the_handle; return 0; }
int cublasSetStream_v2(void *handle, void *stream) {
    if (handle != &the_handle) return 1;
    the_handle.stream = stream; the_handle.workspace = 0; return 0;
}
int cublasSetWorkspace_v2(void *handle, void *workspace, size_t bytes) {
    if (handle != &the_handle || bytes < 4194304) return 1;
    the_handle.workspace = workspace; return 0;
}
"""
GEMM = """
int cublas{letter}gemm_v2(void *handle, int ta, int tb, int m, int n, int k, const {T} *alpha, const {T} *a, int lda,
                          const {T} *b, int ldb, const {T} *beta, {T} *c, int ldc) {{
    if (handle != &the_handle || !the_handle.workspace) return 1;
    if (ta < 0 || ta > 1 || tb < 0 || tb > 1 || m < 1 || n < 1 || k < 1) return 7;
    if (lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < m) return 7;
    for (int j = 0; j < n; j++) for (int i = 0; i < m; i++) {{
        {T} sum = 0;
        for (int l = 0; l < k; l++)
            sum += a[ta ? l + i * lda : i + l * lda] * b[tb ? j + l * ldb : l + j * ldb];
        {T} *entry = c + i + j * ldc;
        *entry = *alpha * sum + (*beta == 0 ? 0 : *beta * *entry);
    }}
    return 0;
}}
"""


class StrictBlas:
    """libcublas as ctypes would have it; products are launched on the stand-in, so that a capture records them."""

    def __init__(self, cupy: StrictCupy) -> None:
        numbers = {"S": "float", "D": "double"}
        gemms = [GEMM.format(letter=letter, T=number) for letter, number in numbers.items()]
        built: Any = library("\n".join([SOURCE, *gemms]))
        self._cupy, self.products, self.streams = cupy, 0, []
        self.cublasCreate_v2 = built.cublasCreate_v2
        self.cublasSetWorkspace_v2 = built.cublasSetWorkspace_v2
        self._set_stream = built.cublasSetStream_v2
        self.cublasSgemm_v2 = self._launched(built.cublasSgemm_v2)
        self.cublasDgemm_v2 = self._launched(built.cublasDgemm_v2)

    def cublasSetStream_v2(self, handle: Any, stream: Any) -> int:
        self.streams.append(stream.value or 0)
        return int(self._set_stream(handle, stream))

    def _launched(self, gemm: Any) -> Any:
        def call(*args: Any) -> int:
            self.products += 1
            if self._cupy.recording is None:
                return int(gemm(*args))
            self._cupy.recording.append(lambda: gemm(*args))
            return 0

        return call
