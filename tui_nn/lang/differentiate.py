"""Reverse-mode differentiation, from page to page: the backward pass, as a lecturer would write it.

Line by line from the loss upwards, each primitive's gradients are taken from the table, broadcasting is undone by
sums, contributions of several uses are added up, and branches that reach no wanted name are left out. What a line
nests (`sigmoid(w*x + b)` within a longer expression) and its derivative needs more than once gets a line of its own:
`u1` for such a value, `delta1` for the gradient by such an inner expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import count

from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Expression, Index, Name, Number, call, names, rebuild, walk
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.shapes import shape_of
from tui_nn.lang.simplify import simplify
from tui_nn.lang.write import write


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
    """
    return _Backward(tuple(equations), dict(shapes), loss, tuple(wanted)).equations()


class _Backward:
    def __init__(
        self, forward: tuple[Equation, ...], shapes: dict[str, Shape], loss: str, wanted: tuple[str, ...]
    ) -> None:
        self.forward = forward
        self.shapes = shapes
        self.loss = loss
        self.wanted = wanted
        self.active = set(wanted)
        for equation in forward:
            if self._is_active(equation.expression):
                self.active.add(equation.name)
        self.contributions: dict[str, list[Expression]] = {}
        self.out: list[Equation] = []
        if shapes[loss] != ():
            raise EquationError(f"the loss `{loss}` must be a single number; sum({loss}) or mean({loss}) makes it one")

    def equations(self) -> tuple[Equation, ...]:
        earliest: dict[str, int] = {}
        for i, equation in enumerate(self.forward):
            for name in names(equation.expression):
                earliest.setdefault(name, i)
        for i in range(len(self.forward) - 1, -1, -1):
            equation = self.forward[i]
            if equation.name not in self.active:
                continue
            if equation.name == self.loss:
                gradient: Expression = Number(1)
                if equation.name in self.contributions:
                    raise EquationError(f"`{self.loss}` is the loss and another line reads it; make that line the loss")
            elif equation.name in self.contributions:
                gradient = self._emit(equation.name, equation.layer)
            else:
                continue  # a dead branch: the loss does not see it
            first = len(self.out)
            self._push(equation.expression, gradient, equation)
            self._share(equation, first)
            for name in names(equation.expression):
                if name in self.wanted and earliest[name] == i and name in self.contributions:
                    self._emit(name, equation.layer)
        for name in self.wanted:
            if gradient_name(name) not in self.shapes:
                self.contributions[name] = [call("like", Number(0), Name(name))]
                self._emit(name, "")
        return tuple(self.out)

    def _emit(self, name: str, layer: str) -> Name:
        """The gradient's line: its contributions added up."""
        terms = self.contributions.pop(name)[::-1]  # collected from the loss upwards, written in forward order
        total = terms[0]
        for term in terms[1:]:
            total = call("add", total, term)
        return self._line(gradient_name(name), total, layer, of=name)

    def _line(self, name: str, e: Expression, layer: str, of: str = "", at: int | None = None) -> Name:
        if name in self.shapes:
            raise EquationError(f"`{name}` is needed for a gradient and is taken; give that value another name")
        e = simplify(e, self.shapes)
        self.shapes[name] = shape_of(e, self.shapes)
        equation = Equation(name, e, "backward", gradient_of=of, layer=layer)
        self.out.insert(len(self.out) if at is None else at, equation)
        return Name(name)

    def _helper(self, stem: str) -> str:
        return next(name for k in count(1) if (name := f"{stem}{k}") not in self.shapes)

    def _push(self, e: Expression, g: Expression, line: Equation) -> None:
        """Hand the gradient `g` by `e` on to the names in `e`."""
        if not self._is_active(e):
            return
        if isinstance(e, Name):
            self.contributions.setdefault(e.id, []).append(simplify(g, self.shapes))
            return
        if isinstance(e, Index):
            raise EquationError("an entry like W[0, 1] cannot stand in an equation that is differentiated")
        assert isinstance(e, Call)
        active = [self._is_active(a) for a in e.args]
        if sum(active) > 1 and e is not line.expression and _is_heavy(simplify(g, self.shapes)):
            g = self._line(self._helper("delta"), g, line.layer, of=write(e))
        row = PRIMITIVES[e.op]
        inner = tuple(shape_of(a, self.shapes) for a in e.args)
        gradients = row.gradients
        if isinstance(gradients, dict):
            gradients = gradients[tuple(len(s) for s in inner)]
        result: Expression = Name(line.name) if e is line.expression else e
        values: dict[str, Expression] = {**dict(zip("abc", e.args, strict=False)), "y": result, "g": g}
        if row.count is not None:
            values["n"] = Number(row.count(inner, e.axis))
        for arg, shape, text, on in zip(e.args, inner, gradients, active, strict=True):
            if on and text is not None:
                partial = simplify(_fill(_template(text), values, e), self.shapes)
                if partial != Number(0):
                    self._push(arg, _unbroadcast(partial, shape_of(partial, self.shapes), shape), line)

    def _is_active(self, e: Expression) -> bool:
        """Whether a wanted name has a part in `e` through which a gradient flows."""
        if not isinstance(e, Call):
            return any(name in self.active for name in names(e))
        gradients = PRIMITIVES[e.op].gradients
        flows = [True] * len(e.args) if isinstance(gradients, dict) else [text is not None for text in gradients]
        return any(on and self._is_active(a) for a, on in zip(e.args, flows, strict=True))

    def _share(self, line: Equation, first: int) -> None:
        """Give the nested values of `line` that its derivative needs more than once a line of their own."""
        inner = [e for e in walk(line.expression) if e is not line.expression and _is_heavy(e)]
        for e in sorted(dict.fromkeys(inner), key=lambda e: -sum(1 for _ in walk(e))):
            uses = [t for terms in self.contributions.values() for t in terms]
            uses += [q.expression for q in self.out[first:]]
            if sum(1 for use in uses for node in walk(use) if node == e) < 2:
                continue
            name = self._line(self._helper("u"), e, line.layer, at=first)
            first += 1
            swap = _Swap(e, name)
            for i in range(first, len(self.out)):
                q = self.out[i]
                self.out[i] = Equation(q.name, swap(q.expression), q.phase, q.gradient_of, q.layer)
            self.contributions = {n: [swap(t) for t in terms] for n, terms in self.contributions.items()}


class _Swap:
    def __init__(self, old: Expression, new: Expression) -> None:
        self.old, self.new = old, new

    def __call__(self, e: Expression) -> Expression:
        return self.new if e == self.old else rebuild(e, self)


def _is_heavy(e: Expression) -> bool:
    """Whether writing `e` twice would be too much: more than a name with a sign, a number or a transposition."""
    match e:
        case Number() | Name() | Index():
            return False
        case Call(op="negative" | "transpose" | "like" | "expand", args=args):
            return any(_is_heavy(a) for a in args[:1])
        case Call(op="multiply" | "divide" | "power", args=(a, b)) if isinstance(a, Number) or isinstance(b, Number):
            return _is_heavy(a) or _is_heavy(b)
        case Call(op="subtract" | "add", args=args):
            return any(_is_heavy(a) for a in args)
    return True


@cache
def _template(text: str) -> Expression:
    """A gradient or definition of the table; `AXIS` and `OUT` are resolved by `_fill`."""
    return parse_expression(text.replace("axis=AXIS", "axis=-99").replace("OUT(", "expand("))


def _fill(e: Expression, values: Mapping[str, Expression], at: Call) -> Expression:
    """A template with the call's own arguments, axis and keepdims put in."""
    match e:
        case Name(id=name):
            return values.get(name, e)
        case Call(op="expand", args=(a,)):
            inner = _fill(a, values, at)
            return inner if at.keepdims or at.axis is None else call("expand", inner, axis=at.axis)
        case Call(op=op, args=args, axis=axis, keepdims=keepdims):
            filled = tuple(_fill(a, values, at) for a in args)
            if axis == -99:
                rows = PRIMITIVES[op].reduces and not PRIMITIVES[at.op].reduces
                axis = -1 if at.axis is None and rows else at.axis  # softmax and its kin go along rows by default
                keepdims = keepdims or at.keepdims
            return Call(op, filled, axis, keepdims)
    return e


def definition(e: Call, shapes: Mapping[str, Shape]) -> Expression | None:
    """`e` spelled out in simpler primitives, as its row defines it, or None."""
    row = PRIMITIVES[e.op]
    if not row.definition:
        return None
    values: dict[str, Expression] = dict(zip("abc", e.args, strict=False))
    if row.count is not None:
        values["n"] = Number(row.count(tuple(shape_of(a, shapes) for a in e.args), e.axis))
    return _fill(_template(row.definition), values, e)


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
