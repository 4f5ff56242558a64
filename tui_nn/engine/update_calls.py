"""The optimiser's lines over the flat vectors of all parameters, lowered for stepping and for a fast run.

Both make the same operations on each entry of what is kept, so the bits are the same. Long vectors are treated with
care for memory: lines that keep nothing are read through (`sink`), and the vectors are gone through once, by one kernel
where the backend has one, else block by block.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.engine.lower import Clock, Lowering
from tui_nn.engine.program import Line, Program
from tui_nn.engine.scalars import Scalars
from tui_nn.engine.sink import sink
from tui_nn.lang.expression import Call, Expression, names, walk
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import elementwise

SINK = 16_384  # entries from which intermediates are read through: below, every line is cheap and stays editable
BLOCK = 32_768  # entries that a run goes through at a time, so that all it touches of a block stays in the L2 cache,
LONG = 250_000  # in vectors of at least so many entries


class UpdateCalls:
    """The calls of the update phase of one machine.

    Attributes:
        scalars: the single numbers that the lines read.
        sunk: the names that a fast run never computes.
    """

    def __init__(
        self, program: Program, backend: Backend, flat: Mapping[str, Array], clock: Clock, share: Scalars | None
    ) -> None:
        self._program, self._backend, self._flat, self._clock = program, backend, flat, clock
        self._dtype = backend.xp.dtype(program.dtype)
        self._length = len(flat["theta"])
        self._lines = [line for line in program.lines if is_update(program, line)]
        self._expressions = {line.number: line.expression for line in self._lines}
        self.sunk: frozenset[str] = frozenset()
        if self._length >= SINK:
            self._sink()
        self.scalars = share or Scalars(program, backend, self._dtype, self._expressions.values())

    def stepped(self, line: Line) -> list[Bound]:
        """The calls of one line, over the whole vectors."""
        out = self.scalars.arrays[line.name] if line.shape == () else self._flat[line.name]
        return self._lowering(self._flat).line(line.name, self._expression(line), out)

    def run(self) -> list[Bound]:
        """All lines of the update, for a fast run."""
        lines = [line for line in self._lines if line.name not in self.sunk]
        calls: list[Bound] = []
        for is_entrywise, grouped in groupby(lines, key=lambda x: x.shape is None and not reduces(x.expression)):
            group = list(grouped)
            whole = self._together(group) if is_entrywise else None
            if whole is not None:
                calls.append(whole)
            elif is_entrywise and self._backend.blocks and self._length >= LONG:
                calls += self._blocked(group)
            else:
                calls += [kernel for line in group for kernel in self.stepped(line)]
        return calls

    def _sink(self) -> None:
        read_whole = {n for line in self._lines if reduces(line.expression) for n in names(line.expression)}
        roles = self._program.update_roles
        passing = [x.name for x in self._lines if roles.get(x.name) == "step" and not reduces(x.expression)]
        passing = [name for name in passing if name not in read_whole]
        single = [name for name, role in roles.items() if role == "hyper"]
        kept = sink(self._lines, passing, single)
        if kept:
            self._expressions |= kept
            self.sunk = frozenset(passing)

    def _blocked(self, lines: list[Line]) -> list[Bound]:
        calls: list[Bound] = []
        for start in range(0, self._length, BLOCK):
            part = {name: vector[start : start + BLOCK] for name, vector in self._flat.items()}
            low = self._lowering(part)
            for line in lines:
                calls += low.line(line.name, self._expression(line), part[line.name])
        return calls

    def _together(self, lines: list[Line]) -> Bound | None:
        arrays = {**self._flat, **self.scalars.arrays}
        return self._backend.together([(line.name, self._expression(line)) for line in lines], arrays)

    def _expression(self, line: Line) -> Expression:
        return self.scalars.hoisted(self._expressions[line.number])

    def _lowering(self, flat: Mapping[str, Array]) -> Lowering:
        arrays = {**flat, **self.scalars.arrays}
        return Lowering(self._backend, arrays, self._dtype, clock=self._clock)


def is_update(program: Program, line: Line) -> bool:
    """Whether a line is the optimiser's, on the flat vectors."""
    return line.phase == "update" and program.roles.get(line.name) != "buffer"


def reduces(e: Expression) -> bool:
    """Whether an entry of `e` depends on more than the same entry of what it reads."""
    return any(isinstance(n, Call) and PRIMITIVES[n.op].shape is not elementwise for n in walk(e))
