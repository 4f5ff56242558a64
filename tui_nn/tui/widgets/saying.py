"""A pane of one line that may have something to say; it takes a second line for what does not fit into one."""

from __future__ import annotations

from typing import ClassVar

from tui_nn.tui.drawing.message import message
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.look import Role
from tui_nn.view.picture import Picture

LINES = 2  # at most


class SayingPane(Pane):
    """Says something, or is silent.

    Attributes:
        said: what stands here; '' while it is silent.
        wrong: whether that is a complaint.
    """

    DEFAULT_CSS = "SayingPane { height: 1; }"
    ROLE: ClassVar[Role] = "header"
    INDENT: ClassVar[int] = 0

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.said = ""
        self.wrong = False

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say something; '' falls silent."""
        self.said, self.wrong = " ".join(text.splitlines()), wrong
        self._take_lines()
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        style = self.look.style("negative" if self.wrong else self.ROLE)
        return message(self.said, self.look, width, style, height, self.INDENT)

    def on_resize(self) -> None:
        """Another width may need another line."""
        super().on_resize()
        self._take_lines()

    def _take_lines(self) -> None:
        width = self.size.width
        wanted = SayingPane.draw(self, width, LINES).height if self.said and width else 1
        if self.styles.height is None or self.styles.height.value != wanted:
            self.styles.height = wanted
