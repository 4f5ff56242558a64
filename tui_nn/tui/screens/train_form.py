"""A new run: settings from the declared table, each checked as it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

from tui_nn.data.catalogue import CATALOGUE
from tui_nn.errors import UserError
from tui_nn.session.run import Run
from tui_nn.session.run_facts import written
from tui_nn.session.settings import PANELS, Row, Settings, from_values, to_values
from tui_nn.tui.bindings import bindings
from tui_nn.tui.drawing.words import safe
from tui_nn.tui.screen_help import of_settings
from tui_nn.tui.screens.base import BaseScreen
from tui_nn.tui.why import Section
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.tui.wording import known_rows, label, meaning, unset, without_flags

if TYPE_CHECKING:
    from tui_nn.tui.screens.training import TrainingScreen

USUAL = (
    "data", "layers", "activation", "dropout", "batch_norm", "optimizer", "lr", "schedule", "epochs", "batch_size",
    "l2", "early_stopping", "seed", "out",
)  # fmt: skip
FIRST = {"data": "digits", "layers": "64,32", "epochs": "20"}
SWITCHES = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


def names_of(setting: str, row: Row) -> list[str]:
    """What can be named there."""
    if setting == "data":
        return list(CATALOGUE)
    return list(row.kind.names) or row.names() or (["yes", "no"] if row.kind.flag == "switch" else [])


def as_typed(name: str, value: Any) -> str:
    """A setting as it stands in its field; what `given` reads."""
    if known_rows()[name].kind.flag != "repeated" or isinstance(value, str):
        return written(value)
    parts = [{key: each} for key, each in value.items()] if isinstance(value, Mapping) else [[each] for each in value]
    return "; ".join(written(part) for part in parts)


def given(texts: Mapping[str, str]) -> dict[str, Any]:
    """What is typed, as settings take it: those that are empty or as usual are left out."""
    found: dict[str, Any] = {}
    table = known_rows()
    for name, text in texts.items():
        kind = table[name].kind
        if not text.strip():
            continue
        value: Any = text.strip()
        if kind.flag == "switch":
            value = SWITCHES.get(value.lower(), value)
        elif kind.flag == "repeated":
            value = [part.strip() for part in value.split(";") if part.strip()]
        found[name] = value
    return found


def read(texts: Mapping[str, str]) -> Settings:
    """The settings. Raises UserError, with the setting's name, for the first that cannot be read."""
    values = given(texts)
    if "data" not in values:
        raise UserError("data: say what to learn: a data set's name, or a file")
    return from_values(values, where="settings")


class Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields; the one in focus stays in sight where what is said of it takes more lines. No key scrolls them."""

    def on_resize(self) -> None:
        """Fewer rows, or more."""
        if self.screen.focused is not None:
            self.screen.focused.scroll_visible(animate=False)


class TrainFormScreen(BaseScreen[None]):
    """A field for each setting; below, what the one in focus means, or what is wrong with it.

    Args:
        settings: to begin with, such as those of an earlier run.
        data: the data set, where there are no settings.
    """

    TABLE: ClassVar[str] = "train"
    BINDINGS = bindings("train")
    AUTO_FOCUS = "#set-data"

    def __init__(self, settings: Settings | None = None, data: str = "") -> None:
        super().__init__()
        self._values = FIRST | ({"data": data} if data else {})
        if settings is not None:
            usual = to_values(Settings())
            changed = {k: v for k, v in to_values(settings).items() if v != usual.get(k) and k != "out"}
            self._values = {name: as_typed(name, value) for name, value in changed.items()}
        self._all = False
        self._faulty = ""  # the setting that cannot be read, where one is to blame
        self._refused = ""  # why the run could not begin, until something else is typed

    def compose(self) -> ComposeResult:
        yield Headline("A new run")
        with Fields(id="settings"):
            table = known_rows()
            for name in self._few():
                yield self._field(name, table[name])
        yield Static(id="setting-help")
        yield KeyBar("train")

    def on_mount(self) -> None:
        self.check()

    def _few(self) -> list[str]:
        """The usual settings, and those that are not left as they are."""
        return [*USUAL, *(name for name, value in self._values.items() if value and name not in USUAL)]

    def _field(self, name: str, row: Row) -> Horizontal:
        usual = self.look.text(unset(row) or written(to_values(Settings()).get(name)))
        names = names_of(name, row)
        suggester = SuggestFromList(names, case_sensitive=False) if names else None
        value = self._values.get(name, "")
        box = Input(value, placeholder=usual, id=f"set-{name}", suggester=suggester, compact=True)
        return Horizontal(Label(Content(label(name))), box, classes="setting")

    def sections(self) -> list[Section]:
        """The help for what is on the screen."""
        return [*of_settings(self.texts, known_rows()), *super().sections()]

    # -- what is typed

    @property
    def texts(self) -> dict[str, str]:
        """What stands in the fields, by setting."""
        return {str(box.id).removeprefix("set-"): box.value for box in self.query(Input)}

    @property
    def setting(self) -> str:
        """The setting in focus."""
        focused = self.focused
        return str(focused.id).removeprefix("set-") if isinstance(focused, Input) else "data"

    def check(self) -> str:
        """Read the fields; says, and shows, what is wrong with them."""
        name, self._faulty = self.setting, ""
        try:
            read(self.texts)
            complaint = ""
        except UserError as error:
            setting, space, rest = str(error).removeprefix("settings: ").partition(" ")
            self._faulty = setting.rstrip(":")
            complaint = without_flags(f"{label(setting) if setting in known_rows() else setting}{space}{rest}")
        row = known_rows()[name]
        names = names_of(name, row)
        text = meaning(row) + (f"  One of: {', '.join(names)}." if names else "")
        wrong = complaint or self._refused
        sign = self.query_one("#setting-help", Static)
        sign.set_class(bool(wrong), "-wrong")
        sign.update(Content(safe(wrong or text, self.look)))
        return complaint

    def on_input_changed(self) -> None:
        """As it is typed."""
        self._refused = ""
        self.check()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """What it means."""
        self.check()

    def on_input_submitted(self) -> None:
        """Enter goes to the next field."""
        self.focus_next("Input")

    # -- keys

    def action_down(self) -> None:
        self.focus_next("Input")

    def action_up(self) -> None:
        self.focus_previous("Input")

    async def action_more(self) -> None:
        """All settings by panel, or the usual ones."""
        self._values |= self.texts
        self._all = not self._all
        table = known_rows()
        scroll = self.query_one(Fields)
        setting = self.setting
        await scroll.remove_children()
        if self._all:
            for panel in PANELS:
                names = [name for name, row in table.items() if row.panel == panel]
                if names:
                    await scroll.mount(Label(Content(panel), classes="heading"))
                    await scroll.mount_all(self._field(name, table[name]) for name in names)
        else:
            await scroll.mount_all(self._field(name, table[name]) for name in self._few())
        found = self.query(f"#set-{setting}")
        (found.first() if found else self.query(Input).first()).focus()

    def action_begin(self) -> None:
        from tui_nn.tui.screens.training import TrainingScreen

        if self.check():
            for box in self.query(Input):
                if box.id == f"set-{self._faulty}":
                    box.focus()
            return
        settings = read(self.texts)
        screen = TrainingScreen(partial(Run.begin, settings), str(settings.data))
        # What cannot begin comes back here, to be put right.
        self.app.push_screen(screen, lambda _: self._left(screen))

    def _left(self, screen: TrainingScreen) -> None:
        self._refused = screen.refused
        if screen.has_begun:
            self.dismiss()
        else:
            self.check()

    def action_close(self) -> None:
        self.dismiss()
