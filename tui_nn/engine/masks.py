"""Every dropout mask gets a line of its own.

A mask is drawn once in an iteration, and read by the forward line that it stands in and by that line's derivative. So
`D = A * dropout_mask(A, 0.8)` becomes `mask1 = dropout_mask(A, 0.8)` and `D = A * mask1`: the backward pass then reads
the mask that was drawn, and whoever looks can see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from tui_nn.lang.expression import Call, Expression, Name, rebuild, walk
from tui_nn.lang.page import Equation


def lift_masks(page: Iterable[Equation], taken: Iterable[str]) -> tuple[Equation, ...]:
    """The page with nested masks as lines before the one that they stood in.

    Args:
        taken: names that the new lines must not have.
    """
    names = {*taken}
    lifted: list[Equation] = []

    def swap(e: Expression, line: Equation) -> Expression:
        inner = rebuild(e, lambda child: swap(child, line))
        if not is_mask(inner):
            return inner
        name = next(new for k in count(1) if (new := f"mask{k}") not in names)
        names.add(name)
        lifted.append(replace(line, name=name, expression=inner))
        return Name(name, inner.at)

    for line in page:
        if any(is_mask(e) for e in walk(line.expression) if e is not line.expression):
            whole = rebuild(line.expression, lambda child, line=line: swap(child, line))  # type: ignore[misc]
            lifted.append(replace(line, expression=whole))
        else:
            lifted.append(line)
    return tuple(lifted)


def is_mask(e: Expression) -> bool:
    """Whether `e` is drawn at random."""
    return isinstance(e, Call) and e.op == "dropout_mask"
