"""The Looks that every view must work in, and how to read what was drawn."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui_nn.view.look import Colours, Look

if TYPE_CHECKING:
    from rich.style import Style

    from tui_nn.view.picture import Picture

LOOKS = [Look(c, dark=d, ascii_only=a) for c, d, a in product(Colours, (True, False), (True, False))]
FEW = [Look(), Look(Colours.XTERM, dark=False), Look(Colours.ANSI), Look(Colours.NONE, ascii_only=True)]


def name(look: Look) -> str:
    """A test's name for a Look."""
    return f"{look.colours.value}-{'dark' if look.dark else 'light'}-{'ascii' if look.ascii_only else 'unicode'}"


def check_size(drawn: Picture, width: int, height: int | None = None) -> None:
    """Each line exactly as wide as asked, and no more lines than asked."""
    assert drawn.width == width
    assert [sum(cell_len(s.text) for s in line) for line in drawn.lines] == [width] * drawn.height
    assert height is None or drawn.height <= height
    assert not any(c < " " or 0x7F <= ord(c) < 0xA0 for line in drawn.lines for s in line for c in s.text)


def cells(drawn: Picture) -> list[list[tuple[str, Style | None]]]:
    """The drawing cell by cell (for drawings without wide characters)."""
    return [[(c, s.style) for s in line for c in s.text] for line in drawn.lines]


def ascii_only(drawn: Picture) -> bool:
    """Whether all of the text is ASCII."""
    return all(s.text.isascii() for line in drawn.lines for s in line)
