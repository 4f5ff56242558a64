"""The desk of a lockstep: its sessions, their losses, and what the screen shows of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tui_nn.engine.program import Line
from tui_nn.session import positions
from tui_nn.session.frame import Edit, Position, Stop
from tui_nn.session.lockstep import Lockstep
from tui_nn.session.ways import whole
from tui_nn.session.what_if import remaking
from tui_nn.tui.bridge import Slices
from tui_nn.tui.carried import Branch
from tui_nn.tui.desk import Losses, Timeline
from tui_nn.tui.optimizer_state import OptimizerState, from_on, state_of, total
from tui_nn.tui.slices import in_one
from tui_nn.tui.snapshot import Curve


@dataclass(frozen=True, slots=True)
class LockstepWanted:
    """What is shown where there are too many entries to show all: of which parameter, and from which one on."""

    parameter: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True)
class Runner:
    """One optimiser at one moment.

    Attributes:
        line: computed last.
        loss: of this iteration, None where it is not computed yet.
        state: of entries from number `first` on.
        total: how many there are.
        edits: what was carried over to it from a branch.
    """

    name: str
    line: Line | None
    loss: float | None
    state: OptimizerState
    curve: Curve
    first: int = 0
    total: int = 0
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LockstepShot:
    """All of them at one moment."""

    position: Position
    runners: tuple[Runner, ...]
    furthest: Position
    running: bool = False


@dataclass
class LockstepDesk:
    """Sessions in lockstep at work."""

    lockstep: Lockstep
    losses: Mapping[str, Losses] = field(default_factory=dict)
    furthest: Position = field(default_factory=lambda: Position(1, 0))

    def __post_init__(self) -> None:
        self.losses = {name: Losses() for name in self.lockstep.sessions}

    @property
    def timeline(self) -> Timeline:
        """What is moved."""
        return self.lockstep

    def note(self) -> None:
        """Take down where they stand now."""
        for name, session in self.lockstep.sessions.items():
            self.losses[name].record(session)
        self.furthest = max(self.furthest, self.lockstep.position)

    def go(self, to: Position, *, heeding: bool) -> Stop | None:
        """To a moment. Nothing stops here: where one has run away, the others go on."""
        self.lockstep.goto(*to)
        return None

    def onward(self, unit: str, most: int) -> Stop | None:
        """A line or an iteration further: never more, so that the curves have each loss."""
        here, length = self.lockstep.position, self.lockstep.length
        further = positions.moved if unit == "line" else positions.iterations_on
        return self.go(further(here, 1, length), heeding=False)


def carry(branch: Branch) -> Callable[[LockstepDesk], Slices]:
    """A command that changes in each of them what was changed in a branch; at once, so that they stay together."""

    def work(desk: LockstepDesk) -> None:
        for session in desk.lockstep.sessions.values():
            whole(remaking(session, branch.in_other(session.program), session.position))

    return in_one(work)


def take_lockstep(desk: LockstepDesk, wanted: LockstepWanted, stop: Stop | None, running: bool) -> LockstepShot:
    """The moment at which they stand."""
    desk.note()
    runners = []
    for name, session in desk.lockstep.sessions.items():
        program, line = session.program, session.position.line
        loss = program.loss
        parameter = wanted.parameter or program.parameters[0]
        count = total(program, parameter)
        first = min(wanted.first, count - 1)
        runners.append(
            Runner(
                name,
                program.lines[line - 1] if line else None,
                float(session.value(loss)) if loss and session.is_computed(loss) else None,
                state_of(session, from_on(program, parameter, first)),
                Curve.of(desk.losses[name].of(session.edits)),
                first,
                count,
                session.edits,
            )
        )
    return LockstepShot(desk.lockstep.position, tuple(runners), desk.furthest, running)
