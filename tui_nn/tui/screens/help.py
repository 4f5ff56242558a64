"""Help: what is on the screen, symbol by symbol, and its keys. Read from the tables, never written twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_nn.tui.drawing.words import safe, wrapped
from tui_nn.tui.screens.base import OnTop
from tui_nn.view.look import Look

if TYPE_CHECKING:
    from tui_nn.tui.why import Section

WIDTH = 72  # cells of text, at most
FRAME = 6  # cells around it: the border, its padding, the scrollbar


class HelpScreen(OnTop[None], ModalScreen[None]):
    """A page over the screen; Esc, q or ? closes it, arrows scroll."""

    BINDINGS = [Binding("escape,q,question_mark,f1,enter", "dismiss", "close", show=False)]  # noqa: RUF012 - Textual's way
    AUTO_FOCUS = "#page"

    def __init__(self, sections: Sequence[Section], look: Look) -> None:
        super().__init__()
        self._sections, self._look = sections, look

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page") as scroll:
            scroll.border_title = "Esc closes, arrows scroll"
            yield Static(self._text())

    def on_resize(self) -> None:
        """Wrapped anew, so that explanations stay beside their signs."""
        self.query_one("#page Static", Static).update(self._text())

    def _text(self) -> Content:
        return Content(safe(page(self._sections, min(WIDTH, self.app.size.width - FRAME)), self._look))


def page(sections: Sequence[Section], width: int = WIDTH) -> str:
    """The sections as text: a heading, and under it each sign with its explanation beside it."""
    lines: list[str] = []
    for heading, pairs in sections:
        lines += ["", heading]
        margin = min(max((cell_len(sign) for sign, _ in pairs), default=0), 18) + 4
        for sign, meaning in pairs:
            first, *rest = wrapped(meaning, width - margin) or [""]
            pad = " " * max(margin - 2 - cell_len(sign), 1)
            if cell_len(sign) > margin - 3:
                lines += [f"  {sign}", " " * margin + first]
            else:
                lines.append(f"  {sign}{pad}{first}")
            lines += [" " * margin + line for line in rest]
    return "\n".join(lines[1:])
