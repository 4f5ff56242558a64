"""What is drawn between two layers: strokes for weights or gradients, or strips of weights beside an image.

Colour and brightness of a stroke are sign and magnitude; a negative one is dotted as well. All strokes of two wide
layers are a thicket: without a focus only the strongest are drawn, with one only those of the neuron in focus, with
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal

import numpy as np
from rich.style import Style

from tui_nn.view.heat import heat
from tui_nn.view.number import column_format
from tui_nn.view.palette import diverging, magnitude, quantise
from tui_nn.view.raster import stroke
from tui_nn.view.text import fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_nn.view.canvas import Canvas
    from tui_nn.view.look import Look
    from tui_nn.view.network_plan import Column

_WEAKEST = 0.45  # of the colour scale: what is drawn at all is seen
_LEAD = 3  # cells of a stroke before its number
_ALL = 24  # strokes between two layers up to which all are drawn
_NUMBERED = 14  # cells between two layers from which on strokes in focus carry their numbers


@dataclass(frozen=True, slots=True)
class Focus:
    """Which strokes of a gap are wanted: the strongest of `all`, those of a neuron `before` or `after` it, none."""

    side: Literal["all", "before", "after", "none"]
    neuron: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Two neighbouring columns, the weights between them (n before, n after), and the focus."""

    before: Column
    after: Column
    weights: NDArray[np.float64]
    focus: Focus


@dataclass(frozen=True, slots=True)
class _Edge:
    source: int
    target: int
    weight: float


def ink(look: Look, share: float) -> Style:
    """The colour of a magnitude from -1 to 1, never so weak that it cannot be seen; bold near the ends."""
    visible = np.sign(share) * (_WEAKEST + (1 - _WEAKEST) * abs(share))
    style = diverging(look).inks[int(quantise(np.array([visible]), 1.0, look.levels)[0])]
    return style + Style(bold=True) if abs(visible) > 0.8 else style


def draw_edges(canvas: Canvas, look: Look, gap: Gap) -> int:
    """Draw the strokes of a gap, the strongest on top; how many there are."""
    left, right = gap.before.x + gap.before.width + bool(gap.before.number), gap.after.x - 2
    edges = _chosen(gap)
    scale = magnitude(gap.weights)
    for edge in edges:
        ends = ((left, edge.source), (right, edge.target))
        style = ink(look, edge.weight / scale)
        stroke(canvas, *ends, style, dotted=edge.weight < 0, ascii_only=look.ascii_only)
    if gap.focus.side in ("before", "after") and right - left >= _NUMBERED:
        form = column_format([e.weight for e in edges], digits=3, max_width=7, ascii_only=look.ascii_only)
        for edge in edges:
            text, style = form.write(edge.weight).strip(), look.style("negative" if edge.weight < 0 else "positive")
            # Beside the neuron that is not in focus: each has its own row, so no two numbers meet.
            if gap.focus.side == "after":
                canvas.put(left + _LEAD, edge.source, f" {text} ", style)
            else:
                canvas.put(right - _LEAD - len(text) - 1, edge.target, f" {text} ", style)
    return len(edges)


def _chosen(gap: Gap) -> list[_Edge]:
    """The strokes that are drawn, the strongest last; one that is not finite counts as the strongest of all."""
    side, neuron = gap.focus.side, gap.focus.neuron
    sources = [(j, y) for j, y in gap.before.rows if side != "before" or j == neuron]
    targets = [(k, y) for k, y in gap.after.rows if side != "after" or k == neuron]
    if side == "none":
        return []
    edges = [_Edge(y, z, float(gap.weights[j, k])) for j, y in sources for k, z in targets]
    edges.sort(key=lambda e: (not isfinite(e.weight), abs(e.weight), -e.source, -e.target))
    # The eye can follow about as many strokes as there are neurons; for more there is the focus.
    few = side != "all" or len(edges) <= _ALL
    return edges if few else edges[-(3 * max(len(sources), len(targets)) // 2) :]


def draw_image_weights(canvas: Canvas, look: Look, gap: Gap, bottom: int) -> None:
    """After an image: a strip of weights for each neuron, or, for a neuron in focus, its weights as an image."""
    assert gap.before.image is not None
    left, room = gap.before.x + gap.before.width + 1, gap.after.x - gap.before.x - gap.before.width - 2
    if room < 1:
        return
    scale = magnitude(gap.weights)
    rows, columns = gap.before.image
    if gap.focus.side == "after" and room >= 8:
        wide = min(room, columns)
        tall = max(min(round(rows * wide / columns / 2), bottom - 2), 1)
        caption = fit(f"into {gap.focus.neuron}", wide, ellipsis=look.glyphs.ellipsis)
        square = gap.weights[:, gap.focus.neuron].reshape(rows, columns)
        top = max(min(gap.before.image_top, bottom - tall), 2)
        canvas.put(left, top - 1, caption, look.style("header"))
        canvas.paste(left, top, heat(square, look, wide, tall, scale=scale))
        return
    for neuron, y in gap.after.rows:
        canvas.paste(left, y, heat(_strongest(gap.weights[:, neuron], room), look, room, 1, scale=scale))


def _strongest(weights: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """One row of at most `count` weights: of each stretch the one with the largest magnitude, its sign kept."""
    parts = np.array_split(weights, min(count, len(weights)))
    return np.array([[part[np.abs(part).argmax()] for part in parts]])
