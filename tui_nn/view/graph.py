"""A computation graph: each equation of a small page with its value, its gradient below, and lines from what it needs.

Nodes stand in topological columns, so that a reader goes from the inputs on the left to the loss on the right, and
the gradients back. Lines are box characters: a crossing is `┼`, a fork has fewer arms or a dot, so the two cannot be
mistaken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui_nn.view.canvas import Canvas
from tui_nn.view.graph_plan import arrange
from tui_nn.view.text import fit
from tui_nn.view.wires import Wires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tui_nn.view.graph_plan import Arrangement, Box, Node
    from tui_nn.view.graph_text import Texts
    from tui_nn.view.look import Look
    from tui_nn.view.picture import Picture


def graph(nodes: Sequence[Node], look: Look, width: int, height: int, *, current: str | None = None) -> Picture:
    """Draw a computation graph in `width` x `height` cells: the window of it around the node `current`."""
    place = arrange(nodes, look, width)
    return draw_window(place, nodes, look, place.window(current, width, height), width, height, current=current)


def draw_window(
    place: Arrangement,
    nodes: Sequence[Node],
    look: Look,
    corner: tuple[int, int],
    width: int,
    height: int,
    *,
    current: str | None = None,
) -> Picture:
    """Draw the window of `width` x `height` cells at `corner`: a number that is cut by an edge is not drawn at all.

    Where nodes lie beyond an edge, a sign on it says so.
    """
    columns = (corner[0], corner[0] + width)
    drawn = draw(place, nodes, look, current=current, columns=columns).crop(*corner, width, height)
    return _with_signs(drawn, place, corner, look)


def draw(
    place: Arrangement,
    nodes: Sequence[Node],
    look: Look,
    *,
    current: str | None = None,
    columns: tuple[int, int] | None = None,
) -> Picture:
    """Draw the whole arrangement; lines to and from the node `current` stand out.

    Where only the columns from the first of `columns` to before the second will be seen, the texts are fitted to them.
    """
    canvas = Canvas(place.width, place.height)
    bright = {current, *next((node.inputs for node in nodes if node.name == current), ())}
    wires = Wires(canvas, look)
    entries: dict[object, int] = {}
    for nets, gap, tracks, right in zip(
        place.layout.nets, place.gaps, place.tracks, place.layout.columns[1:], strict=True
    ):
        for net in nets:
            wires.net(net, gap, tracks, stands_out=net.origin in bright)
        for item in right:
            entered = [t for net in nets for t in net.targets if item.row <= t < item.row + item.height]
            if item.node is None:
                entries[item.name] = entered[0]
            else:
                wires.arrows(gap, entered)
    for span, column in zip(place.spans, place.layout.columns, strict=True):
        for item in column:
            if item.node is None:
                wires.through(item, span, entries[item.name], stands_out=item.origin in bright)
    wires.finish()
    seen = columns or (0, place.width)
    for node in nodes:
        _draw_node(canvas, look, place.boxes[node.name], node, place.texts[node.name], seen, here=node.name == current)
    return canvas.picture()


def _with_signs(drawn: Picture, place: Arrangement, corner: tuple[int, int], look: Look) -> Picture:
    """A sign on each edge beyond which nodes lie, as near to one of them as there is a place without a box."""
    (left, top), width, height = corner, drawn.width, drawn.height
    boxes = place.boxes.values()
    down, across = [(0, y) for y in range(height)], [(x, 0) for x in range(width)]
    edges = (
        (look.glyphs.before, down, [b for b in boxes if b.x + b.width <= left]),
        (look.glyphs.after, [(width - 1, y) for _, y in down], [b for b in boxes if b.x >= left + width]),
        (look.glyphs.above, across, [b for b in boxes if b.y + b.height <= top]),
        (look.glyphs.above, [(x, height - 1) for x, _ in across], [b for b in boxes if b.y >= top + height]),
    )
    if not any(hidden for _, _, hidden in edges):
        return drawn
    canvas = Canvas(width, height)
    canvas.paste(0, 0, drawn)
    taken: set[tuple[int, int]] = set()
    for sign, cells, hidden in edges:
        middles = [(b.x + b.width // 2 - left, b.y + b.height // 2 - top) for b in hidden]
        free = [(x, y) for x, y in cells if place.node_at(x + left, y + top) is None and (x, y) not in taken]
        if middles and free:
            x, y = min(free, key=lambda cell: min(abs(cell[0] - x) + abs(cell[1] - y) for x, y in middles))
            canvas.put(x, y, sign, look.style("current"))
            taken.add((x, y))
    return canvas.picture()


def _draw_node(
    canvas: Canvas, look: Look, box: Box, node: Node, texts: Texts, seen: tuple[int, int], *, here: bool
) -> None:
    panel = look.style("panel")
    value = look.style("changed") if node.marked else look.style("text")
    styles = (look.style("cursor") if here else look.style("title"), value, look.style("gradient"))
    # Where a background cannot show the box, an edge does.
    edge = " " if look.shaded else look.glyphs.frame[1]
    for row in range(box.height):
        text, style = (texts[row], panel + styles[row]) if row < len(texts) else ("", panel)
        opening, closing = look.glyphs.cursor if here and row == 0 else (edge, " ")
        canvas.put(box.x, box.y + row, opening, style if here and row == 0 else panel + look.style("axis"))
        inside = fit(text, box.width - 2) + closing if row == 0 else fit(text, box.width - 1)
        canvas.put(box.x + 1, box.y + row, inside, style)
        _mend_edges(canvas, look, box, box.y + row, text, seen, style, name=row == 0)


def _mend_edges(
    canvas: Canvas, look: Look, box: Box, y: int, text: str, seen: tuple[int, int], style: Style, *, name: bool
) -> None:
    """Where an edge of what is seen cuts a text, put a sign there; the rest of a cut number would read as another."""
    first, last = max(box.x, seen[0]), min(box.x + box.width, seen[1]) - 1
    start, end = box.x + 1, box.x + 1 + cell_len(text)
    if first > last or not text or (first <= start and end <= last + 1):
        return
    sign = look.glyphs.ellipsis
    if first > start or not name:
        rest = sign.rjust(last - first + 1) if first <= start else sign.ljust(last - first + 1)
        canvas.put(first, y, rest, style)
    else:
        canvas.put(last, y, sign, style)
