"""A run's batches as a problem: its session is at work already, and what would make another run of it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_nn.engine.program import Program
from tui_nn.lessons.problem import Problem
from tui_nn.session.replay import CourseSession
from tui_nn.session.session import Session

_OPTIMIZER = "a run keeps its optimiser: begin a new one with a smaller lr, or with clip_norm = 1"
REFUSED = {
    "seed": "a run keeps its seed; begin a new one for another",
    "lockstep": "lockstep is for lessons and equations; compare runs in the list of runs",
    "smaller": _OPTIMIZER,
    "clip": _OPTIMIZER,
}
"""Actions that are not to be had for a run, and why."""


@dataclass(frozen=True)
class BatchProblem(Problem):
    """A problem that is at work already: its session is there, and so are its numbers."""

    opened: Session | None = field(default=None, compare=False)

    def program(self) -> Program:
        return self.session().program

    def session(self) -> Session:
        assert self.opened is not None
        return self.opened


def problem_of(title: str, session: CourseSession) -> BatchProblem:
    """What the stepper needs to know of a run's session."""
    program = session.program
    return BatchProblem(
        target=title,
        title=title,
        page=(),
        text="",
        values={},
        parameters=program.parameters,
        loss=program.loss,
        update=program.update,
        seed=session.seed,
        dtype=program.dtype,
        image=session.image,
        opened=session,
    )
