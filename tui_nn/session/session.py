"""Session: where a run stands. Commands in (`step`, `back`, `goto`, `run_until`, `set`), frozen Frames out.

The only object that the CLI, the app and the lessons touch. Time is the Timeline's, stopping is `stops`',
what may be typed `expressions`', and what may be changed `what_if`'s.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from tui_nn.engine.backend import NUMPY, Backend
from tui_nn.engine.machine import Machine
from tui_nn.engine.program import Line, Program
from tui_nn.errors import UserError
from tui_nn.lang.expression import Expression, names
from tui_nn.lang.page import PHASES
from tui_nn.lang.shape_rules import Shape
from tui_nn.session import expressions, positions, stops, what_if
from tui_nn.session.frame import Edit, Frame, Host, Position, Stop
from tui_nn.session.history import BUDGET
from tui_nn.session.player import Feed, MachinePlayer
from tui_nn.session.timeline import Timeline
from tui_nn.session.ways import Way, whole


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
        player = MachinePlayer(program, values, seed=seed, backend=backend, feed=feed)
        self._open(Timeline(player, player.machine.save(), budget), seed, inputs_change=feed is not None)

    def _open(self, timeline: Timeline, seed: int, *, inputs_change: bool) -> None:
        self._timeline = timeline
        self.seed = seed
        self._inputs_change = inputs_change
        self._watches: dict[str, Expression] = {}
        self._conditions: dict[str, stops.Condition] = {}
        self.ends = {self.length, *(self.program.phase_end(p) for p in PHASES)} - {0}

    @property
    def program(self) -> Program:
        """The listing of this moment; a smaller last batch has one of its own."""
        return self._timeline.machine.program

    @property
    def machine(self) -> Machine:
        """The machine that holds the values of this moment. To be read, not to be run."""
        return self._timeline.machine

    @property
    def position(self) -> Position:
        """Where the session stands."""
        return self._timeline.position

    @property
    def length(self) -> int:
        """Lines of an iteration."""
        return self._timeline.length

    # -- moving

    def step(self, lines: int = 1) -> Frame:
        """Compute the next lines; after the last line comes the next iteration."""
        return self.goto(*positions.moved(self.position, lines, self.length))

    def back(self, lines: int = 1) -> Frame:
        """Take lines back, at most to the start."""
        return self.step(-lines)

    def next_phase(self) -> Frame:
        """To the end of the phase that comes (or goes on) now."""
        return self.goto(*positions.next_phase(self.position, self.ends))

    def back_phase(self) -> Frame:
        """To the end of the phase before."""
        return self.goto(*positions.phase_before(self.position, self.ends))

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
        whole(self.going(iteration, line))
        return self.frame()

    def going(self, iteration: int, line: int) -> Way[None]:
        """`goto` in slices: whoever closes it on the way leaves the session at the end of the iteration it came to."""
        positions.check(iteration, line, self.length)
        return self._timeline.going(Position(iteration, line))

    def go_on(self, iteration: int, line: int) -> Stop | None:
        """On to a position, or to the first moment on the way at which a break condition holds."""
        return stops.on(self, self._conditions.values(), Position(iteration, line))

    # -- running

    def break_when(self, condition: str) -> None:
        """Stop runs when the condition holds: `norm(dW1) > 10`, `any(isnan(A1))`."""
        self._conditions[condition] = stops.when(self, condition)

    def break_at(self, line: int) -> None:
        """Stop runs right after a line; its name among the breaks is `line 7`. Raises UserError where there is none."""
        self._conditions[f"line {line}"] = stops.at_line(self, line)

    def clear_break(self, condition: str) -> None:
        """Take a condition of `break_when`, or a line of `break_at`, away."""
        self._conditions.pop(condition, None)

    @property
    def breaks(self) -> tuple[str, ...]:
        """The conditions of `break_when` and the lines of `break_at`."""
        return tuple(self._conditions)

    def stopped(self) -> Stop | None:
        """Whether the line computed last is a place to stop: a break condition holds, or a number is not finite."""
        return stops.here(self, self._conditions.values())

    def run(self, iterations: int) -> Stop:
        """Run on for so many iterations, or until a break condition holds or a number is not finite."""
        return stops.run(self, self._conditions.values(), iterations)

    def run_until(self, condition: str, limit: int = 1_000_000) -> Stop:
        """Run until the condition (or one of `break_when`) holds, a number is not finite, or `limit` iterations on."""
        return stops.run(self, [stops.when(self, condition), *self._conditions.values()], limit)

    def back_until(self, condition: str, limit: int | None = None) -> Stop:
        """Go back to the latest earlier moment at which the condition holds; where there is none, stay.

        With a limit, look at so many iterations only; where it held in none of them, stand at the earliest one.
        """
        return stops.back(self, stops.when(self, condition), limit)

    # -- looking

    def frame(self, wanted: Iterable[str] = ()) -> Frame:
        """This moment, with the values of the wanted names that exist by now, and the watches."""
        line = self.program.lines[self.position.line - 1] if self.position.line else None
        values = {n: self.machine.read(n) for n in wanted if self.is_computed(n)}
        watches = {
            text: self.machine.probe(e).value()
            for text, e in self._watches.items()
            if all(self.is_computed(n) for n in names(e))
        }
        return Frame(self.position, line, values, watches, tuple(dict.fromkeys(e.name for e in self.edits)))

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
            line = self.program.writer(name)  # of `g.w`, the line of dw
            assert line is not None
            raise UserError(
                f"`{name}` is not computed yet: iteration {self.position.iteration} stands at line "
                f"{self.position.line}, and `{line}` is line {line.number}"
            )
        return self.machine.read(name)

    def is_finite(self) -> bool:
        """Whether all that outlasts an iteration is finite, and the loss as computed last."""
        return self.machine.is_finite()

    def line_values(self, line: Line) -> list[tuple[str | None, Host]]:
        """What a line that was just computed holds: (None, value), or (parameter, value) for each parameter."""
        if not self.program.per_parameter(line):
            return [(None, self.machine.read(line.name))]
        return [(p, self.machine.read(f"{line.name}.{p}")) for p in self.program.parameters]

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
        return self.machine.probe(e).value()

    def shape(self, name: str) -> Shape:
        """The shape of a name. Raises UserError, which knows the optimisers that have such a name."""
        return expressions.shape(self.program, name)

    def expression(self, text: str) -> Expression:
        """An expression over the session's names, checked. Raises EquationError or UserError."""
        return expressions.checked(self.program, text)[0]

    # -- what if

    def set(self, name: str, index: tuple[int, ...], value: float) -> Frame:
        """Change an entry where it was computed last, and recompute all that follows: a branch. `undo` goes back."""
        whole(self.setting(name, index, value))
        return self.frame()

    def setting(self, name: str, index: tuple[int, ...], value: float) -> Way[None]:
        """`set` in slices, as `going` goes; on the way, and where it is closed, it is in the new branch already."""
        return self._timeline.branching(what_if.edit(self, self._timeline.outlasts, name, index, value))

    def undo(self) -> Frame:
        """Leave the branch for the one that it came from, at the same position."""
        whole(self.undoing())
        return self.frame()

    def undoing(self) -> Way[None]:
        """`undo` in slices, likewise."""
        return self._timeline.undoing()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What this branch has changed."""
        return self._timeline.edits

    def original(self, wanted: Iterable[str]) -> dict[str, Host]:
        """The values that the wanted names have here in the run without any edits."""
        found = self.original_within(math.inf, wanted)
        assert found is not None
        return found

    def original_within(self, seconds: float, wanted: Iterable[str]) -> dict[str, Host] | None:
        """The same; None where that run is so far behind that it takes longer. Asked again, it has less to do."""
        return self._timeline.without_edits(lambda: dict(self.frame(wanted).values), seconds)

    def written(self, name: str, before: Position | None = None) -> Position:
        """The position at which `name` got the value that it has at `before` (now); (1, 0) for what is given."""
        iteration, line = before or self.position
        writer = self.program.writer(name)
        if writer is None:
            return Position(1 if self.program.roles.get(name) != "input" or not self._inputs_change else iteration, 0)
        if writer.number <= line:
            return Position(iteration, writer.number)
        return Position(iteration - 1, writer.number) if iteration > 1 else Position(1, 0)

    @property
    def history_bytes(self) -> int:
        """What the checkpoints of this branch and of those that it came from take."""
        return self._timeline.nbytes
