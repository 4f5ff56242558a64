"""Where a run stands in time, and how it gets elsewhere: checkpoints, replay, and branches made by edits.

Going back restores the nearest checkpoint and replays; chance is a function of seed and iteration, so a replay gives
the same bits. An edit makes a branch: what came before it is shared, what follows is computed again, and the branch
that was left is kept.

A way through time can be long, so it is gone in slices: each ends at the end of an iteration, and who closes the way
there leaves the timeline standing there. Between two of them anyone may look, elsewhere too, and come back.
"""

from __future__ import annotations

import math
import time
from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from tui_nn.engine.machine import Checkpoint, Machine
from tui_nn.errors import UserError
from tui_nn.session.frame import Edit, Position
from tui_nn.session.history import History
from tui_nn.session.player import Player
from tui_nn.session.ways import Way, whole

CHUNK = 256  # iterations of a slice, at most

T = TypeVar("T")

Older = Callable[[int], Way[Checkpoint]]
"""The way to the latest checkpoint that is known, or can be computed, at or before the end of an iteration.

The player is not touched on it: between two slices anyone may look at the moment at which the timeline stands.
"""


@dataclass
class _Branch:
    """A line of history: the edits that made it, in order of time, its checkpoints, and where it left from."""

    edits: list[Edit]
    history: History
    parent: _Branch | None = None


class Timeline:
    """The moments of a run.

    Args:
        player: who computes.
        start: the state at the end of the iteration before the first.
        budget: bytes for checkpoints.
        older: checkpoints from before `start`; without it there is nothing before.

    Attributes:
        position: where it stands.
        length: lines of an iteration.
    """

    def __init__(self, player: Player, start: Checkpoint, budget: int, older: Older | None = None) -> None:
        self._player = player
        self._budget = budget
        self._older = older
        self._branch = _Branch([], History(start, budget))
        self.length = len(player.machine.program.lines)
        self._begin(start.iteration + 1)
        self.position = Position(start.iteration + 1, 0)

    @property
    def machine(self) -> Machine:
        """The machine that holds the values of this moment."""
        return self._player.machine

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What this branch has changed."""
        return tuple(self._branch.edits)

    @property
    def nbytes(self) -> int:
        """What the checkpoints of this branch and of those that it came from take."""
        return sum(branch.history.nbytes for branch in self._branches())

    def going(self, to: Position) -> Way[None]:
        """Stand at a position; the iterations up to it are computed, forward from the nearest that is known."""
        here = self.position
        if to.iteration == here.iteration and to.line >= here.line:
            self._lines(to.iteration, here.line + 1, to.line)
        elif here.iteration < to.iteration and self._nearest(to) <= here.iteration:
            self._lines(here.iteration, here.line + 1, self.length)
            self._keep()
            yield from self._iterations(here.iteration + 1, to.iteration - 1)
            self._begin(to.iteration)
            self._lines(to.iteration, 1, to.line)
        else:
            yield from self._replay(to)
        self.position = to

    def branching(self, edit: Edit) -> Way[None]:
        """Put a change in and recompute all that follows, up to here."""
        edits = list(self._branch.edits)
        insort(edits, edit, key=lambda e: (e.iteration, e.line))
        history = yield from self._reaching(edit.iteration - 1)
        yield from self._enter(_Branch(edits, history.before(edit.iteration), self._branch))

    def undoing(self) -> Way[None]:
        """Leave the branch for the one that it came from, at the same position."""
        if self._branch.parent is None:
            raise UserError("nothing was changed; there is nothing to undo")
        yield from self._enter(self._branch.parent)

    def without_edits(self, look: Callable[[], T], seconds: float = math.inf) -> T | None:
        """What `look` finds at this position of the run without any edits.

        None where that run is so far behind that it takes longer; the next time goes on from where it has come to.
        """
        branch, here = self._branch, self.position
        self._branch = list(self._branches())[-1]
        try:
            began = time.monotonic()
            for _ in self._replay(here):
                if time.monotonic() - began > seconds:
                    return None
            return look()
        finally:
            self._branch = branch
            whole(self._replay(here))

    def outlasts(self, name: str) -> bool:
        """Whether a value that is given to `name` stays from iteration to iteration."""
        return name in self._player.lasting

    # -- branches

    def _enter(self, branch: _Branch) -> Way[None]:
        self._branch = branch
        # Half for this branch, a quarter for the one that it left, and so on; all of it where there is but one.
        alone = branch.parent is None
        for depth, each in enumerate(self._branches()):
            each.history.limit(1 if alone else 2 ** (depth + 1))
        yield from self._replay(self.position)

    def _branches(self) -> Iterator[_Branch]:
        """This branch, the one that it left, and so on."""
        branch: _Branch | None = self._branch
        while branch is not None:
            yield branch
            branch = branch.parent

    # -- computing

    def _reaching(self, iteration: int) -> Way[History]:
        """This branch's history; an older one where it begins after the end of an iteration. Raises UserError."""
        history = self._branch.history
        if history.reaches(iteration):
            return history
        if self._older is None:
            raise UserError(f"what was computed in iteration {iteration + 1} lies before the first that is known here")
        return History((yield from self._older(iteration)), self._budget)

    def _nearest(self, to: Position) -> int:
        return self._branch.history.nearest(to.iteration - 1).iteration

    def _replay(self, to: Position) -> Way[None]:
        """From the nearest checkpoint before an iteration to a line in it."""
        before = to.iteration - 1
        self._branch.history = yield from self._reaching(
            before
        )  # older than any edit of the branch: the run without them
        checkpoint = self._branch.history.nearest(before)
        self._player.restore(checkpoint)
        for edit in self._branch.edits:
            if edit.iteration <= checkpoint.iteration and self.outlasts(edit.name):
                self._apply(edit)
        yield from self._iterations(checkpoint.iteration + 1, before)
        self._begin(to.iteration)
        self._lines(to.iteration, 1, to.line)
        self.position = to

    def _begin(self, iteration: int) -> None:
        self._player.bring(iteration)
        for edit in self._branch.edits:
            if (edit.iteration, edit.line) == (iteration, 0):
                self._apply(edit)
        self._player.begin(iteration)

    def _apply(self, edit: Edit) -> None:
        if edit.index or not self.outlasts(edit.name):
            self.machine.write_entry(edit.name, edit.index, edit.value)
        else:
            self.machine.write(edit.name, edit.value)

    def _lines(self, iteration: int, first: int, last: int) -> None:
        """Compute lines, with this branch's edits put in after theirs."""
        edits = [e for e in self._branch.edits if e.iteration == iteration and first <= e.line <= last]
        stops = [first - 1, *sorted({e.line for e in edits}), last]
        for start, stop in pairwise(stops):
            self.machine.lines(start + 1, stop)
            for edit in edits:
                if edit.line == stop:
                    self._apply(edit)

    def _iterations(self, first: int, last: int) -> Way[None]:
        """Compute whole iterations, at full speed between those that have edits or are to be kept."""
        edited = {e.iteration for e in self._branch.edits}
        iteration = first
        while iteration <= last:
            self._keep()  # again: whoever looked elsewhere since the last slice may have brought an older history
            if not self._player.runs or iteration in edited:
                self._begin(iteration)
                self._lines(iteration, 1, self.length)
                iteration += 1
            else:
                next_kept = self._branch.history.next_wanted(iteration - 1)
                until = min([last, next_kept, iteration + CHUNK - 1, *(e - 1 for e in edited if e > iteration)])
                self._player.run(until - iteration + 1)
                iteration = until + 1
            self._keep()
            self.position = Position(iteration - 1, self.length)
            yield

    def _keep(self) -> None:
        history = self._branch.history
        if history.wants(self.machine.iteration):
            history.keep(self.machine.save())
