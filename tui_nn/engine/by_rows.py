"""Large computations by rows: a matrix product and what is then done to each of its entries, part by part.

A part is a piece for the lanes. `Z = W @ X + b` and `A = relu(Z)` are two lines; a fast run goes through both of them
in one go, so that the relu reads a part that is still in the cache. The operations on each entry are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from tui_nn.engine import lanes

Array = np.ndarray[Any, Any]

LARGE = 100_000  # entries from which on a matrix is gone through in parts
WRITTEN = 60.0  # floating-point operations that take as long as writing an entry, where the matrix is large


class ByRows:
    """A computation whose rows do not depend on one another, as a call.

    Attributes:
        parts: slices of the rows.
        pieces: the calls of each part.
        whole: arrays of which each part may read any entry.
        read, written: arrays of which each part touches its own rows only.
    """

    def __init__(
        self,
        parts: Sequence[slice],
        pieces: Sequence[Sequence[partial[Any]]],
        read: Sequence[Array],
        written: Sequence[Array],
        whole: Sequence[Array] = (),
    ) -> None:
        self.parts, self.pieces = parts, pieces
        self.read, self.written, self.whole = read, written, whole
        self._do = lanes.together(pieces)

    def __call__(self) -> None:
        self._do()

    def before(self, call: partial[Any]) -> ByRows | None:
        """This and then an entrywise call, in one go; None where a part of the one needs another part of the other."""
        matrices, out = _matrices(call), _out_of(call)
        fits = self.parts[-1].start < len(out) <= self.parts[-1].stop
        apart = not any(np.may_share_memory(out, a) for a in self.whole)
        apart = apart and all(_apart_or_same(out, a) for a in self.read)
        if not (fits and apart and all(_apart_or_same(m, a) for m in matrices for a in self.written)):
            return None
        pieces = [[*piece, _part(call, part)] for piece, part in zip(self.pieces, self.parts, strict=True)]
        return ByRows(self.parts, pieces, [*self.read, *matrices], [*self.written, out], self.whole)


def product(a: Array, b: Array, out: Array) -> ByRows | None:
    """`a @ b` into `out`, in as many parts as are worth it; None where that is one."""
    parts = lanes.rows(len(out), 2.0 * a.size * b.shape[-1] + (WRITTEN * out.size if out.size >= LARGE else 0.0))
    if len(parts) < 2 or not out.flags.c_contiguous:
        return None
    # Rows of a transposed matrix are no contiguous array: `dot` would copy them, `matmul` does not.
    return ByRows(parts, [[partial(np.matmul, a[part], b, out[part])] for part in parts], [], [out], [a, b])


def joined(calls: Iterable[Any]) -> list[Any]:
    """The calls, with large entrywise ones in parts, together with what they follow where that is done in parts too."""
    found: list[Any] = []
    for call in calls:
        last = found[-1] if found else None
        if not _is_entrywise(call):
            found.append(call)
        elif isinstance(last, ByRows) and (both := last.before(call)) is not None:
            found[-1] = both
        else:
            out = _out_of(call)
            parts = lanes.rows(len(out), WRITTEN * out.size)
            found.append(ByRows(parts, [[_part(call, part)] for part in parts], _matrices(call), [out]))
    return found


def _is_entrywise(call: Any) -> bool:
    """Whether a call is a ufunc's, on large matrices of one shape and single numbers."""
    if not (isinstance(call, partial) and isinstance(call.func, np.ufunc)):
        return False
    out = _out_of(call)
    return out.ndim == 2 and out.size >= LARGE and all(a.shape in ((), out.shape) for a in call.args)


def _out_of(call: partial[Any]) -> Array:
    """Where a ufunc's call puts its result."""
    out: Array = call.keywords["out"] if "out" in call.keywords else call.args[-1]
    return out


def _matrices(call: partial[Any]) -> list[Array]:
    return [a for a in call.args if a.ndim]


def _part(call: partial[Any], part: slice) -> partial[Any]:
    arrays = [a[part] if a.ndim else a for a in call.args]
    return partial(call.func, *arrays, **{name: a[part] for name, a in call.keywords.items()})


def _apart_or_same(a: Array, b: Array) -> bool:
    """Whether no row of `a` has memory in common with another row of `b`."""
    same = a.ctypes.data == b.ctypes.data and a.strides == b.strides
    return same or not np.may_share_memory(a, b)
