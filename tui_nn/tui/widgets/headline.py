"""The top line of a screen: what is open, and where it stands."""

from __future__ import annotations

from rich.cells import cell_len

from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.text import fit


class Headline(Pane):
    """A title on the left, a place on the right."""

    DEFAULT_CSS = "Headline { height: 1; dock: top; background: $panel; }"

    def __init__(self, title: str) -> None:
        super().__init__(id="headline")
        self._title = title
        self._place = ""

    def show(self, place: str) -> None:
        """Another place."""
        self._place = place
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        look = self.look
        place = look.text(self._place)
        title = fit(look.text(self._title), max(width - cell_len(place) - 3, 0), ellipsis=look.glyphs.ellipsis)
        return picture([text_line([(" " + title + " ", look.style("title")), (place, look.style("current"))])], width)
