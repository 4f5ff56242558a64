"""What all screens share: their keys, their size, and what they say where it is too small."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui_nn.view.look import Look

if TYPE_CHECKING:
    from tui_nn.tui.why import Section

SMALLEST = (60, 18)
WIDE = (136, 36)  # from here on several panes stand beside one another

ResultT = TypeVar("ResultT")


class OnTop(Screen[ResultT], Generic[ResultT]):
    """A screen that takes away itself only: `dismiss` of Textual takes away what is on top, whichever that is.

    A key that was pressed fast may come when its screen has left already. `TABLE` is its name in the key table; ''
    for one whose keys are text.
    """

    TABLE: ClassVar[str] = ""

    def dismiss(self, result: ResultT | None = None) -> AwaitComplete:
        """Leave; does nothing where this screen is not on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def is_typed(self, key: str) -> None:
        """A hook: a key is about to be handed on."""

    def sections(self) -> list[Section]:
        """The help for what is on the screen."""
        from tui_nn.tui import why  # not for the first screen: it needs all of the session

        return why.key_sections(self.TABLE)


class BaseScreen(OnTop[ResultT], Generic[ResultT]):
    """A screen of the app, which fills the terminal."""

    @property
    def look(self) -> Look:
        """What the terminal can show."""
        found: Look = self.app.look  # type: ignore[attr-defined]
        return found

    @property
    def is_wide(self) -> bool:
        """Whether there is room for several panes beside one another."""
        return self.size.width >= WIDE[0] and self.size.height >= WIDE[1]

    def on_mount(self) -> None:
        """The sign that is seen where the screen is too small."""
        self.mount(Static(id="too-small", markup=False))

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout."""
        width, height = event.size
        self.set_class(width < SMALLEST[0] or height < SMALLEST[1], "-too-small")
        self.set_class(self.is_wide, "-wide")
        self.set_class(width >= 100 and height >= 28 and not self.is_wide, "-medium")
        for sign in self.query("#too-small").results(Static):
            needed = f"{SMALLEST[0]} columns and {SMALLEST[1]} rows"
            sign.update(Content(f"tui-nn needs {needed}.\nThis terminal has {width} and {height}."))
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        if self.is_attached:  # it may have left meanwhile
            self.resized()

    def resized(self) -> None:
        """For a screen whose content depends on the layout."""
