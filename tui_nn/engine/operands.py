"""Operands of a kernel: arrays that hold its arguments, and booleans where they are comparisons.

A kernel emits bound calls on a Lowering; it never computes anything itself. Where an intermediate value has the shape
of the result it is computed in the result's own buffer, unless something that is still to be read lives there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tui_nn.engine.backend import Array, Bound
from tui_nn.lang.expression import Call, Expression, Name, Number

if TYPE_CHECKING:
    from tui_nn.engine.lower import Lowering

Kernel = Callable[["Lowering", Call, Array], None]
"""Emits the calls that leave the value of a call of one primitive in an array."""


PREDICATES = {
    "less": "less",
    "less_equal": "less_equal",
    "greater": "greater",
    "greater_equal": "greater_equal",
    "equal": "equal",
    "not_equal": "not_equal",
    "and": "logical_and",
    "or": "logical_or",
    "not": "logical_not",
    "isnan": "isnan",
    "isinf": "isinf",
    "isfinite": "isfinite",
}


SIGN = 2_500  # entries up to which a mask of floats beats one of booleans


def operands(low: Lowering, args: tuple[Expression, ...], out: Array) -> list[Array]:
    """Arrays for `args`; the first compound one of the result's shape may be computed in `out` itself.

    It may when no argument that is read after it lives in `out`.
    """
    arrays: list[Array] = []
    spare: Array | None = out if out.dtype == low.dtype else None
    # A comparison may stay boolean beside floats; among themselves booleans would add up and subtract as such.
    beside_floats = len(args) == 2 and sum(_is_predicate(a) for a in args) == 1
    for i, arg in enumerate(args):
        if beside_floats and isinstance(arg, Call) and _is_predicate(arg):
            arrays.append(_is_positive(low, arg) if _asks_for_sign(low, arg) else predicate(low, arg))
            continue
        usable = spare is not None and _is_computed(arg)
        if usable:
            still_read = [a for j, a in enumerate(args) if j > i or (j < i and not _is_computed(a))]
            usable = not any(low.reads(a, spare) for a in still_read)
        array = low.operand(arg, target=spare if usable else None)
        if array is spare:
            spare = None
        arrays.append(array)
    return arrays


def _is_predicate(e: Expression) -> bool:
    return isinstance(e, Call) and e.op in PREDICATES


def _is_computed(e: Expression) -> bool:
    """Whether `e` needs a buffer: it is neither a name, a number, nor a view of one."""
    return isinstance(e, Call) and (e.op not in ("transpose", "expand") or _is_computed(e.args[0]))


def predicate(low: Lowering, e: Call) -> Array:
    """A comparison or test as a boolean scratch array."""
    shape = low.shape(e)
    out = low.scratch(shape, low.backend.xp.dtype(bool))
    low.call(getattr(low.backend.xp, PREDICATES[e.op]), *[low.operand(a) for a in e.args], out)
    return out


def _asks_for_sign(low: Lowering, e: Call) -> bool:
    """Whether `e` is `Z > 0` and an earlier line holds relu(Z), in a small array."""
    match e:
        case Call(op="greater", args=(Name(id=name), Number(value=0))):
            return name in low.rectified and low.rectified[name].array.size <= SIGN
    return False


def _is_positive(low: Lowering, e: Call) -> Array:
    """`Z > 0` as the sign of relu(Z): a product with floats is several times cheaper than one with booleans.

    It is taken in the line of relu(Z): by now, a person who asks what if may have put another number there.
    """
    assert isinstance(e.args[0], Name)
    relu = low.rectified[e.args[0].id]
    if relu.sign is None:
        relu.sign = low.private(tuple(relu.array.shape))
        relu.calls.append(partial(low.backend.xp.sign, relu.array, relu.sign))
    return relu.sign


@dataclass
class Rectified:
    """Where a line keeps relu(Z), that line's calls, and the sign of it where a later line wants it."""

    array: Array
    calls: list[Bound]
    sign: Array | None = None


def truth(low: Lowering, e: Expression) -> Array:
    """`e` as booleans: where it is not 0."""
    if isinstance(e, Call) and e.op in PREDICATES:
        return predicate(low, e)
    value = low.operand(e)
    out = low.scratch(tuple(value.shape), low.backend.xp.dtype(bool))
    low.call(low.backend.xp.not_equal, value, low.number(0), out)
    return out
