"""Words for messages: text from files made harmless to print, near names, counted nouns."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from tui_nn.visible import legible


def shown(text: str, limit: int = 40) -> str:
    """``text`` as it may stand in a message: control characters made visible (ESC as ``\\x1b``), and not too long."""
    safe = legible(text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def quoted(text: str) -> str:
    """``text`` in quotes, harmless to print."""
    return f"'{shown(text)}'"


def listed(words: Iterable[str], limit: int = 12) -> str:
    """Words with commas between them; beyond ``limit`` words, how many more there are."""
    safe = [shown(word) for word in words]
    return ", ".join(safe) if len(safe) <= limit else ", ".join(safe[:limit]) + f" and {len(safe) - limit} more"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """``1 row``, ``2 rows``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def nearest(word: str, names: Sequence[str]) -> str:
    """`` Did you mean 'iris'?`` with a leading space, or nothing where no name comes near."""
    lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), list(lower), n=1, cutoff=0.6)
    return f" Did you mean {quoted(lower[near[0]])}?" if near else ""
