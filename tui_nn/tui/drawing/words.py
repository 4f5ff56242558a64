"""Words and lines that several drawings share."""

from __future__ import annotations

import math
import textwrap

from rich.cells import cell_len
from rich.style import Style

from tui_nn.session.frame import Position
from tui_nn.view.look import Look
from tui_nn.view.picture import Line, text_line

ROLES = {
    "given": "given",
    "parameter": "parameter",
    "value": "forward",
    "gradient": "gradient",
    "state": "optimiser's state",
    "step": "part of the step",
    "hyper": "hyper-parameter",
}

ENDED = {"epochs": "finished", "steps": "finished", "time": "time is up"}
"""How a run has ended, where its status (which scripts read) says only by what its end was set."""


def signed(value: float, look: Look) -> Style:
    """The style of a number's sign."""
    if not math.isfinite(value):
        return look.style("nonfinite")
    return look.style("positive" if value > 0 else "negative" if value < 0 else "text")


def when(position: Position, here: int | None = None) -> str:
    """`iteration 3, line 12`; without the iteration where it is `here`; `from the start`."""
    if not position.line:
        return "from the start"
    line = f"line {position.line}"
    return line if position.iteration == here else f"iteration {position.iteration}, {line}"


def safe(text: str, look: Look) -> str:
    """Text of several lines as it may be drawn."""
    return "\n".join(map(look.text, text.splitlines()))


def one_line(text: str) -> str:
    """Equations as typed, in one line."""
    return "; ".join(filter(None, map(str.strip, text.splitlines())))


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells, broken at blanks where there are some."""
    return [part for line in text.splitlines() for part in _lines(line, max(width, 1)) or [""]]


def _lines(text: str, width: int) -> list[str]:
    if cell_len(text) <= width:
        return [text] if text else []
    lines = textwrap.wrap(text, width)
    # textwrap counts characters; a wide one takes two cells, so such a line is broken once more.
    return [
        part
        for line in lines
        for part in ([line] if cell_len(line) <= width else textwrap.wrap(line, max(width // 2, 1)))
    ]


def formula(text: str, look: Look, width: int, style: Style, indent: int = 0) -> list[Line]:
    """A formula in lines that break at a plus or a minus rather than within a product or an index."""
    kept = look.text(text).replace(", ", ",\u00a0").replace(" · ", "\u00a0·\u00a0").replace(" * ", "\u00a0*\u00a0")
    pad = " " * indent
    lines = wrapped(kept, width - indent)
    return [text_line([(pad + line.replace("\u00a0", " "), style)]) for line in lines]


def paragraph(text: str, look: Look, width: int, style: Style, indent: int = 0) -> list[Line]:
    """Wrapped lines of one style."""
    pad = " " * indent
    return [text_line([(pad + line, style)]) for line in wrapped(look.text(text), width - indent)]
