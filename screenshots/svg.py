"""Textual's picture, made to stand alone: it asks no server for a font, and says nothing but what is on the screen."""

from __future__ import annotations

import re
from collections import Counter

FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
DESCENT = 3  # pixels of the last row's letters that the picture would cut off
_DROPPED = (r"<!--.*?-->\s*", r"@font-face \{.*?\}\s*")
_CELLS = re.compile(r'<rect fill="(#\w+)" x="[\d.]+" y="[\d.]+" width="[\d.]+" height="[\d.]+" [^>]*/>')
_SCREEN = re.compile(r'(clip-terminal">\s*<rect x="0" y="0" width=")([\d.]+)(" height=")([\d.]+)')


def tidy(text: str) -> str:
    """The picture without web fonts and comments, with whatever monospace font the reader has."""
    for pattern in _DROPPED:
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    text = text.replace("Fira Code, monospace", FONT).replace("font-family: arial", "font-family: sans-serif")
    text = _SCREEN.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{float(m[4]) + DESCENT:g}", _one_background(text))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def _one_background(text: str) -> str:
    """One rectangle in the commonest colour in the place of some hundreds: half the file."""
    fills = Counter(found[1] for found in _CELLS.finditer(text))
    if not fills:
        return text
    usual = fills.most_common(1)[0][0]
    begin = next(_CELLS.finditer(text)).start()
    rest = _CELLS.sub(lambda m: "" if m[1] == usual else m[0], text[begin:])
    return f'{text[:begin]}<rect fill="{usual}" x="0" y="0" width="100%" height="100%"/>{rest}'
