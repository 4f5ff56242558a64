"""One optimiser of a lockstep, and the curves of them all."""

from __future__ import annotations

from tui_nn.tui.drawing.lockstep import Layout, layout, runner
from tui_nn.tui.lockstep_desk import LockstepShot
from tui_nn.tui.notation import Notation
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture, picture
from tui_nn.view.plot import Series, curves


class RunnerPane(Pane, can_focus=True):
    """The numbers of one optimiser; `index` is its number."""

    def __init__(self, name: str, index: int, notation: Notation) -> None:
        super().__init__(f"runner-{index}")
        self.index = index
        self._title, self._notation = name, notation
        self._shot: LockstepShot | None = None

    @property
    def title_text(self) -> str:
        """Its name, and the line that was computed last."""
        line = self._shot.runners[self.index].line if self._shot else None
        return self._title + (f": {self._notation.line(line)}" if line else "")

    def show(self, shot: LockstepShot) -> None:
        """Another moment."""
        self._shot = shot
        self.update()

    @property
    def shown(self) -> int:
        """How many entries are seen of those that there are."""
        return self._plan(*self.body).shown if self._shot else 0

    def draw(self, width: int, height: int) -> Picture:
        if self._shot is None:
            return picture([], width)
        data, plan = self._shot.runners[self.index], self._plan(width, height)
        return runner(data, self._notation, self.look, width, plan).crop(0, 0, width, height)

    def _plan(self, width: int, height: int) -> Layout:
        return layout(self._shot.runners if self._shot else (), self._notation, self.look, width, height)


class RaceCurves(Pane):
    """The losses of all optimisers.

    Attributes:
        chosen: the number of the one that is seen where there is not even a line for each.
    """

    def __init__(self) -> None:
        super().__init__("race")
        self.chosen = 0
        self._log = False
        self._shot: LockstepShot | None = None

    @property
    def title_text(self) -> str:
        return "loss, log axis" if self._log else "loss"

    def show(self, shot: LockstepShot) -> None:
        """Another moment."""
        self._shot = shot
        self.update()

    def other_axis(self) -> None:
        """A logarithmic axis, or a linear one again."""
        self._log = not self._log
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        shot = self._shot
        if shot is None or not any(r.curve.iterations for r in shot.runners):
            return picture([], width)
        series = [Series(r.name, r.curve.losses, r.curve.iterations, i) for i, r in enumerate(shot.runners)]
        if height < len(series):
            series = series[self.chosen :][:1]
        return curves(series, self.look, width, height, log=self._log, at=float(shot.position.iteration))
