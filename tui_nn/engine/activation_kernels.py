"""The kernels of activation functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_nn.engine.backend import Array
from tui_nn.engine.operands import Rectified, operands
from tui_nn.lang.expression import Call, Name

if TYPE_CHECKING:
    from tui_nn.engine.lower import Lowering

SOFTPLUS = "softplus"  # in place of an axis, in Lowering.shared


def sigmoid(low: Lowering, e: Call, out: Array) -> None:
    """1 / (1 + e^-a); or e^(a - softplus(a)) where the loss has left ln(1 + e^a): two calls less."""
    xp = low.backend.xp
    match e.args:
        case (Name(id=name),) if (name, SOFTPLUS) in low.shared:
            low.call(xp.subtract, low.operand(e.args[0]), low.shared[name, SOFTPLUS], out)
            low.call(xp.exp, out, out)
            return
    (a,) = operands(low, e.args, out)
    low.call(xp.negative, a, out)
    low.call(xp.exp, out, out)
    low.call(xp.add, out, low.number(1), out)
    low.call(xp.reciprocal, out, out)


def relu(low: Lowering, e: Call, out: Array) -> None:
    zeros = low.constant(0, tuple(out.shape))  # SIMD needs an array of them
    (a,) = operands(low, e.args, out)
    low.extreme("maximum", a, zeros, out)
    match e.args:
        case (Name(id=name),) if e is low.whole:
            low.rectified[name] = Rectified(out, low.calls)


def leaky_relu(low: Lowering, e: Call, out: Array) -> None:
    a, slope = (low.operand(x) for x in e.args)
    _branch(low, a, out, lambda into: low.call(low.backend.xp.multiply, a, slope, into))


def elu(low: Lowering, e: Call, out: Array) -> None:
    a, alpha = (low.operand(x) for x in e.args)

    def negative(into: Array) -> None:
        low.call(low.backend.xp.expm1, a, into)
        low.call(low.backend.xp.multiply, into, alpha, into)

    _branch(low, a, out, negative)


def _branch(low: Lowering, a: Array, out: Array, negative: Callable[[Array], None]) -> None:
    """`a` where it is positive, what `negative` computes elsewhere."""
    mask = low.scratch(tuple(a.shape), low.backend.xp.dtype(bool))
    other = low.scratch(tuple(a.shape))
    low.call(low.backend.xp.greater, a, low.number(0), mask)
    negative(other)
    low.call(low.backend.xp.copyto, other, a, "same_kind", mask)
    low.call(low.backend.xp.copyto, out, other)


def softplus(low: Lowering, e: Call, out: Array) -> None:
    (a,) = operands(low, e.args, out)
    low.call(low.backend.xp.logaddexp, a, low.number(0), out)


def erf_(low: Lowering, e: Call, out: Array) -> None:
    from tui_nn.engine.erf import erf

    (a,) = operands(low, e.args, out)
    low.call(erf, low.backend.xp, a, out)


def gelu(low: Lowering, e: Call, out: Array) -> None:
    from tui_nn.engine.erf import erf

    xp = low.backend.xp
    a = low.operand(e.args[0])
    share = low.scratch(tuple(a.shape))
    low.call(xp.divide, a, low.number(2**0.5), share)
    low.call(erf, xp, share, share)
    low.call(xp.add, share, low.number(1), share)
    low.call(xp.multiply, share, a, share)
    low.call(xp.multiply, share, low.number(0.5), out)


def swish(low: Lowering, e: Call, out: Array) -> None:
    a = low.operand(e.args[0])
    share = low.scratch(tuple(a.shape))
    sigmoid(low, Call("sigmoid", e.args), share)
    low.call(low.backend.xp.multiply, a, share, out)
