"""Derived expressions, tidied until they read as a person would write them. Values stay the same but for rounding.

Products and sums have a plainest form (`product`, `terms`); numbers come out of matrix products and sums; what does not
vary along an axis comes out of a sum over it; transpositions and repetitions that do nothing go.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from tui_nn.lang.expression import Call, Expression, Index, Name, Number, call
from tui_nn.lang.known import Shapes
from tui_nn.lang.product import ONE, ZERO, Product, carrier, is_zero, multiplied, product, repeated, shaped
from tui_nn.lang.shape_rules import Shape, broadcast, size
from tui_nn.lang.terms import added
from tui_nn.lang.write import COMPARISONS

_PASSES = 20
_TOTAL = ("add", "subtract")


def simplify(e: Expression, shapes: Mapping[str, Shape] | Shapes) -> Expression:
    """`e` in its plainest form; of the same shape and, up to rounding, the same value."""
    return _plain(e, shapes if isinstance(shapes, Shapes) else Shapes(shapes))


def _plain(e: Expression, shapes: Shapes) -> Expression:
    if not isinstance(e, Call):
        return e if not isinstance(e, Index) else Index(_plain(e.target, shapes), e.indices)
    known = shapes.plain.get(e)
    if known is not None:
        return known
    now: Expression = e
    for _ in range(_PASSES):
        new = _parts_plain(now, shapes) if isinstance(now, Call) else now
        new = _RULES[new.op](new, shapes) if isinstance(new, Call) and new.op in _RULES else new
        if new == now:
            break
        now = new
    shapes.plain[e] = shapes.plain[now] = now
    return now


def _parts_plain(e: Call, shapes: Shapes) -> Call:
    """`e` with plain parts; the parts of a sum are its terms. A loop: each frame counts on the way down."""
    args = []
    for a in e.args:
        total = isinstance(a, Call) and a.op in _TOTAL and e.op in _TOTAL
        args.append(_parts_plain(a, shapes) if total and isinstance(a, Call) else _plain(a, shapes))
    return Call(e.op, tuple(args), e.axis, e.keepdims)


def _power(e: Call, shapes: Shapes) -> Expression:
    match e.args:
        case (a, Number(value=1)):
            return a
        case (a, Number(value=0)):
            return shaped(ONE, e, shapes)
        case (_, Number(value=int() as n)) if n < 0:
            return multiplied(call("divide", ONE, call("power", e.args[0], Number(-n))), shapes)
    return e


def _transpose(e: Call, shapes: Shapes) -> Expression:
    (a,) = e.args
    if len(shapes.of(a)) < 2:
        return a
    match a:
        case Call(op="transpose", args=(b,)):
            return b
        case Call(op="matmul", args=(b, c)) if _is_transposed(b) or _is_transposed(c):
            return call("matmul", _transpose(call("transpose", c), shapes), _transpose(call("transpose", b), shapes))
        case Call(op="like", args=(b, c)) if shapes.of(b) == ():
            return call("like", b, _transpose(call("transpose", c), shapes))
    return _numbers_out(e, shapes)


def _is_transposed(e: Expression) -> bool:
    return isinstance(e, Call) and e.op == "transpose"


def _numbers_out(e: Call, shapes: Shapes) -> Expression:
    """A linear operation with the numbers of its arguments before it: `X.T @ (2 * E)` as `2 * (X.T @ E)`."""
    numbers, bare = Product(), []
    for a in e.args:
        parts = product(a)
        inner = Product(powers=parts.powers).written()
        if isinstance(a, Number) or parts.coefficient in (0, 1) or shapes.of(inner) != shapes.of(a):
            bare.append(a)
            continue
        numbers.factor *= parts.factor
        numbers.divisor *= parts.divisor
        bare.append(inner)
    inside = Call(e.op, tuple(bare), e.axis, e.keepdims)
    return inside if numbers.coefficient == 1 else multiplied(numbers.take(inside).written(), shapes)


def _like(e: Call, shapes: Shapes) -> Expression:
    a, b = e.args
    if shapes.of(a) == shapes.of(b):
        return a
    inner = repeated(a)
    if inner is not None:
        return call("like", inner, b)
    lender = None if isinstance(b, Name) else carrier(b, shapes.of(b), shapes)
    return e if lender is None else call("like", a, lender)


def _expand(e: Call, shapes: Shapes) -> Expression:
    match e.args[0]:
        case Call(op="like", args=(a, b)) if shapes.of(a) == ():
            return call("like", a, Call("expand", (b,), e.axis))
    return _numbers_out(e, shapes)


def _where(e: Call, shapes: Shapes) -> Expression:
    condition, yes, no = e.args
    if isinstance(condition, Number):
        return shaped(yes if condition.value else no, e, shapes)
    condition, yes, no = _without_like(e.args, shapes.of(e), shapes)
    if yes == no:
        return shaped(yes, e, shapes)
    if (yes, no) == (ONE, ZERO) and isinstance(condition, Call) and condition.op in COMPARISONS:
        return shaped(condition, e, shapes)
    common = _common_number(yes, no)
    if common.coefficient == 1:
        return call("where", condition, yes, no)
    inside = (call("divide", part, common.written()) for part in (yes, no))
    chosen = call("where", condition, *(multiplied(part, shapes) for part in inside))
    return shaped(multiplied(common.take(chosen).written(), shapes), e, shapes)


def _common_number(yes: Expression, no: Expression) -> Product:
    """The number that both branches carry; 0 carries any."""
    a, b = product(yes), product(no)
    if is_zero(no) and a.powers:
        return Product(a.factor, a.divisor)
    if is_zero(yes) and b.powers:
        return Product(b.factor, b.divisor)
    if a.powers and b.powers and abs(a.coefficient) == abs(b.coefficient):
        sign = -1 if a.factor < 0 and b.factor < 0 else 1
        return Product(sign * abs(a.factor), abs(a.divisor))
    return Product()


def _compare(e: Call, shapes: Shapes) -> Expression:
    a, b = e.args
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(int(_COMPARE[e.op](a.value, b.value)))
    return Call(e.op, _without_like(e.args, shapes.of(e), shapes))


def _without_like(args: tuple[Expression, ...], out: Shape, shapes: Shapes) -> tuple[Expression, ...]:
    """Operands of an elementwise operation without repetitions that broadcasting makes needless."""
    kept = list(args)
    for i, arg in enumerate(args):
        inner = repeated(arg)
        if inner is not None:
            trial = [*kept[:i], inner, *kept[i + 1 :]]
            if broadcast(*(shapes.of(t) for t in trial)) == out:
                kept = trial
    return tuple(kept)


def _sum(e: Call, shapes: Shapes) -> Expression:
    """A sum without the factors that do not vary along its axis: `sum(dY * X / n, axis=0)` as `sum(dY * X) / n`."""
    (a,) = e.args
    out, shape = shapes.of(e), shapes.of(a)
    if shape == out:
        return a
    match a:
        case Call(op="sum", args=(b,), axis=inner) if e.axis is None and not e.keepdims:
            return call("sum", b)
        case Call(op="sum", args=(b,), axis=inner, keepdims=True) if inner == e.axis and not e.keepdims:
            return Call("sum", (b,), inner)
    axis = None if e.axis is None else e.axis % len(shape) - len(shape)
    parts = product(a)
    outside, inside = Product(parts.factor, parts.divisor), Product()
    for base, exponent in parts.powers.items():
        constant = _constant(base, axis, e.keepdims, shapes)
        inside.take(base, exponent) if constant is None else outside.take(constant, exponent)
    if inside.powers:
        summed = inside.written()
        kept = shapes.of(summed)
        over = e.axis if axis is None or len(kept) == len(shape) else axis
        outside.factor *= size(shape) // size(kept) if axis is None else shape[axis] // kept[axis]
        outside.take(Call("sum", (summed,), over, e.keepdims))
    else:
        outside.factor *= size(shape) if axis is None else shape[axis]
    result = outside.written()
    if shapes.of(result) != out:
        return e
    return multiplied(result, shapes)


def _constant(e: Expression, axis: int | None, keepdims: bool, shapes: Shapes) -> Expression | None:
    """What `e` is, outside of a sum over `axis` (counted from the end; None: all), where it does not vary along it."""
    if isinstance(e, Call) and e.op == "like":
        return _constant(e.args[0], axis, keepdims, shapes)
    shape = shapes.of(e)
    if axis is None or len(shape) < -axis:
        return e if axis is not None or shape == () else None
    if shape[axis] == 1 and keepdims:
        return e
    match e:
        case Call(op="expand", args=(a,), axis=put) if put is not None and put % len(shape) - len(shape) == axis:
            return None if keepdims else a
    return None


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}


def _exp(e: Call, shapes: Shapes) -> Expression:
    match e.args:
        case (Call(op="log_softmax", args=args, axis=axis),):
            return Call("softmax", args, axis)
    return e


_RULES: dict[str, Callable[[Call, Shapes], Expression]] = {
    **dict.fromkeys(("add", "subtract"), added),
    **dict.fromkeys(("multiply", "divide", "negative"), multiplied),
    **dict.fromkeys(_COMPARE, _compare),
    "power": _power,
    "exp": _exp,
    "transpose": _transpose,
    "matmul": _numbers_out,
    "like": _like,
    "expand": _expand,
    "where": _where,
    "sum": _sum,
}
