"""Derived expressions, tidied until they read as a person would write them. Values stay the same but for rounding.

Products and sums have a plainest form (`product`, `terms`); numbers come out of matrix products and sums; what does not
vary along an axis comes out of a sum over it; transpositions and repetitions that do nothing go.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from tui_nn.lang.expression import Call, Expression, Name, Number, call, rebuild
from tui_nn.lang.product import ONE, ZERO, Product, Shapes, carrier, is_zero, multiplied, product, repeated, shaped
from tui_nn.lang.shape_rules import Shape, broadcast, size
from tui_nn.lang.shapes import shape_of
from tui_nn.lang.terms import added
from tui_nn.lang.write import COMPARISONS

_PASSES = 20


def simplify(e: Expression, shapes: Shapes) -> Expression:
    """`e` in its plainest form; of the same shape and, up to rounding, the same value."""
    for _ in range(_PASSES):
        plainer = _simplify(e, shapes)
        if plainer == e:
            return e
        e = plainer
    return e


def _simplify(e: Expression, shapes: Shapes) -> Expression:
    e = _parts(e, lambda part: _simplify(part, shapes))
    if isinstance(e, Call) and e.op in _RULES:
        return _RULES[e.op](e, shapes)
    return e


def _parts(e: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """`e` with its parts changed; the parts of a sum are its terms."""

    def inner(child: Expression) -> Expression:
        return _parts(child, change) if _is_total(e) and _is_total(child) else change(child)

    return rebuild(e, inner)


def _is_total(e: Expression) -> bool:
    return isinstance(e, Call) and e.op in ("add", "subtract")


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
    if len(shape_of(a, shapes)) < 2:
        return a
    match a:
        case Call(op="transpose", args=(b,)):
            return b
        case Call(op="matmul", args=(b, c)) if _is_transposed(b) or _is_transposed(c):
            return call("matmul", _transpose(call("transpose", c), shapes), _transpose(call("transpose", b), shapes))
        case Call(op="like", args=(b, c)) if shape_of(b, shapes) == ():
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
        if isinstance(a, Number) or parts.coefficient in (0, 1) or shape_of(inner, shapes) != shape_of(a, shapes):
            bare.append(a)
            continue
        numbers.factor *= parts.factor
        numbers.divisor *= parts.divisor
        bare.append(inner)
    inside = Call(e.op, tuple(bare), e.axis, e.keepdims)
    return inside if numbers.coefficient == 1 else multiplied(numbers.take(inside).written(), shapes)


def _like(e: Call, shapes: Shapes) -> Expression:
    a, b = e.args
    if shape_of(a, shapes) == shape_of(b, shapes):
        return a
    inner = repeated(a)
    if inner is not None:
        return call("like", inner, b)
    return e if isinstance(b, Name) else call("like", a, carrier(b, shape_of(b, shapes), shapes) or b)


def _expand(e: Call, shapes: Shapes) -> Expression:
    match e.args[0]:
        case Call(op="like", args=(a, b)) if shape_of(a, shapes) == ():
            return call("like", a, Call("expand", (b,), e.axis))
    return _numbers_out(e, shapes)


def _where(e: Call, shapes: Shapes) -> Expression:
    condition, yes, no = e.args
    if isinstance(condition, Number):
        return shaped(yes if condition.value else no, e, shapes)
    condition, yes, no = _without_like(e.args, shape_of(e, shapes), shapes)
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
    return Call(e.op, _without_like(e.args, shape_of(e, shapes), shapes))


def _without_like(args: tuple[Expression, ...], out: Shape, shapes: Shapes) -> tuple[Expression, ...]:
    """Operands of an elementwise operation without repetitions that broadcasting makes needless."""
    kept = list(args)
    for i, arg in enumerate(args):
        inner = repeated(arg)
        if inner is not None:
            trial = [*kept[:i], inner, *kept[i + 1 :]]
            if broadcast(*(shape_of(t, shapes) for t in trial)) == out:
                kept = trial
    return tuple(kept)


def _sum(e: Call, shapes: Shapes) -> Expression:
    """A sum without the factors that do not vary along its axis: `sum(dY * X / n, axis=0)` as `sum(dY * X) / n`."""
    (a,) = e.args
    out, shape = shape_of(e, shapes), shape_of(a, shapes)
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
        kept = shape_of(summed, shapes)
        over = e.axis if axis is None or len(kept) == len(shape) else axis
        outside.factor *= size(shape) // size(kept) if axis is None else shape[axis] // kept[axis]
        outside.take(Call("sum", (summed,), over, e.keepdims))
    else:
        outside.factor *= size(shape) if axis is None else shape[axis]
    result = outside.written()
    if shape_of(result, shapes) != out:
        return e
    return multiplied(result, shapes)


def _constant(e: Expression, axis: int | None, keepdims: bool, shapes: Shapes) -> Expression | None:
    """What `e` is, outside of a sum over `axis` (counted from the end; None: all), where it does not vary along it."""
    if isinstance(e, Call) and e.op == "like":
        return _constant(e.args[0], axis, keepdims, shapes)
    shape = shape_of(e, shapes)
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
