"""A branch's changes, carried over to the same problem under other optimisers.

What is given, a parameter, and what the page computes are the same everywhere. What belongs to the update (a learning
rate, a momentum) is changed in the optimiser only in which it was changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui_nn.engine.program import Program
from tui_nn.session.explain import entry
from tui_nn.session.frame import Edit
from tui_nn.view.number import number


@dataclass(frozen=True, slots=True)
class Branch:
    """The changes of a branch, and the program in which they were made."""

    program: Program
    edits: tuple[Edit, ...] = ()

    def in_other(self, program: Program) -> list[Edit]:
        """Those that hold in another program, each right after the line that it changes there."""
        return [_placed(edit, program) for edit in self.edits if self._holds(edit, program)]

    def told(self, programs: Mapping[str, Program]) -> tuple[str, str]:
        """What is to be known of it: what was carried over, and what could not be; '' where there is no such."""
        found, lost = [], []
        for edit in self.edits:
            holders = [name for name, program in programs.items() if self._holds(edit, program)]
            text = f"{entry(edit.name, edit.index)} = {number(edit.value, ascii_only=True)}"
            if holders:
                found.append(text if len(holders) == len(programs) else f"{text} ({', '.join(holders)})")
            else:
                lost.append(text)
        several = f"with {len(found)} changes of the branch" if len(found) > 1 else ""
        return several or "".join(f"with {text}" for text in found), ", ".join(lost)

    def _holds(self, edit: Edit, program: Program) -> bool:
        if edit.name in program.shapes and edit.name in self.program.shapes:
            return True
        own, other = self.program.update, program.update
        known = program.scalar(edit.name) is not None or edit.name.partition(".")[0] in program.update_names
        return own is not None and other is not None and own.name == other.name and known


def _placed(edit: Edit, program: Program) -> Edit:
    line = program.writer(edit.name)
    return replace(edit, line=line.number) if edit.line and line else edit
