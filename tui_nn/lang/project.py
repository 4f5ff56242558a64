"""One entry of a tensor expression as arithmetic on single numbers: what `dW1[0, 2]` is made of.

`project` turns `X.T @ dZ1` at [0, 2] into `X[0, 0] * dZ1[0, 2] + X[1, 0] * dZ1[1, 2] + …`: names become entries of
names, a matrix product a sum of products, a reduction its entries, softmax and its kin what their definition says.
A long sum is written as its first terms, …, and its last; its other terms are made only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import overload

from tui_nn.lang import shape_rules as rule
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Entries, Expression, Index, Name, Number, call, children, walk
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape, size
from tui_nn.lang.shapes import shape_of
from tui_nn.lang.templates import definition

Entry = tuple[str, tuple[int, ...]]
"""A number of a run: a name and its index; a single number has the index ()."""

TERMS = 8  # a sum of up to so many terms is written in full
NODES = 60  # … as long as it has no more names, numbers and operations than this
LONG_TERM = 12  # of terms with more than this, the first and the last are written


def project(e: Expression, index: tuple[int, ...], shapes: Mapping[str, Shape], terms: int = TERMS) -> Expression:
    """Entry `index` of `e`, as arithmetic on entries of the names in it.

    Leaves are `Number`, `Name` (a single number) and `Index(Name, indices)`. Elementwise functions stay calls, also
    the random `dropout_mask`. Reductions but the sum become an `Entries` node (`max(X[0], X[1], X[2])`), a sum of up
    to `terms` terms is spelled out with +, a longer one is an `Entries` node.

    Args:
        e: any expression.
        index: as many indices as `e` has axes; negative ones count from the end.
        shapes: the shape of every name in `e`.
        terms: the most terms of a sum that are written in full.

    Raises:
        EquationError: where the shapes do not go together or there is no such entry.
    """
    shape = shape_of(e, shapes)
    if len(index) != len(shape) or any(not -n <= i < n for i, n in zip(index, shape, strict=True)):
        raise EquationError(f"there is no entry {list(index)}: it is {rule.describe(shape)}")
    at = tuple(i % n for i, n in zip(index, shape, strict=True))
    return _Projector(shapes, terms).entry(e, at)


def shown_operands(e: Expression) -> tuple[Entry, ...]:
    """The entries that are written in a projected expression, each once, in order."""
    return tuple(dict.fromkeys(_entries(e, lambda node: children(node))))


def operands(e: Expression) -> Iterator[Entry]:
    """All entries that a projected expression reads, each once, also those that … stands for; found one by one."""
    seen = set()
    for entry in _entries(e, lambda node: node.terms if isinstance(node, Entries) else children(node)):
        if entry not in seen:
            seen.add(entry)
            yield entry


def _entries(e: Expression, below: Callable[[Expression], Sequence[Expression]]) -> Iterator[Entry]:
    match e:
        case Name(id=name):
            yield name, ()
        case Index(target=Name(id=name), indices=indices):
            yield name, indices
        case _:
            for child in below(e):
                yield from _entries(child, below)


@dataclass(frozen=True)
class _Terms(Sequence[Expression]):
    """The terms of a long sum, made when asked for."""

    length: int
    make: Callable[[int], Expression]

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, i: int) -> Expression: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[Expression]: ...
    def __getitem__(self, i: int | slice) -> Expression | Sequence[Expression]:
        if isinstance(i, slice):
            return [self.make(k) for k in range(*i.indices(self.length))]
        if not -self.length <= i < self.length:
            raise IndexError(i)
        return self.make(i % self.length)


@dataclass(frozen=True)
class _Projector:
    shapes: Mapping[str, Shape]
    terms: int

    def entry(self, e: Expression, at: tuple[int, ...]) -> Expression:
        match e:
            case Number():
                return e
            case Name():
                return Index(e, at) if at else e
            case Index(target=target, indices=indices):
                shape = shape_of(target, self.shapes)
                return self.entry(target, tuple(i % n for i, n in zip(indices, shape, strict=True)))
        assert isinstance(e, Call)
        row = PRIMITIVES[e.op]
        if row.shape in (rule.elementwise, rule.first):
            return Call(e.op, tuple(self.broadcast(a, at) for a in e.args))
        if e.op in _RULES:
            return _RULES[e.op](self, e, at)
        meaning = definition(e, self.shapes)
        assert meaning is not None, f"{e.op} has neither a rule here nor a definition"
        return self.entry(meaning, at)

    def broadcast(self, e: Expression, at: tuple[int, ...]) -> Expression:
        """The entry of `e` that broadcasting puts at `at`."""
        shape = shape_of(e, self.shapes)
        own = at[len(at) - len(shape) :]
        return self.entry(e, tuple(0 if n == 1 else i for i, n in zip(own, shape, strict=True)))

    def over(self, op: str, count: int, make: Callable[[int], Expression]) -> Expression:
        """`op` over `count` entries, written in full or in part."""
        terms = _Terms(count, make)
        first = terms[0]
        weight = sum(1 for _ in walk(first))
        if count <= self.terms and count * weight <= NODES:
            parts = (first, *terms[1:])
            if op != "sum":
                return Entries(op, parts, terms=parts)
            total = parts[0]
            for part in parts[1:]:
                total = call("add", total, part)
            return total
        ahead = 1 if weight > LONG_TERM else 3
        kept = min(ahead, count - 1)
        return Entries(op, (first, *terms[1:kept], terms[-1]), terms=terms)


def _matmul(p: _Projector, e: Call, at: tuple[int, ...]) -> Expression:
    a, b = e.args
    left, right = shape_of(a, p.shapes), shape_of(b, p.shapes)
    row, column = at[: len(left) - 1], at[len(left) - 1 :]
    return p.over("sum", right[0], lambda k: call("multiply", p.entry(a, (*row, k)), p.entry(b, (k, *column))))


def _reduction(p: _Projector, e: Call, at: tuple[int, ...]) -> Expression:
    (a,) = e.args
    shape = shape_of(a, p.shapes)
    if not shape:
        return p.entry(a, ())
    if e.axis is None:
        places = list(product(*map(range, shape))) if size(shape) <= p.terms else None
        return p.over(e.op, size(shape), lambda k: p.entry(a, places[k] if places else _unravel(k, shape)))
    axis = e.axis % len(shape)
    before, after = at[:axis], at[axis + bool(e.keepdims) :]
    return p.over(e.op, shape[axis], lambda k: p.entry(a, (*before, k, *after)))


def _unravel(k: int, shape: Shape) -> tuple[int, ...]:
    out: list[int] = []
    for n in reversed(shape):
        k, i = divmod(k, n)
        out.append(i)
    return tuple(reversed(out))


def _mean(p: _Projector, e: Call, at: tuple[int, ...]) -> Expression:
    shape = shape_of(e.args[0], p.shapes)
    total = _reduction(p, Call("sum", e.args, e.axis, e.keepdims), at)
    return call("divide", total, Number(size(shape) if e.axis is None else shape[e.axis]))


def _expand(p: _Projector, e: Call, at: tuple[int, ...]) -> Expression:
    axis = (-1 if e.axis is None else e.axis) % len(at)
    return p.entry(e.args[0], at[:axis] + at[axis + 1 :])


_RULES: dict[str, Callable[[_Projector, Call, tuple[int, ...]], Expression]] = {
    "matmul": _matmul,
    "transpose": lambda p, e, at: p.entry(e.args[0], at[::-1]),
    "outer": lambda p, e, at: call("multiply", p.entry(e.args[0], at[:1]), p.entry(e.args[1], at[1:])),
    "like": lambda p, e, at: p.broadcast(e.args[0], at),
    "expand": _expand,
    "mean": _mean,
    **dict.fromkeys(("sum", "max", "min", "any", "all"), _reduction),
}
