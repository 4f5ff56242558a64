"""A computation graph: each equation of a small page with its value, its gradient below, and lines from what it needs.

Nodes stand in topological columns, so that a reader goes from the inputs on the left to the loss on the right, and
the gradients back. Lines are box characters: a crossing is `┼`, a fork has fewer arms or a dot, so the two cannot be
mistaken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui_nn.view.canvas import Canvas
from tui_nn.view.graph_layout import Item, Layout, Net, layout
from tui_nn.view.text import fit
from tui_nn.view.wires import Wires

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tui_nn.view.look import Look
    from tui_nn.view.picture import Picture

_ROWS = 3  # name, value, gradient


@dataclass(frozen=True, slots=True)
class Node:
    """One equation, parameter or input.

    Attributes:
        name: what others call it in `inputs`.
        label: how it reads: `f1 = x0 · w0`; the name if empty.
        value: as text; empty if not computed yet.
        gradient: of the loss by it, as text; empty if not computed yet; None if it has none.
        inputs: the nodes that it is computed from.
        marked: whether its value has changed.
    """

    name: str
    label: str = ""
    value: str = ""
    gradient: str | None = ""
    inputs: tuple[str, ...] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place in the whole drawing."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The whole drawing's geometry, in cells.

    Attributes:
        boxes: each node's place.
        gaps: (first cell, width) of the gaps between columns.
        spans: the same of the columns.
        tracks: for each gap the upright track of each net that has one, from 0.
        layout: rows and nets.
        texts: each node's lines.
        width, height: of the whole.
    """

    boxes: dict[str, Box]
    gaps: tuple[tuple[int, int], ...]
    spans: tuple[tuple[int, int], ...]
    tracks: tuple[dict[object, int], ...]
    layout: Layout
    texts: dict[str, tuple[str, str, str]]
    width: int
    height: int

    def node_at(self, x: int, y: int) -> str | None:
        """The node under a place of the whole drawing."""
        return next((n for n, b in self.boxes.items() if b.x <= x < b.x + b.width and b.y <= y < b.y + b.height), None)

    def window(self, node: str | None, width: int, height: int) -> tuple[int, int]:
        """The (left, top) of a window of that size in which the node is seen, in its middle where there is a choice."""
        box = self.boxes.get(node or "", Box(0, 0, 0, 0))
        # A box that is larger than the window shows its beginning: the name.
        left = min(max(box.x + min(box.width, width) // 2 - width // 2, 0), max(self.width - width, 0))
        top = min(max(box.y + min(box.height, height) // 2 - height // 2, 0), max(self.height - height, 0))
        return left, top


def arrange(nodes: Sequence[Node], look: Look, width: int) -> Arrangement:
    """Place the nodes, in about `width` cells: without the formulas if those do not fit. It may come out wider.

    Raises:
        ValueError: an input that is no node, a name given twice, or a cycle.
    """
    if len({node.name for node in nodes}) != len(nodes):
        raise ValueError("two nodes of a graph have the same name")
    plan = layout({node.name: node.inputs for node in nodes}, _ROWS)
    tracks = tuple(_tracks(nets) for nets in plan.nets)
    least = [max(max(track.values(), default=-1) + 1, 1) + 2 for track in tracks]
    for brief in (False, True):
        texts = {node.name: _texts(node, look, brief) for node in nodes}
        widths = [_column_width(column, texts) for column in plan.columns]
        if sum(widths) + sum(least) <= width:
            break
    # Room to breathe, but not so much that a small graph falls apart.
    wider = min(max(width - sum(widths) - sum(least), 0) // max(len(least), 1), 6)
    spans, gaps, x = [], [], 0
    for column_width, gap in zip(widths, [*(n + wider for n in least), 0], strict=False):
        spans.append((x, column_width))
        gaps.append((x + column_width, gap))
        x += column_width + gap
    boxes = {
        item.node: Box(left, item.row, cells, item.height)
        for (left, cells), column in zip(spans, plan.columns, strict=True)
        for item in column
        if item.node is not None
    }
    return Arrangement(boxes, tuple(gaps[:-1]), tuple(spans), tracks, plan, texts, x, plan.height)


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
    """Draw the window of `width` x `height` cells at `corner`: a number that is cut by an edge is not drawn at all."""
    columns = (corner[0], corner[0] + width)
    return draw(place, nodes, look, current=current, columns=columns).crop(*corner, width, height)


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


def _texts(node: Node, look: Look, brief: bool) -> tuple[str, str, str]:
    """A node's three lines: name or formula, value, gradient."""
    unknown = look.glyphs.unknown
    value = (look.text(node.value) or unknown) + (look.glyphs.changed if node.marked else "")
    gradient = "" if node.gradient is None else f"{look.glyphs.gradient} {look.text(node.gradient) or unknown}"
    return look.text(node.name if brief or not node.label else node.label), value, gradient


def _column_width(column: Sequence[Item], texts: dict[str, tuple[str, str, str]]) -> int:
    own = [cell_len(text) + 2 for item in column if item.node is not None for text in texts[item.node]]
    return max(own, default=3)


def _draw_node(
    canvas: Canvas, look: Look, box: Box, node: Node, texts: tuple[str, str, str], seen: tuple[int, int], *, here: bool
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
        canvas.put(box.x + 1, box.y + row, fit(text, box.width - 2) + closing, style)
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


def _tracks(nets: Sequence[Net]) -> dict[object, int]:
    """An upright track for each net that needs one, the same for nets whose rows do not meet."""
    ends: list[int] = []
    tracks: dict[object, int] = {}
    for net in sorted(nets, key=lambda n: (min(n.source, *n.targets), n.source)):
        rows = (net.source, *net.targets)
        if set(rows) != {net.source}:
            free = next((t for t, end in enumerate(ends) if end < min(rows)), len(ends))
            ends[free : free + 1] = [max(rows)]
            tracks[net.name] = free
    return tracks
