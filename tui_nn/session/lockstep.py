"""Lockstep: the same problem under several optimisers, moved through time together.

Their pages are the same up to the update, which has as many lines as the optimiser needs: while a longer one is
still at it, a shorter one waits at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui_nn.errors import UserError
from tui_nn.session import positions
from tui_nn.session.frame import Position
from tui_nn.session.session import Session


class Lockstep:
    """Sessions that stand at the same moment.

    Attributes:
        sessions: by name.
        length: lines of the longest.
        position: of the longest; a shorter one stands at most at its own end.
    """

    def __init__(self, sessions: Mapping[str, Session]) -> None:
        if not sessions:
            raise UserError("there is nothing to run in lockstep: name at least one optimizer")
        self.sessions = dict(sessions)
        self.length = max(s.length for s in self.sessions.values())
        self.ends = {
            self.length,
            *(s.program.phase_end(p) for s in self.sessions.values() for p in ("forward", "loss", "backward")),
        } - {0}
        self.position = Position(1, 0)

    def goto(self, iteration: int, line: int) -> None:
        """To a position. Raises UserError where there is none."""
        positions.check(iteration, line, self.length)
        for session in self.sessions.values():
            session.goto(iteration, min(line, session.length))
        self.position = Position(iteration, line)

    def going(self, iteration: int, line: int) -> Iterator[None]:
        """`goto`, as a way of one slice: cut in pieces, one session would be left where the others are not."""
        self.goto(iteration, line)
        return iter(())

    def step(self, lines: int = 1) -> None:
        """Compute the next lines; after the last line comes the next iteration."""
        self.goto(*positions.moved(self.position, lines, self.length))

    def back(self, lines: int = 1) -> None:
        """Take lines back, at most to the start."""
        self.step(-lines)

    def next_phase(self) -> None:
        """To the end of the phase that comes (or goes on) now."""
        self.goto(*positions.next_phase(self.position, self.ends))

    def back_phase(self) -> None:
        """To the end of the phase before."""
        self.goto(*positions.phase_before(self.position, self.ends))

    def next_iteration(self, count: int = 1) -> None:
        """To the end of this iteration, or of the next where this one has ended."""
        self.goto(*positions.iterations_on(self.position, count, self.length))

    def back_iteration(self, count: int = 1) -> None:
        """To the end of the iteration before, at most to the start."""
        self.goto(*positions.iterations_back(self.position, count, self.length))

    def reset(self) -> None:
        """Back to the start."""
        self.goto(*positions.START)
