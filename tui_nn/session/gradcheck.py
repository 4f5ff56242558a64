"""Are the derived gradients right? Each entry against central differences of the loss, in float64.

The difference over ±h and the one over ±h/2 are extrapolated (Richardson), so h can be wide and rounding small. Where
the two disagree, or the slopes to the left and to the right do not close up as h shrinks, a bend may lie between: then
h is made ten times smaller, and again. What bends at every h bends at the entry itself: a kink, where any slope between
that to the left and that to the right is a derivative (a sub-gradient), and none is called wrong.
What a page holds constant with `stop_gradient` is held in the differences too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from tui_nn.engine.machine import Machine
from tui_nn.engine.program import Program, Role
from tui_nn.errors import UserError
from tui_nn.lang.expression import Call, Expression, Name, node_count, walk
from tui_nn.lang.shape_rules import Shape, size
from tui_nn.lang.sharing import swapper
from tui_nn.randomness import generator

Index = tuple[int, ...]

TOLERANCE = 1e-6
STOPPED = "stop_gradient"
ENTRIES = 200  # of a tensor that are checked at most
WIDEST, NARROWEST = 1e-3, 1e-7  # steps: the first as a part of the entry's size, or of 1 for a small entry
TINY = 1e-200  # no step is narrower: its square would vanish
CONVERGED = 1e-3  # how near two differences must come for their extrapolation to be trusted
ROUNDING = 16 * float(np.finfo(np.float64).eps)  # of a loss, relative: a few operations' worth


class Verdict(StrEnum):
    """How an entry's gradient compares with the differences."""

    HOLDS = "holds"
    KINK = "kink"
    DIFFERS = "differs"
    NOT_FINITE = "not finite"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry's gradient, as the backward page has it and as the loss itself says.

    Attributes:
        error: their distance relative to the larger one, or to what rounding lets a difference see.
    """

    index: Index
    analytic: float
    numeric: float
    error: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """What was found for a parameter.

    Attributes:
        worst: the entry that is furthest off; kinks only where there is nothing else.
        checked: how many entries were checked, drawn with the seed where not all were.
        kinks: how many of them lie on a kink.
    """

    parameter: str
    shape: Shape
    worst: Entry
    checked: int
    kinks: int

    @property
    def verdict(self) -> Verdict:
        """That of the worst entry."""
        return self.worst.verdict

    @property
    def holds(self) -> bool:
        """Whether no entry is off."""
        return self.verdict in (Verdict.HOLDS, Verdict.KINK)


def gradcheck(
    program: Program,
    values: Mapping[str, Any],
    *,
    seed: int = 0,
    tolerance: float = TOLERANCE,
    entries: int = ENTRIES,
) -> tuple[Row, ...]:
    """Check the gradient of each parameter where the values are.

    Args:
        program: with a backward phase; its dtype does not matter.
        values: an array or number for each leaf.
        seed: of dropout masks, and of the entries that are drawn from a tensor with more than `entries` of them.
        tolerance: the largest relative error that holds.

    Raises:
        UserError: where there is nothing to differentiate.
    """
    if program.loss is None or not program.parameters:
        raise UserError("there are no parameters, so there are no gradients to check; name some with --parameter")
    lines = tuple(line for line in program.lines if line.phase != "update")
    plain = replace(program, lines=lines, update=None, update_roles=MappingProxyType({}), dtype="float64")
    machine = Machine(plain, values, seed=seed)
    machine.begin(1)
    machine.lines(1, len(lines))
    gradients = {of: machine.read(name) for name, of in plain.gradients.items()}
    if held := _held(machine):
        machine = Machine(_holding(plain, held), {**values, **dict(held.values())}, seed=seed)
        machine.begin(1)
    last = next(line.number for line in lines if line.name == plain.loss)
    return tuple(_row(machine, p, gradients[p], last, seed, tolerance, entries) for p in plain.parameters)


def _held(machine: Machine) -> dict[Expression, tuple[str, np.ndarray[Any, Any]]]:
    """What `stop_gradient` holds constant, the largest first: under a name that no page can have, and its value."""
    nodes = dict.fromkeys(node for line in machine.program.lines for node in walk(line.expression))
    calls = sorted((e for e in nodes if isinstance(e, Call) and e.op == STOPPED), key=node_count, reverse=True)
    return {e: (f"held {k}", machine.probe(e).value()) for k, e in enumerate(calls)}


def _holding(program: Program, held: Mapping[Expression, tuple[str, np.ndarray[Any, Any]]]) -> Program:
    """The program that is given what it would have held constant."""
    lines = list(program.lines)
    for e, (name, _) in held.items():
        swapped = swapper(e, Name(name))
        lines = [replace(x, equation=replace(x.equation, expression=swapped(x.expression))) for x in lines]
    shapes = {**program.shapes, **{name: value.shape for name, value in held.values()}}
    roles: dict[str, Role] = {**program.roles, **dict.fromkeys(dict(held.values()), "input")}
    return replace(program, lines=tuple(lines), shapes=MappingProxyType(shapes), roles=MappingProxyType(roles))


def _row(
    machine: Machine, parameter: str, gradient: np.ndarray[Any, Any], last: int, seed: int, tolerance: float, most: int
) -> Row:
    loss = str(machine.program.loss)
    start = machine.read(parameter)

    def slope(index: Index) -> Callable[[float], float]:
        def moved(by: float) -> float:
            machine.write_entry(parameter, index, float(start[index]) + by)
            machine.lines(1, last)
            return machine.number(loss)

        return moved

    found = []
    for index in _chosen(parameter, start.shape, seed, most):
        found.append(_compare(slope(index), index, float(start[index]), float(gradient[index]), tolerance))
        machine.write(parameter, start)
    rank = {Verdict.KINK: 0, Verdict.HOLDS: 1, Verdict.DIFFERS: 2, Verdict.NOT_FINITE: 3}
    worst = max(found, key=lambda entry: (rank[entry.verdict], entry.error))
    return Row(parameter, start.shape, worst, len(found), sum(entry.verdict == Verdict.KINK for entry in found))


def _chosen(parameter: str, shape: Shape, seed: int, most: int) -> Iterator[Index]:
    count = size(shape)
    places: Any = range(count)
    if count > most:
        places = np.sort(generator(seed, f"gradcheck {parameter}").choice(count, most, replace=False))
    for place in places:
        yield tuple(int(i) for i in np.unravel_index(place, shape))


def _compare(loss: Callable[[float], float], index: Index, at: float, analytic: float, tolerance: float) -> Entry:
    """The entry at a value of `at`, which `loss` moves by its argument."""
    middle = loss(0.0)
    step, least = WIDEST * max(abs(at), 1.0), max(NARROWEST * (abs(at) or 1.0), TINY)
    stencil = _Stencil(loss, middle, step)
    while step > least and not stencil.is_smooth(tolerance) and stencil.sees(tolerance):
        step /= 10
        stencil = _Stencil(loss, middle, step)
    if not np.isfinite([analytic, stencil.slope]).all():
        return Entry(index, analytic, stencil.slope, np.nan, Verdict.NOT_FINITE)
    distance = abs(analytic - stencil.slope)
    error = distance and distance / max(abs(analytic), abs(stencil.slope), stencil.noise / tolerance)
    if not stencil.is_smooth(tolerance) and stencil.is_between_sides(analytic):
        verdict = Verdict.KINK
    else:
        verdict = Verdict.HOLDS if error <= tolerance else Verdict.DIFFERS
    return Entry(index, analytic, stencil.slope, float(error), verdict)


class _Stencil:
    """Differences of the loss over one step to both sides, and over half of it."""

    def __init__(self, loss: Callable[[float], float], middle: float, step: float) -> None:
        right, left = loss(step), loss(-step)
        right_half, left_half = loss(step / 2), loss(-step / 2)
        with np.errstate(all="ignore"):
            self.wide = (right - left) / (2 * step)
            self.narrow = (right_half - left_half) / step
            self.slope = (4 * self.narrow - self.wide) / 3
            self.noise = ROUNDING * max(map(abs, (right, left, middle))) / step
            self.bend = (right - 2 * middle + left) / step  # the right slope less the left one
            self.bend_half = (right_half - 2 * middle + left_half) / (step / 2)
            self.right = 2 * (right_half - middle) / (step / 2) - (right - middle) / step
            self.left = 2 * (middle - left_half) / (step / 2) - (middle - left) / step

    def is_smooth(self, tolerance: float) -> bool:
        """Whether the differences converge, and the bend halves with the step, as that of a smooth curve does."""
        size = max(abs(self.wide), abs(self.narrow))
        converges = abs(self.wide - self.narrow) <= CONVERGED * size + self.noise
        # What is left of the bend after halving is of fourth order for a smooth curve, of first order for a kink.
        return bool(converges and abs(2 * self.bend_half - self.bend) <= tolerance * size + 8 * self.noise)

    def sees(self, tolerance: float) -> bool:
        """Whether rounding would leave a difference of a tenth of the step something to see."""
        return 10 * self.noise <= tolerance * max(abs(self.right), abs(self.left))

    def is_between_sides(self, slope: float) -> bool:
        """Whether the slopes of the two sides differ and `slope` lies between them."""
        low, high = sorted((self.left, self.right))
        slack = CONVERGED * max(abs(low), abs(high)) + self.noise
        return high - low > slack and low - slack <= slope <= high + slack
