"""A session's oracle: no checkpoints, no machine. Each question is answered by computing all again from the start.

A page is run by Python itself (see the engine's oracle), the optimiser by its own lines; an edit is put in right after
its line. Slow and plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.engine import oracle
from tui_nn.engine.program import Program
from tui_nn.lang.write import write

Values = dict[str, Any]
Place = tuple[int, int]


@dataclass
class Naive:
    """The values of a run with edits, at any position.

    Attributes:
        edits: (place, name, index, value) in the order in which they were made.
    """

    program: Program
    values: Mapping[str, Any]
    edits: list[tuple[Place, str, tuple[int, ...], float]] = field(default_factory=list)

    def at(self, iteration: int, line: int) -> Values:
        """All that can be seen there, by the names that a session uses."""
        update = self.program.update
        state: Values = {n: np.array(v, float) for n, v in self.values.items()}
        if update is not None:
            state |= {n: np.array(v) for n, v in update.hyper.items()}
            for name, start in update.states.items():
                state |= {f"{name}.{p}": np.full(self.program.shapes[p], start) for p in self.program.parameters}
        for now in range(1, iteration + 1):
            lines = {line.name for line in self.program.lines if line.phase != "update"}
            fresh = [n for n in state if n in lines or self._is_step(n)]
            for name in fresh:
                del state[name]
            state |= {"t": np.array(float(now))} if update is not None else {}
            self._edit(state, (now, 0))
            for row in self.program.lines[: line if now == iteration else None]:
                self._compute(state, row)
                self._edit(state, (now, row.number))
        return state

    def _is_step(self, name: str) -> bool:
        return self.program.update_roles.get(name.partition(".")[0]) == "step"

    def _compute(self, state: Values, line: Any) -> None:
        text = write(line.expression)
        if line.phase != "update":
            state[line.name] = oracle.evaluate(text, state)
            return
        for p in self.program.parameters:
            scope = {n: state[n] for n in state if "." not in n}
            scope |= {n.partition(".")[0]: v for n, v in state.items() if n.endswith(f".{p}")}
            scope |= {"theta": state[p], "g": state[f"d{p}"]}
            state[p if line.name == "theta" else f"{line.name}.{p}"] = oracle.evaluate(text, scope)

    def _edit(self, state: Values, place: Place) -> None:
        for where, name, index, value in self.edits:
            if where == place:
                state[name] = np.array(state[name])
                state[name][index] = value
