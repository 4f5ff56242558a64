"""The listing as data: forward, loss, backward and update, with shapes, roles and dtype. Checked before anything runs.

A Program is frozen and printable. It knows nothing of buffers or kernels: a Machine binds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from tui_nn.engine.masks import lift_masks
from tui_nn.errors import UserError
from tui_nn.lang.differentiate import differentiate, gradient_name
from tui_nn.lang.errors import EquationError, suggestion
from tui_nn.lang.expression import Expression
from tui_nn.lang.page import Equation, Phase, Update
from tui_nn.lang.shape_rules import Shape, describe, size
from tui_nn.lang.shapes import infer, shape_of
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


def build(
    equations: Iterable[Equation],
    leaves: Mapping[str, Shape],
    parameters: Iterable[str] = (),
    *,
    loss: str | None = None,
    update: Update | None = None,
    buffers: Iterable[Equation] = (),
    kept: Iterable[str] = (),
    learn: bool = True,
    dtype: Dtype = "float64",
    source: str = "",
) -> Program:
    """A page of forward equations to the whole listing.

    Args:
        equations: the forward page; its last line is the loss where `loss` is None and there are parameters.
        leaves: the shapes of all that is given: inputs and parameters.
        parameters: the leaves that are to be learned.
        update: the optimiser's page; None leaves the update out.
        buffers: lines that give a leaf its value for the next iteration (`mean1 = 0.9 * mean1 + 0.1 * mu1`): what
            outlasts an iteration and is not learned, such as batch norm's running statistics.
        kept: leaves that the lines of another page of the network keep so, and that this one only reads.
        learn: False for a page that only evaluates: forward and loss, with the parameters laid out as for learning.
        source: the text of the page, for error messages.

    Raises:
        EquationError: with the line, the place and what would fit.
        UserError: for a parameter or loss that is not there.
    """
    page, wanted, text = tuple(equations), tuple(parameters), source.splitlines()
    if not page:
        raise EquationError("there is no equation yet; a page has at least one line `name = expression`")
    for name in wanted:
        if name not in leaves:
            raise UserError(f"the parameter `{name}` has no value{suggestion(name, leaves)}")
    shapes = infer(page, leaves, text)
    loss = loss or (page[-1].name if wanted and learn else None)
    if loss is not None and loss not in {e.name for e in page}:
        raise UserError(f"the loss `{loss}` is not defined by any line{suggestion(loss, [e.name for e in page])}")
    if loss is not None and wanted and shapes[loss] != ():
        line = next(e for e in page if e.name == loss)
        raise EquationError(
            f"the loss must be a single number, and `{loss}` is {describe(shapes[loss])}; "
            f"mean({loss}) or sum({loss}) makes it one",
            line=line.line or 1,
            source=text[line.line - 1] if 0 < line.line <= len(text) else "",
        )
    forward = tuple(
        Equation(e.name, e.expression, "loss" if e.name == loss else "forward", layer=e.layer, line=e.line)
        for e in lift_masks(page, shapes)
    )
    shapes = infer(forward, leaves, text)
    backward: tuple[Equation, ...] = ()
    if loss is not None and wanted and learn:
        backward = differentiate(forward, shapes, loss, wanted)
        shapes = infer(backward, shapes)
    use = update if backward else None
    lines = [Line(i, e, shapes[e.name]) for i, e in enumerate((*forward, *backward), 1)]
    if use is not None:
        lines += _update_lines(use, len(lines), sum(size(shapes[p]) for p in wanted))
    changed = tuple(buffers) if learn else ()
    lines += _buffer_lines(changed, len(lines), shapes, leaves)
    lasting: dict[str, Role] = dict.fromkeys((*kept, *(e.name for e in changed)), "buffer")
    return Program(
        tuple(lines),
        MappingProxyType(shapes),
        MappingProxyType(_roles(forward, backward, leaves, wanted) | lasting),
        MappingProxyType(_update_roles(use, lines[len(forward) + len(backward) :]) if use else {}),
        wanted,
        loss,
        use,
        dtype,
        source,
    )


def _update_lines(update: Update, start: int, entries: int) -> list[Line]:
    """The optimiser's lines; the flat vector of all parameters, of any length over one, stands for each of them."""
    vector = (max(entries, 2),)
    shapes: dict[str, Shape] = {"theta": vector, "g": vector, "t": (), **dict.fromkeys(update.hyper, ())}
    shapes |= dict.fromkeys(update.states, vector)
    lines = []
    for number, e in enumerate(update.equations, start + 1):
        shape = shape_of(e.expression, shapes)
        shapes[e.name] = shape
        lines.append(Line(number, e, () if shape == () else None))
    return lines


def _buffer_lines(
    buffers: tuple[Equation, ...], start: int, shapes: Mapping[str, Shape], leaves: Mapping[str, Shape]
) -> list[Line]:
    lines = []
    for number, e in enumerate(buffers, start + 1):
        if e.name not in leaves or (shape := shape_of(e.expression, shapes)) != leaves[e.name]:
            raise UserError(f"the buffer `{e.name}` must be given, and keep its shape")
        lines.append(Line(number, replace(e, phase="update"), shape))
    return lines


def _roles(
    forward: Iterable[Equation], backward: Iterable[Equation], leaves: Iterable[str], parameters: tuple[str, ...]
) -> dict[str, Role]:
    roles: dict[str, Role] = {n: "parameter" if n in parameters else "input" for n in leaves}
    roles |= {e.name: "value" for e in forward}
    roles |= {e.name: "gradient" if e.gradient_of else "value" for e in backward}
    return roles


def _update_roles(update: Update, lines: Iterable[Line]) -> dict[str, Role]:
    roles: dict[str, Role] = {"theta": "parameter", "g": "gradient", "t": "hyper"}
    roles |= dict.fromkeys(update.hyper, "hyper")
    own = [line for line in lines if line.name in {e.name for e in update.equations}]
    roles |= {line.name: "hyper" if line.shape == () else "step" for line in own if line.name != "theta"}
    roles |= dict.fromkeys(update.states, "state")
    return roles
