"""An autopsy as text: the number, its operands, where the growth began, likely causes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_nn.session.autopsy import Autopsy
from tui_nn.tui.drawing.words import when, wrapped
from tui_nn.tui.notation import Notation
from tui_nn.view.look import Look
from tui_nn.view.sparkline import sparkline

WIDTH = 70
UNKNOWN = "none that can be told from this line: look at its operands, and at the lines that gave them"


def report(
    found: Autopsy,
    notation: Notation,
    look: Look,
    *,
    way: str = "g goes there",
    curve: bool = True,
    notes: Sequence[str] = (),
    width: int = WIDTH,
) -> str:
    """What was found, in lines of `width` cells.

    Args:
        way: how to go to where the growth began.
        curve: whether to draw how it grew.
        notes: what can be done where no key does it, a paragraph each.
    """
    card = found.card
    line = notation.line(card.line) if card.line else ""
    parts = [
        f"The first number that is not finite: {notation.entry(card.name, card.index)} = {look.number(card.value)}",
        f"at iteration {found.position.iteration}, line {found.position.line}:  {line}",
        "",
        "Its operands",
        *(f"  {notation.entry(o.name, o.index)} = {look.number(o.value, digits=6)}" for o in card.operands[:8]),
    ]
    if found.sizes:
        parts += ["", "Where the growth began"]
        parts.append(f"  {when(found.began)}; {way}" if found.began else "  it came at once, without growing first")
        if curve and len(found.sizes) > 1:
            parts += _growth(found, notation, look, width - 2)
    parts += ["", "Likely causes, and what to do" if notes else "Likely causes"]
    parts += [f"  {text}" for text in (*(found.causes or (UNKNOWN,)), *notes)]
    return "\n".join(look.text(text) for part in parts for text in _hanging(part, width))


def _growth(found: Autopsy, notation: Notation, look: Look, width: int) -> list[str]:
    """The curve, from as long before the growth as it took, and a line that says what it is."""
    first = found.began.iteration if found.began else found.sizes[0][0]
    sizes = [(at, size) for at, size in found.sizes if at >= 2 * first - found.sizes[-1][0]]
    what = f"|{notation.name(notation.program.loss)}|" if notation.program.loss else "the largest parameter"
    begin, end = (look.number(size, digits=3) for _, size in (sizes[0], sizes[-1]))
    label = f"{what} from {begin} to {end} in iterations {sizes[0][0]} to {sizes[-1][0]}, logarithmic:"
    return [f"  {label}", "  " + sparkline(_powers([size for _, size in sizes]), look, width).plain]


def _powers(sizes: Sequence[float]) -> NDArray[np.float64]:
    """The logarithms: growth by a factor in each iteration rises evenly. 0 is taken for the smallest other one."""
    values = np.asarray(sizes, np.float64)
    least = values[values > 0].min(initial=np.inf)
    return np.log10(np.maximum(values, least if np.isfinite(least) else 1.0))


def _hanging(text: str, width: int) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    return [indent + line for line in wrapped(text.strip(), width - len(indent))] or [""]
