"""The footer: keys of the screen, which can be clicked."""

from __future__ import annotations

from collections.abc import Collection

from textual import events

from tui_nn.tui import keys
from tui_nn.tui.drawing.keybar import keybar, slots
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture


class KeyBar(Pane):
    """One line at the bottom of a screen."""

    DEFAULT_CSS = "KeyBar { height: 1; }"

    def __init__(self, screen: str) -> None:
        super().__init__("keybar")
        self._table = screen
        self._pane = ""
        self._idle: Collection[str] = ()
        self._busy = False
        self._keys = keys.footer(screen)

    def show(self, pane: str) -> None:
        """Another pane stands out: its keys come first."""
        self._pane = pane
        self._choose()

    def at_present(self, idle: Collection[str] = (), *, busy: bool = False) -> None:
        """What is idle has no place; `busy` says whether something is at work: some keys do something else then."""
        if (idle, busy) != (self._idle, self._busy):
            self._idle, self._busy = idle, busy
            self._choose()

    def _choose(self) -> None:
        self._keys = keys.footer(self._table, self._pane, self._idle, self._busy)
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        return keybar(slots(self._keys, width), self.look, width)

    async def on_click(self, event: events.Click) -> None:
        """A click on a key is that key."""
        for start, end, row in slots(self._keys, self.size.width):
            if start <= event.x < end:
                self.app.simulate_key(row.keys.split(",")[0])
                return
