"""What the mathematical writers share: how a name is read, which sign a product takes, which index runs along an axis.

`W1` is a letter with an index, `m_hat` one with a mark, `beta1` a Greek one, `dW1` a derivative of the loss.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_nn.lang import shape_rules as rule
from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Expression, Index, Name, Number
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.shapes import shape_of

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lam": "λ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
MARKS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
CONSTANTS = {
    1.4142135623730951: ("√2", r"\sqrt{2}"),
    2.5066282746310002: ("√(2π)", r"\sqrt{2\pi}"),
    1.1283791670955126: ("2/√π", r"\frac{2}{\sqrt{\pi}}"),
}
"""Numbers of the primitive table that have a shorter spelling, in Unicode and in LaTeX."""

_NAME = re.compile(r"(?P<stem>[^\W\d_]+?)_?(?P<mark>hat|bar|tilde)?_?(?P<digits>\d*)")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name taken apart: `m_hat1` is the stem m with a hat and the index 1."""

    stem: str
    mark: str = ""
    digits: str = ""


def symbol(name: str) -> Symbol:
    """The parts of a name; a name that does not read as letter, mark and index is all stem."""
    found = _NAME.fullmatch(name)
    if found is None:
        return Symbol(name)
    stem, mark, digits = found["stem"], found["mark"] or "", found["digits"]
    stem = GREEK.get(stem, stem)
    if mark and len(stem) > 1:  # a hat sits on one letter
        return Symbol(name.removesuffix(digits).rstrip("_"), digits=digits)
    return Symbol(stem, mark, digits)


@dataclass(frozen=True)
class Notation:
    """What a writer may know beside the expression.

    Attributes:
        gradients: names that are gradients, to what they are the gradient by (`dW1` to `W1`).
        loss: the name of the loss.
        shapes: the shapes of names, as far as they are known: they tell ⊙ from · and the last axis from the first.
    """

    gradients: Mapping[str, str] = field(default_factory=dict)
    loss: str = ""
    shapes: Mapping[str, Shape] = field(default_factory=dict)

    def with_equation(self, equation: Equation) -> Notation:
        """The same, knowing what the equation sets."""
        if not equation.gradient_of or equation.name in self.gradients:
            return self
        return Notation({**self.gradients, equation.name: equation.gradient_of}, self.loss, self.shapes)

    def gradient(self, name: str) -> str:
        """What `name` is the gradient by, '' where it is none, or one by an expression that has no name."""
        of = self.gradients.get(name, "")
        return of if of.replace(".", "_").isidentifier() else ""

    def is_tensor(self, e: Expression) -> bool:
        """Whether `e` has more than one entry, as far as is known; a name of unknown shape counts as a tensor."""
        match e:
            case Number() | Index():
                return False
            case Name(id=name):
                return self.shapes.get(name) != ()
        if PRIMITIVES[e.op].shape in (rule.targets, rule.classes) or (PRIMITIVES[e.op].reduces and e.axis is None):
            return False
        return any(self.is_tensor(a) for a in e.args)

    def axis(self, e: Call) -> str:
        """The index along the axis of `e`, i, j or k; none where all axes are meant or there is but one."""
        if e.axis is None:
            return ""
        try:
            shape: Shape | None = shape_of(e.args[0], self.shapes)
        except EquationError:
            shape = None
        axis = e.axis + (len(shape) if shape is not None else 2) if e.axis < 0 else e.axis
        if shape is not None and len(shape) == 1:
            return ""
        return "ijk"[axis] if 0 <= axis < 3 else str(e.axis)


def width(text: str) -> int:
    """Terminal cells that a text takes: marks that sit on a letter take none, wide characters two."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
