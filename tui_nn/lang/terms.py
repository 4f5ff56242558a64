"""A sum taken apart into terms, and put together again: equal terms counted, a common number set before brackets."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction
from functools import reduce

from tui_nn.lang.expression import Call, Expression, Name, call
from tui_nn.lang.known import Shapes
from tui_nn.lang.product import ZERO, Product, carrier, multiplied, product, repeated, settled, shaped


def added(e: Expression, shapes: Shapes) -> Expression:
    """A sum or difference in its plainest form, of the same shape."""
    out = shapes.of(e)
    whole = _terms(e)
    bare = [_bare(term) for term in whole]
    result = _written(bare, shapes)
    if shapes.of(result) != out and carrier(e, out, shapes) is None:
        result = _written(whole, shapes)
    return shaped(result, e, shapes)


def gathered(terms: list[Expression], factors: Container[str], shapes: Shapes) -> Expression:
    """The sum of the terms; a name of `factors` that all of them carry stands before brackets."""
    parts = [product(term) for term in terms]
    for base in [b for b, n in parts[0].powers.items() if isinstance(b, Name) and b.id in factors and n == 1]:
        if len(terms) > 1 and all(p.powers.get(base) == 1 for p in parts):
            rest = gathered([p.take(base, -1).written() for p in parts], factors, shapes)
            return call("multiply", base, rest)
    return reduce(lambda a, b: call("add", a, b), terms)


def _terms(e: Expression, sign: int = 1) -> list[Product]:
    match e:
        case Call(op="add", args=(a, b)):
            return _terms(a, sign) + _terms(b, sign)
        case Call(op="subtract", args=(a, b)):
            return _terms(a, sign) + _terms(b, -sign)
        case Call(op="negative", args=(a,)):
            return _terms(a, -sign)
    term = product(e)
    term.factor *= sign
    return [term]


def _bare(term: Product) -> Product:
    """Without repetitions, which broadcasting does."""
    bare = Product(term.factor, term.divisor)
    for base, exponent in term.powers.items():
        inner = repeated(base)
        bare.take(base if inner is None else inner, exponent)
    return bare


def _written(terms: list[Product], shapes: Shapes) -> Expression:
    terms = _joined(_counted(terms), shapes)
    if not terms:
        return ZERO
    common = _common(terms)
    for term in terms:
        term.factor, term.divisor = settled(term.factor / common.factor, term.divisor / common.divisor)
    total = _total(terms)
    return total if common.coefficient == 1 else multiplied(common.take(total).written(), shapes)


def _counted(terms: list[Product]) -> list[Product]:
    """Equal terms as one, in order of appearance, a positive one first."""
    found: dict[frozenset[tuple[Expression, int]], Product] = {}
    for term in terms:
        known = found.get(term.key)
        if known is None:
            found[term.key] = term
        elif known.divisor == term.divisor:
            known.factor += term.factor
        else:
            total = known.coefficient + term.coefficient
            whole = known.factor.denominator == term.factor.denominator == 1
            known.factor = Fraction(total.numerator) if whole else total
            known.divisor = Fraction(total.denominator) if whole else Fraction(1)
    left = [t for t in found.values() if t.factor]
    positive = next((t for t in left if t.coefficient > 0), None)
    if positive is not None and left[0].coefficient < 0:
        left.remove(positive)
        left.insert(0, positive)
    return left


def _joined(terms: list[Product], shapes: Shapes) -> list[Product]:
    """`sum(a) - sum(b)` as `sum(a - b)`, `X.T @ a + X.T @ b` as `X.T @ (a + b)`, choices by one condition as one."""
    joined: list[Product] = []
    for term in terms:
        for known in joined:
            both = _one(known, term, shapes)
            if both is not None:
                known.factor, known.divisor, known.powers = both.factor, both.divisor, both.powers
                break
        else:
            joined.append(term)
    return joined


def _one(first: Product, second: Product, shapes: Shapes) -> Product | None:
    """Two terms as one, where both apply the same linear operation."""
    match list(first.powers.items()), list(second.powers.items()):
        case [(Call(op=op) as a, 1)], [(Call() as b, 1)] if op == b.op:
            pass
        case _:
            return None
    sign = "add" if first.coefficient == second.coefficient else "subtract"
    if op == "where" and a.args[0] == b.args[0]:
        parts = (_weighted(first, second, a.args[i], b.args[i], shapes) for i in (1, 2))
        return Product(powers={call("where", a.args[0], *parts): 1})
    if abs(first.coefficient) != abs(second.coefficient) or (a.axis, a.keepdims) != (b.axis, b.keepdims):
        return None
    if op == "sum" and shapes.of(a.args[0]) == shapes.of(b.args[0]):
        args: tuple[Expression, ...] = (added(call(sign, a.args[0], b.args[0]), shapes),)
    elif op == "matmul" and a.args[0] == b.args[0]:
        args = (a.args[0], added(call(sign, a.args[1], b.args[1]), shapes))
    elif op == "matmul" and a.args[1] == b.args[1]:
        args = (added(call(sign, a.args[0], b.args[0]), shapes), a.args[1])
    else:
        return None
    return Product(first.factor, first.divisor, {Call(op, args, a.axis, a.keepdims): 1})


def _weighted(first: Product, second: Product, a: Expression, b: Expression, shapes: Shapes) -> Expression:
    """The terms' numbers times `a` and `b`, added."""
    left = Product(first.factor, first.divisor).take(a).written()
    right = Product(second.factor, second.divisor).take(b).written()
    return added(call("add", left, right), shapes)


def _common(terms: list[Product]) -> Product:
    """The number that is set before brackets: one that all terms carry, or a divisor that they share."""
    numbers = {settled(abs(t.factor), abs(t.divisor)) for t in terms}
    if len(terms) > 1 and len(numbers) == 1 and numbers != {(Fraction(1), Fraction(1))}:
        ((factor, divisor),) = numbers
        return Product(factor if terms[0].coefficient > 0 else -factor, divisor)
    divisors = {t.divisor for t in terms}
    return Product(divisor=divisors.pop()) if len(terms) > 1 and len(divisors) == 1 else Product()


def _total(terms: list[Product]) -> Expression:
    out = terms[0].written()
    for term in terms[1:]:
        if term.coefficient < 0:
            term.factor *= -1
            out = call("subtract", out, term.written())
        else:
            out = call("add", out, term.written())
    return out
