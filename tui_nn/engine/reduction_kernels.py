"""The kernels of sums and other reductions. A sum of few numbers is cheaper as a product with ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_nn.engine.backend import Array
from tui_nn.engine.operands import Kernel, truth
from tui_nn.lang.expression import Call
from tui_nn.lang.shape_rules import size

if TYPE_CHECKING:
    from tui_nn.engine.lower import Lowering


SMALL = 8_192  # entries up to which a sum along an axis is cheaper as a product with ones


def reduction(name: str, *, predicate_only: bool = False) -> Kernel:
    def kernel(low: Lowering, e: Call, out: Array) -> None:
        a = truth(low, e.args[0]) if predicate_only else low.operand(e.args[0])
        into = low.scratch(tuple(out.shape), low.backend.xp.dtype(bool)) if predicate_only else out
        low.reduce(name, a, e.axis, into, keepdims=e.keepdims)
        if predicate_only:
            low.call(low.backend.xp.copyto, out, into)

    return kernel


def sum_(low: Lowering, e: Call, out: Array) -> None:
    a = low.operand(e.args[0])
    if e.axis is None and not e.keepdims:
        sum_all(low, a, out)
    else:
        low.reduce("add", a, e.axis, out, keepdims=e.keepdims)


def mean(low: Lowering, e: Call, out: Array) -> None:
    shape = low.shape(e.args[0])
    if e.axis is None and not e.keepdims:
        sum_all(low, low.operand(e.args[0]), out, size(shape))
    else:
        sum_(low, e, out)
        low.call(low.backend.xp.divide, out, low.number(size(shape) if e.axis is None else shape[e.axis]), out)


def norm(low: Lowering, e: Call, out: Array) -> None:
    xp = low.backend.xp
    a = low.operand(e.args[0])
    squares = low.scratch(tuple(a.shape))
    low.call(xp.square, a, squares)
    low.reduce("add", squares, e.axis, out, keepdims=e.keepdims)
    low.call(xp.sqrt, out, out)


def sum_along(low: Lowering, a: Array, axis: int, out: Array) -> None:
    """Sums along one axis, kept with size 1, of a scratch array."""
    if a.ndim == 2 and a.size <= SMALL:
        ones = low.constant(1, (1, a.shape[0]) if axis % 2 == 0 else (a.shape[1], 1))
        low.product(*((ones, a) if axis % 2 == 0 else (a, ones)), out)
    else:
        low.reduce("add", a, axis, out, keepdims=True)


def sum_all(low: Lowering, a: Array, out: Array, divisor: int = 1) -> None:
    """The sum of all entries, divided by a number, into a 0-d array."""
    exact = abs(divisor).bit_count() == 1  # a factor of 1/32 makes no other result than a division by 32
    if a.size <= SMALL and a.flags.c_contiguous:
        low.product(a.reshape(-1), low.constant(1 / divisor if exact else 1, (a.size,)), out)
        if exact:
            return
    else:
        low.reduce("add", a, None, out, keepdims=False)
    if divisor != 1:
        low.call(low.backend.xp.divide, out, low.number(divisor), out)
