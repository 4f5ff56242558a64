"""Autopsy: what is behind the first number that is not finite, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_nn.session.autopsy import Autopsy
from tui_nn.tui import why
from tui_nn.tui.bindings import bindings
from tui_nn.tui.drawing.autopsy import WIDTH, report
from tui_nn.tui.notation import Notation
from tui_nn.tui.screens.base import OnTop
from tui_nn.tui.screens.help import FRAME
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.view.look import Look

Answer = Literal["origin", "smaller", "clip"]
TREATMENTS = ("smaller", "clip")  # of an optimiser's steps


class AutopsyScreen(OnTop[Answer | None], ModalScreen[Answer | None]):
    """A page over the stepper.

    Args:
        refused: answers that are not to be had where it was asked for, and why.
    """

    TABLE: ClassVar[str] = "autopsy"
    BINDINGS = bindings("autopsy")

    def __init__(self, found: Autopsy, notation: Notation, look: Look, refused: Mapping[str, str]) -> None:
        super().__init__()
        self.found = found
        treatable = found.is_after_steps and notation.program.update is not None
        reasons = dict.fromkeys(refused[answer] for answer in TREATMENTS if answer in refused and treatable)
        self._write = partial(report, found, notation, look, notes=tuple(reasons))
        self._idle = [*(refused if treatable else TREATMENTS), *([] if found.began else ["origin"])]

    def compose(self) -> ComposeResult:
        with Vertical(id="autopsy"):
            with VerticalScroll(id="page"):
                yield Static(self._text())
            yield KeyBar("autopsy")

    def on_mount(self) -> None:
        """Only what there is to be done here is offered."""
        self.query_one(KeyBar).at_present(self._idle)

    def on_resize(self) -> None:
        """Wrapped anew."""
        self.query_one("#page Static", Static).update(self._text())

    def _text(self) -> Content:
        return Content(self._write(width=min(WIDTH, self.app.size.width - FRAME)))

    def action_origin(self) -> None:
        self._answer("origin")

    def action_smaller(self) -> None:
        self._answer("smaller")

    def action_clip(self) -> None:
        self._answer("clip")

    def action_close(self) -> None:
        self.dismiss(None)

    def sections(self) -> list[why.Section]:
        """The help offers what the footer does."""
        return why.key_sections(self.TABLE, idle=self._idle)

    def _answer(self, answer: Answer) -> None:
        if answer not in self._idle:
            self.dismiss(answer)
