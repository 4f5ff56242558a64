"""Text from files and people, harmless to print: what a terminal would act on, or not show, is spelled out.

Nothing here is about width or colour. `harmless` is for data, which stays as it is but for what could do harm;
`legible` is for messages, in which a character that cannot be seen would mislead (`age` and `age` with a zero-width
space behind it); the screen has a spelling of its own for what `is_drawn` says no to.
"""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, line and paragraph separators, what changes the order in which text is read, lone surrogates.
HARMFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def escape(character: str) -> str:
    r"""A character by its number, as Python writes it: ESC as `\x1b`, U+202E as `\u202e`."""
    return character.encode("unicode_escape").decode()


def harmless(text: str, keep: str = "") -> str:
    """The text with each character that a terminal may act on spelled out, but for those in `keep`."""
    return HARMFUL.sub(lambda found: found[0] if found[0] in keep else escape(found[0]), text)


def legible(text: str) -> str:
    """The text with every character spelled out that does not print, blanks other than the usual one too."""
    return text if text.isprintable() else "".join(c if c.isprintable() else escape(c) for c in text)


def is_drawn(character: str) -> bool:
    """Whether the character has a glyph, or is a blank: then it can stand in a cell of the screen."""
    return character.isprintable() or unicodedata.category(character) == "Zs"


def drawn(text: str, keep: str = "") -> str:
    """The text without each character that cannot be drawn, but for those in `keep`."""
    return "".join(c for c in text if c in keep or is_drawn(c))
