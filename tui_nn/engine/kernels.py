"""The kernels: how each primitive is computed into a given buffer. The second column beside `lang.primitives`.

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
from tui_nn.lang.shape_rules import size

if TYPE_CHECKING:
    from tui_nn.engine.lower import Lowering

Kernel = Callable[["Lowering", Call, Array], None]

_UFUNCS = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "divide": "divide",
    "negative": "negative",
    "exp": "exp",
    "log": "log",
    "log1p": "log1p",
    "sqrt": "sqrt",
    "abs": "absolute",
    "sign": "sign",
    "square": "square",
    "tanh": "tanh",
}
_PREDICATES = {
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
    return isinstance(e, Call) and e.op in _PREDICATES


def _is_computed(e: Expression) -> bool:
    """Whether `e` needs a buffer: it is neither a name, a number, nor a view of one."""
    return isinstance(e, Call) and (e.op not in ("transpose", "expand") or _is_computed(e.args[0]))


def predicate(low: Lowering, e: Call) -> Array:
    """A comparison or test as a boolean scratch array."""
    shape = low.shape(e)
    out = low.scratch(shape, low.backend.xp.dtype(bool))
    low.call(getattr(low.backend.xp, _PREDICATES[e.op]), *[low.operand(a) for a in e.args], out)
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
    if isinstance(e, Call) and e.op in _PREDICATES:
        return predicate(low, e)
    value = low.operand(e)
    out = low.scratch(tuple(value.shape), low.backend.xp.dtype(bool))
    low.call(low.backend.xp.not_equal, value, low.number(0), out)
    return out


def _ufunc(name: str) -> Kernel:
    def kernel(low: Lowering, e: Call, out: Array) -> None:
        low.call(getattr(low.backend.xp, name), *operands(low, e.args, out), out)

    return kernel


def _keyword_ufunc(name: str) -> Kernel:
    # NumPy takes `out` of these by keyword only; a closure is cheaper than a partial with keywords.
    def kernel(low: Lowering, e: Call, out: Array) -> None:
        function = getattr(low.backend.xp, name)
        a, b = operands(low, e.args, out)
        low.calls.append(lambda: function(a, b, out=out))

    return kernel


def _predicate(low: Lowering, e: Call, out: Array) -> None:
    low.call(low.backend.xp.copyto, out, predicate(low, e))


def _power(low: Lowering, e: Call, out: Array) -> None:
    base, exponent = e.args
    if exponent == Number(2):
        (a,) = operands(low, (base,), out)
        low.call(low.backend.xp.square, a, out)
    else:
        low.call(low.backend.xp.power, *operands(low, e.args, out), out)


def _matmul(low: Lowering, e: Call, out: Array) -> None:
    a, b = e.args
    left, right, into = low.operand(a), low.operand(b), out
    block = low.blocks.get(id(out))
    weight = low.blocks.get(id(low.operand(a.args[0]))) if isinstance(a, Call) and a.op == "transpose" else None
    if weight is not None and weight.whole.shape[0] == weight.view.shape[0] and right.ndim == 2:
        # W.T @ dZ through the whole block: W itself is a view that the matrix product would copy first.
        rows = weight.whole.shape[1]
        target = block.whole if block is not None and block.whole.shape[0] == rows else None
        whole = target if target is not None else low.scratch((rows, right.shape[1]))
        low.product(weight.whole.T, right, whole)
        if target is None:
            low.call(low.backend.xp.copyto, out, whole[:-1])
        return
    if not out.flags.c_contiguous:
        into = low.scratch(tuple(out.shape))
    low.product(left, right, into)
    if into is not out:
        low.call(low.backend.xp.copyto, out, into)


def _add(low: Lowering, e: Call, out: Array) -> None:
    match e.args:
        case (Call(op="matmul", args=(Name(id=w), Name(id=a))), Name(id=b)):
            weight, below = low.blocks.get(id(low.arrays[w])), low.blocks.get(id(low.arrays[a]))
            bias = low.arrays[b]
            if weight is not None and below is not None and bias.base is not None and out.flags.c_contiguous:
                shared = low.backend.overlap(weight.whole, bias)
                if shared and weight.whole.shape[1] == below.whole.shape[0]:
                    low.product(weight.whole, below.whole, out)
                    return
    _ufunc("add")(low, e, out)


def _copy_back(low: Lowering, out: Array, into: Array) -> None:
    if into is not out:
        low.call(low.backend.xp.copyto, out, into)


def _sigmoid(low: Lowering, e: Call, out: Array) -> None:
    xp = low.backend.xp
    (a,) = operands(low, e.args, out)
    low.call(xp.negative, a, out)
    low.call(xp.exp, out, out)
    low.call(xp.add, out, low.number(1), out)
    low.call(xp.reciprocal, out, out)


def _relu(low: Lowering, e: Call, out: Array) -> None:
    maximum, zeros = low.backend.xp.maximum, low.constant(0, tuple(out.shape))  # SIMD needs an array of them
    (a,) = operands(low, e.args, out)
    low.calls.append(lambda: maximum(a, zeros, out=out))
    match e.args:
        case (Name(id=name),) if e is low.whole:
            low.rectified[name] = Rectified(out, low.calls)


def _where(low: Lowering, e: Call, out: Array) -> None:
    condition, a, b = e.args
    mask = truth(low, condition)
    yes, no = low.operand(a), low.operand(b)
    into = low.scratch(tuple(out.shape)) if low.reads(a, out) else out
    low.call(low.backend.xp.copyto, into, no)
    low.call(low.backend.xp.copyto, into, yes, "same_kind", mask)
    _copy_back(low, out, into)


def _leaky_relu(low: Lowering, e: Call, out: Array) -> None:
    a, slope = (low.operand(x) for x in e.args)
    _branch(low, a, out, lambda into: low.call(low.backend.xp.multiply, a, slope, into))


def _elu(low: Lowering, e: Call, out: Array) -> None:
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


def _softplus(low: Lowering, e: Call, out: Array) -> None:
    (a,) = operands(low, e.args, out)
    low.call(low.backend.xp.logaddexp, a, low.number(0), out)


def _erf(low: Lowering, e: Call, out: Array) -> None:
    from tui_nn.engine.erf import erf

    (a,) = operands(low, e.args, out)
    low.call(erf, low.backend.xp, a, out)


def _gelu(low: Lowering, e: Call, out: Array) -> None:
    from tui_nn.engine.erf import erf

    xp = low.backend.xp
    a = low.operand(e.args[0])
    share = low.scratch(tuple(a.shape))
    low.call(xp.divide, a, low.number(2**0.5), share)
    low.call(erf, xp, share, share)
    low.call(xp.add, share, low.number(1), share)
    low.call(xp.multiply, share, a, share)
    low.call(xp.multiply, share, low.number(0.5), out)


def _swish(low: Lowering, e: Call, out: Array) -> None:
    a = low.operand(e.args[0])
    share = low.scratch(tuple(a.shape))
    _sigmoid(low, Call("sigmoid", e.args), share)
    low.call(low.backend.xp.multiply, a, share, out)


def _step(low: Lowering, e: Call, out: Array) -> None:
    _predicate(low, Call("greater_equal", (e.args[0], Number(0))), out)


def _clip(low: Lowering, e: Call, out: Array) -> None:
    a, least, most = (low.operand(x) for x in e.args)
    maximum, minimum = low.backend.xp.maximum, low.backend.xp.minimum
    low.calls.append(lambda: maximum(a, least, out=out))
    low.calls.append(lambda: minimum(out, most, out=out))


def _reduce(name: str, *, predicate_only: bool = False) -> Kernel:
    def kernel(low: Lowering, e: Call, out: Array) -> None:
        a = truth(low, e.args[0]) if predicate_only else low.operand(e.args[0])
        into = low.scratch(tuple(out.shape), low.backend.xp.dtype(bool)) if predicate_only else out
        low.reduce(name, a, e.axis, into, keepdims=e.keepdims)
        _copy_back(low, out, into)

    return kernel


def _sum(low: Lowering, e: Call, out: Array) -> None:
    a = low.operand(e.args[0])
    if e.axis is None and not e.keepdims:
        _sum_all(low, a, out)
    else:
        low.reduce("add", a, e.axis, out, keepdims=e.keepdims)


def _mean(low: Lowering, e: Call, out: Array) -> None:
    shape = low.shape(e.args[0])
    _sum(low, e, out)
    low.call(low.backend.xp.divide, out, low.number(size(shape) if e.axis is None else shape[e.axis]), out)


def _norm(low: Lowering, e: Call, out: Array) -> None:
    xp = low.backend.xp
    a = low.operand(e.args[0])
    squares = low.scratch(tuple(a.shape))
    e.axis if e.axis is not None else tuple(range(a.ndim))
    low.call(xp.square, a, squares)
    low.reduce("add", squares, e.axis, out, keepdims=e.keepdims)
    low.call(xp.sqrt, out, out)


SIGN = 2_500  # entries up to which a mask of floats beats one of booleans
SPREAD = 256  # entries up to which sums in every entry are cheaper than what is then to be broadcast
SMALL = 8_192  # entries up to which a sum along an axis is cheaper as a product with ones


def _sum_along(low: Lowering, a: Array, axis: int, out: Array) -> None:
    """Sums along one axis, kept with size 1, of a scratch array."""
    if a.ndim == 2 and a.size <= SMALL:
        ones = low.constant(1, (1, a.shape[0]) if axis % 2 == 0 else (a.shape[1], 1))
        low.product(*((ones, a) if axis % 2 == 0 else (a, ones)), out)
    else:
        low.reduce("add", a, axis, out, keepdims=True)


def _sum_all(low: Lowering, a: Array, out: Array, divisor: int = 1) -> None:
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


@dataclass(frozen=True)
class _Powers:
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
        _sum_along(low, parts.powers, axis, parts.sums)
    if keep and key is not None:
        low.shared[key] = parts
    return parts


def _softmax(low: Lowering, e: Call, out: Array) -> None:
    parts = _powers(low, e.args[0], -1 if e.axis is None else e.axis)
    low.call(low.backend.xp.divide, parts.powers, parts.sums, out)


def _log_softmax(low: Lowering, e: Call, out: Array) -> None:
    parts = _powers(low, e.args[0], -1 if e.axis is None else e.axis)
    logs = low.scratch(tuple(parts.sums.shape))
    low.call(low.backend.xp.log, parts.sums, logs)
    low.call(low.backend.xp.subtract, parts.shifted, logs, out)


def _softmax_cross_entropy(low: Lowering, e: Call, out: Array) -> None:
    xp = low.backend.xp
    logits, targets = e.args
    axis = -1 if e.axis is None else e.axis
    parts = _powers(low, logits, axis, keep=True)  # the gradient's softmax(logits) begins with the same three steps
    logs = low.scratch(tuple(parts.sums.shape))
    terms = low.scratch(tuple(parts.shifted.shape))
    low.call(xp.log, parts.sums, logs)
    low.call(xp.subtract, parts.shifted, logs, terms)
    low.call(xp.multiply, terms, low.operand(targets), terms)
    _sum_all(low, terms, out, -(terms.size // terms.shape[axis]))


def _sigmoid_cross_entropy(low: Lowering, e: Call, out: Array) -> None:
    xp = low.backend.xp
    z, y = (low.operand(x) for x in e.args)
    term, part = low.scratch(tuple(z.shape)), low.scratch(tuple(z.shape))
    maximum, zero = xp.maximum, low.number(0)
    low.call(xp.copysign, z, low.number(-1), term)  # -|z|
    low.call(xp.logaddexp, term, zero, term)  # log(1 + exp(-|z|))
    low.calls.append(lambda: maximum(z, zero, out=part))
    low.call(xp.add, term, part, term)
    low.call(xp.multiply, z, y, part)
    low.call(xp.subtract, term, part, term)
    _sum_all(low, term, out, z.size)


def _outer(low: Lowering, e: Call, out: Array) -> None:
    a, b = (low.operand(x) for x in e.args)
    low.call(low.backend.xp.multiply, a[:, None], b[None, :], out)


def _copy(low: Lowering, e: Call, out: Array) -> None:
    low.call(low.backend.xp.copyto, out, low.operand(e.args[0]))


def _view(low: Lowering, e: Call, out: Array) -> None:
    low.call(low.backend.xp.copyto, out, low.operand(e))


def _dropout_mask(low: Lowering, e: Call, out: Array) -> None:
    keep, clock = low.operand(e.args[1]), low.clock
    kept = low.scratch(tuple(out.shape), low.backend.xp.dtype(bool))
    low.calls.extend(low.backend.keep(low.seed, low.purpose, lambda: clock.iteration, keep, kept))
    low.call(low.backend.xp.divide, kept, keep, out)


KERNELS: dict[str, Kernel] = {
    **{name: _ufunc(function) for name, function in _UFUNCS.items()},
    **dict.fromkeys(_PREDICATES, _predicate),
    "add": _add,
    "power": _power,
    "matmul": _matmul,
    "transpose": _view,
    "expand": _view,
    "sigmoid": _sigmoid,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "softplus": _softplus,
    "erf": _erf,
    "gelu": _gelu,
    "swish": _swish,
    "step": _step,
    "maximum": _keyword_ufunc("maximum"),
    "minimum": _keyword_ufunc("minimum"),
    "where": _where,
    "clip": _clip,
    "sum": _sum,
    "mean": _mean,
    "max": _reduce("maximum"),
    "min": _reduce("minimum"),
    "norm": _norm,
    "any": _reduce("logical_or", predicate_only=True),
    "all": _reduce("logical_and", predicate_only=True),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "softmax_cross_entropy": _softmax_cross_entropy,
    "sigmoid_cross_entropy": _sigmoid_cross_entropy,
    "outer": _outer,
    "like": _copy,
    "dropout_mask": _dropout_mask,
}
"""The kernel of every primitive; a test holds this table against `lang.primitives`."""
