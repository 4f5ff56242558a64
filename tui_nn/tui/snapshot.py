"""A Snapshot: all that the screen shows of one moment, as frozen data. Taken beside the session, drawn by the app.

What it holds is asked for by a `Wanted`: the screen says what is in focus and what is seen; `take` copies just that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_nn.engine.program import Line
from tui_nn.session.explain import Explanation
from tui_nn.session.frame import Edit, Host, Position, Stop
from tui_nn.session.positions import START
from tui_nn.tui.optimizer_state import OptimizerState
from tui_nn.tui.rows import Key

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
        parameter: whose values the update's lines show, unless another one is in focus.
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
        parameter: whose values the heads of the update's lines are: the one in focus, or else the one that was wanted.
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
    parameter: str = ""
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
