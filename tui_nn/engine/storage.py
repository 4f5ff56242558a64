"""The arrays of one program: flat vectors for all that is learned, with views by name, and a buffer for each line.

Inputs of matrix products are stored by rows: one example, one row. What a folded bias needs beside it lies around the
view that the page knows: see `layout`.
"""

from __future__ import annotations

from typing import Any

from tui_nn.engine import layout
from tui_nn.engine.backend import Array, Backend
from tui_nn.engine.lower import Block
from tui_nn.engine.program import Program
from tui_nn.lang.differentiate import gradient_name


class Storage:
    """The arrays of one program.

    Args:
        program: whose names and shapes they are.
        backend: where they live.
        share: the storage of a program for the same network, whose parameters, states and buffers these are too.

    Attributes:
        flat: `theta`, `g`, and each state and intermediate of the optimiser, over all parameters.
        arrays: every name of the program, and `m.W1` for the part of a vector that belongs to a parameter.
        blocks: by the id of a view, what lies around it.
        vectors: what outlasts an iteration, as it is saved.
        starts: where a gradient begins in the flat vectors.
        pairs: the lines of gradients that are computed together, by number.
        by_rows: the inputs that are stored as rows of examples.
        buffers: names of what the page itself keeps from one iteration to the next.
    """

    def __init__(self, program: Program, backend: Backend, share: Storage | None) -> None:
        self._program, self._xp = program, backend.xp
        self._dtype: Any = backend.xp.dtype(program.dtype)
        folded = layout.folds(program)
        self._places, self._length = layout.spans(program, folded)
        if share is not None and share._places != self._places:
            raise ValueError("the two programs lay their parameters out differently and cannot share them")
        self.pairs = layout.pairs(program, folded)
        self.by_rows = layout.row_stored(program)
        self.starts = {gradient_name(parameter): span.start for parameter, span in self._places.items()}
        self.flat = self._vectors_over_all(share)
        self.arrays: dict[str, Array] = {}
        self.blocks: dict[int, Block] = {}
        for parameter, span in self._places.items():
            self._place(parameter, span, parameter in folded)
        buffers = [name for name, role in program.roles.items() if role == "buffer"]
        if share is not None:
            self.arrays |= {name: share.arrays[name] for name in program.shapes if name in share.buffers}
        self._allocate_values(folded)
        self.buffers: frozenset[str] = frozenset(buffers) | (share.buffers if share else frozenset())
        states = program.update.states if program.update else {}
        self.vectors = {name: self.flat[name] for name in ("theta", *states)}
        self.vectors |= {f"buffer {name}": self.arrays[name] for name in buffers}

    def _vectors_over_all(self, share: Storage | None) -> dict[str, Array]:
        program, xp, length = self._program, self._xp, self._length
        states = program.update.states if program.update else {}
        flat: dict[str, Array] = dict(share.flat) if share else {}
        for name in dict.fromkeys(("theta", "g", *program.update_names)):
            if name in flat:
                continue
            passing = program.update_roles.get(name) == "step"  # written before it is read: memory only if stepped
            flat[name] = (
                xp.empty(length, self._dtype) if passing else xp.full(length, states.get(name, 0.0), self._dtype)
            )
        return flat

    def _place(self, parameter: str, span: layout.Span, folded: bool) -> None:
        """The views of one parameter into the flat vectors: its value, gradient, states and steps."""
        for name, vector in self.flat.items():
            whole = vector[span.start : span.stop].reshape(span.block)
            view = whole if span.columns is None else whole[:, span.columns]
            self.arrays[f"{name}.{parameter}"] = view
            own = {"theta": parameter, "g": gradient_name(parameter)}.get(name)
            if own is not None:
                self.arrays[own] = view
            if folded:
                self.blocks[id(view)] = Block(whole, view)

    def _allocate_values(self, folded: dict[str, layout.Fold]) -> None:
        """Buffers for all that is no parameter."""
        xp = self._xp
        tall = {f.input for f in folded.values()}
        tall |= {gradient_name(name) for name in tall}
        for name, shape in self._program.shapes.items():
            if name in self.arrays:
                continue
            room = (shape[0] + 1, *shape[1:]) if name in tall else shape
            whole = xp.ones(room[::-1], self._dtype).T if name in self.by_rows else xp.ones(room, self._dtype)
            view = whole[:-1] if name in tall else whole
            view[...] = 0
            self.arrays[name] = view
            if name in tall:
                self.blocks[id(view)] = Block(whole, view)
