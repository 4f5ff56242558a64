"""Draft: a network's page while its layers write it, each its own lines, parameters and buffers.

Examples stand as columns: `X` is (features, examples), and a layer of 10 units gives (10, examples). Names carry the
number of the dense layer that they follow (`Z2`, `mask2`; 0 before the first): `W2` is the second dense layer's weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.shape_rules import Shape, size
from tui_nn.nn.activations import activation
from tui_nn.nn.spec import complement

Rows = Sequence[Sequence[float]]
"""The numbers of a matrix, row by row."""


class Parameter(NamedTuple):
    """What is learned: its name and shape, what it starts from (`he_normal`, `constant(0.1)`), and its layer."""

    name: str
    shape: Shape
    init: str
    layer: str


class Buffer(NamedTuple):
    """What outlasts an iteration and is not learned: its name and shape, the number it starts from, and its layer."""

    name: str
    shape: Shape
    start: float
    layer: str


class Penalized(NamedTuple):
    """A weight that may stand in the penalty, with the regularisers of its layer; None: the network's own."""

    weight: str
    by: tuple[str, ...] | None


@dataclass
class Draft:
    """A page in the making.

    Attributes:
        units: rows of the value that the next layer reads.
        batch: examples, the columns of every value.
        training: whether the training form is written, else the evaluation form.
        value: the name of what the next layer reads.
        layer: the label of the layer that is writing.
        number: of the dense layer that was written last.
        activation: the one that gave the value, or 'linear'.
        drop_connect: the share of its weights that the next dense layer drops.
        equations, updates: the page, and the lines that give buffers their next value.
        parameters, buffers, constants: what the layers declare, by name; constants are inputs that never change.
        penalized: the weights, with the regularisers of their layers.
    """

    units: int
    batch: int
    training: bool
    value: str = "X"
    layer: str = ""
    number: int = 0
    activation: str = "linear"
    equations: list[Equation] = field(default_factory=list)
    updates: list[Equation] = field(default_factory=list)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    buffers: dict[str, Buffer] = field(default_factory=dict)
    constants: dict[str, Rows] = field(default_factory=dict)
    penalized: list[Penalized] = field(default_factory=list)
    drop_connect: float = 0.0
    _taken: set[str] = field(default_factory=set)

    def begin(self, kind: str, *, opens: bool) -> None:
        """A layer begins; `opens` where it has weights of its own and so the next number."""
        self.number += opens
        self.layer = self._free(f"{kind}{self.number}")

    def line(self, stem: str, text: str, suffix: str = "") -> str:
        """A line `stem<number> = text`; returns its name."""
        name = self._free(f"{stem}{self.number}{suffix}")
        self.equations.append(Equation(name, parse_expression(text), layer=self.layer))
        return name

    def closing(self, name: str, text: str) -> str:
        """A line of the whole network, whose name takes no number."""
        self.equations.append(Equation(name, parse_expression(text), layer=self.layer))
        return name

    def parameter(self, stem: str, shape: Shape, init: str, suffix: str = "") -> str:
        """Declare a parameter; returns its name."""
        name = self._free(f"{stem}{self.number}{suffix}")
        self.parameters[name] = Parameter(name, shape, init, self.layer)
        return name

    def weight(self, units: int, init: str, penalty: tuple[str, ...] | None, suffix: str = "") -> str:
        """Declare the weight of `units` units on what comes in; returns the name that a product reads."""
        name = self.parameter("W", (units, self.units), init, suffix)
        self.penalized.append(Penalized(name, penalty))
        if not self.drop_connect:
            return name
        if not self.training:
            return self.line("V", name, suffix)  # a line of its own here too: the parameters lie in the same places
        mask = self.line("mask_W", f"dropout_mask({name}, {complement(self.drop_connect)})", suffix)
        return self.line("V", f"{name} * {mask}", suffix)

    def buffer(self, stem: str, start: float, text: str = "") -> str:
        """Declare a column of a number for each unit; returns its name.

        Args:
            text: its next value, with `{self}` for this one; only read in training.
        """
        name = self._free(f"{stem}{self.number}")
        self.buffers[name] = Buffer(name, (self.units, 1), start, self.layer)
        if self.training:
            expression = parse_expression(text.replace("{self}", name))
            self.updates.append(Equation(name, expression, "update", layer=self.layer))
        return name

    def constant(self, stem: str, rows: Rows) -> str:
        """Declare a matrix of fixed numbers; returns its name."""
        name = self._free(f"{stem}{self.number}")
        self.constants[name] = rows
        return name

    def becomes(self, value: str, units: int | None = None, activation: str = "linear") -> None:
        """`value` is what the next layer reads."""
        self.value, self.activation = value, activation
        self.units = self.units if units is None else units

    def activate(self, spec: str) -> None:
        """An activation's line, where it has one."""
        name, text = activation(spec)
        if text:
            self.becomes(self.line("A", text.format(x=self.value)), activation=name)

    def count(self, layer: str) -> int:
        """How many numbers the layer learns."""
        return sum(size(p.shape) for p in self.parameters.values() if p.layer == layer)

    @property
    def leaves(self) -> Mapping[str, Shape]:
        """The shapes of parameters, buffers and constants."""
        shapes = {p.name: p.shape for p in self.parameters.values()} | {b.name: b.shape for b in self.buffers.values()}
        return shapes | {name: (len(rows), len(rows[0])) for name, rows in self.constants.items()}

    def _free(self, name: str) -> str:
        """The name, or the name with _2, _3, … where it is taken."""
        free, k = name, 1
        while free in self._taken:
            k += 1
            free = f"{name}_{k}"
        self._taken.add(free)
        return free
