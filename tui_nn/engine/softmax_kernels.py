"""The kernels of softmax, its logarithm, and the losses from logits; a loss shares with its gradient what it can."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui_nn.engine.activation_kernels import SOFTPLUS
from tui_nn.engine.backend import Array
from tui_nn.engine.reduction_kernels import sum_all, sum_along
from tui_nn.lang.expression import Call, Expression, Name

if TYPE_CHECKING:
    from tui_nn.engine.lower import Lowering


SPREAD = 256  # entries up to which sums in every entry are cheaper than what is then to be broadcast


class _Powers(NamedTuple):
    """What softmax and its logarithm have in common, for one array of logits."""

    shifted: Array  # logits less their largest along the axis: that keeps exp() finite
    powers: Array  # e to the power of them
    sums: Array  # of the powers, along the axis: with size 1 there, or in each entry


def _powers(low: Lowering, logits: Expression, axis: int, *, keep: bool = False) -> _Powers:
    """Emit shift, exp and sum; or find them where an earlier line left them (`keep`) for the same buffer."""
    xp = low.backend.xp
    key = (logits.id, axis % len(low.shape(logits))) if isinstance(logits, Name) else None
    if key is not None and key in low.shared:
        found: _Powers = low.shared[key]
        return found
    a = low.operand(logits)
    shape = list(a.shape)
    shape[axis] = 1
    room = low.private if keep and key is not None else low.scratch
    spread = a.ndim == 2 and a.size <= SPREAD
    parts = _Powers(room(tuple(a.shape)), room(tuple(a.shape)), room(tuple(a.shape if spread else shape)))
    largest = low.scratch(tuple(shape)) if spread else parts.sums
    low.reduce("maximum", a, axis, largest, keepdims=True)
    low.call(xp.subtract, a, largest, parts.shifted)
    low.call(xp.exp, parts.shifted, parts.powers)
    if spread:
        ones = low.constant(1, (a.shape[axis], a.shape[axis]))
        low.product(*((ones, parts.powers) if axis % 2 == 0 else (parts.powers, ones)), parts.sums)
    else:
        sum_along(low, parts.powers, axis, parts.sums)
    if keep and key is not None:
        low.shared[key] = parts
    return parts


def softmax(low: Lowering, e: Call, out: Array) -> None:
    parts = _powers(low, e.args[0], -1 if e.axis is None else e.axis)
    low.call(low.backend.xp.divide, parts.powers, parts.sums, out)


def log_softmax(low: Lowering, e: Call, out: Array) -> None:
    parts = _powers(low, e.args[0], -1 if e.axis is None else e.axis)
    logs = low.scratch(tuple(parts.sums.shape))
    low.call(low.backend.xp.log, parts.sums, logs)
    low.call(low.backend.xp.subtract, parts.shifted, logs, out)


def softmax_cross_entropy(low: Lowering, e: Call, out: Array) -> None:
    xp = low.backend.xp
    logits, targets = e.args
    axis = -1 if e.axis is None else e.axis
    parts = _powers(low, logits, axis, keep=True)  # the gradient's softmax(logits) begins with the same three steps
    logs = low.scratch(tuple(parts.sums.shape))
    terms = low.scratch(tuple(parts.shifted.shape))
    low.call(xp.log, parts.sums, logs)
    low.call(xp.subtract, parts.shifted, logs, terms)
    low.call(xp.multiply, terms, low.operand(targets), terms)
    sum_all(low, terms, out, -(terms.size // terms.shape[axis]))


def sigmoid_cross_entropy(low: Lowering, e: Call, out: Array) -> None:
    xp = low.backend.xp
    z, y = (low.operand(x) for x in e.args)
    term, softplus = low.scratch(tuple(z.shape)), low.private(tuple(z.shape))
    low.call(xp.logaddexp, z, low.number(0), softplus)  # max(z, 0) + log(1 + exp(-|z|))
    low.call(xp.multiply, z, y, term)
    low.call(xp.subtract, softplus, term, term)
    sum_all(low, term, out, z.size)
    match e.args:
        case (Name(id=name), _):
            low.shared[name, SOFTPLUS] = softplus  # the gradient has sigmoid(logits)
