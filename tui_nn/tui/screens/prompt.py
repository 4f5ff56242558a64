"""A question in one line, at the bottom of the screen; the answer is tried before the question closes."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tui_nn.tui.screens.base import OnTop


class Prompt(OnTop[bool], ModalScreen[bool]):
    """Asks; `answer` takes the text and says what is wrong with it, '' where nothing is.

    Args:
        question: what is asked.
        hint: how an answer looks.
        value: what stands there at first.
    """

    BINDINGS = [Binding("escape", "cancel", "cancel", show=False)]  # noqa: RUF012 - Textual's way
    AUTO_FOCUS = "Input"

    def __init__(
        self,
        question: str,
        answer: Callable[[str], str],
        *,
        hint: str = "",
        value: str = "",
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self._question, self._answer, self._hint, self._value = question, answer, hint, value
        self._suggester = suggester

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            yield Static(Content(f"{self._question}   Enter answers, Esc leaves"), id="question")
            yield Input(self._value, suggester=self._suggester, compact=True)
            yield Static(Content(self._hint), id="complaint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Try the answer."""
        text = event.value.strip()
        if not text:
            self.dismiss(False)
            return
        complaint = self._answer(text)
        if not complaint:
            self.dismiss(True)
            return
        sign = self.query_one("#complaint", Static)
        sign.update(Content(complaint))
        sign.add_class("-wrong")

    def on_click(self, event: events.Click) -> None:
        """A click beside the question leaves it."""
        if event.widget is self:
            self.dismiss(False)

    def action_cancel(self) -> None:
        self.dismiss(False)
