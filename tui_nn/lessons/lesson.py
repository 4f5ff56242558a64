"""The nouns of a lesson: what its file says, checked and frozen. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from tui_nn.lang.page import Equation
from tui_nn.lessons.nested import Nested

Verdict = Literal["match", "rounded", "erratum"]
VERDICTS: tuple[Verdict, ...] = ("match", "rounded", "erratum")

Hyper: TypeAlias = float | str | bool
"""A hyper-parameter: the learning rate 0.1, the form "classic"."""

Quantity: TypeAlias = int | Decimal | str
"""A number as printed, to its last digit (0.250 is not 0.25), or an expression of the language (`w0`)."""


@dataclass(frozen=True, slots=True)
class Init:
    """A value that is drawn or filled in, rather than written out: `{init = "normal", shape = [3, 4], scale = 0.01}`.

    Attributes:
        kind: a key of `fields.INITS`.
        shape: the tensor's shape.
        settings: what that kind takes (`scale`, `low`, ...), defaults included.
    """

    kind: str
    shape: tuple[int, ...]
    settings: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimiser by name, with the hyper-parameters that the file sets; the others keep their defaults."""

    name: str
    hypers: Mapping[str, Hyper]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the slide, or one that it leaves out, to be held against what the machine computes.

    Attributes:
        name: a name of the listing or any expression of the language; several, laid out as the slide has them.
            With `parameter`: a line of the update. Without: evaluated after the backward phase, before the update.
        parameter: the parameter that an update line is applied to; or several, laid out as the slide has them.
        iteration: from 1.
        optimizer: the optimiser that the figure belongs to, '' for the lesson's own.
        index: the entry that is meant, None in it for a whole axis; None for all of the tensor.
        printed: as on the slide; None where the slide prints nothing.
        right: what it should be, from a source other than this program; None where only `printed` is held against.
        between: bounds, for a figure that hangs on chance and can only be right in kind.
        verdict: what the file claims; None where nothing is printed.
        label: the slide's own symbol.
        note: what went wrong, in a sentence; an erratum always has one.
    """

    name: Nested[str]
    parameter: Nested[str] | None = None
    iteration: int = 1
    optimizer: str = ""
    index: tuple[int | None, ...] | None = None
    printed: Nested[Quantity] | None = None
    right: Nested[Quantity] | None = None
    between: tuple[float, float] | None = None
    verdict: Verdict | None = None
    label: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """What to call the figure on a screen: the slide's symbol, else its name."""
        return self.label or (self.name if isinstance(self.name, str) else "")


@dataclass(frozen=True, slots=True)
class Erratum:
    """A slip of the slide that is no number: a wrong index, a wrong letter."""

    printed: str
    right: str
    note: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A worked example: equations, numbers, optimiser, and the figures of the slide that it follows.

    Attributes:
        slug: the name on the command line: the file's name without its ending.
        source: the file, as it was asked for; its text is untrusted.
        equations: the forward page and the loss, as written.
        page: the same, parsed.
        equations_line: the line of the file in which the equations begin, from 1.
        parameters: what the optimiser changes; empty for a page that is only evaluated.
        loss: the name of the loss, '' where there are no parameters.
        values: numbers by name (nested tuples), or how to draw them.
        optimizer: the lesson's own, None where the file names none.
        optimizers: further ones that may be chosen, with their settings.
        seed: for the values that are drawn.
    """

    slug: str
    source: str
    code: str
    title: str
    deck: str
    slide: str
    summary: str
    notes: str
    equations: str
    page: tuple[Equation, ...]
    equations_line: int
    parameters: tuple[str, ...]
    loss: str
    values: Mapping[str, Nested[float] | Init]
    optimizer: Optimizer | None = None
    optimizers: Mapping[str, Optimizer] = field(default_factory=dict)
    seed: int = 0
    figures: tuple[Figure, ...] = ()
    errata: tuple[Erratum, ...] = ()

    def choice(self, name: str = "") -> Optimizer | None:
        """The optimiser of that name as the lesson sets it, '' for the lesson's own.

        One that the file does not mention takes over the learning rate, and nothing else.
        """
        if not name or (self.optimizer and self.optimizer.name == name):
            return self.optimizer
        if name in self.optimizers:
            return self.optimizers[name]
        rate = self.optimizer.hypers.get("lr") if self.optimizer else None
        return Optimizer(name, {} if rate is None else {"lr": rate})
