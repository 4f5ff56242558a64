r"""Expressions in LaTeX: `\frac{\partial J}{\partial W_{1}} = X^{\top} \, \frac{\partial J}{\partial Z_{1}}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_nn.lang.expression import Expression, Index, Name
from tui_nn.lang.mathematics import Typesetter
from tui_nn.lang.notation import CONSTANTS, GREEK, Notation, symbol
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.write import ATOM, write_number

_COMMANDS = {letter: f"\\{name}" for name, letter in GREEK.items() if name not in ("eps", "lam")} | {
    "ε": r"\varepsilon"
}
_TALL = (r"\frac", r"\sum", r"\begin", r"\left", r"\max_", r"\min_")


def latex(
    e: Expression,
    *,
    gradients: Mapping[str, str] | None = None,
    loss: str = "",
    shapes: Mapping[str, Shape] | None = None,
) -> str:
    r"""An expression as LaTeX for math mode; needs amsmath for `\operatorname` and cases.

    Args:
        gradients: names that are gradients, to what they are the gradient by.
        loss: the name of the loss, the J of ∂J/∂W₁.
        shapes: the shapes of names; a name that is not there is taken for a tensor.
    """
    return _Latex(Notation(gradients or {}, loss, shapes or {})).write(e)


def latex_equation(
    equation: Equation,
    *,
    gradients: Mapping[str, str] | None = None,
    loss: str = "",
    shapes: Mapping[str, Shape] | None = None,
) -> str:
    """An equation; arguments as for `latex`."""
    return _Latex(Notation(gradients or {}, loss, shapes or {}).with_equation(equation)).equation(equation)


def latex_name(name: str) -> str:
    r"""A name: `W_{1}`, `\hat{m}`, `\beta_{1}`, `\mathrm{step}`."""
    return _symbol(name) if "." not in name else "[".join(map(_symbol, name.split(".", 1))) + "]"


def _symbol(name: str) -> str:
    parts = symbol(name)
    stem = _COMMANDS.get(parts.stem, parts.stem)
    if len(parts.stem) > 1:
        stem = rf"\mathrm{{{parts.stem}}}".replace("_", r"\_")
    if parts.mark:
        stem = rf"\{parts.mark}{{{stem}}}"
    return f"{stem}_{{{parts.digits}}}" if parts.digits else stem


@dataclass(frozen=True)
class _Latex(Typesetter[str]):
    root = ATOM
    signs = {  # noqa: RUF012 - a ClassVar by the base class
        "add": " + ",
        "subtract": " - ",
        "multiply": r" \cdot ",
        "matmul": r" \, ",
        "divide": " / ",
        "negative": "-",
        "less": " < ",
        "less_equal": r" \le ",
        "greater": " > ",
        "greater_equal": r" \ge ",
        "equal": " = ",
        "not_equal": r" \ne ",
        "and": r" \land ",
        "or": r" \lor ",
        "not": r"\lnot ",
        "number": r" \, ",
        "entrywise": r" \odot ",
        "…": r"\dots",
    }

    def text(self, text: str) -> str:
        return text

    def row(self, parts: Sequence[str]) -> str:
        return "".join(parts)

    def number(self, value: float) -> str:
        if value in CONSTANTS:
            return CONSTANTS[value][1]
        mantissa, e, exponent = write_number(value).partition("e")
        if not e:
            return mantissa
        power = f"10^{{{exponent}}}"
        return {"1": power, "-1": f"-{power}"}.get(mantissa, rf"{mantissa} \cdot {power}")

    def name(self, name: str, of: str) -> str:
        if not of:
            return latex_name(name)
        return rf"\frac{{\partial {latex_name(self.notation.loss)}}}{{\partial {latex_name(of)}}}"

    def entry(self, target: Expression, indices: tuple[int, ...]) -> str:
        below = f"_{{{', '.join(map(str, indices))}}}" if indices else ""
        if isinstance(target, Name):
            of = self.notation.gradient(target.id)
            if of:
                inner = _Latex(Notation(shapes=self.notation.shapes)).write(Index(Name(of), indices))
                return rf"\frac{{\partial {latex_name(self.notation.loss)}}}{{\partial {inner}}}"
            return f"{{{self.write(target)}}}{below}"
        return self.fenced("(", self.write(target), ")") + below

    def fenced(self, opening: str, inside: str, closing: str) -> str:
        tall = any(command in inside for command in _TALL)
        return rf"\left{opening} {inside} \right{closing}" if tall else f"{opening}{inside}{closing}"

    def fraction(self, above: str, below: str) -> str | None:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str, inline: str) -> str:
        return f"{base}^{{{exponent}}}"

    def cases(self, condition: str, value: str, other: str) -> str | None:
        return rf"\begin{{cases}} {value} & \text{{where }} {condition} \\ {other} & \text{{else}} \end{{cases}}"

    def function(self, name: str, axis: str) -> str:
        return rf"\operatorname{{{name}}}".replace("_", r"\_") + self.axis(axis)

    def template(self, op: str) -> str:
        return PRIMITIVES[op].latex

    def axis(self, letter: str) -> str:
        return f"_{{{letter}}}" if letter else ""

    def first(self, part: str) -> str:
        return part
