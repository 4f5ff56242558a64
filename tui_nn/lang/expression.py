"""Expressions: immutable trees of numbers, names, calls of primitives, and indexed entries.

Every operation is a `Call`, also `+`, `@` and `.T`: one node kind, one table (`primitives`), no branches by kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Place = tuple[int, int] | None
"""Where a node stood in its text: line from 1, column from 0."""


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, as written: `2` is an int, `2.0` a float."""

    value: int | float
    at: Place = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name. `v_hat.W1` is one name: the optimiser's `v_hat` of the parameter `W1`."""

    id: str
    at: Place = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A primitive applied to arguments; `axis` and `keepdims` only where the primitive takes them."""

    op: str
    args: tuple[Expression, ...]
    axis: int | None = None
    keepdims: bool = False
    at: Place = field(default=None, compare=False, repr=False)
    nodes: int = field(init=False, compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", 1 + sum(map(node_count, self.args)))
        object.__setattr__(self, "_hash", hash((self.op, self.args, self.axis, self.keepdims)))

    def __hash__(self) -> int:
        """Kept with the node: trees are looked up often."""
        return self._hash


@dataclass(frozen=True, slots=True)
class Index:
    """One entry of a tensor, `dW1[0, 2]`: in watches, conditions and explanations."""

    target: Expression
    indices: tuple[int, ...]
    at: Place = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)  # compared and hashed as a Call is
class Entries(Call):
    """An operation over many single entries, for explanations: `X[0, 0] * d[0] + X[1, 0] * d[1] + … + X[9, 0] * d[9]`.

    `op` is a reduction (`sum`, `max`, …). `args` are the entries that are written: all of them, or the first few and
    the last. `terms` are all of them, each made when it is asked for. Such a node comes from `project` only.
    """

    terms: Sequence[Expression] = field(default=(), compare=False, repr=False)


Expression = Number | Name | Call | Index


def node_count(e: Expression) -> int:
    """How many numbers, names and operations `e` has."""
    return e.nodes if isinstance(e, Call) else 1 + node_count(e.target) if isinstance(e, Index) else 1


def children(e: Expression) -> tuple[Expression, ...]:
    """The expressions directly below `e`."""
    if isinstance(e, Call):
        return e.args
    return (e.target,) if isinstance(e, Index) else ()


def walk(e: Expression) -> Iterator[Expression]:
    """`e` and everything below it, parents first, left to right."""
    stack = [e]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def names(e: Expression) -> tuple[str, ...]:
    """The names in `e`, each once, in order of appearance."""
    return tuple(dict.fromkeys(n.id for n in walk(e) if isinstance(n, Name)))


def rebuild(e: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """`e` with `change` applied to each of its direct children."""
    if isinstance(e, Call):
        args = tuple(map(change, e.args))  # no generator: a frame less on the way down
        return e if args == e.args else Call(e.op, args, e.axis, e.keepdims, e.at)
    if isinstance(e, Index):
        return Index(change(e.target), e.indices, e.at)
    return e


def substitute(e: Expression, values: Mapping[str, Expression]) -> Expression:
    """`e` with names replaced by expressions."""
    if isinstance(e, Name):
        return values.get(e.id, e)
    return rebuild(e, lambda child: substitute(child, values))


def call(op: str, *args: Expression, axis: int | None = None, keepdims: bool = False) -> Call:
    """A call without a place in a text: for derived expressions."""
    return Call(op, args, axis, keepdims)
