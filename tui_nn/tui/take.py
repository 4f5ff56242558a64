"""Taking a Snapshot: the thread that owns the session copies what the screen wants to show of this moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tui_nn.engine.program import Line, Program
from tui_nn.errors import UserError
from tui_nn.session.explain import explain
from tui_nn.session.frame import Host, Stop
from tui_nn.session.session import Session
from tui_nn.tui.desk import Desk
from tui_nn.tui.optimizer_state import read_state
from tui_nn.tui.rows import Key, key_name, name_of, parameter_of
from tui_nn.tui.snapshot import HEAD, NO_CURVE, Change, Curve, Focus, Head, Snapshot, Tensor, Wanted

LATE = 0.5  # seconds that a snapshot waits for the run without edits to be computed up to here


def take(desk: Desk, wanted: Wanted, stop: Stop | None = None, running: bool = False) -> Snapshot:
    """The moment at which the desk's session stands. Only the thread that owns it may ask."""
    desk.note()
    session = desk.session
    program, position = session.program, session.position
    line = program.lines[position.line - 1] if position.line else None
    parameter = wanted.parameter or (program.parameters[0] if program.parameters else "")
    focus = wanted.focus or _followed(program, line, parameter)
    parameter = (parameter_of(program, focus.name) if focus else "") or parameter
    shot = Snapshot(
        position,
        line,
        _heads(session, parameter),
        parameter=parameter,
        arrays=dict(session.frame(wanted.arrays).values),
        watches=tuple((text, _watched(session, text)) for text in desk.watches),
        edits=session.edits,
        breaks=session.breaks,
        curve=Curve.of(desk.losses.of(session.edits)),
        original=Curve.of(desk.losses.of(())) if session.edits else NO_CURVE,
        furthest=desk.furthest,
        stop=stop,
        running=running,
    )
    shot = _with_focus(shot, session, focus)
    if "state" in wanted.panes and program.update is not None:
        index = shot.focus.index if shot.focus else ()
        shot = replace(shot, state=read_state(session, parameter, index))
    return shot if running or not session.edits else _with_originals(shot, desk)


def _followed(program: Program, line: Line | None, parameter: str) -> Focus | None:
    if line is None:
        return None
    name = name_of(program, line, parameter)
    return Focus(name, (0,) * len(program.shape(name)))


def _with_focus(shot: Snapshot, session: Session, focus: Focus | None) -> Snapshot:
    if focus is None:
        return replace(shot, reason="Nothing is computed yet. n computes the first line, ? explains all keys.")
    here = session.position
    try:
        card, reason = explain(session, focus.name, focus.index, focus.at), ""
    except UserError as error:
        card, reason = None, str(error)
    values = None
    if card is not None:
        if focus.at is not None:
            session.goto(*focus.at)
        values = session.value(focus.name)
        if focus.at is not None:
            session.goto(*here)
    tensor = Tensor(focus.name, session.program.shape(focus.name), values)
    return replace(shot, focus=focus, card=card, reason=reason, tensor=tensor)


def _with_originals(shot: Snapshot, desk: Desk) -> Snapshot:
    """What the branch has changed, held against the run without its edits at the same moment."""
    session = desk.session
    program = session.program
    named = {key: key_name(program, key, shot.parameter) for key in shot.heads}
    focus = shot.focus
    now = [focus.name] if focus and shot.card and focus.at is None else []
    wanted_then = [*dict.fromkeys(named.values()), *now]
    before = session.original_within(LATE, wanted_then)
    if before is None:
        return replace(shot, behind=True)
    heads = {k: _compared(head, before[named[k]], session, named[k]) for k, head in shot.heads.items()}
    if program.loss in before:
        desk.losses.of(())[shot.position.iteration] = float(before[program.loss])
    shot = replace(shot, original=Curve.of(desk.losses.of(())))
    if not now or shot.tensor is None or shot.tensor.values is None or focus is None:
        return replace(shot, heads=heads)
    then, values = before[focus.name], shot.tensor.values
    changed = ~((values == then) | (np.isnan(values) & np.isnan(then)))
    return replace(
        shot, heads=heads, was=float(then[focus.index]), tensor=replace(shot.tensor, changed=np.asarray(changed))
    )


@np.errstate(all="ignore")
def _compared(head: Head, before: Host, session: Session, name: str) -> Head:
    """The head with the entry that has changed most, by how much; to or from what is no number is farthest."""
    now = session.value(name)
    apart = np.abs(np.subtract(now, before, dtype=np.float64))
    same = (now == before) | (np.isnan(now) & np.isnan(before))
    apart = np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
    index = np.unravel_index(np.argmax(apart), apart.shape)
    if not apart[index]:
        return head
    return replace(head, change=Change(name, tuple(map(int, index)), float(before[index]), float(now[index])))


def _heads(session: Session, parameter: str) -> dict[Key, Head]:
    """Of each name that is given and each line that is computed; of an update's lines, for this parameter."""
    program = session.program
    given: list[Key] = [name for name, role in program.roles.items() if role in ("input", "parameter")]
    keys = given + [line.number for line in program.lines[: session.position.line]]
    return {key: _head(session.value(key_name(program, key, parameter))) for key in keys}


def _head(value: Host) -> Head:
    return Head(tuple(np.ravel(value)[:HEAD].tolist()), value.shape)


def _watched(session: Session, text: str) -> Head | str:
    try:
        return _head(np.asarray(session.evaluate(text)))
    except UserError as error:
        return str(error)
