"""The stepper's keys for running and changing: run, go to, until, breakpoints, edits, the autopsy."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tui_nn.errors import UserError
from tui_nn.session.autopsy import Autopsy
from tui_nn.session.explain import entry
from tui_nn.tui import commands, examples, travel
from tui_nn.tui.asked import edit_of, place_of
from tui_nn.tui.commands import Command
from tui_nn.tui.retry import LIMIT, clipped, reseeded
from tui_nn.tui.rows import parameter_of
from tui_nn.tui.screens.autopsy import Answer, AutopsyScreen
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.screens.stepper_focus import FocusKeys
from tui_nn.tui.snapshot import Focus, Snapshot
from tui_nn.tui.trail import Trail
from tui_nn.tui.widgets.listing import Listing
from tui_nn.tui.widgets.scrubber import Scrubber

SMALLER = 0.1  # what the learning rate is multiplied with after numbers have run away


class RunKeys(FocusKeys):
    """Adds these keys to those for looking.

    Attributes:
        refused: the autopsy's answers that are not to be had here, and why.
        remark: what is said when the screen has come.
    """

    refused: Mapping[str, str] = MappingProxyType({})
    remark = ""
    _due: Autopsy | None = None

    def on_mount(self) -> None:
        if self.remark:
            self.call_after_refresh(self.do, travel.look, lambda: self._say(self.remark))

    # -- moving

    def on_scrubber_moved(self, event: Scrubber.Moved) -> None:
        """To the end of an iteration, or to the start."""
        self.travel(travel.goto(event.iteration) if event.iteration else travel.move("reset"))

    def run_command(self) -> Command:
        """Until a breakpoint, a condition or a number that is not finite."""
        return commands.run(self.pace)

    def action_stop(self) -> None:
        """Stop what is at work; where nothing is, give the place of a message back."""
        on_the_way = self.bridge.busy and not self.running
        self.complain("")
        super().action_stop()
        if on_the_way:
            self._say("stopped on the way, at the place that it had come to")

    def stopped(self, shot: Snapshot) -> None:
        """Say why a run stopped."""
        if shot.running:
            return
        self.running = False
        if shot.stop is None:
            return
        if shot.stop.kind == "non-finite":
            self.action_autopsy()
        else:
            said = {"condition": "stopped: "}.get(shot.stop.kind, "")
            self._say(said + self._described(shot.stop.text))

    def _described(self, text: str) -> str:
        """A breakpoint with its line."""
        number = text.removeprefix("line ")
        if text.startswith("line ") and number.isdigit():
            return f"breakpoint at line {number}, {self.subject.notation.line(self.program.lines[int(number) - 1])}"
        return text

    # -- questions

    def action_goto(self) -> None:
        hint = f"12, or 12:7 for line 7 of iteration 12, or a name such as {examples.a_line(self.program)}"
        self.app.push_screen(Prompt("Go to iteration, line or name", self._goto, hint=hint))

    def _goto(self, text: str) -> str:
        if self.snapshot is None:
            return ""
        try:
            place = place_of(text, self.program, self.snapshot.position.iteration)
        except UserError as error:
            return str(error)
        self.parameter = parameter_of(self.program, text) or self.parameter
        self.running = False
        return self._run_to(travel.goto(*place))

    def action_until(self) -> None:
        hint = f"{examples.a_goal(self.program)} < 0.1"
        self.app.push_screen(Prompt("Run until", lambda text: self._run_to(commands.run_until(text)), hint=hint))

    def action_back_until(self) -> None:
        hint = f"{examples.a_goal(self.program)} > 1"
        self.app.push_screen(Prompt("Back until", lambda text: self._run_to(commands.back_until(text)), hint=hint))

    def _run_to(self, command: Command) -> str:
        self.bridge.cancel()
        self.travelled()
        return self.ask(command)

    def action_break_when(self) -> None:
        known = [text for text in self.snapshot.breaks if not text.startswith("line ")] if self.snapshot else []
        now = f"   now: {', '.join(known)}; again to take it away" if known else ""
        hint = ", ".join(examples.conditions(self.program)) + now
        self.app.push_screen(
            Prompt("Stop when", lambda text: self.ask(commands.toggle_condition(text), aside=True), hint=hint)
        )

    def action_break_line(self) -> None:
        row = self.query_one(Listing).pointed
        if row.number:
            self.do(commands.toggle_line(row.number), aside=True)
        else:
            self._say("put the pointer on a line with a number first; what is given has none")

    # -- what if

    def action_edit(self) -> None:
        focus = self.snapshot.focus if self.snapshot else None
        card = self.snapshot.card if self.snapshot else None
        value = f"{entry(focus.name, focus.index)} = {card.value:.6g}" if focus and card else ""
        hint = f"{examples.an_entry(self.program)} = 0.5; what follows is computed again, and z takes it back"
        self.app.push_screen(Prompt("Change a value", self._edit, value=value, hint=hint))

    def _edit(self, text: str) -> str:
        try:
            name, value = edit_of(text)
        except UserError as error:
            return str(error)
        complaint = self.ask(commands.edit(name, value), aside=True)
        if not complaint:
            self.trail = Trail((_focus_of(name),))
            self.show_view("watch")
        return complaint

    def action_undo(self) -> None:
        self.do(commands.undo(), aside=True)

    def action_seed(self) -> None:
        """The same problem, drawn anew."""
        try:
            other, settings = reseeded(self.problem, self.settings)
        except UserError as error:
            self.complain(str(error))
            return
        if self.is_active:
            self.app.switch_screen(type(self)(other, settings))

    # -- autopsy

    def action_autopsy(self) -> None:
        """Look for the first number that is not finite; it is told when it is found."""
        found: list[Autopsy | None] = []
        self.do(commands.examine(found.append), lambda: self._tell(found))

    def _tell(self, found: list[Autopsy | None]) -> None:
        if not found or found[0] is None:
            self._say("all numbers up to here are finite")
            return
        result = found[0]
        self.trail = Trail((Focus(result.card.name, result.card.index),))
        self.do(travel.goto(*result.position))
        self._due = result
        self.app.call_later(self._open_due)  # later: a question whose answer has led here leaves first

    def on_screen_resume(self) -> None:
        """A question, or the help, has left."""
        self._open_due()

    def _open_due(self) -> None:
        """Open the autopsy that is due, but never over a question: it would take the keys that are meant for that."""
        result = self._due
        if result is None or not self.is_active:
            return
        self._due = None
        screen = AutopsyScreen(result, self.subject.notation, self.look, self.refused)
        self.app.push_screen(screen, lambda answer: self._treat(result, answer))

    def _treat(self, found: Autopsy, answer: Answer | None) -> None:
        if answer == "origin" and found.began is not None:
            self.travel(travel.goto(*found.began))
            self._say("here the growth began; i goes on, U goes further back")
        elif answer == "smaller":
            said = f"branch with {SMALLER:g} times the learning rate from the start on; z undoes"
            self.do(commands.smaller_steps(SMALLER), lambda: self._say(said))
        elif answer == "clip":
            other = type(self)(clipped(self.problem), self.settings, start=found.position)
            other.remark = f"the same with its gradient no longer than {LIMIT:g}; q goes back"
            self.app.push_screen(other)


def _focus_of(text: str) -> Focus:
    """`W1[0, 2]`, which was found right before, as a focus."""
    name, _, index = text.strip().rstrip("]").partition("[")
    return Focus(name.strip(), tuple(int(i) for i in index.split(",") if i.strip()))
