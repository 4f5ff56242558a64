"""A window on a picture that is higher than its pane."""

from __future__ import annotations

from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture, text_line


def window(drawn: Picture, top: int, width: int, height: int, look: Look) -> Picture:
    """The lines from `top` on for which there is room; where more follow, the last one says how many."""
    seen, below = drawn.crop(0, top, width, height), drawn.height - top - height
    if below <= 0:
        return seen
    more = text_line([(f"  {look.glyphs.ellipsis} {below + 1} more lines", look.style("dim"))])
    return seen.crop(0, 0, width, height - 1).above(picture([more], width))
