"""The strip of tabs over the pane that is shown where there is room for one only."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from tui_nn.tui.drawing.tabs import tab_at, tabs
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture


class TabStrip(Pane):
    """One line of names."""

    DEFAULT_CSS = "TabStrip { height: 1; background: $panel; }"

    class Chosen(Message):
        """Another tab."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__("tabs")
        self.labels = list(labels)
        self.chosen = 0
        self.lively = False

    def choose(self, index: int) -> None:
        """Show another tab as the chosen one."""
        self.chosen = index % len(self.labels)
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        return tabs(self.labels, self.chosen, self.look, width, lively=self.lively)

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        index = tab_at(self.labels, self.chosen, self.look, self.size.width, event.x)
        if index is not None:
            self.post_message(self.Chosen(index))
