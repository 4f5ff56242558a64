"""What an optimiser makes of parameters in one iteration: θ before, g, its states and steps, θ after."""

from __future__ import annotations

from collections.abc import Iterable

from tui_nn.session.frame import Host
from tui_nn.session.session import Session

BEFORE, GRADIENT, AFTER = "theta", "g", "theta'"


def optimizer_values(session: Session, parameters: Iterable[str]) -> dict[str, dict[str, Host | None]]:
    """The numbers at this moment, by name of the update, then by parameter; None where they are not computed yet.

    The first name is `theta`, before the update; then come `g`, the update's own lines, and `theta'`, after it. The
    program has an update.
    """
    program, here = session.program, session.position
    parameters = tuple(parameters)
    lines = [line for line in program.lines if line.phase == "update" and program.per_parameter(line)]
    last = lines[-1].number
    is_over = here.line >= last
    after: dict[str, Host | None] = {p: session.value(p) if is_over else None for p in parameters}
    if is_over:
        session.goto(here.iteration, last - 1)
    found: dict[str, dict[str, Host | None]] = {BEFORE: {p: session.value(p) for p in parameters}}
    if is_over:
        session.goto(*here)
    for name in (GRADIENT, *(line.name for line in lines[:-1])):
        found[name] = {p: _known(session, f"{name}.{p}") for p in parameters}
    return {**found, AFTER: after}


def _known(session: Session, name: str) -> Host | None:
    return session.value(name) if session.is_computed(name) else None
