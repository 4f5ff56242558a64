"""The stepper on a run: any of its batches line by line, with the very numbers that training uses."""

from __future__ import annotations

from tui_nn.lessons.problem import Settings
from tui_nn.session.replay import CourseSession
from tui_nn.tui.batch_problem import REFUSED, problem_of
from tui_nn.tui.bindings import bindings
from tui_nn.tui.screens.stepper import StepperScreen


class BatchStepper(StepperScreen):
    """A run's batches under the magnifying glass. What asks for another run is not to be had here, and says so."""

    BINDINGS = bindings("stepper")
    refused = REFUSED

    def __init__(self, title: str, session: CourseSession) -> None:
        super().__init__(problem_of(title, session), Settings({}))

    def action_seed(self) -> None:
        self._say(REFUSED["seed"])

    def action_lockstep(self) -> None:
        self._say(REFUSED["lockstep"])
