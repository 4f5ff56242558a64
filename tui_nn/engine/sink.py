"""Sinking: fewer passes over long vectors, for the same update.

An optimiser's page names intermediates for people (`m_hat = m / (1 - beta1**t)`). Over a vector longer than a cache
each costs a pass through memory. So the lines that keep something (states, theta) read through them, all single numbers
gathered into one: `theta - lr * m_hat / (sqrt(v_hat) + eps)` becomes `theta - c * (m / (sqrt(v) + d))`, where c and d
are single numbers of the iteration. The intermediates are then computed only where somebody steps and looks; what is
kept has the same bits either way, as it is computed in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui_nn.engine.program import Line
from tui_nn.lang.expression import Call, Expression, Number, call, names, substitute

Parts = tuple[Expression | None, Expression | None]
"""An expression as (single number) * (vector); None stands for 1."""


def sink(lines: Sequence[Line], passing: Iterable[str], single: Iterable[str]) -> dict[int, Expression]:
    """The expressions of the lines that are kept, by line number, reading through the passing names.

    Args:
        lines: the update's lines, in order.
        passing: names that are read within the update only, entry by entry.
        single: names of single numbers.

    Returns nothing where reading through is not possible: a passing name outlives what it was made of.
    """
    passing, single = set(passing), set(single)
    values: dict[str, Expression] = {}
    kept: dict[int, Expression] = {}
    for i, line in enumerate(lines):
        e = substitute(line.expression, values)
        if line.name in passing:
            values[line.name] = e
            continue
        kept[line.number] = line.expression if e == line.expression else _joined(_gather(e, single))
        stale = {name for name, value in values.items() if line.name in names(value)}
        if any(stale & set(names(later.expression)) for later in lines[i + 1 :]):
            return {}
    return kept


def _gather(e: Expression, single: set[str]) -> Parts:
    """`e` with its single numbers moved to the front; under a root they are taken to be positive."""
    if isinstance(e, Number) or all(n in single for n in names(e)):
        return e, None
    match e:
        case Call(op="multiply" | "divide" as op, args=(a, b)):
            (c, x), (d, y) = _gather(a, single), _gather(b, single)
            return _combined(op, c, d), _combined(op, x, y)
        case Call(op="sqrt", args=(a,)):
            c, x = _gather(a, single)
            return (None if c is None else call("sqrt", c)), call("sqrt", x or Number(1))
        case Call(op="add" | "subtract" as op, args=(a, b)):
            (c, x), (d, y) = _gather(a, single), _gather(b, single)
            if y is None and c is not None and d is not None and _is_never_zero(c):
                return c, call(op, x or Number(1), call("divide", d, c))
            return None, call(op, _joined((c, x)), _joined((d, y)))
        case Call():
            return None, Call(e.op, tuple(_joined(_gather(a, single)) for a in e.args), e.axis, e.keepdims)
    return None, e


def _is_never_zero(c: Expression) -> bool:
    """Whether a single number, as it is written, cannot be 0, as a learning rate can: then it may divide."""
    match c:
        case Number(value=value):
            return value != 0
        case Call(op="divide", args=(above, _)) | Call(op="sqrt", args=(above,)):
            return _is_never_zero(above)
        case Call(op="multiply", args=(a, b)):
            return _is_never_zero(a) and _is_never_zero(b)
    return False


def _combined(op: str, a: Expression | None, b: Expression | None) -> Expression | None:
    if b is None:
        return a
    if a is None:
        return b if op == "multiply" else call("divide", Number(1), b)
    return call(op, a, b)


def _joined(parts: Parts) -> Expression:
    c, x = parts
    if x is None:
        return c or Number(1)
    if c is None:
        return x
    # A quotient keeps its numerator in front: `c * (1 / x)` would be one operation more than `c / x`.
    match x:
        case Call(op="divide", args=(Number(value=1), below)):
            return call("divide", c, below)
    return call("multiply", c, x)
