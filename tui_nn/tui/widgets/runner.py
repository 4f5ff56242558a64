"""One optimiser of a lockstep, and the curves of them all."""

from __future__ import annotations

from tui_nn.tui.drawing.lockstep import runner
from tui_nn.tui.lockstep_desk import LockstepShot
from tui_nn.tui.notation import Notation
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture, picture
from tui_nn.view.plot import Series, curves


class RunnerPane(Pane):
    """The numbers of one optimiser."""

    def __init__(self, name: str, index: int, notation: Notation) -> None:
        super().__init__(f"runner-{index}")
        self._title, self._index, self._notation = name, index, notation
        self._shot: LockstepShot | None = None

    @property
    def title_text(self) -> str:
        """Its name, and the line that was computed last."""
        line = self._shot.runners[self._index].line if self._shot else None
        return self._title + (f": {self._notation.line(line)}" if line else "")

    def show(self, shot: LockstepShot) -> None:
        """Another moment."""
        self._shot = shot
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        if self._shot is None:
            return picture([], width)
        return runner(self._shot.runners[self._index], self._notation, self.look, width).crop(0, 0, width, height)


class RaceCurves(Pane):
    """The losses of all optimisers.

    Attributes:
        chosen: the number of the one that is seen where there is not even a line for each.
    """

    def __init__(self) -> None:
        super().__init__("race")
        self.chosen = 0
        self._shot: LockstepShot | None = None

    @property
    def title_text(self) -> str:
        return "loss"

    def show(self, shot: LockstepShot) -> None:
        """Another moment."""
        self._shot = shot
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        shot = self._shot
        if shot is None or not any(r.curve.iterations for r in shot.runners):
            return picture([], width)
        series = [Series(r.name, r.curve.losses, r.curve.iterations, i) for i, r in enumerate(shot.runners)]
        if height < len(series):
            series = series[self.chosen :][:1]
        return curves(series, self.look, width, height, at=float(shot.position.iteration))
