"""Another try at the same problem: drawn anew, or with its gradient clipped after numbers have run away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui_nn.engine.program import Program
from tui_nn.errors import UserError
from tui_nn.lessons.problem import Problem, Settings, find
from tui_nn.nn.transforms import with_clipping
from tui_nn.session.frame import Edit, Position
from tui_nn.session.positions import START

CLIP = "clip_norm"  # the hyper-parameter of `with_clipping`
SMALLER = 0.1  # what the learning rate is multiplied with after numbers have run away
LIMIT = 1.0  # the longest gradient, over all parameters together


def clippable(problem: Problem) -> Problem:
    """The problem with a limit on its gradient's length, to be set in a branch.

    Until then all numbers stay as they are. The two lines for it stand first in the update, where everyone sees them.
    """
    update = problem.update
    assert update is not None, "a problem without an update has nothing that runs away"
    return replace(problem, title=f"{problem.title} (with clipping)", update=with_clipping(update))


def is_clippable(program: Program) -> bool:
    """Whether there is such a limit already."""
    return program.update is not None and CLIP in program.update.hyper


def clipping(edits: Iterable[Edit], before: Program, after: Program) -> list[Edit]:
    """The changes of a branch of `before` as those of one of `after`, its clippable form; and a limit that holds."""
    kept = [replace(e, line=place_in(after, before, Position(e.iteration, e.line)).line) for e in edits]
    return [*kept, Edit(*START, CLIP, (), LIMIT)]


def place_in(after: Program, before: Program, place: Position) -> Position:
    """Where one stands in `after` who has computed in it what was computed at a place in `before`."""
    in_update = place.line and before.lines[place.line - 1].phase == "update"
    return Position(place.iteration, place.line + (len(after.lines) - len(before.lines) if in_update else 0))


def reseeded(problem: Problem, settings: Settings) -> tuple[Problem, Settings]:
    """The problem under the next seed, and how it was asked for. Raises UserError where chance has no part in it."""
    settings = replace(settings, seed=problem.seed + 1)
    other = find(problem.target, settings)
    if all((other.values[n] == before).all() for n, before in problem.values.items()):
        raise UserError("nothing here is drawn by chance: another seed gives the same numbers")
    return other, settings
