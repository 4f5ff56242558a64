"""The desk: what the thread behind a stepper owns. A session, the losses that were seen, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tui_nn.session import stops
from tui_nn.session.frame import Edit, Position, Stop
from tui_nn.session.positions import START
from tui_nn.session.session import Session

KEPT = 500  # losses of a branch, at most. In longer arrays NumPy lets go of the interpreter's lock
FIRST = 100  # of them always stay: at the beginning most happens


@dataclass
class Losses:
    """The loss by iteration, for each branch that was walked."""

    branches: dict[tuple[Edit, ...], dict[int, float]] = field(default_factory=dict)

    def of(self, edits: tuple[Edit, ...]) -> dict[int, float]:
        """The losses of the branch with these edits; a new one begins with what came before its latest edit."""
        if edits not in self.branches:
            known = next((b for e, b in reversed(self.branches.items()) if set(e) < set(edits)), {})
            fresh = [e for e in edits if not any(e in other for other in self.branches)]
            first = min((e.iteration for e in fresh), default=1)
            self.branches[edits] = {i: loss for i, loss in known.items() if i < first}
        return self.branches[edits]

    def record(self, session: Session) -> None:
        """Note the loss of this iteration, if it is computed."""
        name, (iteration, _) = session.program.loss, session.position
        found = self.of(session.edits)
        if name is None or not session.is_computed(name) or iteration in found:
            return
        found[iteration] = float(session.value(name))
        if len(found) > KEPT:
            _thin(found)


def _thin(losses: dict[int, float]) -> None:
    """Leave the first ones, the last one, and of those between as many as lie evenly: about half of KEPT."""
    iterations = sorted(losses)
    kept = iterations[FIRST - 1]
    apart = (iterations[-1] - kept) / (KEPT / 2)
    for iteration in iterations[FIRST:-1]:
        if iteration - kept < apart:
            del losses[iteration]
        else:
            kept = iteration


class Timeline(Protocol):
    """What can be moved through time: a Session, or several in lockstep."""

    ends: set[int]

    @property
    def length(self) -> int: ...
    @property
    def position(self) -> Position: ...

    def goto(self, iteration: int, line: int) -> object: ...
    def going(self, iteration: int, line: int) -> Iterator[None]: ...


class Walk(Protocol):
    """A desk, as far as walking through time goes."""

    @property
    def timeline(self) -> Timeline: ...

    def note(self) -> None: ...
    def go(self, to: Position, *, heeding: bool) -> Stop | None: ...
    def onward(self, unit: str, most: int) -> Stop | None: ...


@dataclass
class Desk:
    """A session at work.

    Attributes:
        session: the one that is stepped.
        losses: seen so far.
        furthest: the latest moment that was reached; the scrubber's end.
        watches: expressions, in the order in which they were asked for.
        breaks: for each branch, right after the line that gave the first number that is not finite.
    """

    session: Session
    losses: Losses = field(default_factory=Losses)
    furthest: Position = START
    watches: tuple[str, ...] = ()
    breaks: dict[tuple[Edit, ...], Position] = field(default_factory=dict)

    @property
    def timeline(self) -> Timeline:
        """What is moved."""
        return self.session

    def note(self) -> None:
        """Take down where the session stands now."""
        self.losses.record(self.session)
        self.furthest = max(self.furthest, self.session.position)

    def go(self, to: Position, *, heeding: bool) -> Stop | None:
        """To a moment, or to the first number on the way that is not finite; `heeding` breakpoints, to the first."""
        since, stop = self.session.position, None
        if heeding:
            stop = self.session.go_on(*to)
        else:
            self.session.goto(*to)
        return self._broken(since) or stop

    def onward(self, unit: str, most: int) -> Stop | None:
        """A line further, or so many iterations at most; to whatever stops a run."""
        if unit == "line":
            self.session.step()
            stop = self.session.stopped()
        else:
            found = self.session.run(most)
            stop = None if found.kind == "limit" else found
        if stop is not None:
            self.heed(stop)
        return stop

    def _broken(self, since: Position) -> Stop | None:
        """Whether the step from `since` has come to the first number that is not finite; if so, stand right after it.

        Who stood beyond it already knows of it, and goes on.
        """
        session = self.session
        if session.position <= since or self.breaks.get(session.edits, session.position) <= since:
            return None
        stop = stops.first_break(session, since)
        if stop is not None:
            self.note()
            self.heed(stop)
        return stop

    def heed(self, stop: Stop) -> None:
        """Remember where numbers are no longer finite, if that is why it has stopped here."""
        if stop.kind == "non-finite":
            edits, here = self.session.edits, self.session.position
            self.breaks[edits] = min(self.breaks.get(edits, here), here)
