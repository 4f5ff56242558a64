"""Autopsy: why a run has come to a number that is not finite. The line, its operands, where the growth began, causes.

All of it is found by going back in time and looking; the session stands where it stood when an autopsy is done.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tui_nn.engine.program import Dtype
from tui_nn.lang.arithmetic import evaluate
from tui_nn.lang.errors import EquationError
from tui_nn.lang.project import Entry
from tui_nn.lang.write import plain_exponent, write
from tui_nn.session.culprits import Values, culprits, innermost
from tui_nn.session.explain import Explanation, explain, operand
from tui_nn.session.frame import Position
from tui_nn.session.nonfinite import entry_name, first_nonfinite
from tui_nn.session.session import Session

LOOK_BACK = 1000  # iterations in which the begin of the growth is looked for
GROWN = 10.0  # what has not grown by this factor has not grown away


@dataclass(frozen=True, slots=True)
class Autopsy:
    """What was found.

    Attributes:
        position: right after the first line that gave such a number.
        text: that line, its number and its operands, in words.
        card: the number's explanation; its first operands are those to blame.
        sizes: (iteration, magnitude of the loss, or else of the largest parameter), oldest first.
        began: the end of the iteration from which on the magnitude grew; None where it came at once.
        causes: likely ones, the likeliest first.
    """

    position: Position
    text: str
    card: Explanation
    sizes: tuple[tuple[int, float], ...]
    began: Position | None
    causes: tuple[str, ...]

    @property
    def is_after_steps(self) -> bool:
        """Whether the optimiser's steps have led there: in the very first pass there was none."""
        return self.position.iteration > 1 or (self.card.line is not None and self.card.line.phase == "update")


def autopsy(session: Session) -> Autopsy | None:
    """Find the first number of this run, up to here, that is not finite. None where all are finite."""
    here = session.position
    try:
        if not _find(session):
            return None
        position = session.position
        line = session.program.lines[position.line - 1]
        text = first_nonfinite(session, line)
        name, index = _entry(session)
        card = _led_by_culprits(session, explain(session, name, index))
        causes = _in_the_line(session, card)
        sizes = _sizes(session, position.iteration)
        began = _began(sizes)
        if began is not None:
            causes = (*causes, _too_fast(session, sizes[began:]))
        elif position.iteration == 1:
            causes = (*causes, "it happens in the very first pass: look at the inputs and at where parameters start")
        else:
            causes = (*causes, *_one_step(session, position.iteration - 1))
        at = None if began is None else Position(sizes[began][0], session.length)
        return Autopsy(position, text, card, sizes, at, causes)
    finally:
        session.goto(*here)


def _find(session: Session) -> bool:
    """Go to the first line, at or before this one, that gives a number that is not finite."""
    end = session.position
    iteration = end.iteration
    while iteration > 1:
        session.goto(iteration - 1, session.length)
        if session.is_finite():
            break
        iteration -= 1
    last = end.line if iteration == end.iteration else session.length
    for number in range(1, last + 1):
        session.goto(iteration, number)
        if first_nonfinite(session, session.program.lines[number - 1]):
            return True
    return False


def _entry(session: Session) -> Entry:
    """The first such number that the line computed last has given."""
    line = session.program.lines[session.position.line - 1]
    for parameter, value in session.line_values(line):
        bad = np.argwhere(~np.isfinite(value))
        if len(bad):
            return entry_name(line, parameter), tuple(int(i) for i in bad[0])
    raise AssertionError("the line was just found to have one")


def _sizes(session: Session, end: int) -> tuple[tuple[int, float], ...]:
    """The magnitudes at the ends of the iterations before `end`."""
    loss, found = session.program.loss, []
    for iteration in range(max(1, end - LOOK_BACK), end):
        session.goto(iteration, session.length)
        names = [loss] if loss else session.program.parameters
        found.append((iteration, max(float(np.abs(session.value(n)).max(initial=0)) for n in names)))
    return tuple(found)


def _began(sizes: tuple[tuple[int, float], ...]) -> int | None:
    """The place of the smallest magnitude, where it has grown away from there for at least three iterations."""
    if len(sizes) < 3:
        return None
    values = [size for _, size in sizes]
    lowest = len(values) - 1 - min(range(len(values)), key=lambda i: values[::-1][i])
    grown = values[-1] > GROWN * max(values[lowest], 1e-300)
    return lowest if grown and lowest <= len(values) - 3 else None


def _too_fast(session: Session, sizes: tuple[tuple[int, float], ...]) -> str:
    (first, small), (last, large) = sizes[0], sizes[-1]
    what = f"|{session.program.loss}|" if session.program.loss else "the largest parameter"
    grew = f"{what} grew from {_short(small)} to {_short(large)} in {last - first} iterations"
    if small > 0 and math.isfinite(large):
        grew += f", about ×{math.exp((math.log(large) - math.log(small)) / (last - first)):.3g} in each"
    return f"{grew}: most likely {_too_long(session)}"


def _one_step(session: Session, iteration: int) -> tuple[str, ...]:
    """Whether the update of an iteration took the parameters far away from where they were."""
    program = session.program
    found = []
    for line in (program.phase_end("backward"), session.length):
        session.goto(iteration, line)
        found.append(max(float(np.abs(session.value(n)).max(initial=0)) for n in program.parameters))
    small, large = found
    if large <= GROWN * max(small, 1e-300):
        return ()
    went = f"the largest parameter went from {_short(small)} to {_short(large)}"
    return (f"{went} in the one step of iteration {iteration}: most likely {_too_long(session)}",)


def _too_long(session: Session) -> str:
    rate = session.evaluate("lr") if "lr" in session.program.update_roles else None
    return "the steps are too long" if rate is None else f"the learning rate lr = {_short(float(rate))} is too large"


def _led_by_culprits(session: Session, card: Explanation) -> Explanation:
    """The card with those operands first that are to blame."""
    if card.projected is None:
        return card
    here = session.position
    session.goto(card.position.iteration, card.position.line - 1)
    values = Values(session)
    first = [operand(session, *entry, values[entry]) for entry in culprits(card.projected, values)]
    session.goto(*here)
    known = {(o.name, o.index) for o in first}
    others = [o for o in card.operands if (o.name, o.index) not in known]
    listed = len(first) + len(others)
    return replace(card, operands=(*first, *others), hidden=max(card.hidden + len(card.operands) - listed, 0))


def _in_the_line(session: Session, card: Explanation) -> tuple[str, ...]:
    """The innermost operation that made such a number out of finite ones, in words."""
    if card.projected is None:
        return (card.note,) if card.note else ()
    session.goto(card.position.iteration, card.position.line - 1)
    values = Values(session)
    try:
        found = innermost(card.projected, values)
    except EquationError:
        return ()
    if found is None:
        return ()
    numbers = [evaluate(a, values) for a in found.args]
    bad = next((i for i, number in enumerate(numbers) if not values.holds(number)), None)
    if bad is not None:
        return (f"{write(found.args[bad])} was not finite before this line: it was given so",)
    return (_REASONS.get(found.op, _overflow)(write(found), numbers, session.program.dtype),)


def _short(value: float) -> str:
    return plain_exponent(f"{value:.4g}")


def _overflow(text: str, numbers: list[float], dtype: Dtype) -> str:
    *most, last = [_short(n) for n in numbers]
    return f"{text} is too large for {dtype}, made of {', '.join(most)}{' and ' if most else ''}{last}"


def _divide(text: str, numbers: list[float], dtype: Dtype) -> str:
    if numbers[1] == 0:
        return f"{text} divides by 0: add a small number below the line"
    return _overflow(text, numbers, dtype)


def _log(text: str, numbers: list[float], dtype: Dtype) -> str:
    return (
        f"{text} is the logarithm of {_short(numbers[0])}, and there is none: keep it above 0, "
        "or take a cross-entropy that starts from logits"
    )


def _sqrt(text: str, numbers: list[float], dtype: Dtype) -> str:
    return f"{text} is the root of {_short(numbers[0])}, and there is none: keep it at 0 or above"


def _exp(text: str, numbers: list[float], dtype: Dtype) -> str:
    power = f"{text} is e to the power of {_short(numbers[0])}"
    return f"{power}, too large for {dtype}: make it smaller, or subtract the largest"


_REASONS: dict[str, Callable[[str, list[float], Dtype], str]] = {
    "divide": _divide,
    "log": _log,
    "log1p": _log,
    "sqrt": _sqrt,
    "exp": _exp,
}
