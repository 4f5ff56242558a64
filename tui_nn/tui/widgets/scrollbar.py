"""A scrollbar of glyphs, for terminals in which Textual's, of colours and eighths of a cell, cannot be drawn."""

from __future__ import annotations

from math import ceil
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBar, ScrollBarRender

from tui_nn.view.look import Colours, Look

DEFAULT = Color.parse("default")


class GlyphBar(ScrollBarRender):
    """The part in view as solid glyphs on a thin line; it is grabbed and clicked beside as Textual's is."""

    THUMB: ClassVar[str] = "█"
    TRACKS: ClassVar[tuple[str, str]] = ("│", "─")

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = DEFAULT,
        bar_color: Color = DEFAULT,
    ) -> Segments:
        """As Textual's, in whole cells."""
        length, start = 0, size
        if window_size and virtual_size > window_size:
            length = min(size, max(1, round(size * window_size / virtual_size)))
            start = min(size - length, ceil((size - length) * position / (virtual_size - window_size)))
        track, colours = cls.TRACKS[0 if vertical else 1], Style(color=bar_color, bgcolor=back_color)
        before, thumb, after = (
            Segment(glyph * (thickness if vertical else 1), colours + Style(meta={"@mouse.down": action}))
            for glyph, action in ((track, "scroll_up"), (cls.THUMB, "grab"), (track, "scroll_down"))
        )
        cells = [before] * start + [thumb] * length + [after] * (size - start - length)
        return Segments(cells if vertical else cells * thickness, new_lines=vertical)


class AsciiBar(GlyphBar):
    """The same in ASCII."""

    THUMB = "#"
    TRACKS = ("|", "-")


def choose(look: Look) -> None:
    """Draw the scrollbars of apps from now on as this terminal can show them."""
    plain = GlyphBar if look.colours is Colours.NONE else ScrollBarRender
    ScrollBar.renderer = AsciiBar if look.ascii_only else plain
