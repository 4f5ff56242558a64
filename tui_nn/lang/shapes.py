"""Shape inference: what every line of a page will hold, before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui_nn.lang.errors import EquationError, ShapeError, hint
from tui_nn.lang.expression import Expression, Index, Name, Number
from tui_nn.lang.page import Equation
from tui_nn.lang.page_names import check_order
from tui_nn.lang.primitives import FUNCTIONS, PRIMITIVES
from tui_nn.lang.shape_rules import Shape, describe, size
from tui_nn.lang.write import write, write_equation

MAX_ENTRIES = 100_000_000  # entries in one tensor: more is a slip of the keyboard here, not a network


class _Misfit(Exception):
    """A shape error with the node at which it happened."""

    def __init__(self, node: Expression, reason: str) -> None:
        self.node = node
        self.reason = reason
        super().__init__(reason)


def shape_of(e: Expression, shapes: Mapping[str, Shape]) -> Shape:
    """The shape of `e` where names have these shapes. Raises EquationError."""
    try:
        return _shape(e, shapes)
    except _Misfit as misfit:
        raise EquationError(f"{write(e)}: {misfit.reason}") from None


def infer(equations: Iterable[Equation], leaves: Mapping[str, Shape], source: Iterable[str] = ()) -> dict[str, Shape]:
    """The shape of every name: the given leaves, then each equation in its turn.

    Raises EquationError with the line, the caret at the operation, the shapes, and what would fit.
    """
    page, shapes, text = tuple(equations), dict(leaves), list(source)
    check_order(page, text)
    for equation in page:
        line = text[equation.line - 1] if 0 < equation.line <= len(text) else ""
        if equation.name in shapes:
            why = "a value is given for it" if equation.name in leaves else "an earlier line defines it"
            raise EquationError(
                f"`{equation.name}` stands on the left, but {why}; each name is set once",
                line=equation.line,
                source=line,
            )
        try:
            shapes[equation.name] = _shape(equation.expression, shapes)
        except _Misfit as misfit:
            place = getattr(misfit.node, "at", None)
            raise EquationError(
                f"{write_equation(equation)}: {misfit.reason}",
                line=equation.line or 1,
                column=place[1] if place and place[0] == equation.line else None,
                source=line,
            ) from None
    return shapes


def _shape(e: Expression, shapes: Mapping[str, Shape]) -> Shape:
    match e:
        case Number():
            return ()
        case Name(id=name):
            if name not in shapes:
                if name in FUNCTIONS:
                    raise _Misfit(e, f"`{name}` is a function and wants its argument: {name}(...)")
                raise _Misfit(e, f"there is no value named `{name}` here{hint(name, shapes)}")
            return shapes[name]
        case Index(target=target, indices=indices):
            return _entry(e, _shape(target, shapes), indices)
    inner = tuple(_shape(a, shapes) for a in e.args)
    try:
        out = PRIMITIVES[e.op].shape(inner, e.axis, e.keepdims)
    except ShapeError as error:
        texts = dict(zip("abc", (write(a) for a in e.args), strict=False))
        seen = dict(zip((write(a) for a in e.args), inner, strict=True))
        stated = ", ".join(f"{text} is {describe(shape)}" for text, shape in seen.items())
        reason = str(error)
        for letter, text in texts.items():
            reason = reason.replace(f"{{{letter}}}", text)
        raise _Misfit(e, reason if stated in reason else f"{stated}; {reason}") from None
    if size(out) > MAX_ENTRIES:
        raise _Misfit(e, f"{write(e)} would have {size(out):,} entries; at most {MAX_ENTRIES:,} fit")
    return out


def _entry(e: Index, shape: Shape, indices: tuple[int, ...]) -> Shape:
    name = write(e.target)
    if len(indices) != len(shape):
        raise _Misfit(e, f"{name} is {describe(shape)}: an entry of it has {len(shape)} indices, not {len(indices)}")
    for axis, (index, length) in enumerate(zip(indices, shape, strict=True)):
        if not -length <= index < length:
            raise _Misfit(e, f"{name} is {describe(shape)}: index {index} of axis {axis} is not in 0 to {length - 1}")
    return ()
