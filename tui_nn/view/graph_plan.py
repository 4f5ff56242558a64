"""Where everything of a computation graph lies: nodes in columns, upright tracks of the lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_nn.view.graph_layout import Layout, Net, layout
from tui_nn.view.graph_text import Texts, fitted, sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_nn.view.look import Look

_ROWS = 3  # name, value, gradient
_PADDING = 2  # cells left and right of a text


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
    texts: dict[str, Texts]
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
    """Place the nodes, in about `width` cells: without the formulas where those do not fit, then with fewer digits.

    It may come out wider all the same: a window shows a part of it.

    Raises:
        ValueError: an input that is no node, a name given twice, or a cycle.
    """
    if len({node.name for node in nodes}) != len(nodes):
        raise ValueError("two nodes of a graph have the same name")
    plan = layout({node.name: node.inputs for node in nodes}, _ROWS)
    tracks = tuple(_tracks(nets) for nets in plan.nets)
    least = [max(max(track.values(), default=-1) + 1, 1) + 2 for track in tracks]
    names = [[item.node for item in column if item.node is not None] for column in plan.columns]
    texts = fitted(nodes, names, look, width - sum(least) - _PADDING * len(names))
    widths = [max(sizes(texts, column)) + _PADDING for column in names]
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
