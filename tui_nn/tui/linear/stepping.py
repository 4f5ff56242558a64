"""What each command does, beside moves: breakpoints, questions, changes; and the table of all commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui_nn.errors import UserError
from tui_nn.session.autopsy import Autopsy
from tui_nn.session.explain import entry, explain, parse_entry
from tui_nn.tui import commands, travel, why
from tui_nn.tui.asked import edit_of
from tui_nn.tui.commands import Command
from tui_nn.tui.drawing.autopsy import report
from tui_nn.tui.linear import saying
from tui_nn.tui.linear.walking import Lines, Walking, told
from tui_nn.tui.linear.words import Said
from tui_nn.tui.retry import LIMIT, SMALLER, clippable, clipping, is_clippable, place_in
from tui_nn.tui.rows import name_of
from tui_nn.tui.snapshot import Focus
from tui_nn.tui.trail import Trail


class Stepping(Walking):
    """Adds what is asked and changed to the moves."""

    # -- breakpoints, and what is wrong

    def break_when(self, said: Said) -> Lines:
        if said.text.isdecimal():
            self._do(commands.toggle_line(int(said.text)))
        elif said.text:
            self._do(commands.toggle_condition(said.text))
        yield "breakpoints: " + (", ".join(self.session.breaks) or "none; break 13 sets one, or break L < 0.1")

    def autopsy(self, said: Said) -> Lines:
        found: list[Autopsy | None] = []
        self._do(commands.examine(found.append))
        self._found = found[0] if found else None
        if self._found is None:
            yield "all numbers up to here are finite"
            return
        self._do(travel.goto(*self._found.position))
        text = report(self._found, self.notation, saying.PLAIN, way="origin goes there", curve=False)
        yield from (line for line in text.splitlines() if line.strip())
        if self._found.is_after_steps:
            yield "smaller steps tries again with a tenth of the learning rate, clip with a clipped gradient"

    def origin(self, said: Said) -> Lines:
        began = self._found.began if self._found else None
        if began is None:
            raise UserError("no growth was found to go to; autopsy looks for one")
        return self._landed(self._do(travel.goto(*began)))

    def smaller(self, said: Said) -> Lines:
        self._needs_update()
        return self._changed(commands.smaller_steps(SMALLER))

    def clip(self, said: Said) -> Lines:
        self._needs_update()
        if is_clippable(self.program):
            return self._changed(commands.clip(LIMIT))
        before, session = (self.problem, self.settings, self.desk), self.session
        self._open(clippable(self.problem), self.settings)
        edits = clipping(session.edits, session.program, self.program)
        self._unclipped = (len(edits), *before)
        return self._changed(commands.remake(edits, place_in(self.program, session.program, session.position)))

    def _needs_update(self) -> None:
        if self.program.update is None:
            raise UserError("nothing is learned here: open it with an optimiser (--optimizer sgd)")

    # -- what if

    def edit(self, said: Said) -> Lines:
        return self._changed(commands.edit(*edit_of(said.text)))

    def undo(self, said: Said) -> Lines:
        if self._unclipped is not None and len(self.session.edits) == self._unclipped[0]:
            self._open(*self._unclipped[1:])
            return self.place(said)
        if self._seeds and not self.session.edits:
            *before, (problem, settings) = self._seeds
            self._open(problem, settings)
            self._seeds = tuple(before)
            return self._drawn(said)
        return self._landed(self._do(commands.undo()))

    def _changed(self, command: Command) -> Lines:
        stop = self._do(command)
        yield from saying.changes(self.desk, self.notation)
        if stop is not None:  # all that follows from a change is computed again, and that was interrupted
            yield from self._here()
            yield told(stop)

    def changes(self, said: Said) -> Lines:
        return saying.changes(self.desk, self.notation)

    # -- looking

    def list(self, said: Said) -> Lines:
        yield saying.place(self.desk)
        yield from saying.listing(self.desk, self.notation)

    def watch(self, said: Said) -> Lines:
        if said.text:
            self._do(commands.watch(said.text))
        yield from saying.watched(self.desk) if self.desk.watches else ("nothing is watched",)

    def open(self, said: Said) -> Lines:
        """Why a number is what it is; without a name, that of the current line, and with a number, an operand."""
        if said.text.isdecimal():
            self.trail = self.trail.open(self._operand(int(said.text)), None)
        else:
            self.trail = Trail((self._named(said.text),))
        return self._card()

    def back_from(self, said: Said) -> Lines:
        """The card before."""
        if len(self.trail.foci) < 2:
            raise UserError("this is where you began; explain NAME asks for another number")
        self.trail = self.trail.back()
        return self._card()

    def _card(self) -> Lines:
        focus = self.trail.foci[-1]
        card = explain(self.session, focus.name, focus.index, focus.at)
        if len(self.trail.foci) > 1:
            yield "the way here: " + ", ".join(entry(f.name, f.index) for f in self.trail.foci)
        yield from saying.explanation(card, self.slide.of(card, self.session.edits), self.notation)

    def _named(self, text: str) -> Focus:
        number = self.session.position.line
        if text:
            return Focus(*parse_entry(self.session, text))
        if not number:
            raise UserError("nothing is computed yet; n computes the first line")
        name = name_of(self.program, self.program.lines[number - 1], next(iter(self.program.parameters), ""))
        return Focus(name, (0,) * len(self.program.shape(name)))

    def _operand(self, number: int) -> Focus:
        if not self.trail.foci:
            raise UserError("no number is explained yet; explain NAME, or explain for the current line")
        focus = self.trail.foci[-1]
        operands = explain(self.session, focus.name, focus.index, focus.at).operands
        if not 1 <= number <= len(operands):
            raise UserError(f"{entry(focus.name, focus.index)} has {len(operands)} operands; explain 1 is the first")
        operand = operands[number - 1]
        return Focus(operand.name, operand.index, operand.at)

    def explain(self, said: Said) -> Lines:
        """Help: what a name is, or everything in the current line."""
        number = self.session.position.line
        if said.text:
            yield f"{said.text}: {why.of_name(self.program, said.text)}"
        elif number:
            yield from saying.sections(why.of_line(self.program, self.notation, self.program.lines[number - 1]))


@dataclass(frozen=True, slots=True)
class Deed:
    """What an action does, and an example of what comes after its word: `12:7`; in brackets what may be left out."""

    does: Callable[[Stepping, Said], Lines]
    takes: str = ""


DEEDS = {
    "next": Deed(Stepping.next),
    "back": Deed(Stepping.back),
    "next_phase": Deed(Stepping.next_phase),
    "back_phase": Deed(Stepping.back_phase),
    "next_iteration": Deed(Stepping.next_iteration),
    "back_iteration": Deed(Stepping.back_iteration),
    "goto": Deed(Stepping.goto, "12:7"),
    "run": Deed(Stepping.run),
    "until": Deed(Stepping.until, "L < 0.1"),
    "back_until": Deed(Stepping.back_until, "L > 1"),
    "reset": Deed(Stepping.reset),
    "seed": Deed(Stepping.seed),
    "break_line": Deed(Stepping.break_when, "[13]"),
    "break_when": Deed(Stepping.break_when, "[L < 0.1]"),
    "autopsy": Deed(Stepping.autopsy),
    "origin": Deed(Stepping.origin),
    "smaller": Deed(Stepping.smaller),
    "clip": Deed(Stepping.clip),
    "edit": Deed(Stepping.edit, "w2 = 3"),
    "undo": Deed(Stepping.undo),
    "watch": Deed(Stepping.watch, "[norm(dw1)]"),
    "open": Deed(Stepping.open, "[dw1]"),
    "return": Deed(Stepping.back_from),
    "explain": Deed(Stepping.explain, "[dw1]"),
    "list": Deed(Stepping.list),
    "changes": Deed(Stepping.changes),
}
