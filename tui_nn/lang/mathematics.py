"""What the mathematical writers do alike: where brackets go, which product takes which sign, what the table says.

A `Typesetter` walks an expression; its two kinds, `unicode` and `latex`, say what a fraction or a power looks like.
`·` (or nothing, in LaTeX) is the matrix product, `⊙` the product entry by entry, `[x > 0]` is 1 where it holds, and
`Σᵢ` runs over rows, `Σⱼ` over columns. What only repeats entries (`like`, `expand`) is not written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import ClassVar, Generic, TypeVar

from tui_nn.lang.expression import Call, Entries, Expression, Index, Name, Number
from tui_nn.lang.notation import Notation
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import OPERATORS
from tui_nn.lang.write import ATOM, BINDING, COMPARISONS

T = TypeVar("T")

LOGIC = {*COMPARISONS, "and", "or", "not"}
_FENCES = "()[]|‖"


@dataclass(frozen=True)
class Typesetter(ABC, Generic[T]):
    """Expressions to `T`: a string of LaTeX, a block of Unicode."""

    notation: Notation
    _written: dict[int, T] = field(default_factory=dict, repr=False, compare=False)  # by id

    signs: ClassVar[Mapping[str, str]]
    """Operator to its sign, spaces included; `number` for the product of a number and what follows."""

    root: ClassVar[int]
    """How tightly a root binds: where no line above says how far it goes, `√x²` could be either."""

    # -- what it looks like

    @abstractmethod
    def text(self, text: str) -> T:
        """These very characters."""

    @abstractmethod
    def row(self, parts: Sequence[T]) -> T:
        """Parts side by side."""

    @abstractmethod
    def number(self, value: float) -> str: ...

    @abstractmethod
    def name(self, name: str, of: str) -> T:
        """A name; `of` is what it is the gradient by, or ''."""

    @abstractmethod
    def entry(self, target: Expression, indices: tuple[int, ...]) -> T:
        """One entry of a tensor."""

    @abstractmethod
    def fenced(self, opening: str, inside: T, closing: str) -> T:
        """Between brackets as tall as what they hold."""

    @abstractmethod
    def fraction(self, above: T, below: T) -> T | None:
        """One over the other, or None where that is not to be."""

    @abstractmethod
    def power(self, base: T, exponent: T, inline: T) -> T:
        """`inline` is the exponent in brackets, for where it cannot be raised."""

    @abstractmethod
    def cases(self, condition: T, value: T, other: T) -> T | None:
        """The value where the condition holds, else the other; None where that is not to be."""

    @abstractmethod
    def function(self, name: str, axis: str) -> T:
        """The name of a function that the table has no column for."""

    @abstractmethod
    def template(self, op: str) -> str:
        """The table's column."""

    @abstractmethod
    def axis(self, letter: str) -> str:
        """An index below a sign."""

    @abstractmethod
    def first(self, part: T) -> str:
        """The first characters on the line of writing."""

    # -- how it is walked

    def equation(self, equation: Equation) -> T:
        """`name = expression`."""
        left = self.name(equation.name, self.notation.gradient(equation.name))
        return self.row([left, self.text(" = "), self.write(equation.expression)])

    def write(self, e: Expression) -> T:
        """Any expression."""
        if id(e) not in self._written:
            self._written[id(e)] = self._write(e)
        return self._written[id(e)]

    def _write(self, e: Expression) -> T:
        match e:
            case Number(value=value):
                return self.text(self.number(value))
            case Name(id=name):
                return self.name(name, self.notation.gradient(name))
            case Index(target=target, indices=indices):
                return self.entry(target, indices)
            case Entries(op=op, args=args, terms=terms):
                parts = [self.argument(e, i) if op == "sum" else self.write(a) for i, a in enumerate(args)]
                if len(args) < len(terms):
                    parts.insert(-1, self.text(self.signs["…"]))
                return self.joined(parts, " + ") if op == "sum" else self.called(op, "", parts)
            case Call(op="like" | "expand", args=(a, *_)):
                return self.write(a)
            case Call(op="power", args=(_, b)):
                return self.power(self.argument(e, 0), self.write(b), self.argument(e, 1))
            case Call(op="multiply"):
                return self.product(e)
            case Call(op="divide" | "where") if (shown := self.over_lines(e)) is not None:
                return shown
            case Call(op="negative" | "not" as op):
                return self.row([self.text(self.signs[op]), self.argument(e, 0)])
            case Call(op=op) if op in OPERATORS:
                return self.joined([self.argument(e, 0), self.argument(e, 1)], self.signs[op])
        return self.call(e)

    def over_lines(self, e: Call) -> T | None:
        """A quotient as a fraction, `where` behind a brace; None where they are written in line."""
        parts = [self.write(a) for a in e.args]
        return self.fraction(*parts) if e.op == "divide" else self.cases(*parts)

    def product(self, e: Call) -> T:
        a, b = e.args
        left, right = self.argument(e, 0), self.argument(e, 1)
        both = self.notation.is_tensor(a) and self.notation.is_tensor(b)
        numeric = isinstance(a, Number) and not self.first(right)[:1].isdigit()
        return self.joined([left, right], self.signs["number" if numeric else "entrywise" if both else "multiply"])

    def call(self, e: Call) -> T:
        """A function, as the table writes it."""
        template, axis = self.template(e.op), self.notation.axis(e)
        if not template:
            return self.called(e.op, axis, [self.write(a) for a in e.args])
        fields = {"axis": self.text(self.axis(axis))}
        for letter, arg in zip("abc", e.args, strict=False):
            inside, binding = self.write(arg), self.binding(arg)
            bracketed = self.enclosed(arg, inside, e)
            fields[letter] = inside
            fields[letter * 2] = inside if binding >= BINDING["negative"] else bracketed
            fields[letter.upper()] = inside if binding == ATOM else bracketed
        return self.filled(template, fields)

    def called(self, name: str, axis: str, args: list[T]) -> T:
        return self.row([self.function(name, axis), self.fenced("(", self.joined(args, ", "), ")")])

    def joined(self, parts: list[T], sign: str) -> T:
        between = self.text(sign)
        return self.row([piece for part in parts for piece in (between, part)][1:])

    def filled(self, template: str, fields: Mapping[str, T]) -> T:
        """A template with its fields, its fences grown to what they hold."""
        parts: list[T] = []
        fences: list[tuple[int, str]] = []
        for literal, key, _, _ in Formatter().parse(template):
            for c in literal:
                opens = c in "([" or (c in "|‖" and not any(sign == c for _, sign in fences))
                if c not in _FENCES:
                    parts.append(self.text(c))
                elif opens:
                    fences.append((len(parts), c))
                else:
                    start, sign = fences.pop()
                    parts[start:] = [self.fenced(sign, self.row(parts[start:]), c)]
            if key:
                parts.append(fields[key])
        return self.row(parts)

    # -- where brackets go

    def argument(self, e: Call, i: int) -> T:
        """Argument `i` of an operator, in brackets where it needs them."""
        arg, inside = e.args[i], self.write(e.args[i])
        minus = self.signs["negative"]
        signed = self.first(inside).startswith(minus) and e.op not in LOGIC and (i > 0 or e.op == "negative")
        runs_on = i == 0 and e.op in ("multiply", "matmul", "divide") and _ends_in_sum(arg)
        return self.enclosed(arg, inside, e) if self.binding(arg) < self.least(e, i) or signed or runs_on else inside

    def enclosed(self, e: Expression, inside: T, parent: Call) -> T:
        """In brackets; a condition that is counted with stands in square ones."""
        counts = isinstance(e, Call) and e.op in LOGIC and parent.op not in LOGIC
        return self.fenced("[", inside, "]") if counts else self.fenced("(", inside, ")")

    def least(self, e: Call, i: int) -> int:
        """How tightly argument `i` must bind to stand without brackets."""
        if e.op in ("power", "not"):
            return ATOM
        if _is_sum(e.args[i]) and (e.op == "negative" or (e.op == "multiply" and i > 0)):
            return 0
        if e.op == "divide":
            return BINDING["multiply"] + 2 * i  # a / (∂J/∂W)
        return self.binding(e) + (i > 0 or e.op in COMPARISONS)  # `a < b < c` would read as a chain

    def binding(self, e: Expression) -> int:
        """How tightly `e` binds as it is written here."""
        match e:
            case Number(value=value):
                shown = self.number(value)
                simple = shown.isascii() and "^" not in shown and "\\cdot" not in shown and "frac" not in shown
                whole = self.root if shown.startswith("√") else ATOM if simple else BINDING["negative"]
                return whole if value >= 0 else BINDING["negative"]
            case Name(id=name):
                return BINDING["negative"] if self.notation.gradient(name) else ATOM
            case Call(op="like" | "expand", args=(a, *_)):
                return self.binding(a)
            case Call(op="divide") if self.over_lines(e) is not None:
                return BINDING["negative"]
            case Call(op="where") if self.over_lines(e) is not None:
                return 0
            case Call(op="square"):
                return BINDING["power"]
            case Call(op="sqrt"):
                return self.root
            case Call(op="sum"):
                return BINDING["add" if isinstance(e, Entries) else "multiply"]
            case Call(op="outer"):
                return BINDING["multiply"]
            case Call(op=op):
                return BINDING.get(op, ATOM)
        return ATOM


def _is_sum(e: Expression) -> bool:
    return isinstance(e, Call) and e.op == "sum" and not isinstance(e, Entries)


def _ends_in_sum(e: Expression) -> bool:
    """Whether the text of `e` ends in a sum without brackets, which would swallow a factor after it."""
    if isinstance(e, Call) and e.op in ("multiply", "negative"):
        return _ends_in_sum(e.args[-1])
    return _is_sum(e)
