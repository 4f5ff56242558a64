"""The list of runs, and the views of those that are chosen; its keys are in the module beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_nn.data.text import listed
from tui_nn.session.run_facts import RunSummary
from tui_nn.session.run_folder import RUNS
from tui_nn.tui import keys, runs_desk, screen_help, why
from tui_nn.tui.bridge import Bridge
from tui_nn.tui.drawing.runs import heading, row
from tui_nn.tui.runs_desk import RunsDesk, RunsShot, RunsWanted, take_runs
from tui_nn.tui.screens.bridged import BridgedScreen
from tui_nn.tui.widgets.choices import Choices
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.widgets.runs import DifferencesPane, FiguresPane, OverlaidPane, RunsPane
from tui_nn.tui.widgets.saying import SayingPane
from tui_nn.tui.widgets.tabs import TabStrip

VIEWS = ("curves", "differences", "figures")
OF_CURVES = ("log", "back_figure", "next_figure")  # actions that only the curves have a use for


class RunsPanes(BridgedScreen[RunsShot]):
    """The runs in a folder.

    Args:
        folder: where they lie.
        name: of the run under the pointer at first.

    Attributes:
        marked: names of the runs whose curves lie over one another, in the order in which they were marked.
        view: the one that is shown where there is room for one only.
        removed: names of runs that were deleted here.
    """

    AUTO_FOCUS = "#runs-list"
    DIGITS: ClassVar[str] = ""

    def __init__(self, folder: Path = RUNS, name: str = "") -> None:
        self.folder = folder
        self._first = name
        self.marked: list[str] = []
        self.view = VIEWS[0]
        self.removed: set[str] = set()
        self._spoken_of = ""  # the run under the pointer when it was last moved
        super().__init__(Bridge(RunsDesk(folder), RunsWanted(), take_runs))

    def compose(self) -> ComposeResult:
        yield Headline(f"Runs in {self.folder}")
        with Vertical(id="runs-body"):
            yield SayingPane("runs-heading")
            yield Choices("runs-list")
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
        self.query_one(KeyBar).at_present(() if self.query_one(OverlaidPane).display else OF_CURVES)
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

    @property
    def pointed_name(self) -> str:
        """Its name; '' where there is none."""
        return self.pointed.name if self.pointed else ""

    def chosen(self) -> tuple[str, ...]:
        """The marked runs, and the one under the pointer."""
        return tuple(dict.fromkeys(filter(None, [*self.marked, self.pointed_name])))

    def want(self) -> None:
        self.bridge.wanted = RunsWanted(self.chosen())

    def show(self, shot: RunsShot) -> None:
        self.marked = [name for name in self.marked if any(run.name == name for run in shot.runs)]
        self._fill(shot)
        for pane in self.query(RunsPane).results(RunsPane):
            if isinstance(pane, FiguresPane):
                pane.name_of = self.pointed_name
            pane.show(shot)
        self.query_one(Headline).show(f"{len(shot.runs)}" if shot.runs else "none yet; n begins one")

    def _fill(self, shot: RunsShot) -> None:
        options, width = self.query_one(OptionList), self.size.width - 2
        self.query_one("#runs-heading", SayingPane).say(heading(self.look, width))
        texts = [(run.name, row(run, self.look, width, marked=run.name in self.marked)) for run in shot.runs]
        names, before = [name for name, _ in texts], [str(option.id) for option in options.options]
        if names != before:
            wanted, at = self.pointed_name or self._first, options.highlighted or 0
            options.clear_options()
            options.add_options(Option(Content(text), id=name) for name, text in texts)
            if names:
                options.highlighted = names.index(wanted) if wanted in names else min(at, len(names) - 1)
            self.call_after_refresh(options.scroll_to_highlight)  # when the rows have their places
            self._spoken_of = self.pointed_name
            if gone := [name for name in before if name not in names and name not in self.removed]:
                self.complain(f"{listed(gone)}: gone; there is no such run in {self.folder} any more")
            return
        for i, (_, text) in enumerate(texts):
            if str(options.get_option_at_index(i).prompt) != text:
                options.replace_option_prompt_at_index(i, Content(text))

    def complain(self, text: str) -> None:
        if text:  # what was said stays until the pointer is moved
            self.query_one("#runs-saying", SayingPane).say(text, wrong=True)

    def sections(self) -> list[why.Section]:
        return [screen_help.RUNS, *why.key_sections(self.TABLE, keys.LIST)]

    def _say(self, text: str) -> None:
        self.query_one("#runs-saying", SayingPane).say(text)

    def on_option_list_option_highlighted(self) -> None:
        """The views follow the pointer; what was said of another run is over."""
        if self.pointed_name != self._spoken_of:
            self._spoken_of = self.pointed_name
            self._say("")
        self.look_again()
