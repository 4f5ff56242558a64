"""From a page of forward equations to the whole listing: with its loss, its derivatives and the optimiser's lines.

All is checked here: shapes, names, what is to be learned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from tui_nn.engine.masks import lift_masks
from tui_nn.engine.program import Dtype, Line, Program, Role
from tui_nn.errors import UserError
from tui_nn.lang.differentiate import differentiate
from tui_nn.lang.errors import EquationError, suggestion
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.shape_rules import Shape, describe, size
from tui_nn.lang.shapes import infer, shape_of


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
