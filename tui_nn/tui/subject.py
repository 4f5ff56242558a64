"""What a stepper is about, as far as it never changes: the program, how it is written, its rows, its drawing."""

from __future__ import annotations

from dataclasses import dataclass

from tui_nn.engine.program import Program
from tui_nn.tui.layers import Stage, stages
from tui_nn.tui.notation import Notation
from tui_nn.tui.rows import Row, rows


@dataclass(frozen=True)
class Subject:
    """Made once for a program; every widget draws with it.

    Attributes:
        rows: of the listing.
        stages: the layers, () where the program is no network.
    """

    program: Program
    notation: Notation
    rows: tuple[Row, ...]
    stages: tuple[Stage, ...]


def subject(program: Program, *, ascii_only: bool = False, image: tuple[int, int] | None = None) -> Subject:
    """What the widgets need to know of a program; `image` is (height, width) where an example is one."""
    notation = Notation(program, ascii_only)
    return Subject(program, notation, rows(program, notation), stages(program, image))
