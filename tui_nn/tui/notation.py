"""How names, lines and formulas read on the screen: as a lecturer writes them, or as typed where glyphs are missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from tui_nn.engine.program import Line, Program
from tui_nn.lang.expression import Expression, Index, Name
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.unicode import unicode, unicode_equation
from tui_nn.lang.write import write, write_equation
from tui_nn.session.explain import Explanation, entry

# A function as print writes it, with all its arguments in place of {a}; {A} has them in brackets where they need some.
_CALLS = {
    name: printed
    for name, row in PRIMITIVES.items()
    if (printed := row.unicode.replace("{a}, {b}", "{a}")) != "{a}" and re.fullmatch(r"[^{}]*\{[aA]\}[^{}]*", printed)
}
_CALL = re.compile(rf"\b({'|'.join(_CALLS)})\(")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Notation:
    """The notation of one program.

    Args:
        program: whose names are written.
        ascii_only: write as the language does: `dw1` for ∂L/∂w₁.
    """

    def __init__(self, program: Program, ascii_only: bool = False) -> None:
        self.program = program
        self.ascii_only = ascii_only

    @cached_property
    def gradients(self) -> Mapping[str, str]:
        """Each gradient's name, and what it is the gradient by."""
        return {q.name: q.equation.gradient_of for q in self.program.lines if q.equation.gradient_of}

    def name(self, name: str) -> str:
        """`∂L/∂w₁`, `m̂.w₁`."""
        return self.expression(Name(name))

    def entry(self, name: str, index: tuple[int, ...]) -> str:
        """`∂J/∂W₁[0, 2]`."""
        if self.ascii_only:
            return entry(name, index)
        return self.expression(Index(Name(name), index) if index else Name(name))

    def line(self, line: Line) -> str:
        """A line's equation."""
        if self.ascii_only:
            return write_equation(line.equation)
        shapes: Mapping[str, Shape] = self.program.shapes
        if line.phase == "update":
            shapes = {n: () for n, role in self.program.update_roles.items() if role == "hyper"}
        return unicode_equation(line.equation, gradients=self.gradients, loss=self.program.loss or "", shapes=shapes)

    def expression(self, e: Expression) -> str:
        """Any expression over the program's names."""
        if self.ascii_only:
            return write(e)
        return unicode(e, gradients=self.gradients, loss=self.program.loss or "", shapes=self.program.shapes)

    def formula(self, card: Explanation) -> str:
        """The right side of a number's own formula, '' where it has none."""
        return "" if card.projected is None else self.expression(card.projected)

    def numbers(self, card: Explanation) -> str:
        """The same with numbers put in."""
        return card.numbers if self.ascii_only else typeset(card.numbers)


def typeset(numbers: str) -> str:
    """A formula whose names are numbers already, with the signs of print: `−4 · 2²`."""
    text = re.sub(r"\*\*(\d+)", lambda m: m[1].translate(_RAISED), _calls(numbers)).replace(" * ", " · ")
    text = re.sub(r"\bnan\b", "NaN", re.sub(r"\binf\b", "∞", text))
    return re.sub(r"(?<![0-9]e)-", "−", text)


def _calls(text: str) -> str:
    """The functions in a typed formula as print writes them, from the outermost in."""
    found = _CALL.search(text)
    if found is None:
        return text
    end = _closing(text, found.end())
    inside = _calls(text[found.end() : end])
    bracketed = inside if re.fullmatch(r"[\w.]+", inside) else f"({inside})"
    shown = _CALLS[found[1]].format(a=inside, A=bracketed)
    if text.startswith("**", end + 1) and not shown.endswith(")"):
        shown = f"({shown})"
    return text[: found.start()] + shown + _calls(text[end + 1 :])


def _closing(text: str, start: int) -> int:
    """Where the bracket closes that was opened before `start`."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    return len(text)
