"""The single numbers of the update phase: hyper-parameters, `t`, and what depends on nothing else (`1 - beta1**t`).

They are computed in float64 for many iterations ahead, a row each, so that an iteration begins with one small copy
instead of a dozen operations on single numbers. Stepped and fast runs read the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tui_nn.engine.backend import NUMPY, Array, Backend
from tui_nn.engine.lower import Lowering
from tui_nn.engine.precision import converted
from tui_nn.engine.program import Program
from tui_nn.errors import UserError
from tui_nn.lang.expression import Call, Expression, Name, names, rebuild, walk

ROWS = 256

Schedule = Callable[["np.ndarray[Any, Any]"], "np.ndarray[Any, Any]"]
"""Iterations (float64, from 1) to the values that a hyper-parameter has in them."""


class Scalars:
    """Hyper-parameters and all update expressions of single numbers, as 0-d arrays in one small vector.

    Attributes:
        hyper: the hyper-parameters' values now, where no schedule says otherwise.
        arrays: name to 0-d array; a hoisted expression has a name that no page can have.
    """

    def __init__(self, program: Program, backend: Backend, dtype: Any, expressions: Iterable[Expression]) -> None:
        update = program.update
        self.hyper: dict[str, float] = dict(update.hyper) if update else {}
        read = list(expressions)
        self._vary = {"t", *self.hyper}  # single numbers that an iteration's number alone decides
        self._expressions: dict[Expression, str] = {}
        for e in read:
            self._collect(e)
        derived = list(self._expressions.values())
        update_lines = [line for line in program.lines if line.phase == "update" and line.name in program.update_roles]
        own = [line.name for line in update_lines if line.shape == ()]
        self._columns = ["t", *self.hyper, *derived]
        self._row = backend.xp.zeros(len(self._columns) + len(own), dtype)
        self.arrays: dict[str, Array] = {n: self._row[i, ...] for i, n in enumerate([*self._columns, *own])}
        self._head = self._row[: len(self._columns)]
        self._backend = backend
        self._dtype = dtype
        self._varies = any("t" in names(e) for e in read)
        self._schedules: dict[str, Schedule] = {}
        self._first = 0  # the iteration of the table's first row; 0: no table
        self._table: Array = None

    def set(self, name: str, value: float) -> None:
        """Change a hyper-parameter from the next iteration on."""
        if name not in self.hyper:
            raise UserError(f"`{name}` cannot be set; the hyper-parameters are {', '.join(self.hyper)}")
        converted(value, self._dtype, f"`{name}`")
        self.hyper[name] = value
        self._schedules.pop(name, None)
        self._first = 0

    def schedule(self, name: str, values: Schedule) -> None:
        """Let a hyper-parameter follow a function of the iteration: an array of iterations in, its values out."""
        self.set(name, self.hyper.get(name, 0.0))
        self._schedules[name] = values
        self._varies = True

    def advance(self, iteration: int, *, seen: bool = False) -> None:
        """Make the single numbers those of `iteration`; `t` too where it may be `seen`, though no line reads it."""
        row = (iteration - 1) % ROWS
        if iteration - row != self._first:
            self._fill(iteration - row)  # tables start at fixed iterations: the same bits however one got there
        elif not (self._varies or seen):
            return
        self._head[...] = self._table[row]

    def hoisted(self, e: Expression) -> Expression:
        """`e` with every expression of single numbers replaced by the name of its 0-d array."""
        if e in self._expressions:
            return Name(self._expressions[e])
        return rebuild(e, self.hoisted)

    def _collect(self, e: Expression) -> None:
        if isinstance(e, Call):
            inside = [n for n in walk(e) if isinstance(n, Name)]
            if inside and all(n.id in self._vary for n in inside):
                self._expressions.setdefault(e, f"${len(self._expressions)}")
                return
            for arg in e.args:
                self._collect(arg)

    def _fill(self, iteration: int) -> None:
        t = np.arange(iteration, iteration + ROWS, dtype=np.float64)
        arrays: Mapping[str, Array] = {"t": t, **{k: np.full(ROWS, v) for k, v in self.hyper.items()}}
        arrays = {**arrays, **{k: np.asarray(f(t), np.float64) for k, f in self._schedules.items()}}
        table = np.empty((ROWS, len(self._columns)))
        for i, name in enumerate(("t", *self.hyper)):
            table[:, i] = arrays[name]
        for i, e in enumerate(self._expressions, 1 + len(self.hyper)):
            out = np.empty(ROWS)
            with np.errstate(all="ignore"):
                for call in Lowering(NUMPY, arrays, np.dtype(np.float64)).line("schedule", e, out):
                    call()
            table[:, i] = out
        with np.errstate(over="ignore"):  # what is derived may well be infinite
            self._table = self._backend.from_host(table.astype(self._dtype))
        self._first = iteration
