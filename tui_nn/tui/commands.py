"""What the screen can ask of a session beside moves, as commands for the bridge: generators that work in slices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from tui_nn.session.autopsy import Autopsy, autopsy
from tui_nn.session.explain import parse_entry
from tui_nn.session.frame import Edit, Position, Stop
from tui_nn.session.what_if import remaking
from tui_nn.tui.bridge import Slices
from tui_nn.tui.desk import Desk
from tui_nn.tui.retry import CLIP
from tui_nn.tui.slices import in_one
from tui_nn.tui.travel import FULL_SPEED, next_burst, sliced

Command = Callable[[Desk], Slices]


def run_until(condition: str, limit: int = 1_000_000) -> Command:
    """On until the condition holds."""

    def work(desk: Desk) -> Slices:
        session, burst, left = desk.session, 1, limit
        here = session.position
        while left > 0:
            began, burst = time.monotonic(), min(burst, left)
            stop = session.run_until(condition, burst)
            desk.note()
            if stop.kind != "limit":
                desk.heed(stop)
                return stop
            left -= burst
            burst = next_burst(burst, began, FULL_SPEED)
            yield None
        session.goto(*here)
        return Stop("limit", f"{condition} did not hold in {limit:,} iterations; back where it began")

    return work


def back_until(condition: str) -> Command:
    """Back to the latest earlier moment at which the condition holds."""

    def work(desk: Desk) -> Slices:
        here, session, burst = desk.session.position, desk.session, 1
        while True:
            before, began = session.position, time.monotonic()
            stop = session.back_until(condition, burst)
            if stop.kind != "limit":
                return stop
            if session.position == before:
                session.goto(*here)
                return Stop("limit", f"{condition} held at no earlier moment")
            burst = next_burst(burst, began, FULL_SPEED)
            yield None

    return work


def edit(entry: str, value: float) -> Command:
    """Change an entry (`w2`, `W1[0, 2]`): a branch."""
    return sliced(lambda desk: desk.session.setting(*parse_entry(desk.session, entry), value))


def undo() -> Command:
    """Leave the latest branch."""
    return sliced(lambda desk: desk.session.undoing())


def smaller_steps(factor: float) -> Command:
    """A branch with a smaller learning rate from the start on."""

    def change(desk: Desk) -> Iterator[None]:
        rate = float(desk.session.value("lr"))
        return desk.session.setting("lr", (), rate * factor)

    return sliced(change)


def clip(limit: float) -> Command:
    """A branch with a gradient that is no longer than `limit`; where it was not longer, than a tenth of that."""

    def change(desk: Desk) -> Iterator[None]:
        before = float(desk.session.value(CLIP))
        return desk.session.setting(CLIP, (), min(limit, before * 0.1))

    return sliced(change)


def remake(edits: Sequence[Edit], place: Position) -> Command:
    """Make the changes of a branch, each where it belongs, and stand at a place; no number on the way stops it."""
    return sliced(lambda desk: remaking(desk.session, edits, place))


def examine(tell: Callable[[Autopsy | None], object]) -> Command:
    """Find out why numbers are no longer finite, and tell."""

    def look(desk: Desk) -> None:
        session, here = desk.session, desk.session.position
        known = desk.breaks.get(session.edits, here)
        try:
            session.goto(*min(known, here))  # who stands far beyond would look through all that lies between
            found = autopsy(session)
        finally:
            session.goto(*here)
        if found is not None:
            desk.breaks[session.edits] = found.position
        tell(found)

    return in_one(look)


def watch(expression: str) -> Command:
    """Show an expression's value from now on, or no longer where it is shown already."""

    def change(desk: Desk) -> None:
        if expression in desk.watches:
            desk.watches = tuple(text for text in desk.watches if text != expression)
        else:
            desk.session.expression(expression)
            desk.watches = (*desk.watches, expression)

    return in_one(change)


def toggle_line(number: int) -> Command:
    """A breakpoint on a line, or none where there is one."""

    def change(desk: Desk) -> None:
        name = f"line {number}"
        if name in desk.session.breaks:
            desk.session.clear_break(name)
        else:
            desk.session.break_at(number)

    return in_one(change)


def toggle_condition(condition: str) -> Command:
    """Stop when a condition holds, or no longer where that is so already."""

    def change(desk: Desk) -> None:
        if condition in desk.session.breaks:
            desk.session.clear_break(condition)
        else:
            desk.session.break_when(condition)

    return in_one(change)
