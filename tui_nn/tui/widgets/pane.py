"""A pane: shows a Picture, and repaints only the lines that have changed."""

from __future__ import annotations

from rich.cells import cell_len
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui_nn.view.look import Look
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.text import fit


class Pane(Widget):
    """The base of all panes. A subclass draws; `update` is called when what it draws from has changed.

    Textual keeps no picture of the screen to compare with: what is refreshed is sent. So the comparison is here.

    Attributes:
        headed: whether the first line is the pane's title.
    """

    DEFAULT_CSS = "Pane { width: 1fr; height: 1fr; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.headed = False
        self._picture: Picture | None = None

    @property
    def look(self) -> Look:
        """The app's Look."""
        found: Look = self.app.look  # type: ignore[attr-defined]
        return found

    @property
    def title_text(self) -> str:
        """What the first line says."""
        return str(self.id)

    @property
    def body(self) -> tuple[int, int]:
        """Width and height of what is drawn under the title."""
        return self.size.width, max(self.size.height - self.headed, 0)

    def draw(self, width: int, height: int) -> Picture:
        """The pane's content in this size."""
        raise NotImplementedError

    def update(self) -> None:
        """Draw again; repaint the lines that came out differently."""
        if not self.size.width or not self.size.height or not self.is_attached or not self.display:
            self._picture = None
            return
        before, self._picture = self._picture, self._whole()
        if before is None or (before.width, before.height) != (self._picture.width, self._picture.height):
            self.refresh()
            return
        changed = [
            Region(0, y, before.width, 1)
            for y, (old, new) in enumerate(zip(before.lines, self._picture.lines, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One line, on the pane's own background."""
        if self._picture is None:
            self._picture = self._whole()
        if y >= self._picture.height:
            return Strip.blank(self.size.width, self.rich_style)
        return Strip(self._picture.lines[y], self._picture.width).apply_style(self.rich_style)

    def on_resize(self) -> None:
        """Another size is another picture."""
        self._picture = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Another theme is another picture."""
        super().notify_style_update()
        self._picture = None

    def on_focus(self) -> None:
        """The pane that stands out is drawn so."""
        self.update()

    def on_blur(self) -> None:
        """No longer."""
        self.update()

    def _whole(self) -> Picture:
        width, height = self.body
        drawn = self.draw(width, height)
        return self._heading(width).above(drawn) if self.headed else drawn

    def _heading(self, width: int) -> Picture:
        look = self.look
        title = look.text(self.title_text)
        title = title if cell_len(title) <= width else fit(title, width, ellipsis=look.glyphs.ellipsis)
        style = look.style("current" if self.has_focus else "header")
        rule = ("=" if self.has_focus else "-") if look.ascii_only else ("━" if self.has_focus else "─")
        tail = " " + rule * max(width - cell_len(title) - 1, 0)
        return picture([text_line([(title, style), (tail, look.style("axis"))])], width)
