"""What of the key table holds where: bindings, footer, help, palette, plain lines and documentation read this."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from operator import attrgetter

from tui_nn.tui.key import SIGNS, Groups, Key
from tui_nn.tui.key_table import EVERYWHERE as EVERYWHERE
from tui_nn.tui.key_table import LIST as LIST
from tui_nn.tui.key_table import PANES as PANES
from tui_nn.tui.key_table import SCREENS as SCREENS

WRITING = ("equations", "train")  # screens on which a character is text


def groups(screen: str) -> Groups:
    """The rows of a screen, and after them those of the whole app."""
    found = {**SCREENS[screen], **EVERYWHERE}
    return {name: tuple(map(_unwritten, rows)) for name, rows in found.items()} if screen in WRITING else found


def _unwritten(row: Key) -> Key:
    """The row with keys that give no character before those that do."""
    return replace(row, keys=",".join(sorted(row.keys.split(","), key=lambda key: key in SIGNS)))


def table(screen: str) -> tuple[Key, ...]:
    """All rows of `groups`."""
    return tuple(row for rows in groups(screen).values() for row in rows)


def counted(screen: str) -> frozenset[str]:
    """The keys that take a count."""
    return frozenset(key for row in table(screen) if row.count for key in row.keys.split(","))


def footer(screen: str, pane: str = "", idle: Collection[str] = (), busy: bool = False) -> list[Key]:
    """The rows that the footer shows, most important first, with the labels of what they do now.

    Those of the pane that stands out come before all others.

    Args:
        idle: actions that have nothing to act on, and are left out.
        busy: whether something is at work.
    """
    own = [row for row in PANES.get(pane, ()) if row.footer]
    shown = [row for row in table(screen) if row.footer and row.action not in idle]
    return [row.now(busy) for row in own + sorted(shown, key=attrgetter("footer"))]
