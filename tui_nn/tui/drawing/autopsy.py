"""An autopsy as text: the number, its operands, where the growth began, likely causes."""

from __future__ import annotations

from tui_nn.session.autopsy import Autopsy
from tui_nn.tui.drawing.words import when, wrapped
from tui_nn.tui.notation import Notation
from tui_nn.view.look import Look
from tui_nn.view.sparkline import sparkline

WIDTH = 70


def report(found: Autopsy, notation: Notation, look: Look, *, way: str = "g goes there", curve: bool = True) -> str:
    """What was found; `way` says how to go to where the growth began, and `curve` draws how it grew."""
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
        sizes = [size for _, size in found.sizes[-WIDTH * 4 :]]
        parts += ["", "Where the growth began"]
        parts.append(f"  {when(found.began)}; {way}" if found.began else "  it came at once, without growing first")
        parts += ["  " + sparkline(sizes, look, WIDTH - 2).plain] if curve else []
    parts += ["", "Likely causes", *(f"  {cause}" for cause in found.causes)]
    return "\n".join(look.text(text) for part in parts for text in _hanging(part))


def _hanging(text: str) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    return [indent + line for line in wrapped(text.strip(), WIDTH - len(indent))] or [""]
