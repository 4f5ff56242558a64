"""Moves through time, as commands for the bridge: a stepper's, and those of several sessions in lockstep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from tui_nn.session import positions
from tui_nn.session.frame import Position
from tui_nn.tui.bridge import Slices
from tui_nn.tui.desk import Walk
from tui_nn.tui.pace import Pace

WalkT = TypeVar("WalkT", bound=Walk)

SLICE = 0.01  # seconds between two looks at whether the screen wants something else
FAR = 5000  # iterations on the way of which a loss is kept, of a longer way


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
    """A move back of the timeline (`back_phase`) so many times, or until it stands at the start."""

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
            timeline.back(-lines)
            return None
        return (yield from _goto(desk, *positions.moved(timeline.position, lines, timeline.length), heeding=True))

    return work


def iterations(count: int) -> Callable[[Walk], Slices]:
    """To the end of an iteration so many further on, or back where negative."""

    def work(desk: Walk) -> Slices:
        timeline = desk.timeline
        if count < 0:
            timeline.back_iteration(-count)
            return None
        to = positions.iterations_on(timeline.position, count, timeline.length)
        return (yield from _goto(desk, *to, heeding=True))

    return work


def on_and_on(pace: Pace) -> Callable[[Walk], Slices]:
    """Line by line or iteration by iteration, as fast as the pace says, until something stops it or it is cancelled."""

    def work(desk: Walk) -> Slices:
        began = time.monotonic()
        while True:
            speed, timeline = pace.speed, desk.timeline
            if speed.unit == "line":
                to = positions.moved(timeline.position, 1, timeline.length)
            else:
                to = positions.iterations_on(timeline.position, 1, timeline.length)
            stop = desk.go(to, heeding=True)
            desk.note()
            if stop is not None:
                return stop
            spent = time.monotonic() - began
            if speed.per_second or spent > SLICE:
                yield max(1 / speed.per_second - spent, 0.001) if speed.per_second else None
                began = time.monotonic()

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
    stride = max(1, (iteration - timeline.position.iteration) // FAR)
    began = time.monotonic()
    while (here := timeline.position).iteration < iteration:
        # An iteration is ended first, wherever it was left.
        step = stride if here.line == timeline.length else 0
        to = min(here.iteration + step, iteration)
        stop = desk.go(Position(to, timeline.length if to < iteration or not step else line), heeding=heeding)
        desk.note()
        if stop is not None:
            return stop
        if time.monotonic() - began > SLICE:
            yield None
            began = time.monotonic()
    stop = desk.go(Position(iteration, line), heeding=heeding)
    desk.note()
    return stop
