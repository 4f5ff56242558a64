"""The first screen: the lessons by deck, a search box, and what the lesson under the pointer shows."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_nn.lessons.catalogue import all_lessons
from tui_nn.lessons.decks import full_title
from tui_nn.lessons.lesson import Lesson
from tui_nn.tui import keys
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.keybar import KeyBar


class LessonsScreen(Screen[None]):
    """A list to choose from."""

    BINDINGS = keys.bindings("lessons")
    AUTO_FOCUS = "#lessons"

    def compose(self) -> ComposeResult:
        yield Headline("tui-nn: a neural network that you can read")
        yield Input(placeholder="search", id="search")
        with Horizontal():
            yield OptionList(id="lessons", markup=False)
            with VerticalScroll(id="about"):
                yield Static(id="about-text")
        yield KeyBar("lessons")

    def on_mount(self) -> None:
        self._fill("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as it is typed."""
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        """Enter in the search box goes to what was found."""
        self.query_one(OptionList).focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the lesson is about."""
        lesson = next((lesson for lesson in all_lessons() if lesson.slug == event.option.id), None)
        self.query_one("#about-text", Static).update(Content(about(lesson) if lesson else ""))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        if event.option.id:
            self.app.open_target(event.option.id)  # type: ignore[attr-defined]

    def action_open(self) -> None:
        self.query_one(OptionList).action_select()

    def action_search(self) -> None:
        self.query_one(Input).focus()

    def action_leave(self) -> None:
        search = self.query_one(Input)
        if search.value or search.has_focus:
            search.value = ""
            self.query_one(OptionList).focus()
        else:
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
                options.add_option(Option(Content(f"  {lesson.code:3} {lesson.title}"), id=lesson.slug))
        options.highlighted = 1 if options.option_count > 1 else None


def matches(lesson: Lesson, wanted: str) -> bool:
    """Whether each word is somewhere in the lesson."""
    text = "\n".join((lesson.code, lesson.slug, lesson.title, lesson.summary, lesson.equations, *lesson.optimizers))
    return all(word in text.lower() for word in wanted.lower().split())


def about(lesson: Lesson) -> str:
    """What the lesson shows, as plain text."""
    optimizer = [o.name for o in (lesson.optimizer, *lesson.optimizers.values()) if o]
    parts = [f"{lesson.code}  {lesson.title}", lesson.summary.strip(), lesson.equations.strip()]
    if optimizer:
        parts.append("Optimisers: " + ", ".join(optimizer))
    parts.append(f"Slide: {lesson.slide}")
    return "\n\n".join(parts)
