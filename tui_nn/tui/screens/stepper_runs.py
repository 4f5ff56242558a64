"""The stepper's keys for running: go to, until, breakpoints, and why a run stopped."""

from __future__ import annotations

from functools import partial

from tui_nn.errors import UserError
from tui_nn.session.expressions import typed
from tui_nn.tui import commands, examples, travel
from tui_nn.tui.asked import place_of
from tui_nn.tui.commands import Command
from tui_nn.tui.rows import parameter_of
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.screens.stepper_base import conditions
from tui_nn.tui.screens.stepper_changes import ChangeKeys
from tui_nn.tui.snapshot import Snapshot
from tui_nn.tui.widgets.listing import Listing
from tui_nn.tui.widgets.scrubber import Scrubber


class RunKeys(ChangeKeys):
    """Adds these keys to those for looking and changing."""

    # -- moving

    def on_scrubber_moved(self, event: Scrubber.Moved) -> None:
        """To the end of an iteration, or to the start; while a mouse leads there, only where nothing is on the way."""
        if event.held and self.bridge.busy and not self.running:
            return
        self.travel(travel.goto(event.iteration) if event.iteration else travel.move("reset"))

    def run_command(self) -> Command:
        """Until a breakpoint, a condition or a number that is not finite."""
        return travel.run(self.pace)

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
        text = typed(self.program, text)
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
        known = conditions(self.snapshot.breaks) if self.snapshot else ()
        now = f"   now: {', '.join(known)}; again to take it away" if known else ""
        hint = ", ".join(examples.conditions(self.program)) + now
        self.app.push_screen(Prompt("Stop when", self._break_when, hint=hint))

    def _break_when(self, text: str) -> str:
        known = self.snapshot is not None and text in self.snapshot.breaks
        complaint = self.ask(commands.toggle_condition(text), aside=True)
        if not complaint:
            self._say(f"runs no longer stop when {text}" if known else f"runs stop when {text}; S takes it away")
        return complaint

    def action_break_line(self) -> None:
        number = self.query_one(Listing).pointed.number
        if not number:
            self._say("put the pointer on a line with a number first; what is given has none")
            return
        known = self.snapshot is not None and f"line {number}" in self.snapshot.breaks
        said = f"runs no longer stop at line {number}" if known else f"runs stop at line {number}; s takes it away"
        self.do(commands.toggle_line(number), partial(self._say, said), aside=True)
