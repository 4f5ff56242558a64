"""A Snapshot: all that the screen shows of one moment, as frozen data. Taken beside the session, drawn by the app.

What it holds is asked for by a `Wanted`: the screen says what is in focus and what is seen, and the thread that owns
the session copies just that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from tui_nn.engine.program import Line, Program
from tui_nn.errors import UserError
from tui_nn.session.explain import Explanation, explain
from tui_nn.session.frame import Edit, Host, Position, Stop
from tui_nn.session.session import Session
from tui_nn.tui.desk import START, Desk
from tui_nn.tui.optimizer_state import OptimizerState, read_state
from tui_nn.tui.rows import Key, name_of

LATE = 0.5  # seconds that a snapshot waits for the run without edits to be computed up to here
HEAD = 12  # entries of a tensor that the listing may show


@dataclass(frozen=True, slots=True)
class Focus:
    """The entry that the card is about; `at` is when, None for now."""

    name: str
    index: tuple[int, ...] = ()
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a snapshot must hold.

    Attributes:
        focus: None follows the current line.
        parameter: the parameter whose update lines are shown.
        panes: those that are seen, by name.
        arrays: names whose whole values are wanted (the drawing of the network).
    """

    focus: Focus | None = None
    parameter: str = ""
    panes: frozenset[str] = frozenset()
    arrays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """The entry that a branch has changed most: of what, and its number in the run without edits and now."""

    name: str
    index: tuple[int, ...]
    was: float
    now: float


@dataclass(frozen=True, slots=True)
class Head:
    """The first entries of a value; `change` where the branch has made it another one."""

    entries: tuple[float, ...]
    shape: tuple[int, ...]
    change: Change | None = None

    @property
    def changed(self) -> bool:
        """Whether the branch has made it another one."""
        return self.change is not None


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """The whole value in focus; None where it is not computed yet. `changed` marks what the branch has changed."""

    name: str
    shape: tuple[int, ...]
    values: Host | None
    changed: Host | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Losses by iteration, in order."""

    iterations: tuple[int, ...] = ()
    losses: tuple[float, ...] = ()

    @classmethod
    def of(cls, losses: Mapping[int, float]) -> Curve:
        """From losses by iteration."""
        iterations = sorted(losses)  # not their pairs: thousands of these ten times a second set off the collector
        return cls(tuple(iterations), tuple(map(losses.__getitem__, iterations)))


NO_CURVE = Curve()


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One moment.

    Attributes:
        position: where the session stands.
        line: the line computed last.
        heads: the listing's values, by row key; a line that is not computed has none.
        focus: what the card is about.
        card: why it has its value; None where it has none yet, and `reason` says why.
        was: what it would be without the edits of this branch, where they are known.
        watches: expression to value as text, in order.
        curve, original: the losses of this branch, and of the run without edits.
        stop: why a run stopped, if the last command was one.
        running: whether it was taken in the midst of a command.
        behind: whether the run without edits is not computed up to here, so that it says nothing of what was.
    """

    position: Position
    line: Line | None
    heads: Mapping[Key, Head]
    focus: Focus | None = None
    card: Explanation | None = None
    reason: str = ""
    was: float | None = None
    tensor: Tensor | None = None
    state: OptimizerState | None = None
    arrays: Mapping[str, Host] = field(default_factory=dict)
    watches: tuple[tuple[str, Head | str], ...] = ()
    edits: tuple[Edit, ...] = ()
    breaks: tuple[str, ...] = ()
    curve: Curve = NO_CURVE
    original: Curve = NO_CURVE
    furthest: Position = START
    stop: Stop | None = None
    running: bool = False
    behind: bool = False


def take(desk: Desk, wanted: Wanted, stop: Stop | None = None, running: bool = False) -> Snapshot:
    """The moment at which the desk's session stands. Only the thread that owns it may ask."""
    desk.note()
    session = desk.session
    program, position = session.program, session.position
    line = program.lines[position.line - 1] if position.line else None
    parameter = wanted.parameter or (program.parameters[0] if program.parameters else "")
    shot = Snapshot(
        position,
        line,
        _heads(session),
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
    shot = _with_focus(shot, session, wanted.focus or _followed(program, line, parameter))
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
    named = {key: tuple(_names(program, key)) for key in shot.heads}
    focus = shot.focus
    now = [focus.name] if focus and shot.card and focus.at is None else []
    wanted_then = [*dict.fromkeys(n for names in named.values() for n in names), *now]
    before = session.original_within(LATE, wanted_then)
    if before is None:
        return replace(shot, behind=True)
    heads = {k: _compared(head, [before[n] for n in named[k]], session, named[k]) for k, head in shot.heads.items()}
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


def _names(program: Program, key: Key) -> Iterable[str]:
    if isinstance(key, str):
        return [key]
    line = program.lines[key - 1]
    return [name_of(program, line, p) for p in program.parameters] if program.per_parameter(line) else [line.name]


@np.errstate(all="ignore")
def _compared(head: Head, before: list[Host], session: Session, names: tuple[str, ...]) -> Head:
    """The head with the entry that has changed most, by how much; to or from what is no number is farthest."""
    farthest = 0.0
    for name, then in zip(names, before, strict=True):
        now = session.value(name)
        apart = np.abs(np.subtract(now, then, dtype=np.float64))
        same = (now == then) | (np.isnan(now) & np.isnan(then))
        apart = np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
        index = np.unravel_index(np.argmax(apart), apart.shape)
        if apart[index] > farthest:
            farthest = float(apart[index])
            head = replace(head, change=Change(name, tuple(map(int, index)), float(then[index]), float(now[index])))
    return head


def _heads(session: Session) -> dict[Key, Head]:
    program = session.program
    found: dict[Key, Head] = {}
    for name, role in program.roles.items():
        if role in ("input", "parameter"):
            found[name] = _head([session.value(name)])
    for line in program.lines[: session.position.line]:
        found[line.number] = _head([value for _, value in session.line_values(line)])
    return found


def _head(values: list[Host]) -> Head:
    shape = values[0].shape if len(values) == 1 else (sum(v.size for v in values),)
    return Head(_entries(values), shape)


def _entries(values: Iterable[Host]) -> tuple[float, ...]:
    """The first entries of these arrays, one after the other."""
    found: list[float] = []
    for value in values:
        found += np.ravel(value)[: HEAD - len(found)].tolist()
        if len(found) >= HEAD:
            break
    return tuple(found)


def _watched(session: Session, text: str) -> Head | str:
    try:
        return _head([np.asarray(session.evaluate(text))])
    except UserError as error:
        return str(error)
