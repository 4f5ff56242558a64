"""The key table: one row a key. Bindings, footer, help, command palette and documentation are all read from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """One row.

    Attributes:
        keys: as Textual names them, separated by commas; the first one is shown.
        action: the screen's action.
        label: for the footer, a word or two.
        help: a sentence.
        group: the heading in the help.
        footer: its turn in the footer (1 first, 0 never): what does not fit is left out from the end.
        count: whether digits before it repeat it.
    """

    keys: str
    action: str
    label: str
    help: str
    group: str
    footer: int = 0
    count: bool = False

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
    "ctrl+q": "Ctrl-Q",
    "ctrl+c": "Ctrl-C",
    "ctrl+p": "Ctrl-P",
}

_APP = "The app"
_TIME = "Through time"

EVERYWHERE = (
    Key("question_mark,f1", "explain", "help", "explain what is on the screen, and list the keys", _APP, footer=90),
    Key("ctrl+p", "command_palette", "palette", "search all commands", _APP),
    Key("ctrl+q", "quit", "quit", "leave the app", _APP),
    Key("ctrl+c", "interrupt", "interrupt", "stop what is running, or else the app", _APP),
)

LESSONS = (
    Key("enter", "open", "open", "open the lesson under the pointer", "Lessons", footer=1),
    Key("slash", "search", "search", "search titles, summaries and equations", "Lessons", footer=2),
    Key("q,escape", "leave", "quit", "clear the search, then leave the app", "Lessons", footer=80),
)

STEPPER = (
    Key("n", "next", "next", "compute the next line", _TIME, footer=1, count=True),
    Key("b", "back", "back", "take the last line back", _TIME, footer=2, count=True),
    Key("p", "next_phase", "phase", "to the end of the phase that comes now", _TIME, footer=3, count=True),
    Key("P", "back_phase", "phase back", "to the end of the phase before", _TIME, footer=11, count=True),
    Key("i", "next_iteration", "iteration", "to the end of this iteration, or of the next one", _TIME, 4, True),
    Key("I", "back_iteration", "iter. back", "to the end of the iteration before", _TIME, footer=12, count=True),
    Key("r", "reset", "reset", "back to the start", _TIME, footer=5),
    Key("q", "close", "leave", "back to the lessons", _APP, footer=80),
)

SCREENS: dict[str, tuple[Key, ...]] = {"lessons": LESSONS, "stepper": STEPPER}


def table(screen: str) -> tuple[Key, ...]:
    """The rows of a screen, and after them those of the whole app."""
    return (*SCREENS[screen], *EVERYWHERE)


def bindings(screen: str) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """The rows of a screen as Textual's bindings; those of the app too, since a Screen has its own Ctrl-C."""
    return [
        Binding(row.keys, f"app.{row.action}" if row in EVERYWHERE else row.action, row.label, False, tooltip=row.help)
        for row in table(screen)
    ]


def footer(screen: str) -> Iterator[Key]:
    """The rows that the footer shows, most important first."""
    return iter(sorted((row for row in table(screen) if row.footer), key=lambda row: row.footer))
