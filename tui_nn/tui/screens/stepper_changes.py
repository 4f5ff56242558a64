"""The stepper's keys for changing: edits and their undoing, another seed, and the autopsy with what it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Problem, Settings
from tui_nn.session.autopsy import Autopsy
from tui_nn.session.explain import entry
from tui_nn.session.expressions import typed
from tui_nn.session.frame import Edit, Position
from tui_nn.tui import commands, examples, travel
from tui_nn.tui.asked import edit_of
from tui_nn.tui.commands import Command
from tui_nn.tui.retry import LIMIT, SMALLER, clippable, clipping, is_clippable, place_in, reseeded
from tui_nn.tui.screens.autopsy import Answer, AutopsyScreen
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.screens.stepper_base import VIEWS
from tui_nn.tui.screens.stepper_focus import FocusKeys
from tui_nn.tui.snapshot import Focus
from tui_nn.tui.trail import Trail
from tui_nn.view.number import number


class ChangeKeys(FocusKeys):
    """Adds these keys to those for looking.

    Attributes:
        refused: the autopsy's answers that are not to be had here, and why.
        first: what is done when the screen has come, and what is said then.
        made_for: how many changes the branch has for which it was opened; taking the last one back leaves it.
    """

    refused: Mapping[str, str] = MappingProxyType({})
    first: tuple[Command, str] | None = None
    made_for = 0
    _due: Autopsy | None = None
    _view_before = VIEWS[0]

    def on_mount(self) -> None:
        command, said = self.first or (travel.look, self.problem.remark)
        if self.first or said:
            self.call_after_refresh(self.do, command, partial(self._say, said) if said else None)

    # -- what if

    def action_edit(self) -> None:
        focus = self.snapshot.focus if self.snapshot else None
        card = self.snapshot.card if self.snapshot else None
        value = ""
        if focus and card:  # rounded, as it is read: what is not touched is no change
            value = f"{entry(focus.name, focus.index)} = {number(card.value, digits=6, ascii_only=True)}"
        hint = f"{examples.an_entry(self.program)} = 0.5; what follows is computed again, and z takes it back"
        self.app.push_screen(Prompt("Change a value", partial(self._edit, value), value=value, hint=hint))

    def _edit(self, before: str, text: str) -> str:
        if "".join(text.split()) == "".join(before.split()):
            self._say("nothing was changed")
            return ""
        try:
            name, value = edit_of(typed(self.program, text))
        except UserError as error:
            return str(error)
        complaint = self.ask(commands.edit(name, value), aside=True)
        if not complaint:
            self.trail = Trail((_focus_of(name),))
            self._compare()
        return complaint

    def action_undo(self) -> None:
        if self.made_for and self.snapshot is not None and len(self.snapshot.edits) == self.made_for:
            self.action_close()
        elif self.seeds and self.snapshot is not None and not self.snapshot.edits:
            *before, (problem, settings) = self.seeds
            self._draw_anew(problem, settings, tuple(before), f"seed {problem.seed} again")
        else:
            edits = self.snapshot.edits if self.snapshot else ()
            self.do(commands.undo(), partial(self._undone, edits), aside=True)

    def _compare(self) -> None:
        """Show the branch beside the original; not in place of a listing or a card that has the screen for itself."""
        if self.zoomed in ("listing", "card"):
            return
        if self.view != "watch":
            self._view_before = self.view
        self.show_view("watch")

    def _undone(self, before: Sequence[Edit]) -> None:
        """Say what is taken back. With nothing left to compare, the view from before comes back."""
        shot = self.snapshot
        if shot is None or len(shot.edits) >= len(before):
            return
        if self.view == "watch" and self.zoomed in ("", "watch") and not shot.edits and not shot.watches:
            self.show_view(self._view_before)
        last = before[-1]
        self._say(f"{entry(last.name, last.index)} = {self.look.number(last.value)} is taken back")

    def action_seed(self) -> None:
        """The same problem, drawn anew."""
        try:
            other, settings = reseeded(self.problem, self.settings)
        except UserError as error:
            self.complain(str(error))
            return
        seeds = (*self.seeds, (self.problem, self.settings))
        self._draw_anew(other, settings, seeds, f"drawn anew, with seed {other.seed}; z leads back")

    def _draw_anew(
        self, problem: Problem, settings: Settings, seeds: tuple[tuple[Problem, Settings], ...], said: str
    ) -> None:
        """The same problem under another seed, in the place of this one."""
        if self.is_active:
            screen = type(self)(problem, settings)
            screen.seeds, screen.first = seeds, (travel.look, said)
            self.app.switch_screen(screen)

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
            self._change(commands.smaller_steps(SMALLER), said)
        elif answer == "clip" and is_clippable(self.program):
            self._change(commands.clip(LIMIT), "branch with a shorter gradient from the start on; z undoes")
        elif answer == "clip":
            self._clip(found.position)

    def _clip(self, place: Position) -> None:
        """The same branch with two lines more, and a limit: a screen of its own."""
        try:
            problem = clippable(self.problem)
        except UserError as error:
            self.complain(str(error))
            return
        other = type(self)(problem, self.settings)
        edits = clipping(self.snapshot.edits if self.snapshot else (), self.program, other.program)
        said = f"branch with a gradient no longer than {LIMIT:g} from the start on; z undoes"
        other.view, other.made_for = "watch", len(edits)
        other.first = commands.remake(edits, place_in(other.program, self.program, place)), said
        self.app.push_screen(other)

    def _change(self, command: Command, said: str) -> None:
        """Make a branch, and show it beside the original."""
        self.do(command, lambda: self._say(said))
        self._compare()


def _focus_of(text: str) -> Focus:
    """`W1[0, 2]`, which was found right before, as a focus."""
    name, _, index = text.strip().rstrip("]").partition("[")
    return Focus(name.strip(), tuple(int(i) for i in index.split(",") if i.strip()))
