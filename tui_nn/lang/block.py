"""Text in two dimensions: rows of equal width with a baseline, set beside, over and above one another."""

from __future__ import annotations

from dataclasses import dataclass

from tui_nn.lang.notation import width

# Fences that grow with what they hold: top, middle, bottom.
_TALL = {
    "(": ("⎛", "⎜", "⎝"),
    ")": ("⎞", "⎟", "⎠"),
    "[": ("⎡", "⎢", "⎣"),
    "]": ("⎤", "⎥", "⎦"),
    "|": ("│", "│", "│"),
    "‖": ("║", "║", "║"),
}


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of equal width; `baseline` is the index of the row that stands on the line of writing."""

    rows: tuple[str, ...]
    baseline: int = 0

    @property
    def width(self) -> int:
        """Terminal cells of each row."""
        return width(self.rows[0])

    @property
    def height(self) -> int:
        """Rows."""
        return len(self.rows)


def text(line: str) -> Block:
    """One row."""
    return Block((line,))


def beside(*parts: Block) -> Block:
    """Parts on one baseline, left to right."""
    parts = tuple(p for p in parts if p.width)
    if not parts:
        return text("")
    above = max(p.baseline for p in parts)
    below = max(p.height - p.baseline for p in parts)
    rows = []
    for i in range(-above, below):
        cells = (p.rows[p.baseline + i] if 0 <= p.baseline + i < p.height else " " * p.width for p in parts)
        rows.append("".join(cells))
    return Block(tuple(rows), above)


def fraction(above: Block, below: Block) -> Block:
    """One over the other, with a line between."""
    across = max(above.width, below.width) + 2
    rows = (*_centred(above, across), "─" * across, *_centred(below, across))
    return Block(rows, above.height)


def raised(base: Block, exponent: Block) -> Block:
    """A power: the exponent up at the right of the base."""
    lift = base.baseline + exponent.height
    up = Block((*exponent.rows, *[" " * exponent.width] * (lift + 1 - exponent.height)), lift)
    return beside(base, up)


def padded(part: Block, across: int) -> Block:
    """At least so many cells wide, flush left."""
    return Block(tuple(row + " " * (across - part.width) for row in part.rows), part.baseline)


def fenced(opening: str, inside: Block, closing: str) -> Block:
    """Between fences that are as tall as what they hold."""
    return beside(_fence(opening, inside), inside, _fence(closing, inside))


def _fence(sign: str, inside: Block) -> Block:
    if inside.height == 1 or sign not in _TALL:
        return text(sign)
    top, middle, bottom = _TALL[sign]
    return Block((top, *[middle] * (inside.height - 2), bottom), inside.baseline)


def cases(values: tuple[Block, ...], conditions: tuple[Block, ...]) -> Block:
    """A value for each condition, one under the other behind a brace."""
    across = max(v.width for v in values)
    lines = [beside(padded(v, across), text("  "), c) for v, c in zip(values, conditions, strict=True)]
    across = max(line.width for line in lines)
    rows = [row for line in lines for row in padded(line, across).rows]
    height = len(rows)
    middle = height // 2
    brace = ("⎧", *["⎪"] * (middle - 1), "⎨", *["⎪"] * (height - middle - 2), "⎩") if height > 2 else ("⎧", "⎩")
    return beside(Block(brace, (height - 1) // 2), Block(tuple(rows), (height - 1) // 2))


def _centred(part: Block, across: int) -> tuple[str, ...]:
    left = (across - part.width) // 2
    return tuple(" " * left + row + " " * (across - part.width - left) for row in part.rows)
