"""What can be changed in a run that is stepped, and what cannot: an entry of a value, where it was computed last.

The changes of a branch can be made again, in another session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tui_nn.errors import UserError
from tui_nn.lang.expression import Index, Name
from tui_nn.lang.shapes import shape_of
from tui_nn.session.frame import Edit, Position
from tui_nn.session.ways import Way

if TYPE_CHECKING:
    from tui_nn.session.session import Session


def edit(session: Session, outlasts: Callable[[str], bool], name: str, index: tuple[int, ...], value: float) -> Edit:
    """The change of an entry to `value`. Raises UserError for one that is not there, not yet, or that nothing reads.

    Args:
        outlasts: whether a value that is given to a name stays from iteration to iteration.
    """
    program = session.program
    shape = program.shape(name)
    shape_of(Index(Name(name), index), {name: shape})
    session.value(name)
    name, place = program.own_name(name), session.written(name)
    if place.line == 0 and not outlasts(name) and program.scalar(name):
        raise UserError(f"`{name}` cannot be set; it follows from the number of the iteration")
    stem, _, parameter = name.partition(".")
    if stem in session.machine.read_through:
        states = [k for k, role in program.update_roles.items() if role == "state"]
        kept = ", ".join([*(f"{state}.{parameter}" for state in states), parameter])
        raise UserError(
            f"`{name}` is only shown: with so many parameters no line reads it; set what comes of it: {kept}"
        )
    at = tuple(i % n for i, n in zip(index, shape, strict=True))
    return Edit(place.iteration, place.line, name, at, value)


def remaking(session: Session, edits: Iterable[Edit], place: Position) -> Way[None]:
    """Make the changes of a branch, each where it belongs, and stand at a place."""
    for each in edits:
        yield from session.going(each.iteration, each.line)
        yield from session.setting(each.name, each.index, each.value)
    yield from session.going(*place)
