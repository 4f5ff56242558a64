"""A stand-in for CuPy, as strict as a GPU: its arrays meet no NumPy array, and come to the host by `asnumpy` alone.

It has the functions of CuPy that the engine uses, each with the arguments that CuPy's has (read in CuPy 14's source)
and nothing more: a name that CuPy lacks, or that would wait for the GPU, is missing here. Whoever takes an array for a
number, loops over it or hands it to NumPy gets an error. Fresh memory holds NaN.

What is asked for is computed at once, unless a stream captures: then it is recorded, and computed by the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.engine.strict_kernel import StrictKernel
from tests.engine.strict_stream import StrictGraph, StrictStream

Host = np.ndarray[Any, Any]

UFUNCS = (
    "absolute", "add", "copysign", "divide", "equal", "exp", "expm1", "greater", "greater_equal", "isfinite", "isinf",
    "isnan", "less", "less_equal", "log", "log1p", "logaddexp", "logical_and", "logical_not", "logical_or", "maximum",
    "minimum", "multiply", "negative", "not_equal", "power", "reciprocal", "sign", "sqrt", "square", "subtract", "tanh",
)  # fmt: skip


class Mixed(TypeError):
    """An array of the device and something of the host have met."""


class Waited(RuntimeError):
    """Something waited for the device where nothing may."""


def _refuse(what: str) -> Callable[..., Any]:
    def refuse(*args: Any, **keywords: Any) -> Any:
        raise Mixed(f"an array of the device cannot be {what}")

    return refuse


class StrictArray:
    """An array of the stand-in; `base` as in CuPy."""

    def __init__(self, cupy: StrictCupy, memory: Host, base: StrictArray | None = None) -> None:
        self._cupy, self._memory, self.base = cupy, memory, base

    shape = property(lambda self: self._memory.shape)
    ndim = property(lambda self: self._memory.ndim)
    size = property(lambda self: self._memory.size)
    dtype = property(lambda self: self._memory.dtype)
    nbytes = property(lambda self: self._memory.nbytes)
    itemsize = property(lambda self: self._memory.itemsize)
    strides = property(lambda self: self._memory.strides)
    flags = property(lambda self: self._memory.flags)
    data = property(lambda self: SimpleNamespace(ptr=self._memory.ctypes.data))
    T = property(lambda self: self._view(self._memory.T))

    __array__ = _refuse("turned into a NumPy array")
    __array_ufunc__ = _refuse("given to a NumPy ufunc")
    __array_function__ = _refuse("given to a NumPy function")
    __iter__ = _refuse("looped over")
    __float__ = __int__ = __bool__ = __complex__ = __index__ = _refuse("taken for a number")
    item = tolist = tobytes = get = __format__ = _refuse("copied to the host, but by `asnumpy`")

    def __len__(self) -> int:
        return len(self._memory)

    def __getitem__(self, index: Any) -> StrictArray:
        if isinstance(index, StrictArray):
            assert index.dtype.kind in "iu", "a mask of booleans waits for the device"
            return self._cupy._fresh(lambda: self._memory[index._memory])
        self._check_index(index)
        parts = index if isinstance(index, tuple) else (index,)
        return self._view(self._memory[parts if Ellipsis in parts else (*parts, ...)])

    def __setitem__(self, index: Any, value: Any) -> None:
        self._check_index(index)
        given = self._cupy._operand(value)
        self._cupy._launch(lambda: self._memory.__setitem__(index, given))

    @staticmethod
    def _check_index(index: Any) -> None:
        for part in index if isinstance(index, tuple) else (index,):
            if not (part is None or part is Ellipsis or isinstance(part, int | slice)):
                raise Mixed(f"an array of the device has no index {part!r}")

    def reshape(self, *shape: Any) -> StrictArray:
        view = self._memory.reshape(*shape)
        assert np.shares_memory(view, self._memory), "a copy"
        return self._view(view)

    def astype(self, dtype: Any) -> StrictArray:
        return self._cupy._fresh(lambda: self._memory.astype(dtype))

    def all(self) -> StrictArray:
        return self._cupy._fresh(lambda: np.asarray(self._memory.all()))

    def fill(self, value: Any) -> None:
        given = self._cupy._operand(value)
        self._cupy._launch(lambda: self._memory.fill(given))

    def dot(self, b: StrictArray, out: StrictArray | None = None) -> StrictArray:
        """As CuPy's `_routines_linalg.dot`: what it asks of `out`, and cuBLAS, which cannot be captured."""
        left, right = self._memory, self._cupy._operand(b)
        if out is None:
            return self._cupy._fresh(lambda: np.asarray(left.dot(right)))
        if np.result_type(left, right) != out.dtype:
            raise ValueError("Not supported dtype combination.")
        if not out.flags.c_contiguous:
            raise ValueError("Output array must be C-contiguous")
        if self._cupy.recording is not None and max(left.ndim, right.ndim) > 1:
            raise NotImplementedError("calling cuBLAS API during stream capture is currently unsupported")
        assert np.shape(left.dot(right)) == out.shape
        self._cupy._launch(lambda: np.copyto(out._memory, left.dot(right)))
        return out

    def __neg__(self) -> StrictArray:
        return self._cupy.negative(self)

    def _view(self, memory: Host) -> StrictArray:
        return StrictArray(self._cupy, memory, self if self.base is None else self.base)


def _operator(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def forward(self: StrictArray, other: Any) -> StrictArray:
        return getattr(self._cupy, name)(self, other)

    def backward(self: StrictArray, other: Any) -> StrictArray:
        return getattr(self._cupy, name)(other, self)

    return forward, backward


for _symbol, _name in {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide"}.items():
    _forward, _backward = _operator(_name)
    setattr(StrictArray, f"__{_symbol}__", _forward)
    setattr(StrictArray, f"__r{_symbol}__", _backward)
for _name in ("less_equal", "less", "greater", "greater_equal"):
    setattr(StrictArray, {"less_equal": "__le__", "less": "__lt__", "greater": "__gt__"}.get(_name, "__ge__"),
            _operator(_name)[0])  # fmt: skip


class StrictUfunc:
    """A ufunc as CuPy has it: `out` by place or name, no `where`, and no `reduce`."""

    def __init__(self, cupy: StrictCupy, name: str) -> None:
        self._cupy, self._function, self.name = cupy, getattr(np, name), name

    def __call__(self, *args: Any, out: StrictArray | None = None) -> StrictArray:
        inputs, rest = args[: self._function.nin], args[self._function.nin :]
        assert len(inputs) == self._function.nin, self.name
        assert len(rest) + (out is not None) <= 1, self.name
        out = rest[0] if rest else out
        given = [self._cupy._operand(a) for a in inputs]
        if out is None:
            return self._cupy._fresh(lambda: np.asarray(self._function(*given)))
        if not isinstance(out, StrictArray):
            raise Mixed(f"{self.name} writes into {type(out).__name__}")
        assert out.shape == np.broadcast_shapes(*map(np.shape, given), out.shape), self.name
        target = out._memory
        self._cupy._launch(lambda: self._function(*given, out=target))
        return out


class StrictCupy:
    """The module. Attributes: what has happened so far."""

    def __init__(self) -> None:
        self.to_host = self.to_device = self.launches = 0
        self.busy = False
        self.recording: list[Callable[[], Any]] | None = None
        self.graphs: list[StrictGraph] = []
        self.streams: list[StrictStream] = []
        self.pending: list[StrictKernel] = []
        self.dtype, self.float64, self.__version__ = np.dtype, np.float64, "0.0"
        for name in UFUNCS:
            setattr(self, name, StrictUfunc(self, name))
        self.abs = self.absolute
        self.cuda = SimpleNamespace(
            Stream=lambda **options: StrictStream(self, **options),
            MemoryPool=lambda: SimpleNamespace(malloc=None),
            using_allocator=self._using_allocator,
            device=SimpleNamespace(get_cublas_handle=lambda: 1),
            runtime=SimpleNamespace(
                CUDARuntimeError=RuntimeError,
                getDeviceProperties=lambda device: {
                    "name": b"A stand-in",
                    "totalGlobalMem": 3 * 2**29,
                    "major": 9,
                    "minor": 0,
                },
                runtimeGetVersion=lambda: 999_080,  # there is no cuBLAS of that version
                driverGetVersion=lambda: 13_000,
            ),
            get_current_stream=lambda: self.streams[-1] if self.streams else SimpleNamespace(ptr=0),
        )

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"CuPy has no `{name}`, or it waits for the GPU, or the stand-in does not know it yet")

    @contextmanager
    def step(self) -> Iterator[None]:
        """Within it nothing may wait for the device."""
        self.busy = True
        try:
            yield
        finally:
            self.busy = False

    # -- memory

    def empty(self, shape: Any, dtype: Any = float) -> StrictArray:
        memory = np.empty(shape, dtype)
        memory.fill(np.nan if memory.dtype.kind == "f" else 1)
        return StrictArray(self, memory)

    def zeros(self, shape: Any, dtype: Any = float) -> StrictArray:
        return StrictArray(self, np.zeros(shape, dtype))

    def ones(self, shape: Any, dtype: Any = float) -> StrictArray:
        return StrictArray(self, np.ones(shape, dtype))

    def full(self, shape: Any, fill_value: float, dtype: Any = None) -> StrictArray:
        return StrictArray(self, np.full(shape, self._operand(fill_value), dtype))

    def empty_like(self, prototype: StrictArray) -> StrictArray:
        return self.empty(prototype.shape, prototype.dtype)

    def asarray(self, a: Any, dtype: Any = None) -> StrictArray:
        if isinstance(a, StrictArray):
            return a
        self.to_device += 1
        if self.recording is not None:
            raise RuntimeError("the current stream is capturing, so H2D transfers are not allowed")
        return StrictArray(self, np.array(a, dtype))

    def asnumpy(self, a: StrictArray) -> Host:
        assert isinstance(a, StrictArray)
        if self.busy or self.recording is not None:
            raise Waited("a value was copied to the host within a step")
        self.to_host += 1
        return np.array(a._memory)

    def may_share_memory(self, a: StrictArray, b: StrictArray) -> bool:
        return np.may_share_memory(a._memory, b._memory)

    # -- functions

    def copyto(self, dst: StrictArray, src: StrictArray, casting: str = "same_kind", where: Any = None) -> None:
        target, source = dst._memory, self._operand(src)
        mask = True if where is None else self._operand(where)
        assert where is None or mask.dtype == bool
        self._launch(lambda: np.copyto(target, source, casting, where=mask))

    def where(self, condition: StrictArray, x: Any, y: Any) -> StrictArray:
        parts = [self._operand(part) for part in (condition, x, y)]
        return self._fresh(lambda: np.where(*parts))

    def expand_dims(self, a: StrictArray, axis: int) -> StrictArray:
        return a._view(np.expand_dims(a._memory, axis))

    def take(self, a: StrictArray, indices: StrictArray, axis: int, out: StrictArray) -> StrictArray:
        rows, chosen, target = a._memory, self._operand(indices), out._memory
        assert target.dtype == rows.dtype, "Output dtype mismatch"
        assert target.shape == rows.shape[:axis] + chosen.shape + rows.shape[axis + 1 :], "Output shape mismatch"
        assert not np.shares_memory(rows, target), "a race: it is written while it is read"
        self._launch(lambda: np.copyto(target, np.take(rows, chosen, axis)))
        return out

    def sum(
        self, a: StrictArray, axis: Any = None, *, out: StrictArray | None = None, keepdims: bool = False
    ) -> StrictArray:
        return self._reduce(np.sum, a, axis, out, keepdims)

    def amax(
        self, a: StrictArray, axis: Any = None, out: StrictArray | None = None, keepdims: bool = False
    ) -> StrictArray:
        return self._reduce(np.max, a, axis, out, keepdims)

    def amin(
        self, a: StrictArray, axis: Any = None, out: StrictArray | None = None, keepdims: bool = False
    ) -> StrictArray:
        return self._reduce(np.min, a, axis, out, keepdims)

    def any(
        self, a: StrictArray, axis: Any = None, out: StrictArray | None = None, keepdims: bool = False
    ) -> StrictArray:
        return self._reduce(np.any, a, axis, out, keepdims)

    def all(
        self, a: StrictArray, axis: Any = None, out: StrictArray | None = None, keepdims: bool = False
    ) -> StrictArray:
        return self._reduce(np.all, a, axis, out, keepdims)

    def ElementwiseKernel(
        self, in_params: str, out_params: str, operation: str, name: str, *, options: tuple[str, ...]
    ) -> StrictKernel:
        assert options == ("-fmad=false",)  # as the C compiler of the stand-in rounds
        return StrictKernel(self, in_params, out_params, operation, name)

    # -- how

    def _reduce(
        self, function: Callable[..., Any], a: StrictArray, axis: Any, out: StrictArray | None, keepdims: bool
    ) -> StrictArray:
        source = self._operand(a)
        assert axis != (), "nothing to reduce: CuPy does not say what that means"

        def compute() -> Host:
            return np.asarray(function(source, axis=axis, keepdims=keepdims))

        if out is None:
            return self._fresh(compute)
        target = out._memory
        assert target.shape == compute().shape, "Output shape mismatch"
        assert not np.shares_memory(source, target), "a race: it is written while it is read"
        self._launch(lambda: np.copyto(target, compute(), "same_kind"))
        return out

    def _operand(self, value: Any) -> Any:
        """The memory of an array, or a number of Python or NumPy."""
        if isinstance(value, StrictArray):
            return value._memory
        if isinstance(value, np.ndarray) or not isinstance(value, bool | int | float | np.number):
            raise Mixed(f"an array of the device meets {type(value).__name__}")
        return value

    def _fresh(self, compute: Callable[[], Host]) -> StrictArray:
        """A new array for a result."""
        with np.errstate(all="ignore"):
            first = compute()
        out = self.empty(first.shape, first.dtype)
        self._launch(lambda: np.copyto(out._memory, compute()))
        return out

    def _launch(self, call: Callable[[], Any]) -> None:
        self.launches += 1
        if self.recording is not None:
            self.recording.append(call)
        else:
            call()

    @contextmanager
    def _using_allocator(self, allocator: Any) -> Iterator[None]:
        yield
