"""Lockstep: one problem under several optimisers, side by side, advancing together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from tui_nn.lessons.contestants import contestants
from tui_nn.lessons.problem import Settings
from tui_nn.session.frame import Position
from tui_nn.session.lockstep import Lockstep
from tui_nn.tui.bindings import bindings
from tui_nn.tui.bridge import Bridge, Slices
from tui_nn.tui.carried import Branch
from tui_nn.tui.commands import remake
from tui_nn.tui.lockstep_desk import LockstepDesk, LockstepShot, LockstepWanted, carry, take_lockstep
from tui_nn.tui.notation import Notation
from tui_nn.tui.screen_help import of_lockstep
from tui_nn.tui.screens.paced import PacedScreen
from tui_nn.tui.screens.stepper import StepperScreen
from tui_nn.tui.travel import run
from tui_nn.tui.why import Section
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.widgets.runner import RaceCurves, RunnerPane
from tui_nn.tui.widgets.tabs import TabStrip

SIDE_BY_SIDE = (110, 26)  # from here on all are seen at once


class LockstepScreen(PacedScreen[LockstepShot]):
    """The race.

    Args:
        target: the problem, as it was asked for with `settings`.
        branch: what was changed in it, which is changed here too.
    """

    TABLE: ClassVar[str] = "lockstep"
    BINDINGS = bindings("lockstep")
    AUTO_FOCUS = "#runner-0"

    def __init__(self, target: str, settings: Settings, branch: Branch | None = None) -> None:
        self.problems = contestants(target, settings)
        sessions = {name: problem.session() for name, (problem, _) in self.problems.items()}
        self._title = next(iter(self.problems.values()))[0].title
        self._parameters = next(iter(sessions.values())).program.parameters
        self._parameter = 0
        self._first = 0  # of its entries, where not all are seen
        self.chosen = 0
        self._said = ""  # until something moves
        self._wrong = ""
        self._programs = {name: session.program for name, session in sessions.items()}
        self._branch = branch
        self._changed, self._lost = branch.told(self._programs) if branch else ("", "")
        self._seed = settings.seed
        desk = LockstepDesk(Lockstep(sessions))
        super().__init__(Bridge(desk, LockstepWanted(self._parameters[0]), take_lockstep))

    def compose(self) -> ComposeResult:
        ascii_only = self.look.ascii_only
        yield Headline(self._title)
        yield TabStrip(list(self._programs))
        with Container(id="race-track"):
            for i, (name, program) in enumerate(self._programs.items()):
                yield RunnerPane(name, i, Notation(program, ascii_only))
            yield RaceCurves()
        yield KeyBar("lockstep")

    def on_mount(self) -> None:
        if self._branch is not None:
            self.do(carry(self._branch), self._tell_lost, aside=True)  # no key that comes first cancels an aside

    def _tell_lost(self) -> None:
        if self._lost:
            self.complain(f"without {self._lost}: no optimiser here has it")

    def sections(self) -> list[Section]:
        """The help for what is on the screen."""
        return [*of_lockstep(self._programs, self.look), *super().sections()]

    def resized(self) -> None:
        """All at once where there is room, else in tabs."""
        together = self.size.width >= SIDE_BY_SIDE[0] and self.size.height >= SIDE_BY_SIDE[1]
        self.set_class(together, "-together")
        for pane in self.query(RunnerPane):
            pane.headed = True
            pane.display = together or pane.id == f"runner-{self.chosen}"
        race = self.query_one(RaceCurves)
        race.headed, race.chosen = True, self.chosen
        self.query_one(TabStrip).choose(self.chosen)
        super().resized()

    def want(self) -> None:
        self.bridge.wanted = LockstepWanted(self._parameters[self._parameter], self._first)

    def show(self, shot: LockstepShot) -> None:
        for pane in self.query(RunnerPane):
            pane.show(shot)
        self.query_one(RaceCurves).show(shot)
        count = f"{self.counted}…  " if self.counted else ""
        iteration, line = shot.position
        longest = max(len(p.lines) for p in self._programs.values())
        self.running = self.running and shot.running
        place = f"{count}iteration {iteration}, line {line}/{longest}"
        if self._wrong:
            self.query_one(Headline).show("", self._wrong)
        else:
            seed = "" if self._seed is None else f"seed {self._seed}"
            signs = (self.at_work(shot.running) or self._said, seed, self._changed)
            self.query_one(Headline).show(place, "  ".join(filter(None, signs)))
        idle = [action for action in ("next_parameter", "next_entries") if self._is_idle(action)]
        self.query_one(KeyBar).at_present(idle, busy=shot.running)

    def complain(self, text: str) -> None:
        if text != self._wrong:
            self._wrong = text
            self.redraw()

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        """A click on a tab."""
        self._choose(event.index)

    def on_descendant_focus(self) -> None:
        """The one that stands out is the one of the tab."""
        if isinstance(self.focused, RunnerPane) and self.focused.index != self.chosen:
            self._choose(self.focused.index)

    def _choose(self, index: int) -> None:
        self.chosen = index % len(self._programs)
        self.resized()
        self.query_one(f"#runner-{self.chosen}").focus()

    # -- running

    def run_command(self) -> Callable[[Any], Slices]:
        """All of them together; where one has run away, the others go on."""
        return run(self.pace)

    def travelled(self) -> None:
        """What was said of the speed was said long enough."""
        self._said = ""

    def _say(self, text: str) -> None:
        self._said, self._wrong = text, ""
        self.redraw()

    # -- looking

    def action_open(self) -> None:
        """The optimiser that stands out, in the stepper."""
        shot = self.snapshot
        if shot is not None:
            problem, settings = list(self.problems.values())[self.chosen]
            length = len(list(self._programs.values())[self.chosen].lines)
            here = Position(shot.position.iteration, min(shot.position.line, length))
            self.bridge.cancel()
            screen = StepperScreen(problem, settings)
            screen.first = remake(shot.runners[self.chosen].edits, here), ""
            self.app.push_screen(screen)

    def action_log(self) -> None:
        self.query_one(RaceCurves).other_axis()

    def action_next_view(self) -> None:
        self._choose(self.chosen + 1)

    def action_back_view(self) -> None:
        self._choose(self.chosen - 1)

    def action_next_parameter(self) -> None:
        self._other_parameter(1)

    def action_back_parameter(self) -> None:
        self._other_parameter(-1)

    def _other_parameter(self, by: int) -> None:
        if self._is_idle("next_parameter"):
            self._say("all parameters are shown")
            return
        self._parameter, self._first = (self._parameter + by) % len(self._parameters), 0
        self.look_again()

    def action_next_entries(self) -> None:
        self._other_entries(self._shown)

    def action_back_entries(self) -> None:
        self._other_entries(-self._shown)

    def _other_entries(self, by: int) -> None:
        if self._is_idle("next_entries"):
            self._say("all entries are shown")
        elif self.snapshot and self._first + by < self.snapshot.runners[self.chosen].total:
            self._first = max(self._first + by, 0)
            self.look_again()

    def _is_idle(self, action: str) -> bool:
        """Whether there is nothing that a key could show, since all is shown."""
        if self.snapshot is None:
            return True
        data = self.snapshot.runners[self.chosen]
        if action == "next_entries":
            return self._shown >= data.total
        return len(self._parameters) == 1 or len({name for name, _ in data.state.entries}) > 1

    @property
    def _shown(self) -> int:
        """Entries that are seen."""
        return self.query_one(f"#runner-{self.chosen}", RunnerPane).shown
