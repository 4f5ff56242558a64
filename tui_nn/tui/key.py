"""One row of the key table: a key, what it does, and how both are said."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Key:
    """One row.

    Attributes:
        keys: as Textual names them, separated by commas; the first one is shown.
        action: the action of the screen, or of the pane where it stands in PANES.
        label: for the footer and the palette, a word or two.
        help: a sentence.
        footer: its turn in the footer (1 first, 0 never): what does not fit is left out from the end.
        count: whether digits before it repeat it.
        busy: the label while something is at work, where the key does something else then.
    """

    keys: str
    action: str
    label: str
    help: str
    footer: int = 0
    count: bool = False
    busy: str = ""

    def now(self, busy: bool) -> Key:
        """The row with the label of what the key does now: while something is at work, or while nothing is."""
        return replace(self, label=self.busy) if busy and self.busy else self

    @property
    def shown(self) -> str:
        """The first key as it stands on a keyboard."""
        first = self.keys.split(",")[0]
        return SHOWN.get(first, first)


SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "backspace": "Backspace",
    "tab": "Tab",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "comma": ",",
    "full_stop": ".",
    "plus": "+",
    "minus": "-",
    "ctrl+q": "Ctrl-Q",
    "ctrl+c": "Ctrl-C",
    "ctrl+p": "Ctrl-P",
    "f1": "F1",
    "f2": "F2",
    "f3": "F3",
    "f5": "F5",
    "f7": "F7",
    "shift+tab": "Shift-Tab",
}

SIGNS = frozenset({"question_mark", "slash", "comma", "full_stop", "plus", "minus", "space"})
"""Keys with a name that are typed as a character."""

Groups = dict[str, tuple[Key, ...]]
