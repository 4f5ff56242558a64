"""Your equations: typed, checked as they are typed, differentiated before your eyes, and stepped."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Label, Static

from tui_nn.tui import keys
from tui_nn.tui.bindings import bindings
from tui_nn.tui.drawing.marks import mark_lines
from tui_nn.tui.equations_check import Checked, check
from tui_nn.tui.screen_help import of_equations
from tui_nn.tui.screens.base import BaseScreen
from tui_nn.tui.why import Section, key_sections
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.widgets.marked_editor import MarkedEditor
from tui_nn.tui.widgets.preview import Preview

FIRST_PAGE = """\
a = tanh(w1 * x + b1)
L = 0.5 * (y - w2 * a)**2
"""
FIRST_VALUES = """\
x = 1
y = 1
w1 = 0.5
b1 = 0
w2 = -1
"""
FIRST_OPTIMIZER = "sgd lr=0.1"
Texts: TypeAlias = tuple[str, str, str]
FIRST: Texts = (FIRST_PAGE, FIRST_VALUES, FIRST_OPTIMIZER)

LONG = 600  # characters: more are checked when the keys rest, since a check takes longer than the next key
REST = 0.3  # seconds


class EquationsScreen(BaseScreen[None]):
    """Three fields, and the whole listing that follows from them."""

    TABLE: ClassVar[str] = "equations"
    BINDINGS = bindings("equations")
    AUTO_FOCUS = "#equations"

    def __init__(self) -> None:
        super().__init__()
        self.checked = Checked()
        self._texts: Texts | None = None
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        first: Texts = self.app.typed_equations or FIRST  # type: ignore[attr-defined]
        yield Headline("Your equations")
        with Horizontal(id="editors"):
            with Vertical():
                yield Label(Content("Equations: the loss is last"))
                yield MarkedEditor(first[0], id="equations", show_line_numbers=True)
                yield Label(Content("Values: w, b, theta learned"))
                yield MarkedEditor(first[1], id="values")
                yield Label(Content("Optimiser"))
                yield Input(first[2], id="optimizer", compact=True)
                yield Static(id="optimizer-mark", markup=False)
            yield Preview()
        yield KeyBar("equations")

    def on_mount(self) -> None:
        self.check()

    def sections(self) -> list[Section]:
        """The help for what is on the screen."""
        return [*of_equations(), *key_sections(self.TABLE, keys.LIST)]

    def on_text_area_changed(self) -> None:
        """As it is typed."""
        self._check_soon()

    def on_input_changed(self) -> None:
        """Likewise."""
        self._check_soon()

    def on_input_submitted(self) -> None:
        """Enter in the last field steps."""
        self.action_step()

    def resized(self) -> None:
        """What stands under the optimiser is broken anew."""
        self._mark_optimizer()

    def check(self) -> None:
        """Read the fields, and show what comes of them."""
        if self._rest is not None:
            self._rest.stop()
        texts = self._read()
        if texts == self._texts:
            return
        self._texts, self.checked = texts, check(*texts)
        for editor in self.query(MarkedEditor):
            editor.mark([mark for mark in self.checked.marks if mark.field == editor.id])
        self._mark_optimizer()
        self.query_one(Preview).show(self.checked)

    def complain(self, text: str) -> None:
        """Say why it cannot be stepped, until something else is typed."""
        self.query_one(Preview).say(text)

    def action_step(self) -> None:
        """To the stepper, or to what is wrong."""
        self.check()
        if self.checked.settings is not None:
            self.app.open_target(self._read()[0], self.checked.settings)  # type: ignore[attr-defined]
            return
        mark = self.checked.wrong[0]
        if mark.field == "optimizer":
            field = self.query_one("#optimizer", Input)
            field.focus()
            field.cursor_position = len(field.value) if mark.column is None else mark.column
        else:
            self.query_one(f"#{mark.field}", MarkedEditor).go_to(mark)

    def action_select_all(self) -> None:
        """Of the field in focus; an editor does it by itself."""
        if isinstance(self.focused, Input):
            self.focused.action_select_all()

    def action_close(self) -> None:
        self.app.typed_equations = self._read()  # type: ignore[attr-defined]
        self.dismiss()

    def _read(self) -> Texts:
        equations, values = (self.query_one(f"#{name}", MarkedEditor).text for name in ("equations", "values"))
        return equations, values, self.query_one("#optimizer", Input).value

    def _check_soon(self) -> None:
        if sum(len(text) for text in self._read()) <= LONG:
            self.check()
            return
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self.check)

    def _mark_optimizer(self) -> None:
        sign = self.query_one("#optimizer-mark", Static)
        field = self.query_one("#optimizer", Input)
        room, look = max(field.size.width, 20), self.look
        lines = [
            line
            for mark in self.checked.marks
            if mark.field == "optimizer"
            for line in mark_lines(look.text(mark.text), mark.column or 0, room, int(field.scroll_x))
        ]
        sign.display = bool(lines)
        sign.update(Content("\n".join(lines)))
