"""Reverse-mode differentiation, from page to page: the backward pass, as a lecturer would write it.

Line by line from the loss upwards, each primitive's gradients are taken from the table, broadcasting is undone by
sums, contributions of several uses are added up, and branches that reach no wanted name are left out. What a line
nests (`sigmoid(w*x + b)` within a longer expression) and its derivative needs more than once gets a line of its own:
`u1` for such a value, `delta1` for the gradient by such an inner expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Expression, Index, Name, Number, call, names, node_count, walk
from tui_nn.lang.known import Shapes
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.product import is_zero
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.sharing import is_heavy, repeated, swapper, written_length
from tui_nn.lang.simplify import simplify
from tui_nn.lang.templates import partials
from tui_nn.lang.terms import gathered
from tui_nn.lang.write import write

LONG = 24  # a gradient by a nested expression with more names, numbers and operations gets a line of its own

MANY = 20  # contributions to a gradient that are added up in one line


def gradient_name(name: str) -> str:
    """The name of the gradient of the loss by `name`: `dW1` for `W1`."""
    return f"d{name}"


def differentiate(
    equations: Iterable[Equation], shapes: Mapping[str, Shape], loss: str, wanted: Iterable[str]
) -> tuple[Equation, ...]:
    """The backward page: an equation for the gradient by each wanted name and by all that lies between.

    Args:
        equations: the forward page, in order.
        shapes: the shape of every name in it.
        loss: the name of a single number.
        wanted: names to differentiate by, usually the parameters.

    Raises:
        EquationError: for a loss that is no single number, a name that a gradient needs and that is taken, and an
            entry like W[0, 1] on the way to the loss.
    """
    if shapes[loss] != ():
        raise EquationError(f"the loss `{loss}` must be a single number; sum({loss}) or mean({loss}) makes it one")
    return _Backward(tuple(equations), shapes, loss, tuple(wanted)).equations()


def readable(e: Expression) -> frozenset[str]:
    """The names in `e` that a gradient by `e` flows on to."""
    if not isinstance(e, Call):
        return frozenset(names(e))
    gradients = PRIMITIVES[e.op].gradients
    flows = (True,) * len(e.args) if isinstance(gradients, dict) else tuple(text is not None for text in gradients)
    return frozenset().union(*(readable(a) for a, on in zip(e.args, flows, strict=True) if on))


class _Backward:
    """The backward page as it grows, from the loss upwards.

    Attributes:
        active: the wanted names and what depends on them.
        contributions: name to what the lines so far contribute to its gradient, in forward order.
        out: the lines so far.
    """

    def __init__(
        self, forward: tuple[Equation, ...], shapes: Mapping[str, Shape], loss: str, wanted: tuple[str, ...]
    ) -> None:
        self.forward = forward
        self.shapes = Shapes(shapes)
        self.loss = loss
        self.wanted = wanted
        self.active = set(wanted)
        for equation in forward:
            if self._is_active(equation.expression):
                self.active.add(equation.name)
        self.contributions: dict[str, list[Expression]] = {}
        self.out: list[Equation] = []

    def equations(self) -> tuple[Equation, ...]:
        path = self._path()
        first_use = {name: line for line in path for name in readable(line.expression)}
        defined = {line.name for line in self.forward}
        for line in path:
            if line.name != self.loss and line.name not in self.contributions:
                continue  # what reached it was 0
            gradient = Number(1) if line.name == self.loss else self._emit(line.name, line.layer)
            start = len(self.out)
            self._pull(line, gradient)
            self._share(line, start)
            for name in names(line.expression):
                if name in set(self.contributions) - defined and first_use.get(name) is line:
                    self._emit(name, line.layer)
        for name in self.wanted:
            if name in self.contributions:
                self._emit(name, "")
            elif gradient_name(name) not in self.shapes.names:
                self._line(gradient_name(name), call("like", Number(0), Name(name)), "", of=name)
        return tuple(self.out)

    def _path(self) -> list[Equation]:
        """The lines between the wanted names and the loss, from the loss upwards."""
        reached, path = {self.loss}, []
        for line in reversed(self.forward):
            if line.name in reached & self.active:
                reached |= readable(line.expression)
                path.append(line)
        return path

    def _emit(self, name: str, layer: str) -> Name:
        """The gradient's line: its contributions added up, in several lines where they are very many."""
        terms = self.contributions.pop(name)
        while len(terms) > MANY:
            terms[:MANY] = [self._line(self._helper("part"), self._total(terms[:MANY]), layer, of=f"part of {name}")]
        return self._line(gradient_name(name), self._total(terms), layer, of=name)

    def _total(self, terms: list[Expression]) -> Expression:
        return simplify(gathered(terms, {q.name for q in self.out}, self.shapes), self.shapes)

    def _line(self, name: str, e: Expression, layer: str, of: str = "", at: int | None = None) -> Name:
        if name in self.shapes.names:
            raise EquationError(f"`{name}` is needed for a gradient and is taken; give that value another name")
        e = simplify(e, self.shapes)
        self.shapes.names[name] = self.shapes.of(e)
        equation = Equation(name, e, "backward", gradient_of=of, layer=layer)
        self.out.insert(len(self.out) if at is None else at, equation)
        return Name(name)

    def _helper(self, stem: str) -> str:
        return next(name for k in count(1) if (name := f"{stem}{k}") not in self.shapes.names)

    def _pull(self, line: Equation, gradient: Expression) -> None:
        """Hand the gradient by `line` on to the names in it; what it nests twice is one thing with two uses."""
        parts = sorted(dict.fromkeys(walk(line.expression)), key=node_count, reverse=True)
        inner = frozenset(parts)
        found: dict[Expression, list[Expression]] = {line.expression: [gradient]}
        for e in parts:  # what is larger is used by nothing smaller
            if e not in found or not self._is_active(e):
                continue
            g = self._total(found[e])
            if isinstance(e, Name):
                self.contributions.setdefault(e.id, []).insert(0, g)
            elif isinstance(e, Index):
                raise EquationError("an entry like W[0, 1] cannot stand in an equation that is differentiated")
            elif isinstance(e, Call):
                several = len(found[e]) > 1 or sum(map(self._is_active, e.args)) > 1
                if e is not line.expression and ((several and is_heavy(g)) or written_length(g, inner) > LONG):
                    g = self._delta(g, e, line)
                for arg, partial in self._partials(e, g, line):
                    found.setdefault(arg, []).append(partial)

    def _delta(self, g: Expression, e: Expression, line: Equation) -> Expression:
        """The gradient by a nested expression, as a line; what it repeats to a shape stays outside."""
        if isinstance(g, Call) and g.op == "like":
            return call("like", self._delta(g.args[0], e, line), g.args[1]) if is_heavy(g.args[0]) else g
        return self._line(self._helper("delta"), g, line.layer, of=write(e))

    def _partials(self, e: Call, g: Expression, line: Equation) -> Iterator[tuple[Expression, Expression]]:
        """The arguments of `e` that a gradient flows to, with that gradient."""
        result = Name(line.name) if e is line.expression else e
        for arg, template in zip(e.args, partials(e, result, g, self.shapes.names), strict=True):
            if template is not None and self._is_active(arg):
                partial = simplify(template, self.shapes)
                if not is_zero(partial):
                    yield arg, _unbroadcast(partial, self.shapes.of(partial), self.shapes.of(arg))

    def _is_active(self, e: Expression) -> bool:
        """Whether a wanted name has a part in `e` through which a gradient flows."""
        return not self.active.isdisjoint(readable(e))

    def _share(self, line: Equation, first: int) -> None:
        """Give what the derivative of `line` needs more than once a line of its own, the largest such part first."""
        made: set[str] = set()
        while (e := self._repeated(first)) is not None:
            name = f"part {len(self.shapes.names)}"  # no page can have it; a shape never changes its name
            read = [i for i, q in enumerate(self.out) if i >= first and q.name in names(e)]
            at = max(read, default=first - 1) + 1
            self._line(name, e, line.layer, at=at)
            self._change(swapper(e, Name(name)), at + 1)
            made.add(name)
        for i, q in enumerate(self.out):
            if q.name in made:
                name = self._helper("u")
                self.shapes.names[name] = self.shapes.names[q.name]
                self.out[i] = replace(q, name=name)
                self._change(swapper(Name(q.name), Name(name)), first)

    def _repeated(self, first: int) -> Expression | None:
        handed = (term for terms in self.contributions.values() for term in terms)
        return repeated([*(q.expression for q in self.out[first:]), *handed])

    def _change(self, change: Callable[[Expression], Expression], first: int) -> None:
        """Apply `change` to the lines from `first` on and to what is handed on."""
        for i, q in enumerate(self.out[first:], first):
            self.out[i] = replace(q, expression=change(q.expression))
        self.contributions = {n: [change(t) for t in terms] for n, terms in self.contributions.items()}


def _unbroadcast(e: Expression, have: Shape, want: Shape) -> Expression:
    """`e` summed over the axes that broadcasting repeated."""
    if have == want:
        return e
    if want == ():
        return call("sum", e)
    for _ in range(len(have) - len(want)):
        e = call("sum", e, axis=0)
    have = have[len(have) - len(want) :]
    for axis, (h, w) in enumerate(zip(have, want, strict=True)):
        if h != w:
            e = call("sum", e, axis=axis, keepdims=True)
    return e
