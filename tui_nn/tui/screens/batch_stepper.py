"""The stepper on a run: any of its batches line by line, with the very numbers that training uses."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_nn.engine.program import Program
from tui_nn.lessons.problem import Problem, Settings
from tui_nn.session.autopsy import Autopsy
from tui_nn.session.replay import CourseSession
from tui_nn.session.session import Session
from tui_nn.tui.bindings import bindings
from tui_nn.tui.screens.autopsy import Answer
from tui_nn.tui.screens.stepper import StepperScreen


@dataclass(frozen=True)
class BatchProblem(Problem):
    """A problem that is at work already: its session is there, and so are its numbers."""

    opened: CourseSession | None = field(default=None, compare=False)

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
        opened=session,
    )


class BatchStepper(StepperScreen):
    """A run's batches under the magnifying glass. What asks for another run is not to be had here, and says so."""

    BINDINGS = bindings("stepper")

    def __init__(self, title: str, session: CourseSession) -> None:
        super().__init__(problem_of(title, session), Settings({}))

    def action_seed(self) -> None:
        self._say("a run keeps its seed; begin a new one for another")

    def action_lockstep(self) -> None:
        self._say("lockstep is for lessons and equations; compare runs in the list of runs")

    def _treat(self, found: Autopsy, answer: Answer | None) -> None:
        if answer in ("clip", "smaller"):
            self._say("a run keeps its optimiser: begin a new one with a smaller lr, or with clip_norm = 1")
            return
        super()._treat(found, answer)
