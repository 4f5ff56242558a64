"""What is typed at a question, read: a place to go to, a value to change. Prompts and plain lines read it alike."""

from __future__ import annotations

import math

from tui_nn.engine.program import Program
from tui_nn.errors import UserError
from tui_nn.session.expressions import typed


def place_of(text: str, program: Program, iteration: int) -> tuple[int, int | None]:
    """An iteration and a line, None for its end: `12`, `12:7`, or a line's name, `dw1` or `∂L/∂w₁`, in this iteration.

    Raises UserError for anything else.
    """
    name = typed(program, text.strip())
    line = program.line_of(f"theta.{name}" if name in program.parameters else name)
    if line is not None:
        return iteration, line.number
    wanted, colon, number = (part.strip() for part in text.partition(":"))
    if not wanted.isdecimal() or (colon and not number.isdecimal()):
        raise UserError(f"`{text}` is no iteration (12), no line of one (12:7) and no name of a line (dw1)")
    return int(wanted), int(number) if colon else None


def edit_of(text: str) -> tuple[str, float]:
    """`W1[0, 2] = 0.5`: an entry as it is typed, and a number. Raises UserError for anything else."""
    name, equals, number = (part.strip() for part in text.partition("="))
    if not equals:
        raise UserError("write a name, an equals sign and a number: w2 = 3")
    try:
        value = float(number)
    except ValueError:
        raise UserError(f"`{number}` is no number") from None
    if not math.isfinite(value):
        raise UserError("a value must be a finite number")
    return name, value
