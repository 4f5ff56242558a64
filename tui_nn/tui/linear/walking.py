"""A session that is walked through by lines of text: moves and runs. All of it is the Session's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Problem, Settings
from tui_nn.lessons.slide import slide
from tui_nn.session.autopsy import Autopsy
from tui_nn.session.frame import Stop
from tui_nn.tui import commands, travel
from tui_nn.tui.asked import place_of
from tui_nn.tui.commands import Command
from tui_nn.tui.desk import Desk
from tui_nn.tui.drawing.words import one_line
from tui_nn.tui.linear import saying
from tui_nn.tui.linear.words import Said
from tui_nn.tui.notation import Notation
from tui_nn.tui.pace import SPEEDS, Pace
from tui_nn.tui.retry import reseeded
from tui_nn.tui.trail import Trail

LONGEST_RUN = 1_000_000  # iterations in which a breakpoint is waited for
INTERRUPTED = Stop("limit", "interrupted")

Lines = Iterator[str]


class Patience(Protocol):
    """What a command that takes long has with the person who waits: `asked`, whether Ctrl-C was pressed."""

    asked: bool

    def show(self, text: str) -> object:
        """Say how far it is, in place of what was said last."""


Patient = Callable[[], AbstractContextManager[Patience]]


class Walking:
    """One problem. Each public method does a command: it yields the lines to print, or raises UserError."""

    def __init__(self, problem: Problem, settings: Settings, patient: Patient) -> None:
        self._patient = patient
        self._open(problem, settings)

    def _open(self, problem: Problem, settings: Settings, desk: Desk | None = None) -> None:
        self.problem, self.settings = problem, settings
        self.desk = desk or Desk(problem.session())
        self.session = self.desk.session
        self.program = self.session.program
        self.notation = Notation(self.program, ascii_only=True)
        self.slide = slide(problem, settings, self.program)
        self.trail = Trail()
        self._seeds: tuple[tuple[Problem, Settings], ...] = ()  # how it was drawn before
        self._found: Autopsy | None = None
        self._unclipped: tuple[int, Problem, Settings, Desk] | None = None
        self._placed = ""

    def _do(self, command: Command, longest: int | None = None) -> Stop | None:
        """A command from its beginning to its end, or until Ctrl-C, or so many iterations on."""
        end = None if longest is None else self.session.position.iteration + longest
        with self._patient() as patience:
            for stop in self._slices(command, patience):
                if stop is not None:
                    return stop
                patience.show(f"iteration {self.session.position.iteration:,}")
                if end is not None and self.session.position.iteration >= end:
                    return Stop("limit", f"no breakpoint in {longest:,} iterations")
        return None

    def _again_and_again(self, command: Command, count: int) -> Iterator[Stop | None]:
        """A command so many times, why it stopped after each; until it has stopped, or until Ctrl-C."""
        with self._patient() as patience:  # one for all: what is printed in between is interrupted too
            for done in range(count):
                interrupted = done and patience.asked
                stop = INTERRUPTED if interrupted else next(filter(None, self._slices(command, patience)), None)
                yield stop
                if stop is not None:
                    return

    def _slices(self, command: Command, patience: Patience) -> Iterator[Stop | None]:
        """A command at work: None after each slice; at last why it stopped, where it did not just come to its end."""
        slices = command(self.desk)
        try:
            while True:
                next(slices)
                yield INTERRUPTED if patience.asked else None
        except StopIteration as found:
            yield found.value
        finally:
            slices.close()
            self.desk.note()

    # -- where it stands

    def _here(self) -> Lines:
        """The place, where it is another one than was said last."""
        place = saying.place(self.desk)
        if place != self._placed:
            self._placed = place
            yield place

    def _line(self) -> Lines:
        number = self.session.position.line
        if number:
            yield from saying.line(self.desk, self.notation, self.program.lines[number - 1])

    def _landed(self, stop: Stop | None = None) -> Lines:
        """Where a leap has led to: the place, the line there, the loss, what is watched."""
        self.trail = Trail()
        yield from self._here()
        yield from self._line()
        loss, number = self.program.loss, self.session.position.line
        if loss and self.session.is_computed(loss) and (not number or self.program.lines[number - 1].name != loss):
            yield f"{loss} = {saying.value(self.session.value(loss))}"
        yield from saying.watched(self.desk)
        if stop is not None:
            yield told(stop)

    def place(self, said: Said) -> Lines:
        """What is open, and where it stands."""
        yield one_line(self.problem.title)
        yield from self._landed()

    # -- through time

    def next(self, said: Said) -> Lines:
        return self._ahead(travel.ahead(1), said.count)

    def next_phase(self, said: Said) -> Lines:
        return self._ahead(travel.phases(), said.count)

    def _ahead(self, command: Command, count: int) -> Lines:
        """A command so many times; after each the lines that it has computed of the iteration that it came to."""
        before = self.session.position
        for stop in self._again_and_again(command, count):
            iteration, end = self.session.position
            yield from self._here()
            for made in self.program.lines[before.line if before.iteration == iteration else 0 : end]:
                yield from saying.line(self.desk, self.notation, made)
            before = self.session.position
            if stop is not None:
                yield told(stop)
                return
        self.trail = Trail()
        yield from saying.watched(self.desk)

    def back(self, said: Said) -> Lines:
        return self._landed(self._do(travel.ahead(-said.count)))

    def back_phase(self, said: Said) -> Lines:
        return self._landed(self._do(travel.move("back_phase", said.count)))

    def next_iteration(self, said: Said) -> Lines:
        return self._landed(self._do(travel.iterations(said.count)))

    def back_iteration(self, said: Said) -> Lines:
        return self._landed(self._do(travel.iterations(-said.count)))

    def reset(self, said: Said) -> Lines:
        return self._landed(self._do(travel.move("reset")))

    def goto(self, said: Said) -> Lines:
        iteration, line = place_of(said.text, self.program, self.session.position.iteration)
        return self._landed(self._do(travel.goto(iteration, line)))

    def run(self, said: Said) -> Lines:
        if not self.session.breaks:
            raise UserError(
                "nothing would stop this run: set a breakpoint (break 13, break L < 0.1), or say how far (100i)"
            )
        return self._landed(self._do(travel.run(Pace(len(SPEEDS) - 1)), LONGEST_RUN))

    def until(self, said: Said) -> Lines:
        return self._landed(self._do(commands.run_until(said.text)))

    def back_until(self, said: Said) -> Lines:
        return self._landed(self._do(commands.back_until(said.text)))

    def seed(self, said: Said) -> Lines:
        before = (*self._seeds, (self.problem, self.settings))
        self._open(*reseeded(self.problem, self.settings))
        self._seeds = before
        return self._drawn(said)

    def _drawn(self, said: Said) -> Lines:
        yield f"seed {self.problem.seed}"
        yield from self.place(said)


def told(stop: Stop) -> str:
    """Why it stopped."""
    breakpoint_at = "breakpoint at " if stop.text.startswith("line ") else ""
    why = "; autopsy says why" if stop.kind == "non-finite" else ""
    return f"stopped: {breakpoint_at}{stop.text}{why}"
