"""What is wrong in a line, as it stands under the line: a sign under the place, and what is to be said of it."""

from __future__ import annotations

from rich.cells import cell_len

from tui_nn.tui.drawing.words import wrapped

SIGN, LEFT, RIGHT = "^", "<", ">"
_INDENT = 2  # so that words do not pass for typed ones where there are no colours


def mark_lines(text: str, column: int, width: int, scrolled: int = 0) -> list[str]:
    """The words beside the sign where there is room, else below it. How many lines depends on no scrolling.

    Args:
        column: of the place, in cells.
        width: of the lines, in cells.
        scrolled: how many cells the line above has gone to the left. What is out of sight is pointed to.
    """
    beside = column + _INDENT + cell_len(text) <= width
    place = column - scrolled
    sign = LEFT if place < 0 else RIGHT if place >= width else SIGN
    pad = " " * min(max(place, 0), width - 1)
    if beside:
        return [f"{pad}{sign} {text}"]
    lines = [" " * _INDENT + line for line in wrapped(text, width - _INDENT)]
    if column == 0:  # then the words can begin right behind it
        return [sign + lines[0][1:], *lines[1:]] if lines else [sign]
    return [pad + sign, *lines]
