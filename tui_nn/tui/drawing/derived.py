"""The listing of a program as text alone, beside the equations that it comes from."""

from __future__ import annotations

from tui_nn.engine.program import Program
from tui_nn.tui.drawing.words import formula, wrapped
from tui_nn.tui.notation import Notation
from tui_nn.view.look import Look

_MARGIN = 2  # cells before the numbers


def derived(program: Program, remark: str, look: Look, width: int) -> list[str]:
    """What was assumed, then the lines by phase; a long one goes on below, behind its number."""
    notation = Notation(program, look.ascii_only)
    digits = len(str(len(program.lines)))
    found = wrapped(look.text(remark), width)
    phase, plain = "", look.style("text")
    for line in program.lines:
        if line.phase != phase:
            phase = line.phase
            found.append(phase)
        number = f"{'':{_MARGIN}}{line.number:{digits}} "
        pictured = formula(notation.line(line), look, width, plain, len(number))
        texts = ["".join(segment.text for segment in row) for row in pictured]
        found += [number + texts[0][len(number) :], *texts[1:]]
    return found
