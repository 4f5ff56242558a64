"""What the training screen can ask of a run, as commands for the bridge: generators that work in slices."""

from __future__ import annotations

import math
from collections.abc import Callable

from tui_nn.errors import UserError
from tui_nn.session.replay import CourseSession
from tui_nn.session.run import INTERRUPTED
from tui_nn.session.step_into import step_into
from tui_nn.tui.bridge import Slices
from tui_nn.tui.slices import in_one
from tui_nn.tui.training_desk import TrainingDesk

Command = Callable[[TrainingDesk], Slices]

SLICE = 0.01  # seconds of training between two looks at whether the screen wants something else


def begin(*, paused: bool = False) -> Command:
    """Make the run, and train."""

    def work(desk: TrainingDesk) -> Slices:
        desk.open()
        yield None
        if not paused:
            yield from train(desk)
        return None

    return work


def train(desk: TrainingDesk) -> Slices:
    """On and on, until the run ends or the command is cancelled."""
    run = desk.at_work()
    while run.trainer.stop is None:
        desk.advance(SLICE)
        yield None
    _finished(desk)
    return None


def iterations(count: int) -> Command:
    """So many iterations, and no more."""

    def work(desk: TrainingDesk) -> Slices:
        run = desk.at_work()
        for left in range(count, 0, -1):
            if run.trainer.stop is not None:
                break
            desk.advance(0, looking=left == 1)
            yield None
        if run.trainer.stop is not None:
            _finished(desk)
        return None

    return work


def epochs(count: int) -> Command:
    """To the end of this epoch, and of so many in all."""

    def work(desk: TrainingDesk) -> Slices:
        course = desk.at_work().trainer.course
        left = count * course.per_epoch - course.batch
        yield from iterations(left)(desk)
        return None

    return work


def set_rate(rate: float) -> Command:
    """Train at another learning rate from the next iteration on."""

    def change(desk: TrainingDesk) -> None:
        run = desk.at_work()
        if math.isnan(run.trainer.course.rate):
            raise UserError("this optimiser has no learning rate")
        run.set_rate(rate)
        desk.saved = run.trainer.course.iteration
        desk.progress = run.trainer.progress()
        desk.tell(f"from iteration {desk.progress.iteration + 1:,} on the learning rate is {rate:g}")

    return in_one(change)


def _checkpoint(desk: TrainingDesk) -> None:
    run = desk.at_work()
    run.save()
    desk.saved = run.trainer.course.iteration
    desk.tell(f"a checkpoint of iteration {desk.saved:,} is written" if desk.saved else "nothing was trained yet")


checkpoint: Command = in_one(_checkpoint)  # write one now


def and_on(command: Command) -> Command:
    """A command in between; then training goes on, whether it could be done or not."""

    def work(desk: TrainingDesk) -> Slices:
        try:
            yield from command(desk)
        except UserError as error:
            desk.tell(str(error), wrong=True)
        yield from train(desk)
        return None

    return work


def finish(tell: Callable[[str], object]) -> Command:
    """End the run where it stands, and judge it; where it cannot be written, tell why: then it has not ended."""

    def change(desk: TrainingDesk) -> None:
        if desk.result is not None:
            return
        try:
            desk.result = desk.at_work().finish(INTERRUPTED)
        except UserError as error:
            tell(str(error))
            raise

    return in_one(change)


def _discard(desk: TrainingDesk) -> None:
    if desk.run is not None:
        desk.run.folder.remove()
    desk.discarded = True


discard: Command = in_one(_discard)  # remove the run's folder: as if it had never been


leave: Command = in_one(TrainingDesk.leave)  # others can go on with the run


def open_batch(tell: Callable[[CourseSession], object]) -> Command:
    """A session at the very state at which training stands; see `step_into`."""

    def work(desk: TrainingDesk) -> None:
        run = desk.run
        if run is None:
            raise UserError("the run has not begun")
        if desk.result is not None and desk.result["weights"] == "best":
            raise UserError("the run has ended and taken its best weights; open it from the list of runs")
        tell(step_into(run))

    return in_one(work)


def _finished(desk: TrainingDesk) -> None:
    desk.result = desk.at_work().finish()
    desk.saved = desk.result["iteration"]
