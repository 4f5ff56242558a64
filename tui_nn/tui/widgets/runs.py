"""The panes of the list of runs."""

from __future__ import annotations

from tui_nn.tui.drawing import runs as drawing
from tui_nn.tui.drawing.window import window
from tui_nn.tui.runs_desk import RunsShot
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture


class RunsPane(Pane):
    """A pane of what is known of the chosen runs."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name)
        self._title = title
        self.shot = RunsShot()

    @property
    def title_text(self) -> str:
        return self._title

    def show(self, shot: RunsShot) -> None:
        """Other runs, or other figures."""
        self.shot = shot
        self.update()


class OverlaidPane(RunsPane):
    """Curves over one another."""

    def __init__(self) -> None:
        super().__init__("runs-curves", "curves")
        self.figure = ""
        self.logarithmic = False

    def choose(self, by: int) -> None:
        """Another figure."""
        names = drawing.figure_names(self.shot.reports)
        if names:
            here = names.index(self.figure) if self.figure in names else 0
            self.figure = names[(here + by) % len(names)]
            self.update()

    def draw(self, width: int, height: int) -> Picture:
        names = drawing.figure_names(self.shot.reports)
        figure = self.figure if self.figure in names else next(iter(names), "")
        return drawing.overlaid(self.shot.reports, figure, self.look, width, height, log=self.logarithmic)


class DifferencesPane(RunsPane):
    """In what the runs differ."""

    def __init__(self) -> None:
        super().__init__("runs-differences", "differences")

    def draw(self, width: int, height: int) -> Picture:
        return window(drawing.compared(self.shot.reports, self.look, width), 0, width, height, self.look)


class FiguresPane(RunsPane):
    """The figures of one run.

    Attributes:
        name_of: the run under the pointer.
    """

    def __init__(self) -> None:
        super().__init__("runs-figures", "figures")
        self.name_of = ""

    def draw(self, width: int, height: int) -> Picture:
        report = next((r for r in self.shot.reports if r.name == self.name_of), None)
        problem = next((run.problem for run in self.shot.runs if run.name == self.name_of), "")
        judged = self.shot.judged.get(self.name_of)
        return drawing.details(report, judged, self.look, width, height, problem=problem)
