"""Your equations: typed, checked as they are typed, differentiated before your eyes, and stepped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError
from tui_nn.lang.page import Page
from tui_nn.lang.parse import parse_page
from tui_nn.lessons.problem import Settings
from tui_nn.lessons.to_learn import find_to_learn
from tui_nn.tui.bindings import bindings
from tui_nn.tui.drawing.words import safe
from tui_nn.tui.notation import Notation
from tui_nn.tui.screen_help import of_equations
from tui_nn.tui.screens.base import BaseScreen
from tui_nn.tui.why import Section
from tui_nn.tui.widgets.equation_editor import EquationEditor
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar

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


@dataclass(frozen=True, slots=True)
class Checked:
    """What has come of the texts.

    Attributes:
        settings: None where they cannot be stepped yet.
        derived: the whole listing as text, as far as it is known.
        line, column: of an error in the equations, from 0; line None where it is elsewhere.
        complaint: what is wrong or missing, '' where nothing is.
    """

    settings: Settings | None = None
    derived: str = ""
    line: int | None = None
    column: int | None = None
    complaint: str = ""


def check(equations: str, values: str, optimizer: str, *, ascii_only: bool = False) -> Checked:
    """Read the three fields; never raises."""
    try:
        page = parse_page(equations)
        if not page:
            return Checked(complaint=f"there is no equation yet; two of them: {'; '.join(FIRST_PAGE.splitlines())}")
        given = read_values(values)
        name, hyper = read_optimizer(optimizer)
        known = {n: v for n, v in given.items() if n in Page(page).leaves}
        settings = Settings(known, optimizer=name or None, hyper=hyper)
        missing = [n for n in Page(page).leaves if n not in given]
        try:
            program = find_to_learn(equations, settings)[0].program()
        except EquationError:
            raise
        except UserError:
            if missing:
                wanted = f"{', '.join(missing)}: no value yet; add a line {missing[0]} = 1 under Values"
                return Checked(complaint=wanted)
            raise
        notation = Notation(program, ascii_only)
        lines: list[str] = []
        phase = ""
        for line in program.lines:
            if line.phase != phase:
                phase = line.phase
                lines.append(phase)
            lines.append(f"  {line.number:2} {notation.line(line)}")
        return Checked(settings, "\n".join(lines))
    except EquationError as error:
        reason = re.sub(r"--at (\w+)=1", r"\1 = 1 under Values", error.reason)  # what it says to the command line
        return Checked(line=max(error.line - 1, 0), column=error.column, complaint=reason)
    except UserError as error:
        return Checked(complaint=str(error))


def read_values(text: str) -> dict[str, object]:
    """`x = 1`, `X = [[1, 2], [3, 4]]`, a line each. Raises UserError for what cannot be read."""
    import json

    found: dict[str, object] = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UserError(f"values, line {number}: write a name, an equals sign and a number: x = 1")
        try:
            found[name.strip()] = json.loads(re.sub(r"(?<![\d.])\.(\d)", r"0.\1", value.strip().rstrip(",")))
        except ValueError:
            raise UserError(
                f"values, line {number}: `{value.strip()}` is no number and no list: 0.5, [1, 2], [[1, 2], [3, 4]]"
            ) from None
    return found


def read_optimizer(text: str) -> tuple[str, dict[str, float | str]]:
    """`adam lr=0.1`: a name and its hyper-parameters. Raises UserError for what cannot be read."""
    words = text.replace(",", " ").split()
    hyper: dict[str, float | str] = {}
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals or not value:
            raise UserError(f"optimiser: `{word}` should be a setting such as lr=0.1")
        try:
            hyper[key] = float(value)
        except ValueError:
            hyper[key] = value
    return (words[0] if words else ""), hyper


class EquationsScreen(BaseScreen[None]):
    """Three fields, and the whole listing that follows from them."""

    TABLE: ClassVar[str] = "equations"
    BINDINGS = bindings("equations")
    AUTO_FOCUS = "#equations"

    def __init__(self) -> None:
        super().__init__()
        self.checked = Checked()

    def compose(self) -> ComposeResult:
        yield Headline("Your equations")
        with Horizontal(id="editors"):
            with Vertical():
                yield Label(Content("Equations: the loss is last"))
                yield EquationEditor(FIRST_PAGE, id="equations")
                yield Label(Content("Values: w, b, theta learned"))
                yield TextArea(FIRST_VALUES, soft_wrap=False, id="values", tab_behavior="focus")
                yield Label(Content("Optimiser"))
                yield Input(FIRST_OPTIMIZER, id="optimizer", compact=True)
            yield Static(id="derived")
        yield KeyBar("equations")

    def on_mount(self) -> None:
        self.check()

    def sections(self) -> list[Section]:
        """The help for what is on the screen."""
        return [*of_equations(), *super().sections()]

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """As it is typed."""
        self.check()

    def on_input_changed(self) -> None:
        """Likewise."""
        self.check()

    def on_input_submitted(self) -> None:
        """Enter in the last field steps."""
        self.action_step()

    def check(self) -> None:
        """Read the fields, and show what comes of them."""
        editor = self.query_one("#equations", EquationEditor)
        values = self.query_one("#values", TextArea)
        found = self.checked = check(
            editor.text, values.text, self.query_one("#optimizer", Input).value, ascii_only=self.look.ascii_only
        )
        if found.line is not None:
            editor.mark(found.line, found.column, found.complaint)
        else:
            editor.clear_mark()
        text = found.derived if not found.complaint else found.complaint
        if found.line is not None:
            text = f"line {found.line + 1}: {found.complaint}"
        self._show(text)

    def complain(self, text: str) -> None:
        """Say why it cannot be stepped, until something else is typed."""
        self._show(text)

    def _show(self, text: str) -> None:
        self.query_one("#derived", Static).update(Content(safe(text, self.look)))

    def action_step(self) -> None:
        """To the stepper."""
        if self.checked.settings is not None:
            text = self.query_one("#equations", EquationEditor).text
            self.app.open_target(text, self.checked.settings)  # type: ignore[attr-defined]

    def action_close(self) -> None:
        self.dismiss()
