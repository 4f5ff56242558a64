"""The listing as data: forward, loss, backward and update, with shapes, roles and dtype.

A Program is frozen and printable. `build` makes it, and checks all before anything runs. It knows nothing of buffers
or kernels: a Machine binds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tui_nn.errors import UserError
from tui_nn.lang.differentiate import gradient_name
from tui_nn.lang.errors import suggestion
from tui_nn.lang.expression import Expression
from tui_nn.lang.page import Equation, Phase, Update
from tui_nn.lang.shape_rules import Shape
from tui_nn.lang.write import write_equation

Role = Literal["input", "parameter", "buffer", "value", "gradient", "state", "step", "hyper"]
Dtype = Literal["float64", "float32"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the listing.

    Attributes:
        number: its place, from 1, through all phases.
        shape: of its value; in the update phase, None where the line is applied to each parameter in turn.
    """

    number: int
    equation: Equation
    shape: Shape | None

    @property
    def name(self) -> str:
        return self.equation.name

    @property
    def expression(self) -> Expression:
        return self.equation.expression

    @property
    def phase(self) -> Phase:
        return self.equation.phase

    def __str__(self) -> str:
        return write_equation(self.equation)


@dataclass(frozen=True)
class Program:
    """A training step (or, without a loss, a forward pass) as a listing.

    Attributes:
        lines: the listing.
        shapes: the shape of every name outside the update phase.
        roles: what each of these names is for.
        update_roles: what each name of the update phase is for. They are a scope of their own: `v` on the page and
            `v` in the optimiser's page are two things, and the optimiser's is asked for as `v.W1`.
        parameters: the tensors that the update changes, in the order in which they were named.
        loss: the name of the single number to be made small, or None.
        update: the optimiser's page, or None.
        dtype: of every tensor.
    """

    lines: tuple[Line, ...]
    shapes: Mapping[str, Shape]
    roles: Mapping[str, Role]
    update_roles: Mapping[str, Role]
    parameters: tuple[str, ...]
    loss: str | None
    update: Update | None
    dtype: Dtype = "float64"
    source: str = field(default="", repr=False)

    def line_of(self, name: str) -> Line | None:
        """The line that computes `name` (`m_hat.W1` too), or None for what is given."""
        stem, _, parameter = (self.scalar(name) or name).partition(".")
        per_parameter = bool(parameter) or (stem not in self.shapes and self.update_roles.get(stem) != "hyper")
        named = (line for line in self.lines if line.name == stem)
        return next((line for line in named if self.per_parameter(line) == per_parameter), None)

    def writer(self, name: str) -> Line | None:
        """The line that sets `name`, None for what is given; for a parameter, the last line of the update."""
        own = self.own_name(name)
        return self.line_of(f"theta.{own}" if own in self.parameters else own)

    @property
    def gradients(self) -> dict[str, str]:
        """The names that are gradients of the loss, to what they are the gradient by: `dW1` to `W1`."""
        return {line.name: line.equation.gradient_of for line in self.lines if line.equation.gradient_of}

    def own_name(self, name: str) -> str:
        """The name outside the update phase of what has two: `theta.W1` is `W1`, `g.W1` is `dW1`."""
        stem, _, parameter = name.partition(".")
        if parameter not in self.parameters:
            return name
        return {"theta": parameter, "g": gradient_name(parameter)}.get(stem, name)

    def scoped(self, name: str, parameter: str) -> str:
        """The name, outside the update phase, of what an update line calls `name` when applied to `parameter`.

        A single number keeps its name, `lr`, but where the page has an `lr` of its own: then it is `update.lr`.
        """
        if name in self.update_names:
            return self.own_name(f"{name}.{parameter}")
        return f"update.{name}" if name in self.shapes else name

    def scalar(self, name: str) -> str | None:
        """What the update calls the single number `name` (`lr`, `update.lr`), None where it is none of its."""
        own = name.removeprefix("update.")
        shadowed = own == name and name in self.shapes
        return own if self.update_roles.get(own) == "hyper" and not shadowed else None

    def phase_end(self, phase: Phase) -> int:
        """The number of the last line of `phase`, 0 where it has none."""
        return max((line.number for line in self.lines if line.phase == phase), default=0)

    def per_parameter(self, line: Line) -> bool:
        """Whether the line is applied to each parameter in turn."""
        return line.phase == "update" and line.shape is None

    def shape(self, name: str) -> Shape:
        """The shape of a name, `m_hat.W1` included. Raises UserError for a name that is not there."""
        stem, _, parameter = name.partition(".")
        if parameter and parameter in self.parameters and stem in self.update_names:
            return self.shapes[parameter]
        if name in self.shapes:
            return self.shapes[name]
        if self.scalar(name) is not None:
            return ()
        raise UserError(self.unknown(name))

    def unknown(self, name: str) -> str:
        """What to say of a name that is not in the program."""
        stem, _, parameter = name.partition(".")
        if stem in self.update_names and parameter and self.parameters:
            near = suggestion(parameter, self.parameters) or f"; they are {', '.join(self.parameters)}"
            return f"`{name}`: `{parameter}` is no parameter{near}"
        if stem in self.update_names and self.parameters:
            return f"`{stem}` exists once for each parameter; write {stem}.{self.parameters[0]}"
        near = suggestion(name, [*self.shapes, *(f"{k}.{p}" for k in self.update_names for p in self.parameters)])
        return f"there is no value named `{name}`{near or '; there are ' + ', '.join(self.shapes)}"

    @property
    def update_names(self) -> tuple[str, ...]:
        """The names that exist once for each parameter: `theta`, `g`, the states and the steps."""
        return tuple(k for k, role in self.update_roles.items() if role != "hyper")
