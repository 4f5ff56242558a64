"""Equation and Page: the text of a model, and of everything that is derived from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tui_nn.lang.expression import Expression, names

Phase = Literal["forward", "loss", "backward", "update"]
PHASES: tuple[Phase, ...] = ("forward", "loss", "backward", "update")


@dataclass(frozen=True, slots=True)
class Equation:
    """`name = expression`, one line of a page.

    Attributes:
        gradient_of: in the backward phase, what `name` is the gradient of the loss by (`W1` for `dW1`).
        layer: the layer that the equation belongs to, or ''.
        line: the line in the text that it was read from, 0 for a derived one.
    """

    name: str
    expression: Expression
    phase: Phase = "forward"
    gradient_of: str = ""
    layer: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Equations in the order in which they are computed."""

    equations: tuple[Equation, ...]

    def __iter__(self) -> Iterator[Equation]:
        return iter(self.equations)

    @property
    def defined(self) -> tuple[str, ...]:
        """The names on the left."""
        return tuple(e.name for e in self.equations)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The names that the page reads and does not define: its inputs and parameters."""
        defined = set(self.defined)
        read = dict.fromkeys(n for e in self.equations for n in names(e.expression))
        return tuple(n for n in read if n not in defined)


@dataclass(frozen=True)
class Update:
    """An optimiser as a page, applied to each parameter.

    Its equations read and set `theta` (the parameter), read `g` (its gradient) and `t` (the iteration, from 1), its
    hyper-parameters and its states; every other name is an intermediate, recomputed in each iteration.

    Attributes:
        name: as chosen on the command line, `adam`.
        equations: the lines, the last of which sets `theta`.
        hyper: name to value: `lr`, `beta1`, …; single numbers that may change while a run goes on.
        states: name to the value that every entry starts from.
        choices: conventions that were settled when the page was written (`eps_place`, `form`): name to choice.
        source: where the equations come from.
    """

    name: str
    equations: tuple[Equation, ...]
    hyper: Mapping[str, float]
    states: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
