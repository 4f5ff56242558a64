"""Products by cuBLAS: how arrays lie is told to it rightly, and what it cannot take is left to CuPy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.c_compiler import needs_compiler
from tests.engine.strict import StrictArray, StrictCupy
from tests.engine.strict_blas import StrictBlas
from tui_nn.engine.cublas import Cublas, connect
from tui_nn.engine.cupy_backend import CupyBackend

RNG = np.random.default_rng(3)

LAYOUTS = {
    "rows": lambda x: np.ascontiguousarray(x),
    "columns": lambda x: np.asfortranarray(x),
    "part of a block": lambda x: np.pad(x, [(0, 2)] * x.ndim)[tuple(slice(0, n) for n in x.shape)],
    "part of a turned block": lambda x: np.pad(x.T, [(1, 2)] * x.ndim)[tuple(slice(1, n + 1) for n in x.T.shape)].T,
}


@needs_compiler
@settings(max_examples=80)
@given(
    st.tuples(*[st.integers(1, 4)] * 3),
    st.sampled_from(["matrices", "row", "column", "vectors"]),
    st.sampled_from(list(LAYOUTS)),
    st.sampled_from(list(LAYOUTS)),
    st.sampled_from(["float64", "float32"]),
)
def test_products_by_cublas(sizes, kind, of_a, of_b, dtype):
    n, k, m = sizes
    shapes = {"matrices": ((n, k), (k, m)), "row": ((k,), (k, m)), "column": ((n, k), (k,)), "vectors": ((k,), (k,))}
    a, b = (RNG.normal(size=shape).astype(dtype) for shape in shapes[kind])
    cupy = StrictCupy()
    blas = Cublas(cupy, StrictBlas(cupy))
    left, right = StrictArray(cupy, LAYOUTS[of_a](a)), StrictArray(cupy, LAYOUTS[of_b](b))
    out = cupy.empty(np.shape(a @ b), dtype)
    call = blas.product(left, right, out)
    assert call is not None
    call()
    np.testing.assert_allclose(cupy.asnumpy(out), a @ b, rtol=1e-5 if dtype == "float32" else 1e-13, atol=1e-6)


@needs_compiler
def test_what_cublas_cannot_take_is_left_to_cupy():
    cupy = StrictCupy()
    blas = Cublas(cupy, StrictBlas(cupy))
    a, b, out = cupy.ones((4, 6)), cupy.ones((6, 4)), cupy.zeros((2, 2))
    assert blas.product(a[::2, ::2], b[::2, ::2], out) is None  # contiguous in no direction
    assert blas.product(a, b, cupy.zeros((4, 8))[:, :4]) is None
    assert blas.product(a, cupy.ones((6, 4), "float32"), cupy.zeros((4, 4))) is None
    square = cupy.ones((4, 4))
    assert blas.product(square, square, square) is None
    backend = CupyBackend(cupy, blas)
    backend.product(a[::2, ::2], b[::2, ::2], out)()
    np.testing.assert_array_equal(cupy.asnumpy(out), 3)


def test_without_cublas_it_is_said():
    said = []
    assert connect(StrictCupy(), said.append) is None
    assert "cannot be captured" in said[0]
