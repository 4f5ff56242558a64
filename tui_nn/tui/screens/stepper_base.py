"""The stepper's panes and what they show; its keys are in the modules beside this one."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.widget import Widget

from tui_nn.lessons.problem import Problem, Settings
from tui_nn.lessons.slide import slide
from tui_nn.tui import why
from tui_nn.tui.bridge import Bridge
from tui_nn.tui.desk import Desk
from tui_nn.tui.drawing.card import Card
from tui_nn.tui.rows import parameter_of
from tui_nn.tui.screen_help import of_lesson
from tui_nn.tui.screens.paced import PacedScreen
from tui_nn.tui.snapshot import Snapshot, Wanted
from tui_nn.tui.subject import Subject, subject
from tui_nn.tui.take import take
from tui_nn.tui.trail import Trail
from tui_nn.tui.widgets.card import CardPane
from tui_nn.tui.widgets.graph import GraphPane
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.widgets.listing import Listing
from tui_nn.tui.widgets.pane import Pane
from tui_nn.tui.widgets.scrubber import Scrubber
from tui_nn.tui.widgets.sheets import LossPane, Sheet, StatePane, WatchPane
from tui_nn.tui.widgets.tabs import TabStrip
from tui_nn.tui.widgets.tensor import TensorPane

IDLE = ("undo",)  # while there is nothing to undo
VIEWS = ("graph", "tensor", "state", "loss", "watch")
SHORT = 16  # characters of a condition that the top line has room for


def conditions(breaks: Sequence[str]) -> tuple[str, ...]:
    """Those among what stops a run that are no lines."""
    return tuple(text for text in breaks if not text.startswith("line "))


class StepperBase(PacedScreen[Snapshot]):
    """One problem under the magnifying glass.

    Args:
        problem: what is stepped.
        settings: how it was asked for, so that it can be asked for with another seed.

    Attributes:
        trail: what is in focus, and the way there.
        pinned: whether the focus stays where it is while time goes on.
        view: the tab that is shown where there is room for one only.
        seeds: the problem as it was drawn before, and how it was asked for, for each other seed that was taken.
    """

    AUTO_FOCUS = "#listing"

    def __init__(self, problem: Problem, settings: Settings | None = None) -> None:
        self.problem = problem
        self.settings = settings or Settings({})
        self.program = problem.program()
        self.trail = Trail()
        self.pinned = False
        self._slide = slide(problem, self.settings, self.program)
        self.parameter = self.program.parameters[0] if self.program.parameters else ""
        self.view = VIEWS[0]
        self.zoomed = ""
        self.seeds: tuple[tuple[Problem, Settings], ...] = ()
        super().__init__(Bridge(Desk(problem.session()), Wanted(), take))

    def compose(self) -> ComposeResult:
        self.subject: Subject = subject(self.program, ascii_only=self.look.ascii_only, image=self.problem.image)
        s = self.subject
        yield Headline(self.problem.title)
        with Horizontal(id="body"):
            yield Listing(s)
            with Container(id="side"):
                yield CardPane(s)
                yield TabStrip(VIEWS)
                yield GraphPane(s)
                yield TensorPane(s)
                yield StatePane("state", s)
                yield WatchPane("watch", s)
                yield LossPane("loss", s)
        yield Scrubber(s)
        yield KeyBar("stepper")

    def on_mount(self) -> None:
        for view in VIEWS:  # until the layout is chosen: else all of them are seen for a moment
            self.query_one(f"#{view}").display = False
        self.query_one(KeyBar).at_present(IDLE)

    # -- the layout

    def resized(self) -> None:
        """Show the panes that there is room for."""
        seen = self.seen()
        for name in ("listing", "card", *VIEWS):
            pane = self.query_one(f"#{name}", Pane)
            shown = name in seen if name in VIEWS else not self.zoomed
            pane.display = shown or name == self.zoomed
            pane.headed = self.is_wide or name in ("card", "tensor", self.zoomed)
        side = self.query_one("#side")
        side.display = self.zoomed != "listing"
        side.set_class(bool(self.zoomed), "-zoomed")
        self.query_one(TabStrip).display = not self.is_wide and not self.zoomed
        self.query_one(TabStrip).choose(VIEWS.index(self.view))
        super().resized()

    def seen(self) -> frozenset[str]:
        """Which of VIEWS are shown."""
        if self.zoomed:
            return frozenset({self.zoomed} & set(VIEWS))
        return frozenset(VIEWS) if self.is_wide else frozenset({self.view})

    def show_view(self, view: str) -> None:
        """Another tab; the pane that stands out goes with it, and so does the screen that a pane has for itself."""
        if self.is_wide or self.zoomed or (isinstance(self.focused, Pane) and self.focused.id in VIEWS):
            self.stand_out(view)
        else:
            self.view = view
            self.resized()

    def stand_out(self, name: str) -> None:
        """Have a pane stand out. Where another one has the screen for itself, it hands it over: keys act in sight."""
        if name in VIEWS:
            self.view = name
        if self.zoomed:
            self.zoomed = name
        if self.zoomed or name in VIEWS:
            self.resized()
        self.query_one(f"#{name}").focus()

    def on_descendant_focus(self) -> None:
        """The strip of tabs stands out with the pane below it."""
        tabs = self.query_one(TabStrip)
        tabs.lively = self.focused is not None and self.focused.id in VIEWS
        tabs.update()
        self.query_one(KeyBar).show(self.focused.id or "" if self.focused else "")

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        """A click on a tab."""
        self.show_view(VIEWS[event.index])

    # -- what is shown

    def want(self) -> None:
        graph = self.query_one(GraphPane)
        seen = self.seen()
        self.bridge.wanted = Wanted(self.trail.focus, self.parameter, seen, graph.arrays if "graph" in seen else ())

    def show(self, shot: Snapshot) -> None:
        if shot.focus is not None and parameter_of(self.program, shot.focus.name):
            self.parameter = shot.parameter
        root = self.trail.foci[0].name if self.trail.foci else None
        self.query_one(Listing).show(shot, root, self.parameter)
        names = self._way(shot.position.iteration)
        printed = self._slide.of(shot.card, shot.edits)
        self.query_one(CardPane).show(Card(shot.card, self._reason(shot), shot.was, printed), names)
        late = bool(self.trail.foci) and shot.focus != self.trail.focus  # taken before the pointer was moved on
        self.query_one(TensorPane).show(shot, late=late)
        self.query_one(GraphPane).show(shot)
        for sheet in self.query(Sheet).results(Sheet):
            sheet.show(shot)
        self.query_one(Scrubber).show(shot)
        tabs = self.query_one(TabStrip)
        tabs.labels[VIEWS.index("watch")] = "what if" if shot.edits else "watch"
        tabs.update()
        self.query_one(KeyBar).at_present(() if shot.edits or self.seeds else IDLE, busy=shot.running)
        self.query_one(Headline).show(self._place(shot), self._sign(shot))
        self.stopped(shot)

    def _way(self, here: int) -> list[str]:
        """The parts of the way to the number in focus: with the iteration where that is not the one before."""
        names = []
        for focus in self.trail.foci if len(self.trail.foci) > 1 else ():  # the card itself names the only one
            name, before = self.subject.notation.entry(focus.name, focus.index), here
            here = focus.at.iteration if focus.at else here
            names.append(name if here == before else f"{name} of iteration {here}")
        return names

    def _reason(self, shot: Snapshot) -> str:
        """Why there is no card, in the words of the screen."""
        if shot.focus is None or shot.card is not None:
            return shot.reason
        line = self.program.line_of(shot.focus.name)
        if line is None:
            return shot.reason
        return (
            f"{self.subject.notation.line(line)}\n\nis not computed yet in iteration {shot.position.iteration}: "
            f"it is line {line.number}, and {shot.position.line} lines are done. Enter in the listing runs to it."
        )

    def _place(self, shot: Snapshot) -> str:
        iteration, line = shot.position
        phase = shot.line.phase if shot.line else "start"
        return f"iteration {iteration}, line {line}/{len(self.program.lines)}, {phase}"

    def _sign(self, shot: Snapshot) -> str:
        """What calls for attention: a count being typed, a run, a condition, a seed, a branch, a focus that stays."""
        signs = [f"{self.counted}…" if self.counted else "", self.at_work(shot.running)]
        if known := conditions(shot.breaks):
            more = f"on {len(known)} conditions" if len(known) > 1 else "on a condition"
            signs.append(f"stops when {known[0]}" if len(known) == 1 and len(known[0]) <= SHORT else f"stops {more}")
        if self.settings.seed is not None:
            signs.append(f"seed {self.settings.seed}")
        if shot.edits:
            signs.append("branch")
        if self.pinned and shot.focus:
            signs.append(f"stays at {self.subject.notation.name(shot.focus.name)}")
        return "  ".join(filter(None, signs))

    def stopped(self, shot: Snapshot) -> None:
        """A hook: say why a run stopped."""

    def complain(self, text: str) -> None:
        self.query_one(Scrubber).say(text, wrong=True)

    def _say(self, text: str) -> None:
        self.query_one(Scrubber).say(text)

    def sections(self) -> list[why.Section]:
        """The help for what is on the screen."""
        found: list[why.Section] = []
        focused: Widget | None = self.focused
        pane = focused.id if isinstance(focused, Pane) and focused.id else ""
        row = self.query_one(Listing).pointed
        line = self.snapshot.card.line if self.snapshot and self.snapshot.card else None
        if line is None and isinstance(row.key, int):
            line = self.program.lines[row.key - 1]
        if line is not None:
            found += why.of_line(self.program, self.subject.notation, line)
        elif self.snapshot and self.snapshot.focus:
            name = self.snapshot.focus.name
            found.append(("In focus", ((self.subject.notation.name(name), why.of_name(self.program, name)),)))
        found.append(why.panes([pane or "listing", "listing", "card", *sorted(self.seen()), "scrubber"], self.look))
        found += why.key_sections("stepper", pane)
        return found + (of_lesson(self.problem.lesson) if self.problem.lesson else [])
