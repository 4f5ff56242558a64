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
from tui_nn.tui.drawing.autopsy import report
from tui_nn.tui.notation import Notation
from tui_nn.tui.screens.base import OnTop
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.view.look import Look

Answer = Literal["origin", "smaller", "clip"]


class AutopsyScreen(OnTop[Answer | None], ModalScreen[Answer | None]):
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

    def on_mount(self) -> None:
        """Only what there is to be done here is offered."""
        idle = [] if self.found.began else ["origin"]
        self.query_one(KeyBar).favour(idle=idle if self._has_optimizer else [*idle, "smaller", "clip"])

    def action_origin(self) -> None:
        self.dismiss("origin" if self.found.began else None)

    def action_smaller(self) -> None:
        self.dismiss("smaller" if self._has_optimizer else None)

    def action_clip(self) -> None:
        self.dismiss("clip" if self._has_optimizer else None)

    def action_close(self) -> None:
        self.dismiss(None)
