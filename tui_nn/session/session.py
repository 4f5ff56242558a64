"""Session: where a run stands. Commands in (`step`, `back`, `goto`, `run_until`, `set`), frozen Frames out.

The only object that the CLI, the app and the lessons touch. Going back restores the nearest checkpoint and replays;
chance is a function of seed and iteration, so a replay gives the same bits.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from tui_nn.engine.backend import NUMPY, Backend
from tui_nn.engine.machine import Machine
from tui_nn.engine.masks import is_mask
from tui_nn.engine.program import Line, Program
from tui_nn.errors import UserError
from tui_nn.lang.expression import Expression, Index, Name, names, walk
from tui_nn.lang.page import PHASES
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.shape_rules import describe
from tui_nn.lang.shapes import shape_of
from tui_nn.session import positions
from tui_nn.session.frame import Edit, Frame, Host, Position, Stop
from tui_nn.session.history import BUDGET, History
from tui_nn.session.nonfinite import first_nonfinite

Feed = Callable[[int], Mapping[str, Any]]
"""The inputs of an iteration (a mini-batch), by name."""

CHUNK = 64  # iterations between two looks for non-finite numbers in a fast run


@dataclass
class _Branch:
    """A line of history: the edits that made it, in order of time, its checkpoints, and where it left from."""

    edits: list[Edit]
    history: History
    parent: _Branch | None = None


class _Test(Protocol):
    def value(self) -> Any: ...


class _Always:
    def value(self) -> bool:
        return True


_ALWAYS = _Always()


@dataclass
class _Condition:
    text: str
    probe: _Test
    line: int  # after which it can be told


class Session:
    """One run of a Program, stepped forward and back in time.

    Args:
        program: the listing.
        values: an array or number for each leaf.
        seed: of random lines.
        feed: the inputs that change with the iteration; None where they stay.
        budget: bytes for checkpoints.
    """

    def __init__(
        self,
        program: Program,
        values: Mapping[str, Any],
        *,
        seed: int = 0,
        backend: Backend = NUMPY,
        feed: Feed | None = None,
        budget: int = BUDGET,
    ) -> None:
        self.program = program
        self.seed = seed
        self.length = len(program.lines)
        self._machine = Machine(program, values, backend=backend, seed=seed)
        self._given = {name: np.array(values[name]) for name in values if program.roles.get(name) == "input"}
        hyper = program.update.hyper if program.update else {}
        self._hyper = {program.scoped(name, ""): value for name, value in hyper.items()}
        self._feed = feed
        self._branch = _Branch([], History(self._machine.save(), budget))
        self._watches: dict[str, Expression] = {}
        self._conditions: dict[str, _Condition] = {}
        self._ends = {self.length, *(program.phase_end(p) for p in PHASES)} - {0}
        self._begin(1)
        self.position = Position(1, 0)

    # -- moving

    def step(self, lines: int = 1) -> Frame:
        """Compute the next lines; after the last line comes the next iteration."""
        return self.goto(*positions.moved(self.position, lines, self.length))

    def back(self, lines: int = 1) -> Frame:
        """Take lines back, at most to the start."""
        return self.step(-lines)

    def next_phase(self) -> Frame:
        """To the end of the phase that comes (or goes on) now."""
        return self.goto(*positions.next_phase(self.position, self._ends))

    def back_phase(self) -> Frame:
        """To the end of the phase before."""
        return self.goto(*positions.phase_before(self.position, self._ends))

    def next_iteration(self, count: int = 1) -> Frame:
        """To the end of this iteration, or of the next where this one has ended."""
        return self.goto(*positions.iterations_on(self.position, count, self.length))

    def back_iteration(self, count: int = 1) -> Frame:
        """To the end of the iteration before, at most to the start."""
        return self.goto(*positions.iterations_back(self.position, count, self.length))

    def reset(self) -> Frame:
        """Back to the start, with the same values."""
        return self.goto(*positions.START)

    def goto(self, iteration: int, line: int) -> Frame:
        """To a position: `line` lines of `iteration` computed. Raises UserError where there is none."""
        if iteration < 1 or not 0 <= line <= self.length:
            raise UserError(f"there is no line {line} of iteration {iteration}; lines go from 0 to {self.length}")
        self._move(Position(iteration, line))
        return self.frame()

    # -- running

    def break_when(self, condition: str) -> None:
        """Stop runs when the condition holds: `norm(dW1) > 10`, `any(isnan(A1))`."""
        self._conditions[condition] = self._compile(condition)

    def break_at(self, line: int) -> None:
        """Stop runs right after a line; its name among the breaks is `line 7`. Raises UserError where there is none."""
        if not 1 <= line <= self.length:
            raise UserError(f"there is no line {line} to stop at; lines go from 1 to {self.length}")
        self._conditions[f"line {line}"] = _Condition(f"line {line}", _ALWAYS, line)

    def stopped(self) -> Stop | None:
        """Whether the line computed last is a place to stop: a break condition holds, or a number is not finite."""
        line = self.position.line
        for condition in self._conditions.values():
            if condition.line == line and condition.probe.value():
                return Stop("condition", condition.text)
        text = first_nonfinite(self, self.program.lines[line - 1]) if line else ""
        return Stop("non-finite", text) if text else None

    def clear_break(self, condition: str) -> None:
        """Take a condition of `break_when`, or a line of `break_at`, away."""
        self._conditions.pop(condition, None)

    @property
    def breaks(self) -> tuple[str, ...]:
        """The conditions of `break_when` and the lines of `break_at`."""
        return tuple(self._conditions)

    def run(self, iterations: int) -> Stop:
        """Run on for so many iterations, or until a break condition holds or a number is not finite."""
        return self._run(list(self._conditions.values()), iterations)

    def run_until(self, condition: str, limit: int = 1_000_000) -> Stop:
        """Run until the condition (or one of `break_when`) holds, a number is not finite, or `limit` iterations on."""
        conditions = [self._compile(condition), *self._conditions.values()]
        return self._run(conditions, limit)

    def back_until(self, condition: str, limit: int | None = None) -> Stop:
        """Go back to the latest earlier moment at which the condition holds; where there is none, stay.

        With a limit, look at so many iterations only; where it held in none of them, stand at the earliest one.
        """
        compiled = self._compile(condition)
        here = self.position
        iteration = here.iteration if compiled.line < here.line else here.iteration - 1
        last = 0 if limit is None else max(iteration - limit, 0)
        while iteration > last:
            self._move(Position(iteration, compiled.line))
            if compiled.probe.value():
                return Stop("condition", condition)
            iteration -= 1
        if iteration:
            return Stop("limit", f"{condition} held at none of {limit} moments")
        self._move(here)
        return Stop("limit", f"{condition} held at no earlier moment")

    # -- looking

    def frame(self, wanted: Iterable[str] = ()) -> Frame:
        """This moment, with the values of the wanted names that exist by now, and the watches."""
        line = self.program.lines[self.position.line - 1] if self.position.line else None
        values = {n: self._machine.read(n) for n in wanted if self.is_computed(n)}
        watches = {
            text: self._machine.probe(e).value()
            for text, e in self._watches.items()
            if all(self.is_computed(n) for n in names(e))
        }
        return Frame(self.position, line, values, watches, tuple(dict.fromkeys(e.name for e in self._branch.edits)))

    def is_computed(self, name: str) -> bool:
        """Whether `name` has a value of this iteration (or needs none: it is given, or outlasts iterations)."""
        stem, _, parameter = name.partition(".")
        if parameter and self.program.update_roles.get(stem) in ("state", "parameter"):
            return True
        line = self.program.line_of(self.program.own_name(name))
        return line is None or line.number <= self.position.line or self.program.roles.get(name) == "buffer"

    def value(self, name: str) -> Host:
        """The value of a name now. Raises UserError where it is not computed yet."""
        self.program.shape(name)
        if not self.is_computed(name):
            line = self.writer(name)  # of `g.w`, the line of dw
            assert line is not None
            raise UserError(
                f"`{name}` is not computed yet: iteration {self.position.iteration} stands at line "
                f"{self.position.line}, and `{line}` is line {line.number}"
            )
        return self._machine.read(name)

    def is_finite(self) -> bool:
        """Whether all that outlasts an iteration is finite, and the loss as computed last."""
        return self._machine.is_finite()

    def line_values(self, line: Line) -> list[tuple[str | None, Host]]:
        """What a line that was just computed holds: (None, value), or (parameter, value) for each parameter."""
        if not self.program.per_parameter(line):
            return [(None, self._machine.read(line.name))]
        return [(p, self._machine.read(f"{line.name}.{p}")) for p in self.program.parameters]

    def watch(self, expression: str) -> None:
        """Show the value of an expression in every frame from now on."""
        self._watches[expression] = self.expression(expression)

    def unwatch(self, expression: str) -> None:
        """Stop watching."""
        self._watches.pop(expression, None)

    def evaluate(self, expression: str) -> Host:
        """The value of an expression now."""
        e = self.expression(expression)
        for name in names(e):
            self.value(name)
        return self._machine.probe(e).value()

    def expression(self, text: str) -> Expression:
        """An expression over the session's names, checked. Raises EquationError or UserError."""
        e = parse_expression(text)
        shape_of(e, {n: self.program.shape(n) for n in names(e)})
        if any(map(is_mask, walk(e))):
            raise UserError(f"`{text}`: a mask is drawn by its line; name that line instead of drawing another")
        return e

    # -- what if

    def set(self, name: str, index: tuple[int, ...], value: float) -> Frame:
        """Change an entry where it was computed last, and recompute all that follows: a branch. `undo` goes back."""
        shape = self.program.shape(name)
        shape_of(Index(Name(name), index), {name: shape})
        self.value(name)
        name, place = self.program.own_name(name), self.written(name)
        if place.line == 0 and name not in self._hyper and self.program.scalar(name):
            raise UserError(f"`{name}` cannot be set; it follows from the number of the iteration")
        if name.partition(".")[0] in self._machine.read_through:
            raise UserError(f"`{name}` is only shown: with so many parameters no line reads it; set what comes of it")
        edit = Edit(place.iteration, place.line, name, tuple(i % n for i, n in zip(index, shape, strict=True)), value)
        edits = list(self._branch.edits)
        insort(edits, edit, key=lambda e: (e.iteration, e.line))
        here = self.position
        self._branch = _Branch(edits, self._branch.history.before(edit.iteration), self._branch)
        self._share_budget()
        self._move(here, afresh=True)
        return self.frame()

    def undo(self) -> Frame:
        """Leave the branch for the one that it came from, at the same position."""
        if self._branch.parent is None:
            raise UserError("nothing was changed; there is nothing to undo")
        self._branch = self._branch.parent
        self._share_budget()
        self._move(self.position, afresh=True)
        return self.frame()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What this branch has changed."""
        return tuple(self._branch.edits)

    def original(self, wanted: Iterable[str]) -> dict[str, Host]:
        """The values that the wanted names have here in the run without any edits."""
        branch, here = self._branch, self.position
        root = branch
        while root.parent is not None:
            root = root.parent
        self._branch = root
        try:
            self._move(here, afresh=True)
            return dict(self.frame(wanted).values)
        finally:
            self._branch = branch
            self._move(here, afresh=True)

    def written(self, name: str, before: Position | None = None) -> Position:
        """The position at which `name` got the value that it has at `before` (now); (1, 0) for what is given."""
        iteration, line = before or self.position
        writer = self.writer(name)
        if writer is None:
            return Position(1 if self.program.roles.get(name) != "input" or self._feed is None else iteration, 0)
        if writer.number <= line:
            return Position(iteration, writer.number)
        return Position(iteration - 1, writer.number) if iteration > 1 else Position(1, 0)

    def writer(self, name: str) -> Line | None:
        """The line that sets `name`; for a parameter, the last line of the update."""
        own = self.program.own_name(name)
        return self.program.line_of(f"theta.{own}" if own in self.program.parameters else own)

    @property
    def history_bytes(self) -> int:
        """What the checkpoints of this branch and of those that it came from take."""
        return sum(branch.history.nbytes for branch in self._branches())

    def _branches(self) -> Iterator[_Branch]:
        """This branch, the one that it left, and so on."""
        branch: _Branch | None = self._branch
        while branch is not None:
            yield branch
            branch = branch.parent

    def _share_budget(self) -> None:
        """Half for this branch, a quarter for the one that it left, and so on; all of it where there is but one."""
        whole = self._branch.parent is None
        for depth, branch in enumerate(self._branches()):
            branch.history.limit(1 if whole else 2 ** (depth + 1))

    # -- how it moves

    def _move(self, to: Position, *, afresh: bool = False) -> None:
        here = self.position
        ahead = here.iteration < to.iteration
        if ahead and not afresh:
            ahead = self._branch.history.nearest(to.iteration - 1).iteration <= here.iteration
            if ahead:
                self._lines(here.iteration, here.line + 1, self.length)
                self._keep()
                self._iterations(here.iteration + 1, to.iteration - 1)
                self._begin(to.iteration)
        if afresh or (not ahead and to.iteration != here.iteration) or to < here:
            self._restore(to.iteration - 1)
            ahead = True
        self._lines(to.iteration, 1 if ahead else here.line + 1, to.line)
        self.position = to

    def _restore(self, iteration: int) -> None:
        """Make the machine stand at the begin of the iteration after `iteration`."""
        checkpoint = self._branch.history.nearest(iteration)
        self._machine.restore(checkpoint)
        for name, value in {**self._given, **self._hyper}.items():
            self._machine.write(name, value)
        for edit in self._branch.edits:
            if edit.iteration <= checkpoint.iteration and self._outlasts(edit.name):
                self._apply(edit)
        self._iterations(checkpoint.iteration + 1, iteration)
        self._begin(iteration + 1)

    def _outlasts(self, name: str) -> bool:
        return name in self._given or name in self._hyper

    def _begin(self, iteration: int) -> None:
        if self._feed is not None:
            for name, value in self._feed(iteration).items():
                self._machine.write(name, value)
        for edit in self._branch.edits:
            if (edit.iteration, edit.line) == (iteration, 0):
                self._apply(edit)
        self._machine.begin(iteration)

    def _apply(self, edit: Edit) -> None:
        if edit.index or edit.name not in self._hyper:
            self._machine.write_entry(edit.name, edit.index, edit.value)
        else:
            self._machine.write(edit.name, edit.value)

    def _lines(self, iteration: int, first: int, last: int) -> None:
        """Compute lines, with this branch's edits put in after theirs."""
        edits = [e for e in self._branch.edits if e.iteration == iteration and first <= e.line <= last]
        stops = [first - 1, *sorted({e.line for e in edits}), last]
        for start, stop in pairwise(stops):
            self._machine.lines(start + 1, stop)
            for edit in edits:
                if edit.line == stop:
                    self._apply(edit)

    def _iterations(self, first: int, last: int) -> None:
        """Compute whole iterations, at full speed between those that have edits or are to be kept."""
        edited = {e.iteration for e in self._branch.edits}
        iteration = first
        while iteration <= last:
            if self._feed is not None or iteration in edited:
                self._begin(iteration)
                self._lines(iteration, 1, self.length)
                iteration += 1
            else:
                until = min(
                    [last, self._branch.history.next_wanted(iteration - 1), *(e - 1 for e in edited if e > iteration)]
                )
                self._machine.run(until - iteration + 1)
                iteration = until + 1
            self._keep()

    def _keep(self) -> None:
        history = self._branch.history
        if history.wants(self._machine.iteration):
            history.keep(self._machine.save())

    def _run(self, conditions: list[_Condition], iterations: int) -> Stop:
        """Run until so many more iterations have ended, at most; stop at what comes first."""
        by_line: dict[int, list[_Condition]] = {}
        for condition in conditions:
            by_line.setdefault(condition.line, []).append(condition)
        end = positions.iterations_on(self.position, iterations, self.length)
        while self.position < end:
            start = self.position
            found = self._chunk(by_line, end)
            if not self.is_finite():
                here = self.position
                self._move(start)
                stop = self._find_nonfinite(here)
                if stop is not None and self.position < here:
                    return stop
                found = found or stop
            if found is not None:
                return found
        return Stop("limit", f"iteration {self.position.iteration} reached")

    def _chunk(self, by_line: dict[int, list[_Condition]], end: Position) -> Stop | None:
        """Some iterations on, or to the first condition that holds."""
        if not by_line:
            self._move(min(Position(self.position.iteration + CHUNK, self.length), end))
            return None
        for _ in range(CHUNK):
            iteration, line = self.position
            later = [n for n in by_line if n > line]
            to = Position(iteration, min(later)) if later else Position(iteration + 1, min(by_line))
            self._move(min(to, end))
            for condition in by_line[to.line] if to <= end else ():
                if condition.probe.value():
                    return Stop("condition", condition.text)
            if self.position == end:
                break
        return None

    def _find_nonfinite(self, end: Position) -> Stop | None:
        """Step on until a line gives a number that is not finite; stand right after that line."""
        while self.position < end:
            self.step()
            line = self.program.lines[self.position.line - 1]
            text = first_nonfinite(self, line)
            if text:
                return Stop("non-finite", text)
        return None

    def _compile(self, text: str) -> _Condition:
        e = self.expression(text)
        shape = shape_of(e, {n: self.program.shape(n) for n in names(e)})
        if shape != ():
            raise UserError(
                f"the condition `{text}` is {describe(shape)}; it must be one yes or no: any({text}) or all({text})"
            )
        writers = [line for n in names(e) if (line := self.writer(n)) is not None]
        within = [w.number for w in writers if w.phase != "update"]
        last = max(within or [w.number for w in writers] or [self.length])
        return _Condition(text, self._machine.probe(e), last)
