"""Autopsy: what is behind the first number that is not finite, and what can be done about it."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_nn.session.autopsy import Autopsy
from tui_nn.tui.bindings import bindings
from tui_nn.tui.drawing.words import when, wrapped
from tui_nn.tui.notation import Notation
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.view.look import Look
from tui_nn.view.sparkline import sparkline

Answer = Literal["origin", "smaller", "clip"]
WIDTH = 70


class AutopsyScreen(ModalScreen[Answer | None]):
    """A page over the stepper."""

    TABLE: ClassVar[str] = "autopsy"
    BINDINGS = bindings("autopsy")

    def __init__(self, found: Autopsy, notation: Notation, look: Look) -> None:
        super().__init__()
        self.found = found
        self._text = report(found, notation, look)
        self._has_optimizer = notation.program.update is not None

    def compose(self) -> ComposeResult:
        with Vertical(id="autopsy"):
            with VerticalScroll(id="page"):
                yield Static(Content(self._text))
            yield KeyBar("autopsy")

    def action_origin(self) -> None:
        self.dismiss("origin" if self.found.began else None)

    def action_smaller(self) -> None:
        self.dismiss("smaller" if self._has_optimizer else None)

    def action_clip(self) -> None:
        self.dismiss("clip" if self._has_optimizer else None)

    def action_close(self) -> None:
        self.dismiss(None)


def report(found: Autopsy, notation: Notation, look: Look) -> str:
    """What was found, as text."""
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
        parts.append(
            f"  {when(found.began)}; g goes there" if found.began else "  it came at once, without growing first"
        )
        parts.append("  " + sparkline(sizes, look, WIDTH - 2).plain)
    parts += ["", "Likely causes", *(f"  {cause}" for cause in found.causes)]
    return "\n".join(look.text(text) for part in parts for text in _hanging(part))


def _hanging(text: str) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    return [indent + line for line in wrapped(text.strip(), WIDTH - len(indent))] or [""]
