"""What stands over a tensor: its name, its shape, and which part of it is seen."""

from __future__ import annotations

from rich.cells import cell_len

from tui_nn.view.look import Look
from tui_nn.view.matrix import Grid


def title(name: str, shape: tuple[int, ...], seen: Grid | None, look: Look, width: int) -> str:
    """`tensor  W₁  64×12  rows 0-9, columns 0-4 ‹⋮›` in at most `width` cells: what does not fit is left out whole.

    Args:
        seen: the window that is drawn. The part is named in the numbers that stand beside it; signs point to the rest.
    """
    own = f"{name}  {look.glyphs.times.join(map(str, shape))}".rstrip()
    part, signs = _part(shape, seen, look) if seen is not None else ("", "")
    ways = [f"tensor  {own}  {part} {signs}", f"{own}  {part} {signs}", f"{own} {signs}", own, name]
    return next((text for text in map(str.rstrip, map(look.text, ways)) if cell_len(text) <= width), look.text(name))


def _part(shape: tuple[int, ...], seen: Grid, look: Look) -> tuple[str, str]:
    """The rows and columns that are seen, where not all are; and signs to the sides on which there is more."""
    rows, columns = (1, 1, *shape)[-2:]
    spans = ("row", seen.top, seen.rows, rows), ("column", seen.left, seen.columns, columns)
    named = [
        f"{what} {first}" if count == 1 else f"{what}s {first}-{first + count - 1}"
        for what, first, count, total in spans
        if 0 < count < total
    ]
    sides = {
        look.glyphs.before: seen.left > 0,
        look.glyphs.above: seen.rows < rows,
        look.glyphs.after: seen.left + seen.columns < columns,
    }
    return ", ".join(named), "".join(sign for sign, more in sides.items() if more)
