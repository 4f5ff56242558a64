"""What stands in a box of a computation graph, and how it grows shorter where there is little room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui_nn.view.number import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui_nn.view.graph_plan import Node
    from tui_nn.view.look import Look

Texts = tuple[str, str, str]
"""A node's three lines: name or formula, value, gradient."""

GRADIENT_OVER = 1  # cells that a gradient may take of the box's right edge: no line leaves beside it
_LEAST = 4  # cells of a line that always has room: −0.5, 1e-9
_SEVERAL = 9  # and of one with several numbers: [−0.12 …]; without any it would say nothing


def texts(node: Node, look: Look, *, brief: bool = False, room: int | None = None) -> Texts:
    """The lines of a node: without its formula if `brief`, and numbers in `room` cells if that can be done."""
    unknown = look.glyphs.unknown
    mark, by = look.glyphs.changed if node.marked else "", look.glyphs.gradient + " " * (room is None)
    numbers = [look.text(node.value) or unknown, look.text(node.gradient or "") or unknown]
    if room is not None:
        signs = (cell_len(mark), cell_len(by) - GRADIENT_OVER)
        numbers = [shorter(text, room - sign, look) for text, sign in zip(numbers, signs, strict=True)]
    value, gradient = numbers
    is_formula = bool(node.inputs)
    name = look.text(node.name if not node.label or (brief and is_formula) else node.label)
    return name, value + mark, "" if node.gradient is None else by + gradient


def fitted(nodes: Sequence[Node], columns: Sequence[Sequence[str]], look: Look, width: int) -> dict[str, Texts]:
    """The lines of all nodes, so that those of each of the columns (names of nodes) fit, if that can be done.

    First the formulas give way, then digits: as many in each column as leave room for those of the others.
    """
    for brief, room in ((False, None), (True, None), (True, width)):
        found = {node.name: texts(node, look, brief=brief, room=room) for node in nodes}
        needed = [sizes(found, column) for column in columns]
        if sum(map(max, needed)) <= width:
            return found
    room = next((r for r in range(width, _LEAST, -1) if sum(max(n, min(v, r)) for n, v in needed) <= width), _LEAST)
    return {node.name: texts(node, look, brief=True, room=room) for node in nodes}


def sizes(found: Mapping[str, Texts], column: Sequence[str]) -> tuple[int, int]:
    """The cells that a column needs for its names, and for its numbers."""
    names, numbers = [1], [1]
    for name, value, gradient in (found[node] for node in column):
        names.append(cell_len(name))
        numbers += [cell_len(value), cell_len(gradient) - GRADIENT_OVER]
    return max(names), max(numbers)


def shorter(text: str, room: int, look: Look) -> str:
    """A number that is written already, with fewer digits, or fewer of several; as short as can be if none fits."""
    if cell_len(text) <= room:
        return text
    if text.startswith("["):
        return _fewer(text, max(room, _SEVERAL), look)
    try:
        value = float(text.replace("−", "-"))
    except ValueError:  # 2×3: how many there are
        return text
    if not math.isfinite(value):
        return text
    written = (number(value, width=cells, ascii_only=look.ascii_only) for cells in range(max(room, 1), len(text)))
    return next((t for t in written if "#" not in t), text)


def _fewer(text: str, room: int, look: Look) -> str:
    """`[1.28 −0.485 …]` to `[1.28 …]` to `[1.3 …]`; never without any. A matrix stays one: `[1 …; …]`, `[1 ⋱]`."""
    cut, diagonal = look.glyphs.ellipsis, look.glyphs.diagonal
    tokens = text.strip("[]").split(" ")
    entries = [token for token in tokens if token.rstrip(";") not in (cut, diagonal)]
    if not entries:
        return text

    def form(some: Sequence[str]) -> str:
        rows_follow = ";" in text and not some[-1].endswith(";")
        rest = diagonal if diagonal in tokens else f"{cut}; {cut}" if rows_follow else cut
        return "[" + " ".join([*some, rest]) + "]"

    first, end = entries[0].rstrip(";"), ";" * entries[0].endswith(";")
    last = shorter(first, room - cell_len(form([first + end])) + cell_len(first), look) + end
    forms = [form(some) for some in (*(entries[:n] for n in range(len(entries) - 1, 0, -1)), [last])]
    return next((each for each in forms if cell_len(each) <= room), forms[-1])
