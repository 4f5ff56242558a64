"""Text in cells: what a string from a file or a person looks like in a fixed width.

Widths are terminal cells, never `len`: `m̂ₜ` is three code points and two cells. Text from outside may hold escape
sequences, line breaks or bidirectional overrides; `clean` makes them visible instead of letting the terminal act on
them.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from rich.cells import cell_len, set_cell_size

from tui_nn.visible import is_drawn

Align = Literal["left", "right", "centre"]


def clean(text: str) -> str:
    """The text with each control or format character made visible: ESC as `␛`, U+202E as `<202E>`."""
    return text if text.isprintable() else "".join(c if is_drawn(c) else _visible(c) for c in text)


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<{code:04X}>"


def to_ascii(text: str) -> str:
    """The text in ASCII only; what has no ASCII twin is decomposed, or written `?`.

    For names on a terminal whose font or encoding has nothing else. Lossy: for drawing, never for storing.
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_ASCII_TWINS)).replace("\u0302", "_hat")
    return "".join(c if c.isascii() else "?" for c in decomposed if not unicodedata.combining(c))


def fit(text: str, width: int, align: Align = "left", ellipsis: str = "…") -> str:
    """The text in exactly `width` cells: padded, or cut with an ellipsis at its end."""
    width = max(width, 0)
    length = cell_len(text)
    if length > width:
        return (
            set_cell_size(text, width - cell_len(ellipsis)) + ellipsis if width >= cell_len(ellipsis) else " " * width
        )
    room = width - length
    left = {"left": 0, "right": room, "centre": room // 2}[align]
    return " " * left + text + " " * (room - left)


_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu"),
    *("xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
_ASCII_TWINS = str.maketrans(
    {
        **{chr(0x3B1 + i): name for i, name in enumerate(_GREEK)},
        **{chr(0x391 + i): name.capitalize() for i, name in enumerate(_GREEK)},
        "∂": "d",
        "∇": "grad ",
        "Σ": "sum",
        "·": "*",
        "×": "x",
        "⊙": "*",
        "−": "-",
        "–": "-",
        "—": "-",
        "√": "sqrt",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "∞": "inf",
        "→": "->",
        "←": "<-",
        "▸": ">",
        "½": "1/2",
        "²": "^2",
        "³": "^3",
        "ᵀ": "^T",
        "′": "'",
        "│": "|",
        "⋮": ":",
        "…": "...",
    }
)
