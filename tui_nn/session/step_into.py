"""From a run at work into its running batch: a session at the very state that training stands at.

The session has machines of its own. Whatever is stepped, changed or undone in it, training knows nothing of it and
goes on to the same weights, bit for bit.
"""

from __future__ import annotations

from tui_nn.engine.machine import Checkpoint
from tui_nn.session.open_run import BEHIND, state_at
from tui_nn.session.replay import CourseSession
from tui_nn.session.run import Run
from tui_nn.session.threads import hold
from tui_nn.session.ways import Way


def step_into(run: Run) -> CourseSession:
    """A session at the first line of the iteration that comes next; it goes back to the first one of the run too."""
    hold(run.trainer.threads)  # another number of threads may add up in another order
    course = run.trainer.course.twin()
    here, recent = course.machines.owner.save(), run.trainer.recent

    def older(at: int) -> Way[Checkpoint]:
        return recent if recent.iteration <= at else (yield from state_at(run.folder, course.twin(), at - BEHIND))

    return CourseSession(course, here, older, image=run.prepared.dataset.image)
