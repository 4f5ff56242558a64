"""The footer: keys of the screen, which can be clicked."""

from __future__ import annotations

from textual import events

from tui_nn.tui import keys
from tui_nn.tui.drawing.keybar import keybar, slots
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture


class KeyBar(Pane):
    """One line at the bottom of a screen."""

    DEFAULT_CSS = "KeyBar { height: 1; dock: bottom; }"

    def __init__(self, screen: str) -> None:
        super().__init__(id="keybar")
        self._keys = tuple(keys.footer(screen))

    def draw(self, width: int, height: int) -> Picture:
        return keybar(slots(self._keys, width), self.look, width)

    async def on_click(self, event: events.Click) -> None:
        """A click on a key is that key."""
        for start, end, row in slots(self._keys, self.size.width):
            if start <= event.x < end:
                await self.screen.run_action(row.action)
                return
