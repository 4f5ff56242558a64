"""Expressions as a lecturer writes them, in Unicode: `∂J/∂W₁ = Xᵀ · ∂J/∂Z₁`, in line or with fractions over lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_nn.lang.block import Block, beside, cases, fenced, fraction, raised, text
from tui_nn.lang.expression import Expression, Name
from tui_nn.lang.mathematics import Typesetter
from tui_nn.lang.notation import CONSTANTS, MARKS, Notation, symbol
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.write import ATOM, BINDING, write_number

_SUBSCRIPT = str.maketrans("0123456789ijk", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ")
_RAISED = dict(zip("0123456789−abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))


def unicode(
    e: Expression,
    *,
    gradients: Mapping[str, str] | None = None,
    loss: str = "",
    shapes: Mapping[str, Shape] | None = None,
) -> str:
    """An expression in one line: `Xᵀ · ∂J/∂Z₁`.

    Args:
        gradients: names that are gradients, to what they are the gradient by: `{"dW1": "W1"}` writes dW1 as ∂J/∂W₁.
        loss: the name of the loss, the J of ∂J/∂W₁.
        shapes: the shapes of names; a name that is not there is taken for a tensor.
    """
    return _block(e, Notation(gradients or {}, loss, shapes or {}), tall=False).rows[0]


def unicode_equation(
    equation: Equation,
    *,
    gradients: Mapping[str, str] | None = None,
    loss: str = "",
    shapes: Mapping[str, Shape] | None = None,
) -> str:
    """An equation in one line: `∂J/∂W₁ = Xᵀ · ∂J/∂Z₁`; arguments as for `unicode`."""
    return _block(equation, Notation(gradients or {}, loss, shapes or {}), tall=False).rows[0]


def unicode_block(
    e: Expression | Equation,
    *,
    gradients: Mapping[str, str] | None = None,
    loss: str = "",
    shapes: Mapping[str, Shape] | None = None,
) -> Block:
    """The same over lines: quotients as fractions, cases behind a brace, exponents raised; one row without these."""
    return _block(e, Notation(gradients or {}, loss, shapes or {}), tall=True)


def unicode_name(name: str) -> str:
    """A name: `W₁`, `m̂`, `β₁`; of an optimiser's value for a parameter: `m̂.W₁`."""
    return ".".join(map(_symbol, name.split(".")))


def _symbol(name: str) -> str:
    parts = symbol(name)
    return unicodedata.normalize("NFC", parts.stem + MARKS.get(parts.mark, "")) + parts.digits.translate(_SUBSCRIPT)


def _block(e: Expression | Equation, notation: Notation, *, tall: bool) -> Block:
    if isinstance(e, Equation):
        return _Unicode(notation.with_equation(e), tall=tall).equation(e)
    return _Unicode(notation, tall=tall).write(e)


@dataclass(frozen=True)
class _Unicode(Typesetter[Block]):
    tall: bool = False

    root = BINDING["power"]
    signs = {  # noqa: RUF012 - a ClassVar by the base class
        "add": " + ",
        "subtract": " − ",
        "multiply": " · ",
        "matmul": " · ",
        "divide": " / ",
        "negative": "−",
        "less": " < ",
        "less_equal": " ≤ ",
        "greater": " > ",
        "greater_equal": " ≥ ",
        "equal": " = ",
        "not_equal": " ≠ ",
        "and": " ∧ ",
        "or": " ∨ ",
        "not": "¬",
        "number": " ",
        "entrywise": " ⊙ ",
        "…": "…",
    }

    def text(self, text: str) -> Block:
        return Block((text,))

    def row(self, parts: Sequence[Block]) -> Block:
        return beside(*parts)

    def number(self, value: float) -> str:
        """`−0.5`, `10⁻⁸`, `2.5·10⁻⁷`, `√2`."""
        if value in CONSTANTS:
            return CONSTANTS[value][0]
        mantissa, e, exponent = write_number(value).replace("-", "−").partition("e")
        if not e:
            return mantissa
        power = "10" + "".join(_RAISED[c] for c in exponent)
        return {"1": power, "−1": f"−{power}"}.get(mantissa, f"{mantissa}·{power}")

    def name(self, name: str, of: str) -> Block:
        return text(f"∂{unicode_name(self.notation.loss)}/∂{unicode_name(of)}" if of else unicode_name(name))

    def entry(self, target: Expression, indices: tuple[int, ...]) -> Block:
        whole = isinstance(target, Name) or self.binding(target) == ATOM  # `∂J/∂W[0, 1]` needs no brackets
        shown = self.write(target) if whole else fenced("(", self.write(target), ")")
        return beside(shown, text(f"[{', '.join(map(str, indices))}]"))

    def fenced(self, opening: str, inside: Block, closing: str) -> Block:
        return fenced(opening, inside, closing)

    def fraction(self, above: Block, below: Block) -> Block | None:
        return fraction(above, below) if self.tall and above.height == below.height == 1 else None

    def power(self, base: Block, exponent: Block, inline: Block) -> Block:
        shown = exponent.rows[0]
        if exponent.height == base.height == 1 and all(c in _RAISED for c in shown):
            return beside(base, text("".join(_RAISED[c] for c in shown)))
        return raised(base, exponent) if self.tall else beside(base, text("^"), inline)

    def cases(self, condition: Block, value: Block, other: Block) -> Block | None:
        return cases((value, other), (beside(text("where "), condition), text("else"))) if self.tall else None

    def function(self, name: str, axis: str) -> Block:
        return text(name + self.axis(axis))

    def template(self, op: str) -> str:
        return PRIMITIVES[op].unicode

    def axis(self, letter: str) -> str:
        return letter.translate(_SUBSCRIPT)

    def first(self, part: Block) -> str:
        return part.rows[part.baseline]
