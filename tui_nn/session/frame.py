"""What a Session hands out: frozen pictures of one moment, with host copies of just what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tui_nn.engine.program import Line
from tui_nn.lang.page import Phase

Host = np.ndarray[Any, Any]


class Position(NamedTuple):
    """Where a session stands: `line` lines of `iteration` are computed; (1, 0) is the start."""

    iteration: int
    line: int


@dataclass(frozen=True)
class Frame:
    """One moment.

    Attributes:
        position: iteration and number of lines computed in it.
        line: the line computed last, None at the start of an iteration.
        values: name to value, for the names asked for that exist by now in this iteration.
        watches: watched expression to value, where it can be computed by now.
        edits: the names that this branch has changed.
    """

    position: Position
    line: Line | None
    values: Mapping[str, Host]
    watches: Mapping[str, Host] = field(default_factory=dict)
    edits: tuple[str, ...] = ()

    @property
    def phase(self) -> Phase | None:
        """The phase of the line computed last."""
        return self.line.phase if self.line else None


@dataclass(frozen=True, slots=True)
class Edit:
    """One changed entry: put in right after line `line` of `iteration` (line 0: before the first)."""

    iteration: int
    line: int
    name: str
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run stopped.

    Attributes:
        kind: `condition` (one that was asked for holds), `non-finite`, or `limit`.
        text: the condition, or what went wrong, in words.
    """

    kind: str
    text: str
