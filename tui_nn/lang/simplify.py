"""Derived expressions, tidied until they read as a person would write them. Values stay the same but for rounding.

A product is taken apart into a number, factors above and factors below the line, and put together again: so that
`1 / 4 * 0.5 * (2 * (P - Y))` becomes `(P - Y) / 4`. Sums lose zeros and double signs; `like` (repeat to a shape) goes
where broadcasting does the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

from tui_nn.lang.errors import ShapeError
from tui_nn.lang.expression import Call, Expression, Number, call, rebuild
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape, broadcast
from tui_nn.lang.shapes import shape_of

ZERO, ONE = Number(0), Number(1)
_COMPARISONS = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


def simplify(e: Expression, shapes: Mapping[str, Shape]) -> Expression:
    """`e` in its plainest form; of the same shape and, up to rounding, the same value."""
    for _ in range(20):
        plainer = _simplify(e, shapes)
        if plainer == e:
            return e
        e = plainer
    return e


def _simplify(e: Expression, shapes: Mapping[str, Shape]) -> Expression:
    e = rebuild(e, lambda child: _simplify(child, shapes))
    if not isinstance(e, Call):
        return e
    match e:
        case Call(op="add", args=(a, b)):
            return _add(a, b, shapes)
        case Call(op="subtract", args=(a, b)):
            return _subtract(a, b, shapes)
        case Call(op="multiply" | "divide" | "negative"):
            return _Product(e, shapes).written()
        case Call(op="power", args=(a, Number(value=1))):
            return a
        case Call(op="power", args=(a, Number(value=0))):
            return call("like", ONE, a) if shape_of(a, shapes) else ONE
        case Call(op="transpose", args=(Call(op="transpose", args=(a,)),)):
            return a
        case Call(op="transpose", args=(a,)) if len(shape_of(a, shapes)) < 2:
            return a
        case Call(op="like", args=(a, b)) if shape_of(a, shapes) == shape_of(b, shapes):
            return a
        case Call(op="like", args=(Call(op="expand", args=(a,), axis=0), b)):
            return call("like", a, b)
        case Call(op="where", args=(c, Call(op="like", args=(a, _)), b)) if _same(c, call("where", c, a, b), shapes):
            return call("where", c, a, b)
        case Call(op="sum", args=(a,)) if shape_of(a, shapes) == shape_of(e, shapes):
            return a
        case Call(op="sum", args=(a,)) if (positive := _negated(a)) is not None:
            return call("negative", Call("sum", (positive,), e.axis, e.keepdims))
        case Call(op=op, args=(a, b)) if op in _COMPARISONS:
            return Call(op, _without_like((a, b), shape_of(e, shapes), shapes))
    return e


def _same(a: Expression, b: Expression, shapes: Mapping[str, Shape]) -> bool:
    return shape_of(a, shapes) == shape_of(b, shapes)


def _add(a: Expression, b: Expression, shapes: Mapping[str, Shape]) -> Expression:
    out = shape_of(call("add", a, b), shapes)
    a, b = _without_like((a, b), out, shapes)
    if _is_zero(a) and shape_of(b, shapes) == out:
        return b
    if _is_zero(b) and shape_of(a, shapes) == out:
        return a
    if isinstance(a, Number) and isinstance(b, Number):
        return _number(_fraction(a) + _fraction(b))
    if a == b:
        return call("multiply", Number(2), a)
    if (factored := _factored("add", a, b, shapes)) is not None:
        return factored
    if (positive := _negated(b)) is not None:
        return call("subtract", a, positive)
    if (positive := _negated(a)) is not None:
        return call("subtract", b, positive)
    return call("add", a, b)


def _subtract(a: Expression, b: Expression, shapes: Mapping[str, Shape]) -> Expression:
    out = shape_of(call("subtract", a, b), shapes)
    a, b = _without_like((a, b), out, shapes)
    if _is_zero(b) and shape_of(a, shapes) == out:
        return a
    if _is_zero(a) and shape_of(b, shapes) == out:
        return call("negative", b)
    if isinstance(a, Number) and isinstance(b, Number):
        return _number(_fraction(a) - _fraction(b))
    if (factored := _factored("subtract", a, b, shapes)) is not None:
        return factored
    if (positive := _negated(b)) is not None:
        return call("add", a, positive)
    return call("subtract", a, b)


def _factored(op: str, a: Expression, b: Expression, shapes: Mapping[str, Shape]) -> Expression | None:
    """`a / 5 - b / 5` as `(a - b) / 5`, where both terms carry the same number."""
    left, right = _Product(a, shapes), _Product(b, shapes)
    ratio = left.factor / left.divisor
    if not left.above or not right.above or abs(ratio) == 1 or abs(ratio) != abs(right.factor / right.divisor):
        return None
    sign = 1 if ratio * right.factor / right.divisor > 0 else -1
    bare = call(op if sign > 0 else {"add": "subtract", "subtract": "add"}[op], left.bare(), right.bare())
    number = call("divide", _number(left.factor), _number(left.divisor))
    return _Product(call("multiply", number, bare), shapes).written()


def _is_zero(e: Expression) -> bool:
    return isinstance(e, Number) and e.value == 0


def _negated(e: Expression) -> Expression | None:
    """`x` where `e` is written `-x`, else None."""
    match e:
        case Number(value=value) if value < 0:
            return Number(-value)
        case Call(op="negative", args=(a,)):
            return a
        case Call(op="multiply" | "divide" as op, args=(a, b)):
            positive = _negated(a)
            return None if positive is None else b if op == "multiply" and positive == ONE else call(op, positive, b)
    return None


def _without_like(args: tuple[Expression, ...], out: Shape, shapes: Mapping[str, Shape]) -> tuple[Expression, ...]:
    """Operands of an elementwise operation without a `like` or a leading axis that broadcasting makes needless."""
    kept = list(args)
    for i, arg in enumerate(kept):
        if isinstance(arg, Call) and (arg.op == "like" or (arg.op == "expand" and arg.axis == 0)):
            trial = [*kept[:i], arg.args[0], *kept[i + 1 :]]
            try:
                if broadcast(*(shape_of(t, shapes) for t in trial)) == out:
                    kept = trial
            except ShapeError:  # pragma: no cover - a shape that broadcast before does so inside `like` too
                pass
    return tuple(kept)


@dataclass
class _Product:
    """number · above… / below…, taken from a tree of products, quotients and signs."""

    tree: Expression
    shapes: Mapping[str, Shape]
    factor: Fraction = Fraction(1)  # from numbers above the line
    divisor: Fraction = Fraction(1)  # from numbers below it
    above: list[Expression] = field(default_factory=list)
    below: list[Expression] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._take(self.tree, up=True)

    def _take(self, e: Expression, up: bool) -> None:
        match e:
            case Number():
                value = _fraction(e)
                if value == 0 and not up:
                    self.below.append(e)
                elif up:
                    self.factor *= value
                else:
                    self.divisor *= value
            case Call(op="negative", args=(a,)):
                self.factor = -self.factor
                self._take(a, up)
            case Call(op="multiply", args=(a, b)):
                self._take(a, up)
                self._take(b, up)
            case Call(op="divide", args=(a, b)):
                self._take(a, up)
                self._take(b, not up)
            case _:
                (self.above if up else self.below).append(e)

    def bare(self) -> Expression:
        """The product without its number."""
        out = self.above[0]
        for part in self.above[1:]:
            out = call("multiply", out, part)
        for part in self.below:
            out = call("divide", out, part)
        return out

    def written(self) -> Expression:
        out = shape_of(self.tree, self.shapes)
        if self.factor == 0 and not out:
            return ZERO
        above = list(_without_like_scalars(self.above, self.below, out, self.shapes))
        self._settle_numbers()
        sign, factor = (-1, -self.factor) if self.factor < 0 else (1, self.factor)
        if sign < 0 and len(above) == 1 and not self.below and isinstance(above[0], Call) and above[0].op == "subtract":
            above, sign = [call("subtract", above[0].args[1], above[0].args[0])], 1
        parts = ([_number(sign * factor)] if factor != 1 or not above else []) + above
        if sign < 0 and factor == 1 and above:
            parts[0] = Number(-parts[0].value) if isinstance(parts[0], Number) else call("negative", parts[0])
            if len(parts) > 1 and isinstance(parts[0], Number):
                parts = parts[1:]
        product = parts[0]
        for part in parts[1:]:
            product = call("multiply", product, part)
        for part in self.below:
            product = call("divide", product, part)
        return product if self.divisor == 1 else call("divide", product, _number(self.divisor))

    def _settle_numbers(self) -> None:
        """Cancel what can be; `0.5 * x / 4` becomes `x / 8`, `0.01 * x` and `2 * x / 5` stay."""
        if self.divisor.denominator != 1:
            self.factor, self.divisor = self.factor * self.divisor.denominator, Fraction(self.divisor.numerator)
        if self.divisor < 0:
            self.factor, self.divisor = -self.factor, -self.divisor
        common = gcd(self.factor.numerator, self.divisor.numerator)
        self.factor, self.divisor = self.factor / common, self.divisor / common
        if self.divisor != 1 and abs(self.factor.numerator) == 1 and self.factor.denominator in (2, 4, 5, 8):
            self.divisor *= self.factor.denominator
            self.factor *= self.factor.denominator


def _without_like_scalars(
    above: list[Expression], below: list[Expression], out: Shape, shapes: Mapping[str, Shape]
) -> tuple[Expression, ...]:
    """The factors without needless `like`, and without a 1 that a `like` leaves behind."""
    bare = _without_like((*above, *below), out, shapes)[: len(above)]
    kept = [f for f in bare if f != ONE]
    rest = broadcast(*(shape_of(f, shapes) for f in (*kept, *below))) if kept or below else ()
    return tuple(kept) if rest == out else bare


def _fraction(e: Number) -> Fraction:
    """The number as it is written: 0.1 is a tenth."""
    return Fraction(repr(e.value)) if isinstance(e.value, float) else Fraction(e.value)


def _number(value: Fraction) -> Number:
    return Number(value.numerator) if value.denominator == 1 else Number(float(value))


assert set(_COMPARISONS) <= set(PRIMITIVES)
