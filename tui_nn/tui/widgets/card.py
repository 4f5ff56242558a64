"""The card of the number in focus."""

from __future__ import annotations

from tui_nn.session.explain import Explanation
from tui_nn.tui.drawing.card import card
from tui_nn.tui.snapshot import Snapshot
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture


class Card(Pane, can_focus=True):
    """Formula, numbers, result, operands."""

    def __init__(self) -> None:
        super().__init__(id="card")
        self._explanation: Explanation | None = None
        self._reason = ""

    def show(self, snapshot: Snapshot) -> None:
        """Another moment, or another number."""
        self._explanation, self._reason = snapshot.card, snapshot.reason
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        return card(self._explanation, self.look, width, reason=self._reason).crop(0, 0, width, height)
