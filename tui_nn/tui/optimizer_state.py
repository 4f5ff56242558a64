"""What the optimiser holds for a parameter: θ before, g, its states and steps, θ after, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from tui_nn.engine.program import Program
from tui_nn.session.frame import Host
from tui_nn.session.optimizer_values import optimizer_values
from tui_nn.session.session import Session

ENTRIES = 12  # rows; of a larger tensor, those around the entry in focus


Entries = tuple[tuple[str, tuple[int, ...]], ...]
"""(parameter, index) of each."""

Column = tuple[float | None, ...]
"""A number for each entry, None where it is not computed yet."""


@dataclass(frozen=True, slots=True)
class OptimizerState:
    """Some entries of the parameters, a row each.

    Attributes:
        entries: of each row.
        columns: a name of the update (`theta` is before the update, `theta'` after it) and its numbers.
        hyper: the hyper-parameters.
    """

    entries: Entries
    columns: tuple[tuple[str, Column], ...]
    hyper: tuple[tuple[str, float], ...]


def read_state(session: Session, parameter: str, index: tuple[int, ...]) -> OptimizerState:
    """The state at this moment. All parameters where they are few numbers, else entries of `parameter`."""
    return state_of(session, chosen(session.program, parameter, index))


def state_of(session: Session, entries: Entries) -> OptimizerState:
    """The state of these entries at this moment."""
    program = session.program
    values = optimizer_values(session, dict.fromkeys(p for p, _ in entries))
    columns = {name: tuple(map(partial(_entry, found), entries)) for name, found in values.items()}
    singles = [n for n, role in program.update_roles.items() if role == "hyper" and session.is_computed(n)]
    hyper = tuple((n, float(session.value(n))) for n in singles)
    return OptimizerState(entries, tuple(columns.items()), hyper)


def total(program: Program, parameter: str) -> int:
    """How many entries there are to choose from: of all parameters where they are few numbers, else of this one."""
    sizes = {p: prod(program.shape(p)) for p in program.parameters}
    return sum(sizes.values()) if sum(sizes.values()) <= ENTRIES else sizes[parameter]


def chosen(program: Program, parameter: str, index: tuple[int, ...]) -> Entries:
    """The entries that are shown: those around an index."""
    shape = program.shape(parameter)
    at = int(np.ravel_multi_index(index, shape)) if len(index) == len(shape) and _inside(index, shape) else 0
    return from_on(program, parameter, max(min(at - ENTRIES // 2, prod(shape) - ENTRIES), 0))


def from_on(program: Program, parameter: str, first: int) -> Entries:
    """The entries from this one on, in the order of memory; of all parameters where they are few numbers."""
    if sum(prod(program.shape(p)) for p in program.parameters) <= ENTRIES:
        return tuple((p, i) for p in program.parameters for i in np.ndindex(program.shape(p)))[first:]
    shape = program.shape(parameter)
    places = range(first, min(first + ENTRIES, prod(shape)))
    return tuple((parameter, tuple(int(i) for i in np.unravel_index(k, shape))) for k in places)


def _inside(index: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return all(0 <= i < n for i, n in zip(index, shape, strict=True))


def _entry(found: Mapping[str, Host | None], entry: tuple[str, tuple[int, ...]]) -> float | None:
    value = found[entry[0]]
    return None if value is None else float(value[entry[1]])
