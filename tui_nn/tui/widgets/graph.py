"""The graph: the computation with its values and gradients, or the network with its weights."""

from __future__ import annotations

from typing import Literal

from textual import events
from textual.message import Message

from tui_nn.tui.bindings import pane_bindings
from tui_nn.tui.drawing.graph import arrays_of, labels, network_drawing, nodes
from tui_nn.tui.snapshot import Focus, Snapshot
from tui_nn.tui.subject import Subject
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.graph import draw_window
from tui_nn.view.graph_plan import Arrangement, arrange
from tui_nn.view.picture import Picture, picture

Kind = Literal["computation", "weights", "gradients"]


class GraphPane(Pane, can_focus=True):
    """A drawing of the forward page; the node in focus stands out, and a click puts one in focus."""

    BINDINGS = pane_bindings("graph")

    class Picked(Message):
        """A node was chosen."""

        def __init__(self, name: str, *, opened: bool = False) -> None:
            self.name = name
            self.opened = opened
            super().__init__()

    def __init__(self, subject: Subject) -> None:
        super().__init__("graph")
        self._subject = subject
        self._snapshot: Snapshot | None = None
        self._place: tuple[Arrangement, tuple[int, int]] | None = None
        self._labels = labels(subject)
        self._names = {label: name for name, label in self._labels.items()}
        self.kind: Kind = "weights" if subject.stages else "computation"

    @property
    def title_text(self) -> str:
        """What is drawn."""
        return "graph" if self.kind == "computation" else f"network, by {self.kind}"

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names whose whole values the drawing needs."""
        return () if self.kind == "computation" else arrays_of(self._subject.stages, gradients=self.kind == "gradients")

    def other(self) -> None:
        """The next way to draw it."""
        kinds: list[Kind] = ["computation", "weights", "gradients"] if self._subject.stages else ["computation"]
        self.kind = kinds[(kinds.index(self.kind) + 1) % len(kinds)]

    def show(self, snapshot: Snapshot) -> None:
        """Another moment."""
        self._snapshot = snapshot
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        shot, subject = self._snapshot, self._subject
        self._place = None
        if shot is None:
            return picture([], width)
        if self.kind != "computation":
            entry = (shot.focus.name, shot.focus.index) if shot.focus else None
            by = self.kind == "gradients"
            return network_drawing(
                subject.stages, shot.arrays, subject.notation, self.look, width, height, gradients=by, focus=entry
            )
        found = nodes(subject, shot.heads, self.look)
        current = self._node(shot.focus)
        place = arrange(found, self.look, width)
        corner = place.window(current, width, height)
        self._place = (place, corner)
        return draw_window(place, found, self.look, corner, width, height, current=current)

    def _node(self, focus: Focus | None) -> str | None:
        """The node that is in focus, by its value or by its gradient."""
        if focus is None:
            return None
        name = self._subject.notation.gradients.get(focus.name, focus.name)
        return self._labels.get(name)

    def _step(self, along: int, across: int) -> None:
        """Pick the nearest node in a direction."""
        if self._place is None or self._snapshot is None:
            return
        boxes = self._place[0].boxes
        here = boxes.get(self._node(self._snapshot.focus) or "", next(iter(boxes.values())))
        found = []
        for name, box in boxes.items():
            dx, dy = box.x - here.x, box.y - here.y
            ahead, aside = (dx * along, abs(dy)) if along else (dy * across, abs(dx))
            if ahead > 0:
                found.append((ahead + 4 * aside, name))
        if found:
            self.post_message(self.Picked(self._names[min(found)[1]]))

    def action_left(self) -> None:
        self._step(-1, 0)

    def action_right(self) -> None:
        self._step(1, 0)

    def action_up(self) -> None:
        self._step(0, -1)

    def action_down(self) -> None:
        self._step(0, 1)

    def action_open(self) -> None:
        name = self._node(self._snapshot.focus) if self._snapshot else None
        if name:
            self.post_message(self.Picked(self._names[name], opened=True))

    def on_click(self, event: events.Click) -> None:
        """Pick a node."""
        at = event.get_content_offset(self)
        if self._place is None or at is None:
            return
        place, (left, top) = self._place
        name = place.node_at(at.x + left, at.y - self.headed + top)
        if name is not None:
            self.post_message(self.Picked(self._names[name]))
