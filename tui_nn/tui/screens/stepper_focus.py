"""The stepper's keys for looking: what is in focus, the way down through the operands, tabs and panes."""

from __future__ import annotations

from tui_nn.session.explain import entry
from tui_nn.tui.carried import Branch
from tui_nn.tui.commands import watch
from tui_nn.tui.examples import expressions
from tui_nn.tui.rows import key_name, parameter_of
from tui_nn.tui.screens.prompt import Prompt
from tui_nn.tui.screens.stepper_base import VIEWS, StepperBase
from tui_nn.tui.snapshot import Focus
from tui_nn.tui.trail import Trail
from tui_nn.tui.travel import goto
from tui_nn.tui.widgets.card import CardPane
from tui_nn.tui.widgets.graph import GraphPane
from tui_nn.tui.widgets.listing import Listing
from tui_nn.tui.widgets.pane import Pane
from tui_nn.tui.widgets.scrubber import Scrubber
from tui_nn.tui.widgets.sheets import LossPane
from tui_nn.tui.widgets.tensor import TensorPane


class FocusKeys(StepperBase):
    """Adds these keys to the panes."""

    _asked_by = "listing"  # the pane from which the card was asked

    # -- the listing

    def on_listing_pointed(self, event: Listing.Pointed) -> None:
        """The card follows the pointer."""
        name = key_name(self.program, event.row.key, self.parameter)
        self.trail = Trail((self._focus(name),))
        self.look_again()

    def on_listing_opened(self, event: Listing.Opened) -> None:
        """To the card; a line that is not computed yet is run to first."""
        row = event.row
        if self.snapshot and row.number > self.snapshot.position.line:
            self.trail = Trail()
            self.do(goto(self.snapshot.position.iteration, row.number))
        elif not self.trail.foci:
            self.trail = Trail((self._focus(key_name(self.program, row.key, self.parameter)),))
            self.look_again()
        self.ask_card("listing")

    # -- the card

    def on_card_pane_opened(self, event: CardPane.Opened) -> None:
        """One step down the way."""
        o = event.operand
        self.trail = self.trail.open(Focus(o.name, o.index, o.at), self.snapshot.focus if self.snapshot else None)
        self.look_again()

    def on_card_pane_returned(self) -> None:
        """One step up; from the top back to the pane that asked, where it is still to be had, or to the listing."""
        if len(self.trail.foci) < 2:
            asked, self._asked_by = self._asked_by, "listing"
            self.stand_out(asked if self.zoomed or asked in self.seen() else "listing")
            return
        came_from = self.trail.foci[-1]
        self.trail = self.trail.back()
        self.look_again()
        card = self.query_one(CardPane)
        self.call_after_refresh(card.point_at, entry(came_from.name, came_from.index))

    # -- tensor and graph

    def on_tensor_pane_moved(self, event: TensorPane.Moved) -> None:
        """The card explains the entry with the pointer; not where another name is in focus already."""
        self.query_one(TensorPane).heard(event.index)
        seen = self.snapshot.focus if self.snapshot else None
        focus = self.trail.focus or seen
        if focus is not None and focus.name == event.tensor:
            self.trail = self.trail.at_index(event.index, seen)
            self.look_again()

    def on_tensor_pane_opened(self) -> None:
        """To the card."""
        self.ask_card("tensor")

    def on_graph_pane_picked(self, event: GraphPane.Picked) -> None:
        """A node in focus."""
        self.trail = Trail((self._focus(event.name),))
        self.look_again()
        if event.opened:
            self.ask_card("graph")

    def ask_card(self, asked_by: str) -> None:
        """The card stands out; Backspace leads back from it."""
        self._asked_by = asked_by
        self.stand_out("card")

    def _focus(self, name: str) -> Focus:
        """A name's first entry, or the entry that is in focus where the shape is the same."""
        shape = self.program.shape(name)
        before = self.snapshot.focus if self.snapshot else None
        if before is not None and self.program.shape(before.name) == shape:
            return Focus(name, before.index)
        return Focus(name, (0,) * len(shape))

    # -- keys

    def action_follow(self) -> None:
        """Toggle between a focus that stays and one that follows the current line."""
        self.pinned = not self.pinned
        if self.pinned and self.snapshot and self.snapshot.focus:
            self.trail = Trail(self.trail.foci or (self.snapshot.focus,))
        elif not self.pinned:
            self.trail = Trail()
        self.look_again()

    def travelled(self) -> None:
        """Time goes on: the focus follows, unless it is to stay."""
        self.trail = self.trail.kept() if self.pinned else Trail()

    def action_next_parameter(self) -> None:
        self._other_parameter(1)

    def action_back_parameter(self) -> None:
        self._other_parameter(-1)

    def _other_parameter(self, by: int) -> None:
        names = self.program.parameters
        if not names:
            return
        before = self.parameter
        self.parameter = names[(names.index(before) + by) % len(names)]
        focus = self.trail.focus or (self.snapshot.focus if self.snapshot else None)
        if focus is not None and parameter_of(self.program, focus.name) == before:
            self.trail = (
                Trail((self._focus(_renamed(focus.name, before, self.parameter)),)) if self.trail.foci else Trail()
            )
        self.look_again()

    def action_next_view(self) -> None:
        self._other_view(1)

    def action_back_view(self) -> None:
        self._other_view(-1)

    def _other_view(self, by: int) -> None:
        self.show_view(VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)])

    def action_other_graph(self) -> None:
        self.query_one(GraphPane).other()
        if "graph" not in self.seen():
            self.show_view("graph")
        self.look_again()
        self.query_one(GraphPane).update()

    def action_log(self) -> None:
        self.query_one(LossPane).other_axis()
        if "loss" not in self.seen():
            self.show_view("loss")

    def action_zoom(self) -> None:
        focused = self.focused
        name = focused.id if isinstance(focused, Pane) and not isinstance(focused, Scrubber) and focused.id else ""
        self.zoomed = "" if self.zoomed else name
        self.resized()

    def action_lockstep(self) -> None:
        edits = self.snapshot.edits if self.snapshot else ()
        branch = Branch(self.program, edits) if edits else None
        self.app.open_lockstep(self.problem.target, self.settings, branch)  # type: ignore[attr-defined]

    def action_watch(self) -> None:
        hint = f"{', '.join(expressions(self.program))}; again to stop watching"
        self.app.push_screen(Prompt("Watch an expression", self._watch, hint=hint))

    def _watch(self, text: str) -> str:
        complaint = self.ask(watch(text), aside=True)
        if not complaint and "watch" not in self.seen():
            self.show_view("watch")
        return complaint


def _renamed(name: str, before: str, now: str) -> str:
    stem, dot, _ = name.partition(".")
    if dot:
        return f"{stem}.{now}"
    return now if name == before else f"d{now}"
