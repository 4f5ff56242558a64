"""What stands twice in derived lines and deserves a line of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tui_nn.lang.expression import Call, Expression, Index, Name, Number, rebuild, walk


def repeated(uses: Iterable[Expression]) -> Expression | None:
    """The largest part that stands twice in these expressions and is worth a name, or None."""
    found = Counter(node for use in uses for node in walk(use) if is_heavy(node) and not _is_short(node))
    return max((e for e, n in found.items() if n > 1), key=lambda e: sum(1 for _ in walk(e)), default=None)


def swapped(old: Expression, new: Expression, e: Expression) -> Expression:
    """`e` with `new` for `old`."""
    return new if e == old else rebuild(e, lambda child: swapped(old, new, child))


def _is_short(e: Expression) -> bool:
    """No line of its own: a product of two names, a turned sign, what a number does to something."""
    if not isinstance(e, Call):
        return True
    if e.op in ("multiply", "divide") and all(isinstance(a, Name) for a in e.args):
        return True
    return e.op in ("negative", "add", "subtract", "multiply", "divide") and not all(
        isinstance(a, Call | Name) for a in e.args
    )


def is_heavy(e: Expression) -> bool:
    """Whether writing `e` twice would be too much: more than a name with a sign, a number or a transposition."""
    match e:
        case Number() | Name() | Index():
            return False
        case Call(op="negative" | "transpose" | "like" | "expand", args=args):
            return any(is_heavy(a) for a in args[:1])
        case Call(op="multiply" | "divide" | "power", args=(a, b)) if isinstance(a, Number) or isinstance(b, Number):
            return is_heavy(a) or is_heavy(b)
        case Call(op="subtract" | "add", args=args):
            return any(is_heavy(a) for a in args)
    return True
