"""A pane: shows a Picture, and repaints only the lines that have changed."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui_nn.view.look import Look
from tui_nn.view.picture import Picture


class Pane(Widget):
    """The base of all panes. A subclass draws; `update` is called when what it draws from has changed.

    Textual keeps no picture of the screen to compare with: what is refreshed is sent. So the comparison is here.
    """

    DEFAULT_CSS = "Pane { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._picture: Picture | None = None

    @property
    def look(self) -> Look:
        """The app's Look."""
        found: Look = self.app.look  # type: ignore[attr-defined]
        return found

    def draw(self, width: int, height: int) -> Picture:
        """The pane's content in this size."""
        raise NotImplementedError

    def update(self) -> None:
        """Draw again; repaint the lines that came out differently."""
        width, height = self.size
        if not width or not height or not self.is_attached:
            self._picture = None
            return
        before, self._picture = self._picture, self.draw(width, height)
        if before is None or (before.width, before.height) != (width, self._picture.height):
            self.refresh()
            return
        changed = [
            Region(0, y, width, 1)
            for y, (old, new) in enumerate(zip(before.lines, self._picture.lines, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        """Another size is another picture."""
        self._picture = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Another theme is another picture."""
        super().notify_style_update()
        self._picture = None

    def render_line(self, y: int) -> Strip:
        """One line, on the pane's own background."""
        if self._picture is None:
            self._picture = self.draw(*self.size)
        if y >= self._picture.height:
            return Strip.blank(self.size.width, self.rich_style)
        return Strip(self._picture.lines[y], self._picture.width).apply_style(self.rich_style)
