"""A line of text as a command: `10n`, `phase`, `g 12:7`, `w2 = 3`. The words are those of the key table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui_nn.errors import UserError
from tui_nn.tui import keys
from tui_nn.tui.key import Key

TYPED = {"plus": "+", "minus": "-", "comma": ",", "full_stop": ".", "question_mark": "?", "slash": "/"}
OWN = {
    "explain": "open",
    "break": "break_when",
    "list": "list",
    "changes": "changes",
    "origin": "origin",
    "smaller steps": "smaller",
    "clip": "clip",
    "lessons": "lessons",
    "open": "open_target",
    "exit": "close",
}
"""Words that no key of the stepper has: the panes of the app stand for them there."""

LARGEST_COUNT = 1_000_000  # as in the app
_EDIT = re.compile(r"[^\W\d][\w.]*\s*(\[[^\]]*\])?\s*=(?!=)")
_COUNTED = re.compile(r"(\d*)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it was read: its action in the key table, how often, and what came after the word."""

    action: str
    count: int
    text: str = ""


def rows() -> tuple[Key, ...]:
    """The rows of the key table that have words here."""
    card = tuple(row for row in keys.PANES["card"] if row.action in ("open", "return"))
    return (*keys.table("stepper"), *card)


def spellings() -> dict[str, str]:
    """Each word and the action that it stands for: the keys of a row, also as they are shown, and its label."""
    found: dict[str, str] = {}
    for row in sorted(rows(), key=lambda row: not row.footer):  # of two rows with one label, that of the footer
        for word in (*row.keys.split(","), *(TYPED.get(key, key) for key in row.keys.split(",")), row.shown, row.label):
            found.setdefault(word, row.action)
    return found | OWN


SPELLINGS = spellings()
_LONGEST_FIRST = sorted(SPELLINGS, key=len, reverse=True)


def read(line: str) -> Said | None:
    """The command that a line is; None for an empty one and for a comment. Raises UserError for an unknown word."""
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    if _EDIT.match(text):
        return Said("edit", 1, text)
    counted = _COUNTED.fullmatch(text)
    assert counted is not None, "both parts may be empty"
    rest = counted[2]
    for word in _LONGEST_FIRST:
        if rest == word or rest.startswith(f"{word} "):
            return Said(SPELLINGS[word], _count(counted[1]), rest[len(word) :].strip())
    raise UserError(f"`{text}` is no command; ? lists them all, and n computes the next line")


def _count(digits: str) -> int:
    if len(digits.lstrip("0")) > len(str(LARGEST_COUNT)) or int(digits or 1) > LARGEST_COUNT:
        raise UserError(f"the largest count is {LARGEST_COUNT:,}; g goes further: g 12345678")
    return int(digits or 1)
