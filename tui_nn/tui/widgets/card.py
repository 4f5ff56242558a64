"""The card of the number in focus; its operands lead to theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import events
from textual.message import Message

from tui_nn.session.explain import Operand
from tui_nn.tui.bindings import pane_bindings
from tui_nn.tui.drawing.card import Card, card, trail
from tui_nn.tui.drawing.window import window
from tui_nn.tui.subject import Subject
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture


class CardPane(Pane, can_focus=True):
    """Formula, numbers, result, operands."""

    BINDINGS = pane_bindings("card")

    class Opened(Message):
        """An operand is to be explained."""

        def __init__(self, operand: Operand) -> None:
            self.operand = operand
            super().__init__()

    class Returned(Message):
        """Back to the card before."""

    def __init__(self, subject: Subject) -> None:
        super().__init__("card")
        self.headed = True
        self._subject = subject
        self._trail: tuple[str, ...] = ()
        self._card = Card(None)
        self._cursor = 0
        self._top = 0
        self._first = 0

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What can be opened."""
        return self._card.explanation.operands if self._card.explanation else ()

    @property
    def title_text(self) -> str:
        """The way here."""
        return trail(("why", *self._trail), self.look, self.size.width - 8)

    def show(self, data: Card, names: Sequence[str]) -> None:
        """Another moment, or another number; `names` lead to it, the last one is its own."""
        self._trail = tuple(names)
        before, now = self._card.explanation, data.explanation
        if now is None or before is None or (now.name, now.index) != (before.name, before.index):
            self._cursor = self._top = 0
        self._card = data
        self.update()

    def point_at(self, operand: str) -> None:
        """Put the pointer on an operand, where there is one of that name."""
        self._cursor = next((i for i, o in enumerate(self.operands) if str(o) == operand), self._cursor)
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        self._cursor = min(self._cursor, max(len(self.operands) - 1, 0))
        data = replace(self._card, cursor=self._cursor if self.has_focus else None)
        drawn, self._first = card(data, self._subject.notation, self.look, width)
        at = self._first + self._cursor if self.has_focus and self.operands else 0
        self._top = max(min(self._top, at, drawn.height - height), at - height + 1, 0)
        if self.has_focus:
            return drawn.crop(0, self._top, width, height)
        return window(drawn, self._top, width, height, self.look)

    def _point(self, index: int) -> None:
        self._cursor = min(max(index, 0), max(len(self.operands) - 1, 0))
        self.update()

    def action_up(self) -> None:
        self._point(self._cursor - 1)

    def action_down(self) -> None:
        self._point(self._cursor + 1)

    def action_home(self) -> None:
        self._point(0)

    def action_end(self) -> None:
        self._point(len(self.operands) - 1)

    def action_page_up(self) -> None:
        self._point(self._cursor - self.body[1] + 1)

    def action_page_down(self) -> None:
        self._point(self._cursor + self.body[1] - 1)

    def action_open(self) -> None:
        if self.operands:
            self.post_message(self.Opened(self.operands[self._cursor]))

    def action_return(self) -> None:
        self.post_message(self.Returned())

    def on_click(self, event: events.Click) -> None:
        """A click on an operand opens it, one on the way leads back."""
        line = event.get_content_offset(self)
        if line is None:
            return
        at = line.y - self.headed + self._top
        if line.y == 0 and len(self._trail) > 1:
            self.action_return()
        elif self._first <= at < self._first + len(self.operands):
            self._cursor = at - self._first
            self.action_open()
