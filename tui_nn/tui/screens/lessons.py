"""The first screen: the lessons by deck, a search box, and what the lesson under the pointer shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_nn.errors import UserError
from tui_nn.lessons.catalogue import all_lessons, is_file_name
from tui_nn.lessons.decks import full_title
from tui_nn.lessons.lesson import Lesson
from tui_nn.tui import keys
from tui_nn.tui.bindings import bindings
from tui_nn.tui.drawing.words import safe
from tui_nn.tui.screens.base import BaseScreen
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.widgets.choices import Choices
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from tui_nn.tui.why import Section


ABOUT = 34  # columns that what a lesson is about has at least, where that leaves more than half to the list


class LessonsScreen(BaseScreen[None]):
    """A list to choose from."""

    TABLE: ClassVar[str] = "lessons"
    BINDINGS = bindings("lessons")
    AUTO_FOCUS = "#lessons"

    def compose(self) -> ComposeResult:
        yield Headline("tui-nn: a neural network that you can read")
        yield Input(placeholder="/ searches titles, summaries and equations", id="search", compact=True)
        with Horizontal(id="body"):
            yield Choices("lessons")
            with VerticalScroll(id="about", can_focus=False):
                yield Static(id="about-text")
        yield KeyBar("lessons")

    def on_mount(self) -> None:
        self._fill("")

    def resized(self) -> None:
        """The list has the width of its longest line where there is room for it."""
        longest = max(cell_len(text) for lesson in all_lessons() for text in (full_title(lesson.deck), _row(lesson)))
        width = self.size.width
        self.query_one(OptionList).styles.width = min(longest, max(width - ABOUT, width * 58 // 100))

    def sections(self) -> list[Section]:
        from tui_nn.tui import why  # not for the first picture: it needs all of the session

        return [("What this is", ((" ", WELCOME),)), *why.key_sections(self.TABLE, keys.LIST)]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as it is typed."""
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the search box opens the lesson under the pointer."""
        self._fill(event.value)
        self.query_one(OptionList).focus()
        self.query_one(OptionList).action_select()

    def on_key(self, event: events.Key) -> None:
        """Down leads from the search box to what was found."""
        if event.key == "down" and self.query_one(Input).has_focus:
            self.query_one(OptionList).focus()
            event.stop()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the lesson is about."""
        lesson = next((lesson for lesson in all_lessons() if lesson.slug == event.option.id), None)
        self._tell(about(lesson) if lesson else "")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        if event.option.id:
            self.app.open_target(event.option.id)  # type: ignore[attr-defined]

    def action_open(self) -> None:
        self.query_one(OptionList).action_select()

    def action_search(self) -> None:
        self.query_one(Input).focus()

    def action_equations(self) -> None:
        from tui_nn.tui.screens.equations import EquationsScreen

        self.app.push_screen(EquationsScreen())

    def action_file(self) -> None:
        self.app.push_screen(
            Prompt("Open a lesson's file", self._open_file, hint="lesson.toml; Right completes", suggester=TomlFiles())
        )

    def _open_file(self, text: str) -> str:
        from tui_nn.lessons.problem import Settings
        from tui_nn.lessons.to_learn import find_to_learn
        from tui_nn.tui.screens.stepper import StepperScreen

        path = _at_home(text)
        try:
            whole = path if is_file_name(path) or _is_folder(path) else path + ".toml"  # which may be left out
            screen = StepperScreen(*find_to_learn(whole, Settings({})))
        except UserError as error:
            if is_file_name(path) and not path.lower().endswith(".toml"):
                return f"{path} is no lesson: the file of one ends in .toml"
            return str(error)
        self.app.call_later(self.app.push_screen, screen)
        return ""

    def action_lockstep(self) -> None:
        options = self.query_one(OptionList)
        chosen = options.highlighted
        slug = options.get_option_at_index(chosen).id if chosen is not None else None
        if slug:
            self.app.open_lockstep(slug)  # type: ignore[attr-defined]

    def action_train(self) -> None:
        self.app.open_new_run()  # type: ignore[attr-defined]

    def action_runs(self) -> None:
        self.app.open_runs()  # type: ignore[attr-defined]

    def action_clear(self) -> None:
        self.query_one(Input).value = ""
        self.query_one(OptionList).focus()

    def action_leave(self) -> None:
        self.app.exit()

    def _fill(self, wanted: str) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        deck = ""
        for lesson in all_lessons():
            if matches(lesson, wanted):
                if lesson.deck != deck:
                    deck = lesson.deck
                    options.add_option(Option(Content(full_title(deck)), disabled=True))
                options.add_option(Option(Content(_row(lesson)), id=lesson.slug))
        options.highlighted = 1 if options.option_count > 1 else None
        if not options.option_count:
            self._tell("No lesson has all of these words.")

    def complain(self, text: str) -> None:
        """Say what could not be opened; it stays until the pointer is moved."""
        self._tell(text, wrong=True)

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        sign = self.query_one("#about-text", Static)
        sign.set_class(wrong, "-wrong")
        sign.update(Content(safe(text, self.look)))


WELCOME = (
    "Each lesson is a page of equations with numbers. Open one and step through it line by line, forward and back: "
    "every number can be asked why it is what it is. e takes equations of your own."
)


class TomlFiles(Suggester):
    """Completes the path of a folder or of a .toml file."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        folder, slash, start = value.rpartition("/")
        try:
            entries = sorted(Path(_at_home(folder + slash or ".")).iterdir())
        except (OSError, ValueError):
            return None
        for path in entries:
            if path.name.startswith(start) and (path.suffix == ".toml" or (path.is_dir() and start)):
                return folder + slash + path.name + ("/" if path.is_dir() else "")
        return None


def _at_home(path: str) -> str:
    """The path with `~` for the home folder; as it is where there is no such user."""
    try:
        return str(Path(path).expanduser())
    except RuntimeError:
        return path


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:  # a name that is too long for one
        return False


def _row(lesson: Lesson) -> str:
    return f"  {lesson.code:3} {lesson.title}"


def matches(lesson: Lesson, wanted: str) -> bool:
    """Whether each word is somewhere in the lesson."""
    text = "\n".join((lesson.code, lesson.slug, lesson.title, lesson.summary, lesson.equations, *lesson.optimizers))
    return all(word in text.lower() for word in wanted.lower().split())


def about(lesson: Lesson) -> str:
    """What the lesson shows, as plain text."""
    optimizers = [o.name for o in (lesson.optimizer, *lesson.optimizers.values()) if o]
    parts = [f"{lesson.code}  {lesson.title}", " ".join(lesson.summary.split()), lesson.equations.strip()]
    if optimizers:
        parts.append("Optimisers: " + ", ".join(optimizers))
    parts.append(f"Slide: {lesson.slide}")
    return "\n\n".join(parts)
