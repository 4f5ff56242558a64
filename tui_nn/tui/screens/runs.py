"""Runs: the list of them, their curves over one another, their differences; going on with one, deleting one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_nn.errors import UserError
from tui_nn.session.replay import CourseSession
from tui_nn.session.run import Run
from tui_nn.session.run_facts import RunSummary
from tui_nn.session.run_folder import RUNS
from tui_nn.tui import runs_desk
from tui_nn.tui.bindings import bindings
from tui_nn.tui.bridge import Bridge
from tui_nn.tui.drawing.runs import heading, row
from tui_nn.tui.runs_desk import RunsDesk, RunsShot, RunsWanted, take_runs
from tui_nn.tui.screens.batch_stepper import BatchStepper
from tui_nn.tui.screens.bridged import BridgedScreen
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.screens.question import Answer, DeleteQuestion
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.widgets.runs import DifferencesPane, FiguresPane, OverlaidPane, RunsPane, SayingPane
from tui_nn.tui.widgets.tabs import TabStrip

VIEWS = ("curves", "differences", "figures")
OVER = ("epochs", "steps", "time", "early stopping")  # statuses of runs that only go on where they are made longer


class RunsScreen(BridgedScreen[RunsShot]):
    """The runs in a folder.

    Args:
        folder: where they lie.
        name: of the run under the pointer at first.

    Attributes:
        marked: names of the runs whose curves lie over one another, in the order in which they were marked.
        view: the one that is shown where there is room for one only.
    """

    TABLE: ClassVar[str] = "runs"
    BINDINGS = bindings("runs")
    AUTO_FOCUS = "#runs-list"
    DIGITS: ClassVar[str] = ""

    def __init__(self, folder: Path = RUNS, name: str = "") -> None:
        self.folder = folder
        self._first = name
        self.marked: list[str] = []
        self.view = VIEWS[0]
        super().__init__(Bridge(RunsDesk(folder), RunsWanted(), take_runs))

    def compose(self) -> ComposeResult:
        yield Headline(f"Runs in {self.folder}")
        with Vertical(id="runs-body"):
            yield SayingPane("runs-heading")
            yield OptionList(id="runs-list", markup=False, compact=True)
            yield TabStrip(VIEWS)
            with Container(id="runs-views"):
                yield OverlaidPane()
                yield DifferencesPane()
                yield FiguresPane()
        yield SayingPane("runs-saying")
        yield KeyBar("runs")

    def on_mount(self) -> None:
        self.call_after_refresh(self.do, runs_desk.refresh)

    def on_screen_resume(self) -> None:
        """Back from a run, which has changed."""
        if self.snapshot is not None:
            self.do(runs_desk.refresh)

    # -- the layout

    def resized(self) -> None:
        """Two views beside one another where there is room for them."""
        for view in VIEWS:
            pane = self.query_one(f"#runs-{view}", RunsPane)
            pane.display = view == self.view or (self.is_wide and view == "curves")
            if self.is_wide and self.view == "curves":
                pane.display = view in ("curves", "figures")
            pane.headed = self.is_wide
        self.query_one(TabStrip).choose(VIEWS.index(self.view))
        super().resized()
        self.call_after_refresh(self.redraw)

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        """A click on a tab."""
        self._show_view(event.index)

    def _show_view(self, index: int) -> None:
        self.view = VIEWS[index % len(VIEWS)]
        self.resized()

    # -- what is shown

    @property
    def pointed(self) -> RunSummary | None:
        """The run under the pointer."""
        options, shot = self.query_one(OptionList), self.snapshot
        at = options.highlighted
        if shot is None or at is None or at >= options.option_count:
            return None
        name = options.get_option_at_index(at).id
        return next((run for run in shot.runs if run.name == name), None)

    def chosen(self) -> tuple[str, ...]:
        """The marked runs, and the one under the pointer."""
        here = self.pointed
        return tuple(dict.fromkeys([*self.marked, *([here.name] if here else [])]))

    def want(self) -> None:
        self.bridge.wanted = RunsWanted(self.chosen())

    def show(self, shot: RunsShot) -> None:
        self.marked = [name for name in self.marked if any(run.name == name for run in shot.runs)]
        self._fill(shot)
        for pane in self.query(RunsPane).results(RunsPane):
            if isinstance(pane, FiguresPane):
                pane.name_of = self.pointed.name if self.pointed else ""
            pane.show(shot)
        self.query_one(Headline).show(f"{len(shot.runs)}" if shot.runs else "none yet; n begins one")

    def _fill(self, shot: RunsShot) -> None:
        options, width = self.query_one(OptionList), self.size.width - 2
        self.query_one("#runs-heading", SayingPane).say(heading(self.look, width))
        texts = [(run.name, row(run, self.look, width, marked=run.name in self.marked)) for run in shot.runs]
        if [name for name, _ in texts] != [option.id for option in options.options]:
            here = self.pointed
            options.clear_options()
            options.add_options(Option(Content(text), id=name) for name, text in texts)
            names = [name for name, _ in texts]
            wanted = here.name if here else self._first
            if names:
                options.highlighted = names.index(wanted) if wanted in names else 0
            return
        for i, (_, text) in enumerate(texts):
            if str(options.get_option_at_index(i).prompt) != text:
                options.replace_option_prompt_at_index(i, Content(text))

    def complain(self, text: str) -> None:
        if text:  # what was said stays until the pointer is moved
            self.query_one("#runs-saying", SayingPane).say(text, wrong=True)

    def _say(self, text: str) -> None:
        self.query_one("#runs-saying", SayingPane).say(text)

    def on_option_list_option_highlighted(self) -> None:
        """The views follow the pointer."""
        self._say("")
        self.look_again()

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
        self.app.call_later(self.app.push_screen, screen)
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
        answer = partial(self._step_into, here)
        hint = f"1 to {here.iterations + 1:,}"
        self.app.push_screen(Prompt("Open at iteration", answer, value=str(here.iterations + 1), hint=hint))

    def _step_into(self, run: RunSummary, text: str) -> str:
        if not text.isdigit():
            return f"`{text}` is no iteration"
        found: list[CourseSession] = []
        self._say("opening …")
        self.do(runs_desk.step_into(run.name, int(text), found.append), lambda: self._open(run, found))
        return ""

    def _open(self, run: RunSummary, found: list[CourseSession]) -> None:
        if found:
            self._say("")
            self.app.call_later(self.app.push_screen, BatchStepper(run.name, found[0]))

    def action_remove(self) -> None:
        here = self.pointed
        if here is not None:
            text = f"Delete {here.folder.path} with all its checkpoints? This cannot be taken back."
            self.app.push_screen(DeleteQuestion(text), lambda answer: self._remove(here, answer))

    def _remove(self, run: RunSummary, answer: Answer | None) -> None:
        if answer == "delete":
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
