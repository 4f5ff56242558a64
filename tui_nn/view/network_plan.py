"""Where the layers and neurons of a network drawing lie; what a mouse click on it means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tui_nn.view.look import Look
    from tui_nn.view.text import Align

_NUMBER = 6  # cells of a value: −0.699
_LABEL = 8  # cells of a neuron's name, at most
_ROOM = ((_NUMBER, 8), (0, 9), (0, 5))  # cells of a value, and between two layers at least: the first that fits
_MOST = 16  # neurons of a layer that are shown, at most
_LARGER = 3  # times that a small image is enlarged, at most
_PITCH = 4  # rows from one neuron to the next, at most


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer as it is drawn.

    Attributes:
        name: as in the listing: A1.
        size: how many neurons.
        values: their values for one example, shape (size,); None if not computed yet.
        note: the activation, say.
        labels: a name for each neuron, or none at all.
        image: (rows, columns) if the layer is one.
    """

    name: str
    size: int
    values: NDArray[np.generic] | None = None
    note: str = ""
    labels: tuple[str, ...] = ()
    image: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One layer's place: the neurons that are shown with their rows, and how many are hidden at which rows.

    `label` and `number` are the cells of a neuron's name and value, 0 for none; `heading` those above the column.
    """

    x: int
    width: int
    heading_x: int
    heading: int
    side: Align
    label: int
    number: int
    rows: tuple[tuple[int, int], ...]
    gaps: tuple[tuple[int, int], ...] = ()
    image: tuple[int, int] | None = None
    image_top: int = 0
    image_height: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole drawing: its columns, the first row of neurons, and the row of the footer."""

    columns: tuple[Column, ...]
    top: int
    footer: int

    def neuron_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The (layer, neuron) under a place of the picture."""
        for i, column in enumerate(self.columns):
            if column.x <= x < column.x + column.width:
                return next(((i, neuron) for neuron, row in column.rows if row == y), None)
        return None


def plan(
    layers: Sequence[Layer], look: Look, width: int, height: int, focus: tuple[int, int] | None = None
) -> Plan | None:
    """Place the layers in `width` x `height` cells, or None where they do not fit."""
    top, footer = 1, max(height - 1, 1)
    body = footer - top
    if body < 1 or not layers:
        return None
    ways = product(_ROOM, range(_LARGER, 0, -1))
    for (number, gap), times in ways:
        widths = [_width(layer, look, number, body, width, times) for layer in layers]
        spare = width - sum(widths)
        gaps = len(layers) - 1
        if spare >= gaps * gap and (gaps or spare >= 0):
            break
    else:
        return None
    columns = []
    for i, layer in enumerate(layers):
        # What is left of dividing is spread over all gaps, so that the last layer ends at the right edge.
        x = sum(widths[:i]) + (spare * i // gaps if gaps else 0)
        keep = focus[1] if focus and focus[0] == i else None
        columns.append(_column(layer, look, _Slot(x, widths[i], number, top, body), keep))
    return Plan(tuple(_headed(columns, spare // gaps if gaps else spare)), top, footer)


def shorten(size: int, room: int, keep: int | None = None) -> list[int | range]:
    """Which of `size` neurons to show in `room` rows: the first, the last, `keep`; a range stands for hidden ones."""
    if size <= room:
        return list(range(size))
    if room < 3:
        few: list[int | range] = [keep or 0, range(size - 1)] if keep is not None or room == 2 else [range(size)]
        return few[:room]
    shown = _ends(size, room - 1)
    if keep is not None and keep not in shown:
        shown = _ends(size, room - 3) | {keep}  # it has hidden neurons on both sides: one row more
    rows: list[int | range] = []
    following = 0
    for neuron in sorted(shown):
        rows += [range(following, neuron)] if neuron > following else []
        rows.append(neuron)
        following = neuron + 1
    return rows + ([range(following, size)] if following < size else [])


def _ends(size: int, count: int) -> set[int]:
    return {*range(count - count // 2), *range(size - count // 2, size)}


def _width(layer: Layer, look: Look, number: int, body: int, width: int, times: int) -> int:
    if layer.image is not None and _is_image(layer, look, body):
        rows, columns = layer.image
        room = max(2 * width // 5, 1)
        fitting = max(min(room // columns, 2 * body // rows, times), 1)  # whole times, so that pixels stay alike
        return min(fitting * columns, room)
    label = min(max((cell_len(look.text(name)) for name in layer.labels), default=-1), _LABEL)
    node = 1 + (1 + number if number else 0) + label + 1
    hidden = len(str(layer.size)) + 3 if layer.size > min(body, _MOST) else 0
    return max(node, hidden)


def _is_image(layer: Layer, look: Look, body: int) -> bool:
    return layer.image is not None and body >= 4


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place that a layer gets: its columns of cells, the cells of a value, and the rows."""

    x: int
    width: int
    number: int
    top: int
    body: int


def _column(layer: Layer, look: Look, slot: _Slot, keep: int | None) -> Column:
    bare = Column(slot.x, slot.width, slot.x, slot.width, "left", 0, 0, ())
    if layer.image is not None and _is_image(layer, look, slot.body):
        rows, columns = layer.image
        tall = max(min(round(rows * slot.width / columns / 2), slot.body), 1)
        return replace(bare, image=layer.image, image_top=slot.top + (slot.body - tall) // 2, image_height=tall)
    label = max(min(max((cell_len(look.text(name)) for name in layer.labels), default=0), _LABEL), 0)
    shown = shorten(layer.size, min(slot.body, _MOST), keep)
    pitch = max(min(slot.body // max(len(shown), 1), _PITCH), 1)
    start = slot.top + (slot.body - (pitch * (len(shown) - 1) + 1)) // 2
    placed = [(item, start + pitch * i) for i, item in enumerate(shown)]
    return replace(
        bare,
        label=label,
        number=slot.number,
        rows=tuple((item, y) for item, y in placed if isinstance(item, int)),
        gaps=tuple((len(item), y) for item, y in placed if isinstance(item, range)),
    )


def _headed(columns: list[Column], gap: int) -> list[Column]:
    """Headings reach into the gaps beside them, less than half of the way."""
    reach, last = max(gap // 2 - 1, 0), len(columns) - 1
    headed = []
    for i, column in enumerate(columns):
        left, right = (reach if i > 0 else 0), (reach if i < last else 0)
        side: Align = "left" if i == 0 else "right" if i == last else "centre"
        headed.append(replace(column, heading_x=column.x - left, heading=column.width + left + right, side=side))
    return headed
