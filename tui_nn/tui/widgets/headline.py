"""The top line of a screen: what is open, and where it stands."""

from __future__ import annotations

from rich.cells import cell_len

from tui_nn.tui.drawing.words import one_line
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.text import fit


class Headline(Pane):
    """A title on the left; on the right a sign that calls for attention, and a place."""

    DEFAULT_CSS = "Headline { height: 1; background: $panel; }"

    def __init__(self, title: str) -> None:
        super().__init__("headline")
        self._title = one_line(title)
        self._place = ""
        self._sign = ""

    def show(self, place: str, sign: str = "") -> None:
        """Another place."""
        self._place, self._sign = place, sign
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        look = self.look
        place = look.text(self._place) + " "
        sign = look.text(self._sign) + "  " if self._sign else ""
        room = max(width - cell_len(place) - cell_len(sign) - 2, 0)
        title = fit(look.text(self._title), room, ellipsis=look.glyphs.ellipsis)
        return picture(
            [
                text_line(
                    [
                        (f" {title} ", look.style("title")),
                        (sign, look.style("changed")),
                        (place, look.style("current")),
                    ]
                )
            ],
            width,
        )
