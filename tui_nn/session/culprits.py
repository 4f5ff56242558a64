"""The operands that made a number that is not finite: those that are not either, or those of the operation at fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from tui_nn.lang.arithmetic import evaluate
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Entries, Expression, Number
from tui_nn.lang.project import Entry, operands

if TYPE_CHECKING:
    from tui_nn.session.session import Session

FEW = 4  # operands that are worth naming
MANY = 100_000  # that are looked through
COUNTS = 0.01  # a term that is so small a share of the largest is not to blame
_TOTAL = ("add", "subtract", "sum", "mean")


@dataclass
class Values:
    """The numbers that a line reads, where the session stands right before it, a tensor at a time."""

    session: Session
    arrays: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    largest: float = field(init=False)  # that the type of the numbers can hold

    def __post_init__(self) -> None:
        self.largest = float(np.finfo(self.session.program.dtype).max)

    def __getitem__(self, entry: Entry, /) -> float:
        name, index = entry
        if name not in self.arrays:
            self.arrays[name] = self.session.value(name)
        return float(self.arrays[name][index])

    def holds(self, number: float) -> bool:
        """Whether the type of the numbers has such a finite one: the line is worked out in float64 here."""
        return abs(number) <= self.largest


def culprits(e: Expression, values: Values) -> tuple[Entry, ...]:
    """The entries, a few, that make a projected expression not finite; () where that cannot be told."""
    read = list(islice(operands(e), MANY + 1))
    if len(read) > MANY:
        return ()
    if bad := [entry for entry in read if not np.isfinite(values[entry])]:
        return tuple(bad[:FEW])
    try:
        found = innermost(e, values)
        if found is None:
            return ()
        parts = _parts(found) if found.op not in _TOTAL else _largest(_terms(found), values)
        return tuple(islice(dict.fromkeys(entry for part in parts for entry in operands(part)), FEW))
    except EquationError:
        return ()


def innermost(e: Expression, values: Values) -> Call | None:
    """The innermost operation whose result is not finite. Raises EquationError where it cannot be worked out."""
    if not isinstance(e, Call) or values.holds(evaluate(e, values)):
        return None
    for part in _parts(e):
        if not isinstance(part, Number) and (found := innermost(part, values)) is not None:
            return found
    return e


def _parts(e: Call) -> Iterable[Expression]:
    return e.terms if isinstance(e, Entries) else e.args


def _terms(e: Expression) -> Iterator[Expression]:
    """What a sum adds up, also where it is written as sums of sums."""
    if isinstance(e, Call) and e.op in _TOTAL:
        for part in _parts(e):
            yield from _terms(part)
    else:
        yield e


def _largest(terms: Iterable[Expression], values: Values) -> list[Expression]:
    """The terms that count, the largest first."""
    sizes = [(abs(evaluate(term, values)), term) for term in terms]
    least = COUNTS * max(size for size, _ in sizes)
    return [term for size, term in sorted(sizes, key=itemgetter(0), reverse=True) if size >= least]
