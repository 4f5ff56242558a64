"""A list to choose from whose pointer is a sign, not a colour alone."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import OptionList

from tui_nn.view.look import Look


class Choices(OptionList):
    """Rows of one line each; the first cell of each is the pointer's, and blank otherwise."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name, markup=False, compact=True)

    def render_line(self, y: int) -> Strip:
        """A line; in the row with the pointer, its sign stands before the text."""
        strip = super().render_line(y)
        if self.highlighted is None or self.scroll_offset.y + y != self.highlighted:
            return strip
        look: Look = self.app.look  # type: ignore[attr-defined]
        style = next((segment.style for segment in strip), None)
        return Strip.join([Strip([Segment(look.glyphs.arrow, style)], 1), strip.crop(1)])
