"""Moves through time, as commands for the bridge: a stepper's, and those of several sessions in lockstep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from tui_nn.session import positions
from tui_nn.session.frame import Position
from tui_nn.tui.bridge import Slices
from tui_nn.tui.desk import Timeline, Walk
from tui_nn.tui.pace import Pace

WalkT = TypeVar("WalkT", bound=Walk)

SLICE = 0.01  # seconds between two looks at whether the screen wants something else
FULL_SPEED = 64  # iterations in one go, at most
FAR = 5000  # iterations on the way of which a loss is kept, at least, of a longer way

BACK: dict[str, Callable[[Timeline], Position]] = {
    "back_phase": lambda timeline: positions.phase_before(timeline.position, timeline.ends),
    "reset": lambda timeline: positions.START,
}


def sliced(change: Callable[[WalkT], Iterator[None]]) -> Callable[[WalkT], Slices]:
    """A command that goes a way which the timeline cuts into slices."""

    def work(desk: WalkT) -> Slices:
        yield from _paced(change(desk))
        desk.note()
        return None

    return work


def _paced(way: Iterator[None]) -> Slices:
    """The slices of a way, as many together as take about a SLICE."""
    began = time.monotonic()
    for _ in way:
        if time.monotonic() - began > SLICE:
            yield None
            began = time.monotonic()
    return None


def next_burst(burst: int, began: float, most: int) -> int:
    """How many iterations to do in one go, after so many have taken from `began` until now: about a SLICE's worth."""
    return min(burst * 2, most) if time.monotonic() - began < SLICE / 2 else max(burst // 2, 1)


def look(desk: Walk) -> Slices:
    """Nothing but a fresh snapshot."""
    return None
    yield


def move(name: str, count: int = 1) -> Callable[[Walk], Slices]:
    """A move of BACK so many times, or until it stands at the start."""

    def work(desk: Walk) -> Slices:
        began = time.monotonic()
        for _ in range(count):
            yield from _back(desk, BACK[name](desk.timeline))
            if desk.timeline.position == (1, 0):
                break
            if time.monotonic() - began > SLICE:
                yield None
                began = time.monotonic()
        return None

    return work


def phases(count: int = 1) -> Callable[[Walk], Slices]:
    """To the end of a phase so many further on."""

    def work(desk: Walk) -> Slices:
        began = time.monotonic()
        for _ in range(count):
            to = positions.next_phase(desk.timeline.position, desk.timeline.ends)
            if (stop := (yield from _goto(desk, *to, heeding=True))) is not None:
                return stop
            if time.monotonic() - began > SLICE:
                yield None
                began = time.monotonic()
        return None

    return work


def ahead(lines: int) -> Callable[[Walk], Slices]:
    """So many lines on, or back where negative."""

    def work(desk: Walk) -> Slices:
        timeline = desk.timeline
        if lines < 0:
            return (yield from _back(desk, positions.moved(timeline.position, lines, timeline.length)))
        return (yield from _goto(desk, *positions.moved(timeline.position, lines, timeline.length), heeding=True))

    return work


def iterations(count: int) -> Callable[[Walk], Slices]:
    """To the end of an iteration so many further on, or back where negative."""

    def work(desk: Walk) -> Slices:
        timeline = desk.timeline
        if count < 0:
            return (yield from _back(desk, positions.iterations_back(timeline.position, -count, timeline.length)))
        to = positions.iterations_on(timeline.position, count, timeline.length)
        return (yield from _goto(desk, *to, heeding=True))

    return work


def run(pace: Pace) -> Callable[[Walk], Slices]:
    """On and on, line by line or iteration by iteration, until something stops it or it is cancelled."""

    def work(desk: Walk) -> Slices:
        burst = 1
        while True:
            speed, began = pace.speed, time.monotonic()
            stop = desk.onward(speed.unit, burst if not speed.per_second else 1)
            burst = next_burst(burst, began, FULL_SPEED) if not speed.per_second else 1
            desk.note()
            if stop is not None:
                return stop
            yield max(1 / speed.per_second - (time.monotonic() - began), 0.001) if speed.per_second else None

    return work


def goto(iteration: int, line: int | None = None) -> Callable[[Walk], Slices]:
    """To a line of an iteration, past breakpoints; to its end where no line is given."""

    def work(desk: Walk) -> Slices:
        return (yield from _goto(desk, iteration, desk.timeline.length if line is None else line, heeding=False))

    return work


def _goto(desk: Walk, iteration: int, line: int, *, heeding: bool) -> Slices:
    """Iteration by iteration, so that the losses on the way are seen, it can be cancelled, and it stops at a NaN.

    Args:
        heeding: whether it stops at breakpoints too.
    """
    timeline = desk.timeline
    if iteration < 1 or not 0 <= line <= timeline.length:
        timeline.goto(iteration, line)  # says what is wrong
    stride, burst = max(1, (iteration - timeline.position.iteration) // FAR), 1
    began = time.monotonic()
    while (here := timeline.position).iteration < iteration:
        # An iteration is ended first, wherever it was left.
        set_out, step = time.monotonic(), min(stride, burst) if here.line == timeline.length else 0
        to = min(here.iteration + step, iteration)
        stop = desk.go(Position(to, timeline.length if to < iteration or not step else line), heeding=heeding)
        desk.note()
        if stop is not None:
            return stop
        burst = next_burst(burst, set_out, stride)
        if time.monotonic() - began > SLICE:
            yield None
            began = time.monotonic()
    if Position(iteration, line) < timeline.position:
        return (yield from _back(desk, Position(iteration, line)))
    stop = desk.go(Position(iteration, line), heeding=heeding)
    desk.note()
    return stop


def _back(desk: Walk, to: Position) -> Slices:
    """Back, which replays what lies between the nearest checkpoint and there."""
    yield from _paced(desk.timeline.going(*to))
    desk.note()
    return None
