"""A training run in the stepper: any iteration of it, with the very numbers that training used, forward and back.

A `CourseSession` is a Session whose batches, learning rates and machines are those of a `Course`. Where its own memory
does not reach, it starts again from an older checkpoint, in the end from the initial weights.
"""

from __future__ import annotations

import numpy as np

from tui_nn.engine.machine import Checkpoint
from tui_nn.session.course import Course
from tui_nn.session.frame import Stop
from tui_nn.session.history import BUDGET
from tui_nn.session.session import Session
from tui_nn.session.timeline import Older, Timeline


class CoursePlayer:
    """Plays a course, an iteration at a time; the learning rate is the course's own."""

    lasting: frozenset[str] = frozenset()
    runs = False

    def __init__(self, course: Course) -> None:
        self._course = course
        self.machine = course.machines.owner

    def bring(self, iteration: int) -> None:
        """The batch of an iteration, on the machine for its size."""
        self.machine = self._course.bring(iteration)

    def begin(self, iteration: int) -> None:
        """Nothing more: bringing a batch begins its iteration."""

    def restore(self, checkpoint: Checkpoint) -> None:
        """Back to the end of an iteration."""
        self.machine.restore(checkpoint)

    def run(self, iterations: int) -> None:
        """Not used: an iteration that is looked at is brought line by line."""
        raise NotImplementedError


class CourseSession(Session):
    """Steps a course.

    Args:
        course: see below.
        start: where to begin: the session stands at the first line of the iteration after it.
        older: gives checkpoints before `start`; without it the session cannot go back beyond.

    Attributes:
        course: the run; the session moves its machines.
        image: (height, width) where an example is an image, row by row.
    """

    def __init__(
        self,
        course: Course,
        start: Checkpoint,
        older: Older | None = None,
        *,
        image: tuple[int, int] | None = None,
        budget: int = BUDGET,
    ) -> None:
        player = CoursePlayer(course)
        player.restore(start)
        self.course = course
        self.image = image
        self._open(Timeline(player, start, budget, older), course.seed, inputs_change=True)


def first_nonfinite_line(course: Course) -> tuple[int, str, str]:
    """Train on from where the course stands until a loss is not finite: where the first such number comes from.

    The iteration, the line in words, and its phase.

    The course stands there afterwards.
    """
    kept = [course.machines.owner.save()]
    while np.isfinite(course.run(1)).all():
        kept = [*kept[-1:], course.machines.owner.save()]
    last = course.iteration
    session = CourseSession(course, kept[0])
    stop: Stop = session.run(last - kept[0].iteration)
    if stop.kind != "non-finite":
        return last, f"iteration {last}: the loss is not finite", ""
    at = session.position
    return at.iteration, stop.text, session.program.lines[at.line - 1].phase
