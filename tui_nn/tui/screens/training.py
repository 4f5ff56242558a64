"""Training: a run as it goes, to watch, to pause, to step into and to end."""

from __future__ import annotations

import math
from functools import partial
from typing import ClassVar

from tui_nn.session.explain import entry
from tui_nn.session.replay import CourseSession
from tui_nn.tui import training_commands as commands
from tui_nn.tui import travel
from tui_nn.tui.bindings import bindings
from tui_nn.tui.screens.batch_stepper import BatchStepper
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.screens.question import Answer, StopQuestion
from tui_nn.tui.screens.training_panes import VIEWS, TrainingPanes
from tui_nn.tui.widgets.training import LossPane, StatusPane, WeightsPane


class TrainingScreen(TrainingPanes):
    """A run, and the keys that steer it."""

    TABLE: ClassVar[str] = "training"
    BINDINGS = bindings("training")

    _unkept_at: int | None = None  # the iteration at which the run could not be kept

    # -- training

    def go(self) -> None:
        """Train on."""
        self.training = True
        self.do(commands.train)

    def halt(self) -> None:
        """Pause: what runs ends at its next slice."""
        self.training = False
        self.bridge.cancel()

    def between(self, command: commands.Command) -> None:
        """A command in between: training pauses for it, and goes on where it did."""
        was = self.training
        self.halt()
        self.training = was
        self.do(commands.and_on(command) if was else command)

    def action_run(self) -> None:
        if self.training or self.bridge.busy:
            self.halt()
            self.look_again()
        else:
            self.go()

    def action_next(self) -> None:
        self.halt()
        self.do(commands.iterations(self.count()))

    def action_epoch(self) -> None:
        self.halt()
        self.do(commands.epochs(self.count()))

    def action_checkpoint(self) -> None:
        self.between(commands.checkpoint)

    def action_rate(self) -> None:
        if self.has_ended or self.snapshot is None or self.snapshot.progress is None:
            return
        rate = self.snapshot.progress.rate
        hint = "held from the next iteration on, whatever the schedule says; the run's checkpoints remember it"
        self.app.push_screen(Prompt("Learning rate", partial(self._rate, repr(rate)), value=repr(rate), hint=hint))

    def _rate(self, before: str, text: str) -> str:
        if text.strip() == before:
            return ""
        try:
            rate = float(text)
        except ValueError:
            return f"`{text}` is no number"
        if not 0 < rate < math.inf:
            return "a learning rate is a number above 0"
        self.between(commands.set_rate(rate))
        return ""

    # -- the running batch

    def action_step_into(self) -> None:
        was = self.training
        found: list[CourseSession] = []
        self.halt()
        self.do(commands.open_batch(found.append), lambda: self._open(found, was))

    def _open(self, found: list[CourseSession], was: bool) -> None:
        shot = self.snapshot
        if not found or shot is None or shot.facts is None:
            return
        title = f"{shot.facts.name}, iteration {found[0].position.iteration}"
        screen = BatchStepper(title, found[0])
        if shot.progress is not None and shot.progress.stop is not None and shot.progress.stop.kind == "non-finite":
            screen.first = travel.iterations(1), ""  # to where training had to end, and so to the autopsy
        self.app.push_screen(screen, lambda _: self._go_on(found[0], was))

    def _go_on(self, stepped: CourseSession, was: bool) -> None:
        """Back from the stepper: training goes on where it did, and without what was changed there."""
        here = self.snapshot.progress.iteration if self.snapshot and self.snapshot.progress else 0
        if stepped.edits:
            changes = ", ".join(f"{entry(e.name, e.index)} = {e.value:g}" for e in stepped.edits)
            self._say(f"The run is as it was: {changes} held in the stepper only.")
        elif stepped.position.line and here < stepped.position.iteration:
            self._say(f"The stepper has not moved the run: it stands after iteration {here:,}.")
        if was and not self.has_ended:
            self.go()

    # -- the end

    def action_stop(self) -> None:
        self._end(leave=False)

    def action_close(self) -> None:
        self._end(leave=True)

    def _end(self, *, leave: bool) -> None:
        shot = self.snapshot
        if shot is None or shot.facts is None or shot.progress is None:
            self._abandon()
        elif self.has_ended and not leave:
            self.query_one(StatusPane).say("the run has ended; q leaves it")
        elif self.has_ended or (leave and shot.progress.iteration == self._unkept_at):
            self._abandon()
        else:
            text = f"End the run {shot.facts.name}? It goes on until you say."
            self.app.push_screen(StopQuestion(text), lambda answer: self._ended(answer, leave))

    def _abandon(self) -> None:
        self.abandoned = True
        self.halt()
        self.dismiss()

    def _ended(self, answer: Answer | None, leave: bool) -> None:
        if answer == "discard":
            self.halt()
            self.do(commands.discard)
        elif answer == "keep":
            failed: list[str] = []
            self.halt()
            self.do(commands.finish(failed.append), lambda: self._kept(failed, leave))

    def _kept(self, failed: list[str], leave: bool) -> None:
        """Leave, if that was asked for; where it could not be written, ask no second time, but leave without."""
        if failed and self.snapshot is not None and self.snapshot.progress is not None:
            self._unkept_at = self.snapshot.progress.iteration
            self.refuse(f"It is not kept; q leaves without saving. {failed[-1]}")
        elif leave and self.has_ended:
            self.dismiss()

    # -- looking

    def action_next_view(self) -> None:
        self._show_view(VIEWS.index(self.view) + 1)

    def action_back_view(self) -> None:
        self._show_view(VIEWS.index(self.view) - 1)

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.resized()

    def action_log(self) -> None:
        self.query_one(LossPane).other_axis()

    def action_next_parameter(self) -> None:
        self.query_one(WeightsPane).move(1)

    def action_back_parameter(self) -> None:
        self.query_one(WeightsPane).move(-1)
