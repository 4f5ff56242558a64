"""Elementwise kernels of the stand-in for CuPy: their code is compiled as C and runs on this machine's memory."""

from __future__ import annotations

import ctypes
import re
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.engine.c_compiler import library

if TYPE_CHECKING:
    from tests.engine.strict import StrictCupy

Host = np.ndarray[Any, Any]


class StrictKernel:
    """An ElementwiseKernel, compiled as C; all that are not compiled yet are compiled together."""

    def __init__(self, cupy: StrictCupy, in_params: str, out_params: str, operation: str, name: str) -> None:
        assert re.fullmatch(r"[A-Za-z_]\w*", name)
        self._cupy, self._operation = cupy, operation
        self._inputs = [tuple(p.split()) for p in in_params.split(", ") if p]
        self._outputs = [tuple(p.split()) for p in out_params.split(", ")]
        assert "i" not in [n for _, n in (*self._inputs, *self._outputs)], "Can not use 'i' as a parameter name"
        self._compiled: dict[str, Any] = {}
        cupy.pending.append(self)

    def __call__(self, *args: Any) -> None:
        inputs, outs = args[: len(self._inputs)], args[len(self._inputs) :]
        assert len(outs) == len(self._outputs), "Wrong number of arguments"
        given, targets = [self._cupy._operand(a) for a in inputs], [out._memory for out in outs]
        (shape,) = {target.shape for target in targets}
        assert np.broadcast_shapes(*map(np.shape, given), shape) == shape
        for a, out in product((a for a in args if hasattr(a, "_memory")), outs):
            if np.may_share_memory(a._memory, out._memory):
                same = a.data.ptr == out.data.ptr and a.shape == out.shape and a.strides == out.strides
                assert same or not np.shares_memory(a._memory, out._memory), "a race: it is written while it is read"
        types = [np.asarray(a).dtype for a in given] + [target.dtype for target in targets]
        kinds = [kind for kind, _ in (*self._inputs, *self._outputs)]
        of_t = {dtype for kind, dtype in zip(kinds, types, strict=True) if kind == "T"}
        assert len(of_t) == 1, f"T is {of_t}"
        for kind, dtype in zip(kinds, types, strict=True):
            assert kind == "T" or np.dtype(kind) == dtype
        number = {"float64": "double", "float32": "float"}[of_t.pop().name]
        self._cupy._launch(lambda: self._run(number, given, targets))

    def _run(self, number: str, given: list[Any], targets: list[Host]) -> None:
        spread = [np.ascontiguousarray(np.broadcast_to(a, targets[0].shape)) for a in given]
        results = [np.empty(target.shape, target.dtype) for target in targets]
        pointers = [ctypes.c_void_p(a.ctypes.data) for a in (*spread, *results)]
        self._function(number)(ctypes.c_long(targets[0].size), *pointers)
        for target, result in zip(targets, results, strict=True):
            np.copyto(target, result)

    def _function(self, number: str) -> Any:
        if number not in self._compiled:
            waiting, self._cupy.pending = self._cupy.pending, []
            waiting = list(dict.fromkeys([*waiting, self]))
            built = library(
                "#include <tgmath.h>\n" + "\n".join(kernel._source(number, i) for i, kernel in enumerate(waiting))
            )
            for i, kernel in enumerate(waiting):
                kernel._compiled[number] = getattr(built, f"kernel{i}")
        return self._compiled[number]

    def _source(self, number: str, place: int) -> str:
        c_types = {"T": number, "uint64": "unsigned long long", "bool": "_Bool"}
        inputs, outputs = ([(c_types[kind], name) for kind, name in of] for of in (self._inputs, self._outputs))
        arguments = ", ".join(f"{kind} *p_{name}" for kind, name in (*inputs, *outputs))
        load = " ".join(f"const {kind} {name} = p_{name}[i];" for kind, name in inputs)
        declare = " ".join(f"{kind} {name};" for kind, name in outputs)
        store = " ".join(f"p_{name}[i] = {name};" for _, name in outputs)
        return (
            f"#define T {number}\nvoid kernel{place}(long n, {arguments}) {{ for (long i = 0; i < n; i++) {{ {load} "
            f"{declare} {self._operation} {store} }} }}\n#undef T"
        )
