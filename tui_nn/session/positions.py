"""Where a move through time ends: arithmetic on positions, for a session and for several in lockstep.

A position is after a line. The moment between two iterations has two: after the last line of one, and (only gone to by
its name) before the first line of the next. Moves end at the former, where the values of that line can be seen.
"""

from __future__ import annotations

from collections.abc import Collection

from tui_nn.errors import UserError
from tui_nn.session.frame import Position

START = Position(1, 0)


def check(iteration: int, line: int, length: int) -> None:
    """Raise UserError where there is no such place."""
    if iteration < 1:
        raise UserError(f"there is no iteration {iteration}; the first one is 1")
    if not 0 <= line <= length:
        raise UserError(f"there is no line {line} of iteration {iteration}; lines go from 0 to {length}")


def moved(here: Position, lines: int, length: int) -> Position:
    """So many lines on, or back where negative; at most back to the start. `length`: lines in an iteration."""
    count = (here.iteration - 1) * length + here.line + lines
    return Position((count - 1) // length + 1, (count - 1) % length + 1) if count > 0 else START


def next_phase(here: Position, ends: Collection[int]) -> Position:
    """The end of the phase that comes (or goes on) now. `ends`: the last line of each phase."""
    later = [end for end in ends if end > here.line]
    return Position(here.iteration, min(later)) if later else Position(here.iteration + 1, min(ends))


def phase_before(here: Position, ends: Collection[int]) -> Position:
    """The end of the phase before; at most back to the start."""
    iteration, line = moved(here, 0, max(ends))
    earlier = [end for end in ends if end < line]
    if earlier:
        return Position(iteration, max(earlier))
    return Position(iteration - 1, max(ends)) if iteration > 1 else START


def iterations_on(here: Position, count: int, length: int) -> Position:
    """The end of the iteration at which so many more have ended; the one that is under way counts."""
    return Position(here.iteration + count - (here.line < length), length)


def iterations_back(here: Position, count: int, length: int) -> Position:
    """The end of the iteration so many before this one; at most back to the start."""
    return Position(here.iteration - count, length) if here.iteration > count else START
