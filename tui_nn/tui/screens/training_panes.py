"""The training screen's panes and what they show; its keys are in the module beside this one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container

from tui_nn.tui import screen_help
from tui_nn.tui import training_commands as commands
from tui_nn.tui.bridge import Bridge
from tui_nn.tui.screens.bridged import BridgedScreen
from tui_nn.tui.training_desk import Begin, TrainingDesk
from tui_nn.tui.training_shot import TrainingShot, TrainingWanted, take_training
from tui_nn.tui.turn import Turn
from tui_nn.tui.why import Section
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.widgets.tabs import TabStrip
from tui_nn.tui.widgets.training import (
    ConfusionPane,
    LayersPane,
    LossPane,
    MetricPane,
    RatePane,
    ResultPane,
    RunHeadline,
    ShotPane,
    StatusPane,
    WeightsPane,
)
from tui_nn.tui.wording import without_flags

TRAINS = ("run", "next", "epoch", "rate", "checkpoint", "stop")  # actions that a run that has ended has no use for
VIEWS = ("curves", "layers", "weights", "confusion", "rate", "result")
OF_VIEW = {"curves": ("log",), "weights": ("back_parameter", "next_parameter")}  # actions that one view has a use for
METRICS = ("loss", "accuracy", "r2")
DRAWING = 0.02  # of the time, at most, for drawing panes while it trains
READING = "reading the data …"
WHILE = 4.0  # seconds that a remark stays
FAREWELL = 5.0  # seconds that a checkpoint may take when the app is left


class TrainingPanes(BridgedScreen[TrainingShot]):
    """A run.

    Args:
        begin: makes the run; called in the thread that trains.
        title: until the run is there.
        paused: whether to wait for a key before training.

    Attributes:
        training: whether it is meant to train, as opposed to pause.
        view: the one that is shown where there is room for few.
        abandoned: whether it is left without saving, or because there is nothing to save.
        refused: why the run could not begin; it is left then, and whoever opened it says so.
    """

    AUTO_FOCUS = None
    LOOKS = 5.0  # figures that change more often cannot be read, and each look costs training time

    def __init__(self, begin: Begin, title: str, *, paused: bool = False) -> None:
        self._news: list[str] = []
        self.title_text = title
        self.training = not paused
        self.view = VIEWS[0]
        self.zoomed = False
        self.abandoned = False
        self.refused = ""
        self._drawing = Turn(DRAWING)
        self._pane = 0  # that was drawn last
        self._heard = -1
        self._ends = True
        super().__init__(Bridge(TrainingDesk(begin, self._news.append), TrainingWanted(), take_training))

    def compose(self) -> ComposeResult:
        yield RunHeadline(self.title_text)
        yield TabStrip(VIEWS)
        with Container(id="training-body"):
            with Container(id="training-curves"):
                yield LossPane()
                yield MetricPane()
            yield LayersPane()
            yield WeightsPane()
            yield ConfusionPane()
            yield RatePane()
            yield ResultPane()
        yield StatusPane()
        yield KeyBar("training")

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.do(commands.begin(paused=not self.training))
        if not self.has_begun:
            self.query_one(StatusPane).say(READING)

    def on_unmount(self) -> None:
        """Whatever closes the screen, what was trained is not lost, and others can go on with it."""
        self._keep()
        if self.has_begun:
            self.bridge.cancel()
            self.bridge.submit(commands.leave).wait(1)

    def _keep(self) -> None:
        shot = self.snapshot
        if self.abandoned or shot is None or shot.facts is None or shot.result is not None or shot.discarded:
            return
        self.bridge.cancel()
        ticket = self.bridge.submit(commands.checkpoint)
        written = ticket.wait(FAREWELL)
        if ticket.error or not written:
            reason = ticket.error or f"it took longer than {FAREWELL:g} seconds"
            self.app.regret(f"the last checkpoint of {shot.facts.name} was not written: {reason}")  # type: ignore[attr-defined]

    # -- the layout

    def resized(self) -> None:
        """Show the views that there is room for."""
        seen = self.seen()
        grid = self.is_wide and not self.zoomed
        self.set_class(grid, "-grid")
        self.set_class(self.size.width >= 70, "-across")
        self.query_one("#training-curves").display = "curves" in seen
        for pane in self._panes():
            pane.headed = grid or ("curves" in seen and len(seen) > 1)
        for view in VIEWS[1:]:
            self.query_one(f"#run-{view}").display = view in seen
        strip = self.query_one(TabStrip)
        strip.display = not grid and not self.has_class("-too-small")
        strip.choose(VIEWS.index(self.view))
        self._drawing.at_once()
        super().resized()
        if self.snapshot is not None:
            self.call_after_refresh(self.draw)

    def seen(self) -> frozenset[str]:
        """Which of VIEWS are shown."""
        if self.zoomed:
            return frozenset({self.view})
        if self.is_wide:
            return frozenset(VIEWS) - {"rate" if self.has_ended else "result"}
        return frozenset({self.view, "curves"}) if self.has_class("-medium") else frozenset({self.view})

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        """A click on a tab."""
        self._show_view(event.index)

    def _show_view(self, index: int) -> None:
        self.view = VIEWS[index % len(VIEWS)]
        self.resized()

    # -- what is shown

    def want(self) -> None:
        self.bridge.wanted = TrainingWanted(self.seen())

    def show(self, shot: TrainingShot) -> None:
        if shot.discarded:
            self.dismiss()
            return
        if shot.result is not None and self._ends:
            self._ended_now(shot.result)
        if not shot.running and not self.bridge.busy:
            self.training = False  # Ctrl-C, or an error
        status = self.query_one(StatusPane)
        status.show(shot)
        if shot.facts is not None and status.said == READING:
            status.say("")
        if shot.facts is not None and shot.remark.number != self._heard:
            self._heard = shot.remark.number
            self._say(shot.remark.text, wrong=shot.remark.wrong)
        self._head(shot)
        self.query_one(KeyBar).at_present(self._idle(shot), busy=self._trains(shot))
        if not shot.running:
            self.draw()
        elif self._drawing.due():
            self._draw_next(shot)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.query_one(StatusPane).say(without_flags(text), wrong=wrong, seconds=WHILE)

    def _ended_now(self, result: Mapping[str, Any]) -> None:
        """Say how it has ended, once."""
        self.training, self._ends = False, False
        figures = {name: value for name, value in result.get("test", {}).items() if name in METRICS}
        shown = ", ".join(f"{name} {self.look.number(value)}" for name, value in figures.items())
        test = f"; test {shown}" if shown else ""
        self.resized()
        said = f"{result['reason']}{test}. It is kept; q leaves."
        if result["status"] == "non-finite":
            said = f"A number is not finite: i goes there and says why. The run is kept; q leaves. {result['reason']}"
        self.query_one(StatusPane).say(said)

    def draw(self) -> None:
        """Draw all panes."""
        if self.snapshot is not None:
            for pane in self._panes():
                pane.show(self.snapshot)

    def _draw_next(self, shot: TrainingShot) -> None:
        """Draw one pane, so that no key waits for all; the next one when that has not taken too much of the time."""
        seen, began = [pane for pane in self._panes() if pane.is_on_screen], time.perf_counter()
        if seen:
            self._pane = (self._pane + 1) % len(seen)
            seen[self._pane].show(shot)
        self._drawing.done(began)

    def _panes(self) -> list[ShotPane]:
        return list(self.query("#training-body ShotPane").results(ShotPane))

    def _idle(self, shot: TrainingShot) -> tuple[str, ...]:
        """The actions that do nothing now, or nothing that is seen."""
        unseen = [action for view, actions in OF_VIEW.items() if view not in self.seen() for action in actions]
        return (*unseen, *(TRAINS if shot.result is not None else ()))

    def _trains(self, shot: TrainingShot) -> bool:
        """Whether it trains, or is about to."""
        return shot.result is None and (shot.running or self.training)

    def _head(self, shot: TrainingShot) -> None:
        head, facts = self.query_one(RunHeadline), shot.facts
        if facts is None or shot.progress is None:
            head.show("preparing")
            return
        head.name_it(f"{facts.name}: {facts.data}, {facts.layers}, {facts.optimizer}")
        state = "ended" if shot.result is not None else "training" if self._trains(shot) else "paused"
        counted = f"{self.counted}…" if self.counted else ""
        head.show(f"lr {self.look.number(shot.progress.rate)}  {state}", counted)

    def poll(self) -> None:
        """Show what is new; before there is a run, what is said of its data."""
        super().poll()
        if self._news and self.is_mounted:
            self._say(self._news[-1])
            self._news.clear()

    def complain(self, text: str) -> None:
        if text and (self.snapshot is None or self.snapshot.facts is None):
            self.refused = text
            self.dismiss()
            return
        if text and self.training:
            self.training = False
            self.redraw()
        self.refuse(text)

    def refuse(self, text: str) -> None:
        """What is wrong with a count ends no training."""
        if text or self.query_one(StatusPane).wrong:
            self.query_one(StatusPane).say(text, wrong=True)

    def sections(self) -> list[Section]:
        return [screen_help.TRAINING, *super().sections()]

    # -- where it stands

    @property
    def has_begun(self) -> bool:
        """Whether there is, or was, a run."""
        return self.snapshot is not None and (self.snapshot.facts is not None or self.snapshot.discarded)

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing more to train."""
        return self.snapshot is not None and self.snapshot.result is not None
