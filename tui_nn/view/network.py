"""The network as a drawing: layers of neurons with their values, weights or gradients as strokes between them.

Wide layers show their head and tail; a layer that is an image is shown as one. Where the columns do not fit, a table of
the layers says what the drawing would.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from rich.cells import cell_len

from tui_nn.view.canvas import Canvas
from tui_nn.view.heat import heat
from tui_nn.view.network_edges import Focus, Gap, draw_edges, draw_image_weights, ink
from tui_nn.view.network_plan import Layer, plan
from tui_nn.view.number import column_format
from tui_nn.view.palette import magnitude
from tui_nn.view.picture import picture
from tui_nn.view.table import table
from tui_nn.view.text import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from rich.style import Style

    from tui_nn.view.look import Look
    from tui_nn.view.network_plan import Column
    from tui_nn.view.picture import Picture


def network(
    layers: Sequence[Layer],
    weights: Sequence[NDArray[np.generic] | None],
    look: Look,
    width: int,
    height: int,
    *,
    focus: tuple[int, int] | None = None,
    what: str = "weights",
) -> Picture:
    """Draw a network in `width` x `height` cells.

    Args:
        layers: from the input to the output.
        weights: one array (n of a layer, n of the next) for each pair, of weights or of their gradients; None if not
            computed yet.
        look: colours and glyphs.
        width, height: in cells.
        focus: (layer, neuron) whose strokes are drawn, or None for the strongest of all.
        what: what the strokes are, or why there are none, for the line below.

    Raises:
        ValueError: weights that do not fit the layers.
    """
    _check(layers, weights)
    place = plan(layers, look, width, height, focus)
    if place is None:
        return _table(layers, look, width, height)
    canvas = Canvas(width, height)
    drawn = total = 0
    for i, (before, after) in enumerate(pairwise(place.columns)):
        if (array := weights[i]) is None:
            continue
        gap = Gap(before, after, np.asarray(array, np.float64), _end_in_focus(i, focus))
        if before.image:
            draw_image_weights(canvas, look, gap, place.footer)
        else:
            total += array.size
            drawn += draw_edges(canvas, look, gap)
    for i, column in enumerate(place.columns):
        _draw_column(canvas, look, column, layers[i], focus[1] if focus and focus[0] == i else None)
    if height > place.footer:
        strokes = any(array is not None for array in weights)
        _draw_footer(canvas, look, place.footer, what, drawn, total if strokes else None)
    return canvas.picture()


def _check(layers: Sequence[Layer], weights: Sequence[NDArray[np.generic] | None]) -> None:
    if len(weights) != len(layers) - 1:
        raise ValueError(f"{len(layers)} layers have {len(layers) - 1} gaps, not {len(weights)}")
    for (before, after), array in zip(pairwise(layers), weights, strict=True):
        if array is not None and array.shape != (before.size, after.size):
            raise ValueError(
                f"weights between {before.name} and {after.name} are {array.shape}, not {(before.size, after.size)}"
            )
    for layer in layers:
        if layer.values is not None and layer.values.shape != (layer.size,):
            raise ValueError(f"the values of {layer.name} are {layer.values.shape}, not {(layer.size,)}")
        if layer.labels and len(layer.labels) != layer.size:
            raise ValueError(f"{layer.name} has {len(layer.labels)} labels for {layer.size} neurons")


def _end_in_focus(gap: int, focus: tuple[int, int] | None) -> Focus:
    if focus is None:
        return Focus("all")
    side: Literal["before", "after", "none"] = (
        "before" if focus[0] == gap else "after" if focus[0] == gap + 1 else "none"
    )
    return Focus(side, focus[1])


def _draw_column(canvas: Canvas, look: Look, column: Column, layer: Layer, focus: int | None) -> None:
    heading = " ".join(part for part in (look.text(layer.name), look.text(layer.note), str(layer.size)) if part)
    canvas.put(
        column.heading_x, 0, fit(heading, column.heading, column.side, look.glyphs.ellipsis), look.style("header")
    )
    if column.image is not None:
        _draw_image(canvas, look, column, layer)
        return
    texts = _values(column, layer, look)
    scale = magnitude(layer.values) if layer.values is not None else 1.0
    for (neuron, y), text in zip(column.rows, texts, strict=True):
        value = None if layer.values is None else float(layer.values[neuron])
        label = (
            fit(look.text(layer.labels[neuron]), column.label, "right", look.glyphs.ellipsis) if column.label else ""
        )
        here = neuron == focus
        canvas.put(column.x, y, label, look.style("current" if here else "header"))
        node = look.glyphs.unknown if value is None else look.glyphs.node[0 if value > 0 else 1]
        style = look.style("cursor") if here else _value_style(look, value, scale)
        canvas.put(column.x + column.label + (1 if column.label else 0), y, node + text, style)
    for hidden, y in column.gaps:
        canvas.put(column.x, y, fit(f"{look.glyphs.above} +{hidden}", column.width), look.style("dim"))


def _draw_image(canvas: Canvas, look: Look, column: Column, layer: Layer) -> None:
    assert column.image is not None
    if layer.values is None:
        for y in range(column.image_height):
            canvas.put(column.x, column.image_top + y, look.glyphs.unknown * column.width, look.style("dim"))
        return
    square = np.asarray(layer.values, np.float64).reshape(column.image)
    image = heat(square, look, column.width, column.image_height, colour_map="sequential")
    canvas.paste(column.x, column.image_top, image)


def _values(column: Column, layer: Layer, look: Look) -> list[str]:
    """The values of the neurons that are shown, in one format; empty texts where there is no room for them."""
    if not column.number:
        return [""] * len(column.rows)
    if layer.values is None:
        return [" " + look.glyphs.unknown.rjust(column.number)] * len(column.rows)
    shown = [float(layer.values[neuron]) for neuron, _ in column.rows]
    form = column_format(shown, digits=4, max_width=column.number, ascii_only=look.ascii_only)
    return [" " + form.write(value).rjust(column.number) for value in shown]


def _value_style(look: Look, value: float | None, scale: float) -> Style:
    if value is None:
        return look.style("dim")
    if not np.isfinite(value):
        return look.style("nonfinite")
    return ink(look, value / scale) if value else look.style("dim")


def _draw_footer(canvas: Canvas, look: Look, y: int, what: str, drawn: int, total: int | None) -> None:
    """What the strokes are, their signs, and how many are drawn: that is left out rather than cut.

    Args:
        total: None where there are no strokes.
    """
    if total is None:
        canvas.put(0, y, look.text(what), look.style("header"))
        return
    dash, dots = ("--", "..") if look.ascii_only else ("⠒⠒", "⠂⠐")
    parts = [
        (look.text(what), look.style("header")),
        (f"{dash} +", look.style("positive")),
        (f"{dots} {look.glyphs.minus}", look.style("negative")),
    ]
    share = f"{drawn} of {total}"
    room = canvas.width - sum(cell_len(text) for text, _ in parts)
    gap = 2 if room >= 6 + len(share) else 1
    room -= gap * len(parts)
    if drawn < total and len(share) <= room:
        whole = f"{share} drawn"
        parts.append((whole if len(whole) <= room else share, look.style("header")))
    x = 0
    for text, style in parts:
        canvas.put(x, y, text, style)
        x += cell_len(text) + gap


def _table(layers: Sequence[Layer], look: Look, width: int, height: int) -> Picture:
    rows = []
    for layer in layers:
        values = None if layer.values is None else np.asarray(layer.values, np.float64)
        known = [] if values is None else [look.number(end, digits=3) for end in (values.min(), values.max())]
        rows.append([layer.name, layer.note, str(layer.size), *(known or [look.glyphs.unknown] * 2)])
    whole = table(["layer", "", "size", "min", "max"], rows, look, width, align="llrrr")
    return picture(whole.lines[: max(height, 0)], width)
