"""A product taken apart into a number, factors above and factors below the line, and put together again.

`1 / 4 * 0.5 * (2 * (P - Y))` is taken apart into the numbers 1 (above) and 4 (below) and the factor P - Y, and put
together as `(P - Y) / 4`. Equal factors become powers, what stands above and below is cancelled, and `like` (repeat to
a shape) goes where broadcasting does the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

from tui_nn.lang.expression import Call, Expression, Name, Number, call, walk
from tui_nn.lang.known import Shapes
from tui_nn.lang.shape_rules import Shape

ZERO, ONE = Number(0), Number(1)
_MODERATE = Fraction(10) ** 100  # numbers are multiplied out up to here, and down to its inverse
_FEW_DIGITS = 6  # a quotient of decimals that ends within so many is written as a decimal
_SMALL = 100  # `0.5 * x / 4` is written `x / 8`; up to which divisor


@dataclass
class Product:
    """factor / divisor · the powers, in order of appearance.

    Attributes:
        factor: the numbers above the line, with the sign.
        divisor: the numbers below it, not 0.
        powers: base to whole exponent; negative ones stand below the line.
    """

    factor: Fraction = Fraction(1)
    divisor: Fraction = Fraction(1)
    powers: dict[Expression, int] = field(default_factory=dict)

    @property
    def coefficient(self) -> Fraction:
        """The number."""
        return self.factor / self.divisor

    @property
    def key(self) -> frozenset[tuple[Expression, int]]:
        """What the product is but for its number."""
        return frozenset(self.powers.items())

    def take(self, e: Expression, exponent: int = 1) -> Product:
        """Multiply by `e` to the power of `exponent`."""
        match e:
            case Number(value=value) if exponent == 1 and _is_moderate(self.factor * fraction(value)):
                self.factor *= fraction(value)
            case Number(value=value) if exponent == -1 and value and _is_moderate(self.divisor * fraction(value)):
                self.divisor *= fraction(value)
            case Call(op="negative", args=(a,)):
                self.factor *= -1 if exponent % 2 else 1
                self.take(a, exponent)
            case Call(op="multiply", args=(a, b)):
                self.take(a, exponent).take(b, exponent)
            case Call(op="divide", args=(a, b)):
                self.take(a, exponent).take(b, -exponent)
            case Call(op="power", args=(a, Number(value=int() as power))) if power and not isinstance(a, Number):
                self._count(a, power * exponent)
            case _:
                self._count(e, exponent)
        return self

    def _count(self, base: Expression, exponent: int) -> None:
        total = self.powers.get(base, 0) + exponent
        if total:
            self.powers[base] = total
        else:
            del self.powers[base]

    def written(self) -> Expression:
        """The product as an expression, in its plainest form."""
        factor, divisor = settled(self.factor, self.divisor)
        powers = dict(self.powers)
        if factor < 0 and (turned := _turned(powers)) is not None:
            factor, powers = -factor, turned
        above = [_power(base, n) for base, n in powers.items() if n > 0]
        below = [_power(base, -n) for base, n in powers.items() if n < 0]
        if factor < 0 and factor == -1 and above:
            above[0] = call("negative", above[0])
        elif factor != 1 or not above:
            above.insert(0, number(factor))
        if divisor != 1:
            below.insert(0, number(divisor))
        return call("divide", _times(above), _times(below)) if below else _times(above)


def product(e: Expression) -> Product:
    """`e` taken apart."""
    return Product().take(e)


def multiplied(e: Expression, shapes: Shapes) -> Expression:
    """A product, quotient or negative in its plainest form, of the same shape."""
    out = shapes.of(e)
    parts = product(e)
    if parts.factor == 0 and ZERO not in parts.powers:
        return shaped(ZERO, e, shapes)
    bare = Product(parts.factor, parts.divisor)
    for base, exponent in parts.powers.items():
        inner = repeated(base)
        bare.take(base if inner is None else inner, exponent)
    result = _chosen(bare).written()
    if shapes.of(result) == out or carrier(e, out, shapes) is not None:
        return shaped(result, e, shapes)
    return shaped(parts.written(), e, shapes)


def _chosen(parts: Product) -> Product:
    """With the factors of a choice with nothing in one branch put into the other: `x * where(c, y, 0)`."""
    for base, exponent in parts.powers.items():
        match base:
            case Call(op="where", args=(condition, yes, no)) if exponent == 1 and len(parts.powers) > 1:
                others = Product(powers={b: n for b, n in parts.powers.items() if b != base})
                if is_zero(no):
                    inside = call("where", condition, others.take(yes).written(), ZERO)
                elif is_zero(yes):
                    inside = call("where", condition, ZERO, others.take(no).written())
                else:
                    continue
                return Product(parts.factor, parts.divisor, {inside: 1})
    return parts


def is_zero(e: Expression) -> bool:
    """Whether `e` is 0 in every entry, on the face of it."""
    return e == ZERO or (isinstance(e, Call) and e.op == "like" and is_zero(e.args[0]))


def repeated(e: Expression) -> Expression | None:
    """What `e` repeats as broadcasting would, or None."""
    match e:
        case Call(op="like", args=(a, _)):
            return a
        case Call(op="expand", args=(a,), axis=0):
            return a
        case Call(op=op, args=args, axis=None, keepdims=True):
            return Call(op, args)
    return None


def carrier(model: Expression, shape: Shape, shapes: Shapes) -> Expression | None:
    """What can lend its shape: a name in `model`, or another part of it."""
    parts = list(walk(model))[1:]
    names = [part for part in parts if isinstance(part, Name)]
    return next((part for part in (*names, *parts) if shapes.of(part) == shape), None)


def shaped(e: Expression, model: Expression, shapes: Shapes) -> Expression:
    """`e`, repeated to the shape of `model` where it lost it; `model` itself where nothing else has that shape."""
    shape = shapes.of(model)
    if shapes.of(e) == shape:
        return e
    lender = carrier(model, shape, shapes)
    return model if lender is None else call("like", e, lender)


def settled(factor: Fraction, divisor: Fraction) -> tuple[Fraction, Fraction]:
    """The same quotient as a person writes it: 2/10 as 1/5, 0.5/4 as 1/8, 0.02/4 as 0.005, x/0.5 as 2 x."""
    if divisor < 0:
        factor, divisor = -factor, -divisor
    if divisor == 1:
        return factor, divisor
    value = factor / divisor
    if factor.denominator == divisor.denominator == 1:
        common = gcd(factor.numerator, divisor.numerator)
        return factor / common, divisor / common
    if value.denominator == 1:
        return value, Fraction(1)
    if divisor.denominator == 1 and abs(value.numerator) == 1 and value.denominator <= _SMALL:
        return Fraction(value.numerator), Fraction(value.denominator)
    if _digits(value) <= _FEW_DIGITS:
        return value, Fraction(1)
    return factor, divisor


def _digits(value: Fraction) -> float:
    """Digits behind the point, inf where they do not end."""
    text = repr(float(value))
    return len(text.partition(".")[2]) if "e" not in text and Fraction(text) == value else float("inf")


def _is_moderate(value: Fraction) -> bool:
    return value == 0 or 1 / _MODERATE < abs(value) < _MODERATE


def fraction(value: float) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def number(value: Fraction) -> Number:
    """A Fraction as a literal."""
    return Number(value.numerator) if value.denominator == 1 else Number(float(value))


def _turned(powers: dict[Expression, int]) -> dict[Expression, int] | None:
    """With the sign of the first factor turned, `b - a` for `a - b`; None where that is no difference."""
    for base, exponent in powers.items():
        match base:
            case Call(op="subtract", args=(a, b)) if exponent == 1 and (len(powers) == 1 or not isinstance(a, Number)):
                new = call("subtract", b, a)
                return {new if k == base else k: n for k, n in powers.items()} if new not in powers else None
        return None
    return None


def _power(base: Expression, exponent: int) -> Expression:
    return base if exponent == 1 else call("power", base, Number(exponent))


def _times(parts: list[Expression]) -> Expression:
    out = parts[0] if parts else ONE
    for part in parts[1:]:
        out = call("multiply", out, part)
    return out
