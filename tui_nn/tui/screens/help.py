"""Help: what is on the screen, and its keys. Read from the key table."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_nn.tui import keys


class HelpScreen(ModalScreen[None]):
    """A page over the screen; any of Esc, q and ? closes it."""

    BINDINGS = [Binding("escape,q,question_mark,f1", "dismiss", "close", show=False)]  # noqa: RUF012 - Textual's way
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll { width: 76; max-width: 100%; height: 90%; border: round $primary; padding: 0 1; }
    """

    def __init__(self, screen: str) -> None:
        super().__init__()
        self._screen = screen

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(key_page(self._screen)))


def key_page(screen: str) -> str:
    """The keys of a screen, by group."""
    lines: list[str] = []
    rows = keys.table(screen)
    for group in dict.fromkeys(row.group for row in rows):
        lines += ["", group]
        for row in rows:
            if row.group == group:
                count = "; a number before it repeats it" if row.count else ""
                lines.append(f"  {row.shown:10} {row.help}{count}")
    return "\n".join(lines[1:])
