"""The key table as Textual's bindings; the table itself knows no screen."""

from __future__ import annotations

from textual.binding import Binding

from tui_nn.tui import keys
from tui_nn.tui.key import Key

AnyBinding = Binding | tuple[str, str] | tuple[str, str, str]


def bindings(screen: str) -> list[AnyBinding]:
    """The rows of a screen as Textual's bindings; those of the app too, since a Screen has its own Ctrl-C."""
    app = {row.action for rows in keys.EVERYWHERE.values() for row in rows} | {"focus_next", "focus_previous"}
    return [_binding(row, "app." if row.action in app else "") for row in keys.table(screen)]


def pane_bindings(pane: str) -> list[AnyBinding]:
    """The rows of a pane as Textual's bindings."""
    return [_binding(row, "") for row in keys.PANES[pane]]


def _binding(row: Key, owner: str) -> Binding:
    return Binding(row.keys, owner + row.action, row.label, show=False, tooltip=row.help)
