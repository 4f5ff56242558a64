"""Where a step has led past finite numbers: steps stop there as runs do."""

from __future__ import annotations

import numpy as np

from tui_nn.session.frame import Position, Stop
from tui_nn.session.nonfinite import first_nonfinite
from tui_nn.session.session import Session


def first_break(session: Session, since: Position) -> Stop | None:
    """Whether a number has become not finite between `since` and here; if so, stand right after the line that did it.

    Of iterations on the way only that is asked which outlasts them, as of those of a run.
    """
    here = session.position
    if session.is_finite() and _lines_are_finite(session, since):
        return None
    session.goto(*since)
    while session.position < here:
        start = session.position
        iteration = start.iteration + (start.line == session.length)
        end = min(Position(iteration, session.length), here)
        session.goto(*end)
        if end < here and session.is_finite():
            continue
        session.goto(*start)
        while session.position < end:
            session.step()
            text = first_nonfinite(session, session.program.lines[session.position.line - 1])
            if text:
                return Stop("non-finite", text)
    return None


def _lines_are_finite(session: Session, since: Position) -> bool:
    """Whether what the lines of this iteration hold that were computed after `since` is finite."""
    iteration, last = session.position
    first = since.line if since.iteration == iteration else 0
    lines = session.program.lines[first:last]
    return all(np.isfinite(value).all() for line in lines for _, value in session.line_values(line))
