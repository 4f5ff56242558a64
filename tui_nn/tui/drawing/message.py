"""What a line or two on the screen say: a message whose reason is not lost where there is little room.

A long path gives way in its middle first, since its two ends tell which it is; then the text is cut, with a sign.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.style import Style

from tui_nn.tui.drawing.words import wrapped
from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.text import fit

LEAST = 14  # cells of a path that are kept
_PATH = re.compile(r"'[^']*[/\\][^']*'")


def message(text: str, look: Look, width: int, style: Style, height: int = 1, indent: int = 1) -> Picture:
    """The text in at most `height` lines of `width` cells, as high as it is."""
    room = max(width - indent, 1)
    lines = fitted(look.text(text), room, max(height, 1), look.glyphs.ellipsis)
    return picture([text_line([(" " * indent + line, style)]) for line in lines], width)


@lru_cache(maxsize=32)
def fitted(text: str, width: int, height: int, ellipsis: str) -> tuple[str, ...]:
    """The text in at most `height` lines of at most `width` cells."""
    longest = max(_PATH.findall(text), key=len, default="")
    for cells in range(max(len(longest), LEAST), LEAST - 1, -1):
        lines = wrapped(text.replace(longest, _without_middle(longest, cells, ellipsis)) if longest else text, width)
        if len(lines) <= height:
            return tuple(lines)
    # Cut between words: a number that is cut reads as another one.
    rest = wrapped(" ".join(lines[height - 1 :]), width - len(ellipsis) - 1)
    return (*lines[: height - 1], fit(f"{rest[0]} {ellipsis}", width, ellipsis=ellipsis).rstrip())


def _without_middle(path: str, length: int, ellipsis: str) -> str:
    """The two ends of a path; more of the last one, where the file's name is."""
    if len(path) <= length:
        return path
    head = (length - len(ellipsis)) // 3
    return path[:head] + ellipsis + path[len(path) - (length - len(ellipsis) - head) :]
