"""What the screen can ask of a session, as commands for the bridge: generators that work in slices."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from tui_nn.session.frame import Stop
from tui_nn.session.session import Session
from tui_nn.tui.bridge import Command, Pause

SLICE = 0.03  # seconds between two looks at whether the screen wants something else


def once(move: Callable[[Session], object]) -> Command:
    """A command that is done in one slice."""

    def work(session: Session) -> Generator[Pause, None, Stop | None]:
        move(session)
        return None
        yield  # a generator, also without a second slice

    return work


def repeat(move: Callable[[Session], object], count: int) -> Command:
    """The same move so many times, in slices."""

    def work(session: Session) -> Generator[Pause, None, Stop | None]:
        until = time.monotonic() + SLICE
        for _ in range(count):
            move(session)
            if time.monotonic() > until:
                yield None
                until = time.monotonic() + SLICE
        return None

    return work
