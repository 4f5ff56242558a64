"""Questions that one key answers, over the screen that asks them."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_nn.tui.bindings import bindings
from tui_nn.tui.screens.base import OnTop
from tui_nn.tui.widgets.keybar import KeyBar

Answer = Literal["keep", "discard", "delete"]


class Question(OnTop[Answer | None], ModalScreen[Answer | None]):
    """A few lines and the keys that answer them; None where it is left."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(id="question-box"):
            yield Static(Content(self._text))
            yield Static("")
            yield KeyBar(self.TABLE)

    def action_close(self) -> None:
        self.dismiss(None)


class StopQuestion(Question):
    """Whether a run that is ended is kept."""

    TABLE: ClassVar[str] = "stop"
    BINDINGS = bindings("stop")

    def action_keep(self) -> None:
        self.dismiss("keep")

    def action_discard(self) -> None:
        self.dismiss("discard")


class DeleteQuestion(Question):
    """Whether a run is deleted."""

    TABLE: ClassVar[str] = "delete"
    BINDINGS = bindings("delete")

    def action_delete(self) -> None:
        self.dismiss("delete")
