"""What the screen can ask of a session, as commands for the bridge: generators that work in slices."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tui_nn.session.autopsy import Autopsy, autopsy
from tui_nn.session.explain import parse_entry
from tui_nn.session.frame import Stop
from tui_nn.tui.bridge import Slices
from tui_nn.tui.desk import Desk, Walk

Command = Callable[[Desk], Slices]

WalkT = TypeVar("WalkT", bound=Walk)

SLICE = 0.03  # seconds between two looks at whether the screen wants something else
FAR = 5000  # iterations on the way of which a loss is kept, of a longer way
FULL_SPEED = 64  # iterations in one go, at most


@dataclass(frozen=True, slots=True)
class Speed:
    """A speed of a run: so many lines or iterations in a second; 0 is as fast as it goes."""

    label: str
    unit: str
    per_second: float


SPEEDS = (
    Speed("1 line/s", "line", 1),
    Speed("4 lines/s", "line", 4),
    Speed("1 iteration/s", "iteration", 1),
    Speed("10 iterations/s", "iteration", 10),
    Speed("100 iterations/s", "iteration", 100),
    Speed("full speed", "iteration", 0),
)


@dataclass
class Pace:
    """The speed of a run; may be changed while it goes on."""

    index: int = 1

    @property
    def speed(self) -> Speed:
        """The row of SPEEDS."""
        return SPEEDS[self.index]

    def change(self, by: int) -> Speed:
        """Faster or slower, as far as it goes."""
        self.index = min(max(self.index + by, 0), len(SPEEDS) - 1)
        return self.speed


def at_once(change: Callable[[WalkT], object]) -> Callable[[WalkT], Slices]:
    """A command of one slice."""

    def work(desk: WalkT) -> Slices:
        change(desk)
        return None
        yield  # makes it a generator

    return work


def look(desk: Walk) -> Slices:
    """Nothing but a fresh snapshot."""
    return None
    yield


def move(name: str, count: int = 1) -> Callable[[Walk], Slices]:
    """A move of the timeline (`next_phase`) so many times, or until it stands at the start."""

    def work(desk: Walk) -> Slices:
        began = time.monotonic()
        for _ in range(count):
            getattr(desk.timeline, name)()
            desk.note()
            if desk.timeline.position == (1, 0):
                break
            if time.monotonic() - began > SLICE:
                yield None
                began = time.monotonic()
        return None

    return work


def ahead(lines: int) -> Callable[[Walk], Slices]:
    """So many lines on, or back where negative."""

    def work(desk: Walk) -> Slices:
        timeline = desk.timeline
        iteration, line = timeline.position
        if lines < 0:
            timeline.back(-lines)
            return None
        target = (iteration - 1) * timeline.length + line + lines
        yield from _goto(desk, (target - 1) // timeline.length + 1, (target - 1) % timeline.length + 1)
        return None

    return work


def iterations(count: int) -> Callable[[Walk], Slices]:
    """To the end of an iteration so many further on, or back where negative."""

    def work(desk: Walk) -> Slices:
        timeline = desk.timeline
        iteration, line = timeline.position
        if count < 0:
            timeline.back_iteration(-count)
            return None
        yield from _goto(desk, iteration + count - (line < timeline.length), timeline.length)
        return None

    return work


def goto(iteration: int, line: int | None = None) -> Callable[[Walk], Slices]:
    """To a line of an iteration; to its end where no line is given."""

    def work(desk: Walk) -> Slices:
        yield from _goto(desk, iteration, desk.timeline.length if line is None else line)
        return None

    return work


def run(pace: Pace) -> Command:
    """On and on, until a breakpoint, a condition or a number that is not finite; or until it is cancelled."""

    def work(desk: Desk) -> Slices:
        session, burst = desk.session, 1
        while True:
            speed, began = pace.speed, time.monotonic()
            if speed.unit == "line" or session.position.line < session.length:
                session.step()
                stop = session.stopped()
            else:
                stop = _stopped(session.run(burst if not speed.per_second else 1))
            desk.note()
            if stop is not None:
                return stop
            spent = time.monotonic() - began
            if speed.per_second:
                if speed.unit == "line" or session.position.line == session.length:
                    yield max(1 / speed.per_second - spent, 0.001)
            else:
                burst = min(burst * 2, FULL_SPEED) if spent < SLICE / 2 else max(burst // 2, 1)
                yield None

    return work


def run_until(condition: str, limit: int = 1_000_000) -> Command:
    """On until the condition holds."""

    def work(desk: Desk) -> Slices:
        session, burst, left = desk.session, 1, limit
        while left > 0:
            began = time.monotonic()
            stop = session.run_until(condition, burst)
            desk.note()
            if stop.kind != "limit":
                return stop
            left -= burst
            burst = min(burst * 2, FULL_SPEED) if time.monotonic() - began < SLICE else burst
            yield None
        return Stop("limit", f"{condition} did not hold in {limit:,} iterations")

    return work


def back_until(condition: str) -> Command:
    """Back to the latest earlier moment at which the condition holds."""

    def work(desk: Desk) -> Slices:
        here, session = desk.session.position, desk.session
        while True:
            before = session.position
            stop = session.back_until(condition, FULL_SPEED)
            if stop.kind != "limit":
                return stop
            if session.position == before:
                session.goto(*here)
                return Stop("limit", f"{condition} held at no earlier moment")
            yield None

    return work


def edit(entry: str, value: float) -> Command:
    """Change an entry (`w2`, `W1[0, 2]`): a branch."""
    return at_once(lambda desk: desk.session.set(*parse_entry(desk.session, entry), value))


def undo() -> Command:
    """Leave the latest branch."""
    return at_once(lambda desk: desk.session.undo())


def smaller_steps(factor: float) -> Command:
    """A branch with a smaller learning rate from the start on."""

    def change(desk: Desk) -> None:
        rate = float(desk.session.value("lr"))
        desk.session.set("lr", (), rate * factor)

    return at_once(change)


def examine(tell: Callable[[Autopsy | None], object]) -> Command:
    """Find out why numbers are no longer finite, and tell."""
    return at_once(lambda desk: tell(autopsy(desk.session)))


def watch(expression: str) -> Command:
    """Show an expression's value from now on, or no longer where it is shown already."""

    def change(desk: Desk) -> None:
        if expression in desk.watches:
            desk.watches = tuple(text for text in desk.watches if text != expression)
        else:
            desk.session.expression(expression)
            desk.watches = (*desk.watches, expression)

    return at_once(change)


def toggle_line(number: int) -> Command:
    """A breakpoint on a line, or none where there is one."""

    def change(desk: Desk) -> None:
        name = f"line {number}"
        if name in desk.session.breaks:
            desk.session.clear_break(name)
        else:
            desk.session.break_at(number)

    return at_once(change)


def toggle_condition(condition: str) -> Command:
    """Stop runs when a condition holds, or no longer where they do so already."""

    def change(desk: Desk) -> None:
        if condition in desk.session.breaks:
            desk.session.clear_break(condition)
        else:
            desk.session.break_when(condition)

    return at_once(change)


def _stopped(stop: Stop) -> Stop | None:
    return None if stop.kind == "limit" else stop


def _goto(desk: Walk, iteration: int, line: int) -> Slices:
    """Iteration by iteration, so that the losses on the way are seen and it can be cancelled."""
    timeline = desk.timeline
    if iteration < 1 or not 0 <= line <= timeline.length:
        timeline.goto(iteration, line)  # says what is wrong
    stride = max(1, (iteration - timeline.position.iteration) // FAR)
    began = time.monotonic()
    while timeline.position.iteration < iteration:
        here = timeline.position
        # An iteration is ended first, wherever it was left.
        step = stride if here.line == timeline.length else 0
        to = min(here.iteration + step, iteration)
        timeline.goto(to, timeline.length if to < iteration or not step else line)
        desk.note()
        if time.monotonic() - began > SLICE:
            yield None
            began = time.monotonic()
    timeline.goto(iteration, line)
    desk.note()
    return None
