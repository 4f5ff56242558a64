"""What stands twice in derived lines and deserves a line of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

from tui_nn.lang.expression import Call, Expression, Index, Name, Number, node_count, rebuild, walk


def repeated(uses: Iterable[Expression]) -> Expression | None:
    """The largest part that stands twice in these expressions and is worth a name, or None."""
    found = Counter(node for use in uses for node in walk(use) if is_heavy(node) and not _is_short(node))
    return max((e for e, n in found.items() if n > 1), key=node_count, default=None)


def written_length(e: Expression, parts: Collection[Expression]) -> int:
    """How many names, numbers and operations `e` has, where each of `parts` counts as one: it may be shared."""
    if e in parts or not isinstance(e, Call):
        return 1
    return 1 + sum(written_length(a, parts) for a in e.args)


def swapper(old: Expression, new: Expression) -> Callable[[Expression], Expression]:
    """What puts `new` for `old` into expressions; it remembers, since they have much in common."""
    known: dict[Expression, Expression] = {old: new}

    def swapped(e: Expression) -> Expression:
        if node_count(e) < node_count(old):
            return e
        if e not in known:
            known[e] = rebuild(e, swapped)
        return known[e]

    return swapped


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
