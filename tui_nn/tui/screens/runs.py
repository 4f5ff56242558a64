"""Runs: the list of them, their curves over one another, their differences; going on with one, deleting one."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from tui_nn.errors import UserError
from tui_nn.session.replay import CourseSession
from tui_nn.session.run import Run
from tui_nn.session.run_facts import RunSummary
from tui_nn.tui import runs_desk
from tui_nn.tui.bindings import bindings
from tui_nn.tui.screens.batch_stepper import BatchStepper
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.screens.question import Answer, DeleteQuestion
from tui_nn.tui.screens.runs_panes import VIEWS, RunsPanes
from tui_nn.tui.widgets.runs import OverlaidPane
from tui_nn.tui.widgets.saying import SayingPane

OVER = ("epochs", "steps", "time", "early stopping")  # statuses of runs that only go on where they are made longer

OPENING = "opening …; Ctrl-C stops it"


class RunsScreen(RunsPanes):
    """The runs in a folder, and the keys for what can be done with them."""

    TABLE: ClassVar[str] = "runs"
    BINDINGS = bindings("runs")

    def on_option_list_option_selected(self) -> None:
        """A click, or Enter in the list."""
        self.action_open()

    # -- keys

    def action_open(self) -> None:
        self._show_view(VIEWS.index("figures"))

    def action_mark(self) -> None:
        here = self.pointed
        if here is None:
            return
        if here.name in self.marked:
            self.marked.remove(here.name)
        else:
            self.marked.append(here.name)
        self.look_again()

    def action_resume(self) -> None:
        here = self.pointed
        if here is None:
            return
        if here.status not in OVER:
            self._resume(here, "")
            return
        hint = f"in all; it has {here.epochs:,} behind it"
        answer = partial(self._resume, here)
        self.app.push_screen(Prompt("Train up to how many epochs", answer, value=str(here.epochs + 10), hint=hint))

    def _resume(self, run: RunSummary, epochs: str) -> str:
        from tui_nn.tui.screens.training import TrainingScreen

        if epochs and not (epochs.isdigit() and int(epochs) > run.epochs):
            return f"a whole number above {run.epochs}"
        given = {"epochs": int(epochs)} if epochs else {}
        try:
            run.folder.settings()
        except UserError as error:
            self.complain(str(error))
            return ""
        screen = TrainingScreen(lambda say: Run.resume(run.folder, given, say), run.name)
        self.app.call_later(self.app.push_screen, screen, lambda _: self.complain(screen.refused))
        return ""

    def action_new(self) -> None:
        from tui_nn.tui.screens.train_form import TrainFormScreen

        here = self.pointed
        try:
            settings = here.folder.settings() if here else None
        except UserError as error:
            self.complain(str(error))
            return
        self.app.push_screen(TrainFormScreen(settings))

    def action_evaluate(self) -> None:
        here = self.pointed
        if here is not None:
            self._show_view(VIEWS.index("figures"))
            self.do(runs_desk.evaluate(here.name))

    def action_step_into(self) -> None:
        here = self.pointed
        if here is None:
            return
        if here.problem:
            self.complain(here.problem)
            return
        answer = partial(self._step_into, here)
        hint = f"1 to {here.iterations + 1:,}"
        self.app.push_screen(Prompt("Open at iteration", answer, value=str(here.iterations + 1), hint=hint))

    def _step_into(self, run: RunSummary, text: str) -> str:
        if not text.isdigit():
            return f"`{text}` is no iteration"
        found: list[CourseSession] = []
        self._say(OPENING)
        self.do(runs_desk.step_into(run.name, int(text), found.append), lambda: self._open(run, found))
        return ""

    def _open(self, run: RunSummary, found: list[CourseSession]) -> None:
        if found:
            self._say("")
            self.app.call_later(self.app.push_screen, BatchStepper(run.name, found[0]))
        elif self.query_one("#runs-saying", SayingPane).said == OPENING:
            self._say("stopped on the way; i opens it again")

    def action_remove(self) -> None:
        here = self.pointed
        if here is not None:
            text = f"Delete {here.folder.path} with all its checkpoints? This cannot be taken back."
            self.app.push_screen(DeleteQuestion(text), lambda answer: self._remove(here, answer))

    def _remove(self, run: RunSummary, answer: Answer | None) -> None:
        if answer == "delete":
            self.removed.add(run.name)
            self.do(runs_desk.remove(run.name))

    def action_refresh(self) -> None:
        self.do(runs_desk.refresh)

    def action_next_view(self) -> None:
        self._show_view(VIEWS.index(self.view) + 1)

    def action_back_view(self) -> None:
        self._show_view(VIEWS.index(self.view) - 1)

    def action_next_figure(self) -> None:
        self.query_one(OverlaidPane).choose(1)

    def action_back_figure(self) -> None:
        self.query_one(OverlaidPane).choose(-1)

    def action_log(self) -> None:
        pane = self.query_one(OverlaidPane)
        pane.logarithmic = not pane.logarithmic
        pane.update()
