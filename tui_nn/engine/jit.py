"""NumPy, with long elementwise lines compiled from their expression: the optional extra `jit`.

NumPy makes a pass through memory for each operation, a compiled line one pass, and an optimiser's lines together one as
well: for Adam several times as fast. llvmlite is the code generator that numba is built on; a line takes it a few
hundredths of a second, of which a small network would never see anything back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from functools import cache, partial
from importlib.util import find_spec
from itertools import combinations
from typing import Any

import numpy as np

from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.lang.expression import Call, Expression

LONG = 16_384  # entries from which on a line is compiled

_ENGINES: list[Any] = []
_RESULT = ""  # what a line puts into its buffer, where that has no name


def installed() -> bool:
    """Whether there is anything to compile with. Imports nothing."""
    return find_spec("llvmlite") is not None


class CompiledBackend(Backend):
    """NumPy's arrays and ufuncs, and compiled lines where they are exact: with the same bits."""

    def fused(self, e: Expression, arrays: Mapping[str, Array], out: Array) -> Bound | None:
        return self.together([(_RESULT, e)], {**arrays, _RESULT: out}) if isinstance(e, Call) else None

    def together(self, lines: Sequence[tuple[str, Expression]], arrays: Mapping[str, Array]) -> Bound | None:
        out = arrays[lines[0][0]]
        if out.size < LONG:
            return None
        from tui_nn.engine.llvm_code import arguments, is_exact

        if not all(is_exact(e) for _, e in lines):
            return None
        taken = {name: arrays[name] for name in arguments(tuple(lines))}
        vectors = [a for a in taken.values() if a.ndim > 0]
        alike = all(a.shape == out.shape and a.flags.c_contiguous for a in vectors)
        if not alike or any(a.dtype != out.dtype for a in taken.values()) or not _apart(vectors, len(lines)):
            return None
        kernel = _compiled(tuple(lines), frozenset(n for n, a in taken.items() if a.ndim == 0), out.dtype.name)
        # `data_as` keeps the array alive along with its address
        return partial(kernel, out.size, *(a.ctypes.data_as(c_void_p) for a in taken.values()))


def _apart(vectors: list[Array], lines: int) -> bool:
    """Whether no vector shares memory with another one; a single line may be computed in a vector that it reads."""
    return all(
        (lines == 1 and a.ctypes.data == b.ctypes.data) or not np.shares_memory(a, b)
        for a, b in combinations(vectors, 2)
    )


@cache
def _compiled(lines: tuple[tuple[str, Expression], ...], single: frozenset[str], dtype: str) -> Any:
    """The machine code of the lines, as a function of the number of entries and the addresses."""
    import llvmlite.binding as llvm

    from tui_nn.engine.llvm_code import FUNCTION, arguments, module

    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(module(lines, single, dtype)), _processor())
    engine.finalize_object()
    signature = CFUNCTYPE(None, c_int64, *[c_void_p] * len(arguments(lines)))
    _ENGINES.append(engine)  # the code lives as long as it
    return signature(engine.get_function_address(FUNCTION))


@cache
def _processor() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3, jit=True
    )
