"""The optimiser's lines over the flat vectors of all parameters, lowered for stepping and for a fast run.

Both make the same operations on each entry of what is kept, so the bits are the same. Long vectors are treated with
care for memory: lines that keep nothing are read through (`sink`), and the vectors are gone through once, by one kernel
where the backend has one, else strip by strip, on all lanes. A strip begins with the gradient of its weights, which is
still in the cache when the update reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from tui_nn.engine import lanes
from tui_nn.engine.backend import Array, Backend, Bound
from tui_nn.engine.lower import Clock, Lowering
from tui_nn.engine.program import Line, Program
from tui_nn.engine.scalars import Scalars
from tui_nn.engine.sink import sink
from tui_nn.engine.strips import LONG, Strip, blocks, covering
from tui_nn.lang.expression import Call, Expression, names, walk
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import elementwise

SINK = 16_384  # entries from which intermediates are read through: below, every line is cheap and stays editable


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

    @property
    def takes_gradients(self) -> bool:
        """Whether a fast run goes through the vectors once, entry by entry: then it may begin with the gradients."""
        entrywise = [_is_entrywise(line) for line in self._lines if line.name not in self.sunk]
        return self._in_strips and bool(entrywise) and all(entrywise)

    def run(self, gradients: Sequence[Strip] = ()) -> list[Bound]:
        """All lines of the update, for a fast run; with gradients that are still to be computed, if it takes them."""
        lines = [line for line in self._lines if line.name not in self.sunk]
        calls: list[Bound] = []
        for together, grouped in groupby(lines, key=_is_entrywise):
            group = list(grouped)
            if together and self._in_strips:
                pieces = [self._strip(group, strip) for strip in covering(gradients, self._length)]
                calls.append(lanes.together(pieces))
            elif together and (whole := self._together(group, self._flat)) is not None:
                calls.append(whole)
            else:
                calls += [kernel for line in group for kernel in self.stepped(line)]
        return calls

    @property
    def _in_strips(self) -> bool:
        return self._backend.blocks and self._length >= LONG

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

    def _strip(self, lines: list[Line], strip: Strip) -> list[Bound]:
        flat = self._part(strip)
        whole = self._together(lines, flat)
        if whole is not None:
            return [*strip.gradient, whole]
        calls = [*strip.gradient]
        for block in blocks(strip):
            flat = self._part(block)
            low = self._lowering(flat)
            calls += [kernel for x in lines for kernel in low.line(x.name, self._expression(x), flat[x.name])]
        return calls

    def _part(self, strip: Strip) -> dict[str, Array]:
        return {name: vector[strip.start : strip.stop] for name, vector in self._flat.items()}

    def _together(self, lines: list[Line], flat: Mapping[str, Array]) -> Bound | None:
        arrays = {**flat, **self.scalars.arrays}
        return self._backend.together([(line.name, self._expression(line)) for line in lines], arrays)

    def _expression(self, line: Line) -> Expression:
        return self.scalars.hoisted(self._expressions[line.number])

    def _lowering(self, flat: Mapping[str, Array]) -> Lowering:
        arrays = {**flat, **self.scalars.arrays}
        return Lowering(self._backend, arrays, self._dtype, clock=self._clock)


def is_update(program: Program, line: Line) -> bool:
    """Whether a line is the optimiser's, on the flat vectors."""
    return line.phase == "update" and program.roles.get(line.name) != "buffer"


def _is_entrywise(line: Line) -> bool:
    """Whether a line of the update computes each entry of a vector from the same entries of others."""
    return line.shape is None and not reduces(line.expression)


def reduces(e: Expression) -> bool:
    """Whether an entry of `e` depends on more than the same entry of what it reads."""
    return any(isinstance(n, Call) and PRIMITIVES[n.op].shape is not elementwise for n in walk(e))
