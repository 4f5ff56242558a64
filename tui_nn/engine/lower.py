"""Lowering: an expression to bound calls that write into buffers which exist already.

Destination-driven: `into(e, out)` emits the calls that leave the value of `e` in `out`, `operand(e)` an array that
holds it. What a line nests goes to scratch buffers, which lines share. Run and step make these very calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.engine.by_rows import LARGE
from tui_nn.engine.kernels import KERNELS
from tui_nn.engine.operands import Rectified
from tui_nn.lang.expression import Call, Expression, Index, Name, Number, names
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.shapes import shape_of


@dataclass
class Clock:
    """Where a run is, for all machines that share it.

    Attributes:
        iteration: that is being computed: what a random line is a function of, beside the seed.
        was_finite: the loss, in each iteration since the last one that was restored.
    """

    iteration: int = 0
    was_finite: bool = True


class Block(NamedTuple):
    """A folded weight with its bias (`whole`), or an array with a row of ones or scratch below it."""

    whole: Array
    view: Array


@dataclass
class Lowering:
    """Emits calls for expressions over named arrays.

    Attributes:
        arrays: name to array (views, for parameters).
        blocks: id of an array that is part of a larger block, to that block: weights with their bias, activations
            with their row of ones.
        dtype: of results; comparisons are held as booleans in scratch.
        seed, clock: what random lines depend on.
        purpose, whole: name and expression of the line that is being lowered.
        rectified: the lines of relu(Z), by the name of Z.
        shared: what one line leaves for later ones of the same iteration to find, by name and axis (or what it is).
    """

    backend: Backend
    arrays: Mapping[str, Array]
    dtype: Any
    blocks: dict[int, Block] = field(default_factory=dict)
    seed: int = 0
    clock: Clock = field(default_factory=Clock)
    purpose: str = ""
    whole: Expression | None = None
    shared: dict[tuple[str, int | str], Any] = field(default_factory=dict)
    rectified: dict[str, Rectified] = field(default_factory=dict)
    calls: list[Bound] = field(default_factory=list)
    _free: dict[tuple[Shape, Any], list[Array]] = field(default_factory=dict)
    _numbers: dict[float, Array] = field(default_factory=dict)
    _constants: dict[tuple[float, Shape], Array] = field(default_factory=dict)
    _borrowed: list[Array] = field(default_factory=list)

    def line(self, name: str, e: Expression, out: Array) -> list[Bound]:
        """The calls of one line of the listing."""
        self.purpose, self.whole, self.calls = name, e, []
        self.into(e, out)
        self._return_scratch()
        return self.calls

    def call(self, function: Callable[..., Any], *args: Any, **keywords: Any) -> None:
        """Emit one call."""
        self.calls.append(partial(function, *args, **keywords))

    def extreme(self, which: str, a: Array, b: Array, out: Array) -> None:
        """Emit a call of `maximum` or `minimum`, which take `out` by keyword only.

        A closure is cheaper than a partial with keywords, which a large matrix needs to be done by rows.
        """
        function = getattr(self.backend.xp, which)
        large = out.size >= LARGE
        self.calls.append(partial(function, a, b, out=out) if large else lambda: function(a, b, out=out))

    def product(self, a: Array, b: Array, out: Array) -> None:
        """Emit a matrix product."""
        self.calls.append(self.backend.product(a, b, out))

    def reduce(self, ufunc: str, a: Array, axis: int | None, out: Array, *, keepdims: bool) -> None:
        """Emit a reduction of one axis, or of all of them."""
        axes = tuple(range(a.ndim)) if axis is None else axis
        self.calls.append(self.backend.reduction(ufunc, a, axes, out, keepdims))

    def into(self, e: Expression, out: Array) -> None:
        """Emit what leaves the value of `e` in `out`."""
        fused = self.backend.fused(e, self.arrays, out)
        if fused is not None:
            self.calls.append(fused)
        elif isinstance(e, Call):
            KERNELS[e.op](self, e, out)
        else:
            self.call(self.backend.xp.copyto, out, self.operand(e))

    def operand(self, e: Expression, *, target: Array | None = None) -> Array:
        """An array that holds the value of `e`: its own buffer, `target` (which may be overwritten), or scratch."""
        match e:
            case Name(id=name):
                return self.arrays[name]
            case Number(value=value):
                return self.number(value)
            case Index(target=inner, indices=indices):
                array = self.operand(inner)
                return array[(*indices, ...)]  # a view, also of a single entry
            case Call(op="transpose", args=(a,)):
                return self.operand(a).T
            case Call(op="expand", args=(a,), axis=axis):
                return self.backend.xp.expand_dims(self.operand(a), -1 if axis is None else axis)
        shape = self.shape(e)
        out = target if target is not None and target.shape == shape else self.scratch(shape)
        self.into(e, out)
        return out

    def number(self, value: float) -> Array:
        """A 0-d array with the value: cheaper in a ufunc than a Python float."""
        if value not in self._numbers:
            with np.errstate(over="ignore"):  # an expression to look at may name a number beyond float32
                self._numbers[value] = self.backend.xp.asarray(value, dtype=self.dtype)
        return self._numbers[value]

    def constant(self, value: float, shape: Shape) -> Array:
        """An array full of one number, which nobody writes."""
        if (value, shape) not in self._constants:
            self._constants[value, shape] = self.backend.xp.full(shape, value, dtype=self.dtype)
        return self._constants[value, shape]

    def private(self, shape: Shape) -> Array:
        """A buffer that no other line writes."""
        return self.backend.xp.empty(shape, dtype=self.dtype)

    def scratch(self, shape: Shape, dtype: Any = None) -> Array:
        """A buffer for an intermediate value; it is free again after the line."""
        kind = (shape, dtype or self.dtype)
        free = self._free.setdefault(kind, [])
        array = free.pop() if free else self.backend.xp.empty(shape, dtype=kind[1])
        self._borrowed.append(array)
        return array

    def shape(self, e: Expression) -> Shape:
        """The shape of `e`."""
        return shape_of(e, {n: tuple(self.arrays[n].shape) for n in names(e)})

    def reads(self, e: Expression, array: Array) -> bool:
        """Whether `e` reads the memory of `array`: then `array` cannot hold an intermediate value meanwhile."""
        return any(self.backend.overlap(self.arrays[n], array) for n in names(e))

    def _return_scratch(self) -> None:
        for array in self._borrowed:
            self._free[(array.shape, array.dtype)].append(array)
        self._borrowed.clear()
