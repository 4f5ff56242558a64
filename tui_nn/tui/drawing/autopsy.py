"""An autopsy as text: the number, its operands, where the growth began, likely causes."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.session.autopsy import Autopsy
from tui_nn.tui.drawing.words import when, wrapped
from tui_nn.tui.notation import Notation
from tui_nn.view.look import Look
from tui_nn.view.sparkline import sparkline

WIDTH = 70


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
        notes: what else there is to say, a paragraph each.
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
        sizes = [size for _, size in found.sizes[-width * 4 :]]
        parts += ["", "Where the growth began"]
        parts.append(f"  {when(found.began)}; {way}" if found.began else "  it came at once, without growing first")
        parts += ["  " + sparkline(sizes, look, width - 2).plain] if curve else []
    parts += ["", "Likely causes", *(f"  {cause}" for cause in found.causes)]
    parts += [text for note in notes for text in ("", note)]
    return "\n".join(look.text(text) for part in parts for text in _hanging(part, width))


def _hanging(text: str, width: int) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    return [indent + line for line in wrapped(text.strip(), width - len(indent))] or [""]
