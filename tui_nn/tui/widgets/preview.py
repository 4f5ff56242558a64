"""The listing that follows from equations, while they are typed; it scrolls, and says how much of it is below."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from tui_nn.tui.drawing.derived import derived
from tui_nn.tui.drawing.words import safe, wrapped
from tui_nn.tui.equations_check import Checked
from tui_nn.view.look import Look

TITLE = "The listing"
PLACES = {"equations": "equations, line {}", "values": "values, line {}", "optimizer": "optimiser"}


class Preview(Vertical):
    """A heading, the listing, and a line for what does not fit."""

    def __init__(self) -> None:
        super().__init__(id="preview")
        self._heading, self._text = "", ""
        self._whole: Checked | None = None  # the latest that could be stepped

    @property
    def look(self) -> Look:
        """The app's Look."""
        found: Look = self.app.look  # type: ignore[attr-defined]
        return found

    def compose(self) -> ComposeResult:
        yield Label(id="preview-heading", markup=False)
        with VerticalScroll(id="derived"):
            yield Static(markup=False)
        yield Label(id="preview-below", markup=False)

    def on_mount(self) -> None:
        """What is below is counted anew wherever that may have changed."""
        scroll = self.query_one(VerticalScroll)
        for name in ("scroll_y", "virtual_size", "container_size", "has_focus"):
            self.watch(scroll, name, self._count, init=False)

    def show(self, checked: Checked) -> None:
        """The listing; where there is none, the one before it, and where to look for what is wrong."""
        self._whole = checked if checked.program else self._whole
        self.set_class(bool(checked.wrong), "-old")
        self._heading, self._text = TITLE, ""
        if checked.wrong:
            mark = checked.wrong[0]
            self._heading = f"Wrong: {PLACES[mark.field].format(mark.line + 1)}{'. Before:' if self._whole else ''}"
        self._draw()

    def say(self, text: str) -> None:
        """Something else, above the listing, until the next is shown."""
        self._text = text
        self._draw()

    def on_resize(self) -> None:
        """Another width breaks lines elsewhere."""
        self._draw()

    def _draw(self) -> None:
        scroll, look = self.query_one(VerticalScroll), self.look
        width = scroll.scrollable_content_region.width
        if width:
            lines = wrapped(safe(self._text, look), width)
            if self._whole is not None and self._whole.program is not None:
                lines += derived(self._whole.program, self._whole.remark, look, width)
            scroll.query_one(Static).update(Content("\n".join(lines)))
        self._count()

    def _count(self) -> None:
        scroll = self.query_one(VerticalScroll)
        below = max(scroll.virtual_size.height - scroll.size.height - scroll.scroll_offset.y, 0)
        lines = f"{self.look.glyphs.ellipsis} {below} more line{'s' if below > 1 else ''}"
        if not scroll.has_focus:
            lines += "; Tab leads here"
        self.query_one("#preview-below", Label).update(Content(lines if below else ""))
        heading = f"{self._heading}; arrows scroll it" if scroll.has_focus and self._heading == TITLE else self._heading
        self.query_one("#preview-heading", Label).update(Content(heading))
