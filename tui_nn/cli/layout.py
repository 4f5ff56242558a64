"""Numbers, matrices and formulas as text that fits the terminal: what the commands on equations print for people."""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from tui_nn.cli.output import safe_cell
from tui_nn.session.plain_values import NON_FINITE

if TYPE_CHECKING:
    import numpy as np

    from tui_nn.engine.program import Line, Program

ROWS = 12  # of a matrix; JSON and CSV have all of it
_NARROWEST = 40
_LEAST = 16  # cells of a formula's rows; one that stands further right runs over the edge


def room() -> int:
    """Columns of the terminal; 80 where there is none."""
    return max(get_terminal_size().columns, _NARROWEST)


def cells(text: str) -> int:
    """Columns that a text takes in a terminal: v̂ takes one, 猫 two."""
    if text.isascii():
        return len(text)
    from tui_nn.lang.notation import width

    return width(text)


def pad(text: str, width: int) -> str:
    """The text, filled up with blanks on the right."""
    return text + " " * (width - cells(text))


def can_print(text: str) -> bool:
    """Whether the encoding of stdout has all of these characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def prose(text: str, width: int) -> Iterator[str]:
    """Paragraphs, broken at blanks anew; control characters made visible."""
    for i, paragraph in enumerate(text.strip().split("\n\n")):
        if i:
            yield ""
        yield from textwrap.wrap(safe_cell(" ".join(paragraph.split())), width, break_on_hyphens=False) or [""]


def formula_rows(text: str, width: int, level: int = 0) -> list[str]:
    """A formula in rows of at most `width` cells (16 at least) where it can be: broken before a sign, outermost first.

    Args:
        level: of brackets, from which on a break may stand.
    """
    width = max(width, _LEAST)
    if cells(text) <= width:
        return [text]
    cuts = _signs(text)
    if not (deeper := [depth for depth in cuts.values() if depth >= level]):
        return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False, subsequent_indent="    ")
    level = min(deeper)
    margin = "  " * (level > 0)
    rows: list[str] = []
    start = 0
    for end in [*(at for at, depth in cuts.items() if depth == level), len(text)]:
        part = text[start:end].strip()
        if rows and cells(rows[-1]) + 1 + cells(part) <= width:
            rows[-1] += f" {part}"
        else:
            rows += [margin * bool(start) + row for row in formula_rows(part, width - len(margin), level + 1)]
        start = end
    return rows


def _signs(text: str) -> dict[int, int]:
    """Where a sum goes on with ` + ` or ` - `, and within how many brackets."""
    found: dict[int, int] = {}
    depth = 0
    for i, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if i and text[i - 1] == " " and text[i : i + 2] in ("+ ", "- ", "− "):
            found[i] = depth
    return found


def number(value: float, digits: int) -> str:
    """A number in so many significant digits; NaN and the infinities as JSON has them here."""
    if not math.isfinite(value):
        return NON_FINITE[str(float(value))]
    return f"{value + 0.0:.{digits}g}"  # + 0.0: a zero has no sign that anyone reads


def matrix_rows(value: np.ndarray[Any, Any], digits: int, width: int | None = None) -> list[str]:
    """A number, vector or matrix in rows that line up at the decimal point; a large one is shortened and says so.

    Args:
        width: cells that a row may take; None for all columns and rows.
    """
    if value.ndim == 0:
        return [number(float(value), digits)]
    table = value.reshape((1 if value.ndim == 1 else len(value), -1) if value.size else (len(value), 0))
    rows, columns = table.shape
    shown = table[: ROWS if width is not None else rows]
    texts = [_aligned([number(float(x), digits) for x in column]) for column in shown.T[: _most(width)]]
    fitting = texts if width is None else texts[: _fitting(texts, columns, width)]
    more = f"  … {columns - len(fitting)} more" if len(fitting) < columns else ""
    lines = ["[" + "  ".join(column[i] for column in fitting) + more + "]" for i in range(len(shown))]
    return lines if len(shown) == rows else [*lines, f"… {rows - len(shown)} more rows of {rows}"]


def _most(width: int | None) -> int | None:
    """Columns that are worth looking at: each takes three cells at least."""
    return None if width is None else width // 3 + 1


def _fitting(texts: Sequence[Sequence[str]], columns: int, width: int) -> int:
    """How many columns go into `width` cells, beside the mark for those that do not; at least one."""
    used = 2  # the brackets
    for i, column in enumerate(texts):
        used += len(column[0] if column else "") + 2 * (i > 0)
        rest = columns - i - 1
        if used + (len(f"  … {rest} more") if rest else 0) > width:
            whole = 2 + sum(len(c[0] if c else "") + 2 for c in texts) - 2
            return columns if len(texts) == columns and whole <= width else max(i, 1)
    return len(texts)


def _aligned(texts: Sequence[str]) -> list[str]:
    """Numbers of one width, their decimal points below one another."""
    parts = [(text, "") if text[-1].isalpha() else _at_point(text) for text in texts]
    left = max((len(whole) for whole, _ in parts), default=0)
    right = max((len(rest) for _, rest in parts), default=0)
    return [whole.rjust(left) + rest.ljust(right) for whole, rest in parts]


def _at_point(text: str) -> tuple[str, str]:
    at = next((i for i, c in enumerate(text) if c in ".e"), len(text))
    return text[:at], text[at:]


def mathematics(program: Program, line: Line) -> str:
    """A line as a lecturer writes it: `∂J/∂W₁ = Xᵀ · ∂J/∂Z₁`."""
    from tui_nn.lang.unicode import unicode_equation

    return unicode_equation(line.equation, **known(program, line))


def known(program: Program, line: Line) -> dict[str, Any]:
    """What mathematical writers are to know of the names in a line: `lr · g`, for lr is a single number."""
    if line.phase == "update":  # its names are a scope of their own: `v` of the page is not `v` of the optimiser
        return {"shapes": {name: () for name, role in program.update_roles.items() if role == "hyper"}}
    return known_of_page(program)


def known_of_page(program: Program) -> dict[str, Any]:
    """The same for names of the page."""
    return {"gradients": program.gradients, "loss": program.loss or "", "shapes": program.shapes}
