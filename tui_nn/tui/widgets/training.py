"""The panes of the training screen: each draws from a TrainingShot alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from numpy.typing import ArrayLike

from tui_nn.tui.drawing import training as drawing
from tui_nn.tui.drawing.message import message
from tui_nn.tui.drawing.window import window
from tui_nn.tui.points import Trace
from tui_nn.tui.training_desk import BATCHES, RATE
from tui_nn.tui.training_shot import TrainingShot
from tui_nn.tui.widgets.headline import Headline
from tui_nn.tui.widgets.pane import Pane
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.plot import Series, curves, ranges_far
from tui_nn.view.table import confusion

NO_TRACE = Trace()
SLOTS = {"training": 0, "validation": 1, "batches": 2}  # of markers and colours: the same in each pane
NO_METRIC = {BATCHES, RATE, "loss", "penalty"}


class RunHeadline(Headline):
    """A headline whose title comes with the run."""

    def name_it(self, title: str) -> None:
        """Another title; seen with the next `show`."""
        self._title = title


class ShotPane(Pane):
    """A pane of one moment of a run."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name)
        self._title = title
        self.shot = TrainingShot()

    @property
    def title_text(self) -> str:
        return self._title

    def show(self, shot: TrainingShot) -> None:
        """Another moment."""
        self.shot = shot
        self.update()


class CurvesPane(ShotPane):
    """Curves over the epochs.

    Args:
        named: the curves, and what they are called.
        empty: what is said while there is none.
    """

    def __init__(self, name: str, title: str, named: Sequence[tuple[str, str]], empty: str) -> None:
        super().__init__(name, title)
        self._named = named
        self._empty = empty
        self.logarithmic: bool | None = None  # None: as the range asks for

    @property
    def title_text(self) -> str:
        """With the axis, where that is not the usual one."""
        return drawing.with_axis(self._title, log=self._is_logarithmic(self.series()))

    def series(self) -> list[Series]:
        """What there is by now."""
        found = [(label, self.shot.curves.get(name, NO_TRACE)) for name, label in self._named]
        return [Series(label, t.y, t.x, SLOTS.get(label)) for label, t in found if t.x]

    def draw(self, width: int, height: int) -> Picture:
        series = self.series()
        if not series:
            return picture([text_line([(self._empty, self.look.style("dim"))])], width)
        log = self._is_logarithmic(series)
        title = "" if self.headed else drawing.with_axis(self._title, log=log)
        most = min((drawing.most(name) for name, _ in self._named), default=math.inf)
        return curves(series, self.look, width, height, title=title, log=log, y_most=most)

    def other_axis(self) -> None:
        """A linear axis instead of the logarithmic one that is seen, or the other way round."""
        self.logarithmic = not self._is_logarithmic(self.series())
        self.update()

    def _is_logarithmic(self, series: Sequence[Series]) -> bool:
        return ranges_far(series) if self.logarithmic is None else self.logarithmic


class LossPane(CurvesPane):
    """The loss of training and validation, and within epochs that take long."""

    def __init__(self) -> None:
        named = [(BATCHES, "batches"), ("loss", "training"), ("val_loss", "validation")]
        super().__init__("run-loss", "loss by epoch", named, "The curve begins with the first epoch.")


class MetricPane(CurvesPane):
    """The figure that is quickly had beside the loss, of training and validation: accuracy, R²."""

    def __init__(self) -> None:
        super().__init__("run-metric", "metric", [], "The first epoch is not over.")
        self.logarithmic = False

    def series(self) -> list[Series]:
        """The first figure that is no loss, under the names that the curves of the loss have."""
        figure = next((n.removeprefix("val_") for n in self.shot.curves if n.removeprefix("val_") not in NO_METRIC), "")
        self._title = f"{figure} by epoch" if figure else "metric"
        self._named = [(figure, "training"), (f"val_{figure}", "validation")] if figure else []
        return super().series()


class RatePane(CurvesPane):
    """The learning rate as it was and is."""

    def __init__(self) -> None:
        super().__init__("run-rate", "learning rate by epoch", [(RATE, "")], "The first epoch is not over.")


class LayersPane(ShotPane):
    """Norms, steps against weights, dead units."""

    def __init__(self) -> None:
        super().__init__("run-layers", "layers")

    def draw(self, width: int, height: int) -> Picture:
        return drawing.layers(self.shot, self.look, width).crop(0, 0, width, height)


class WeightsPane(ShotPane):
    """Histograms of the parameters; as many as there is room for."""

    def __init__(self) -> None:
        super().__init__("run-weights", "weights")
        self.first = 0

    @property
    def title_text(self) -> str:
        """With when the entries were these."""
        return f"weights, after iteration {self.shot.figures_at:,}" if self.shot.histograms else "weights"

    def move(self, by: int) -> None:
        """Begin with another parameter."""
        last = max(len(self.shot.histograms) - 1, 0)
        self.first = min(max(self.first + by, 0), last)
        self.update()

    def draw(self, width: int, height: int) -> Picture:
        said = not self.headed and bool(self.shot.histograms)
        head = [text_line([(self.look.text(self.title_text), self.look.style("dim"))])] if said else []
        drawn = drawing.histograms(self.shot.histograms, self.first, self.look, width, height - len(head))
        return picture(head, width).above(drawn)


class ConfusionPane(ShotPane):
    """Which classes are taken for which, in the validation part."""

    def __init__(self) -> None:
        super().__init__("run-confusion", "confusion")

    @property
    def title_text(self) -> str:
        return f"validation, {self._matrix()[0]}" if self._matrix()[1] is not None else "confusion"

    def _matrix(self) -> tuple[str, ArrayLike | None]:
        """When it was counted, and the counts."""
        found, end = self.shot.confusion, (self.shot.result or {}).get("validation", {})
        if "confusion" in end:
            return "at the end", end["confusion"]
        return (f"after iteration {found.iteration:,}", found.counts) if found else ("", None)

    def draw(self, width: int, height: int) -> Picture:
        facts, look, (_, counts) = self.shot.facts, self.look, self._matrix()
        if counts is None or facts is None:
            why = "There are no classes here." if facts and not facts.classes else "There is no validation part."
            return picture([text_line([(why if facts else "", look.style("dim"))])], width)
        head = [] if self.headed else [text_line([(self.title_text, look.style("title"))])]
        matrix = confusion(counts, facts.classes, look, width, height - len(head))
        return window(picture(head, width).above(matrix), 0, width, height, look)


class ResultPane(ShotPane):
    """How the run has ended."""

    def __init__(self) -> None:
        super().__init__("run-result", "result")

    def draw(self, width: int, height: int) -> Picture:
        if self.shot.result is None:
            return picture([text_line([("The run has not ended.", self.look.style("dim"))])], width)
        return drawing.result(self.shot.result, self.look, width).crop(0, 0, width, height)


class StatusPane(ShotPane):
    """Two lines: how far it has come, and how it does; or what there is to say.

    Attributes:
        said: what stands in place of the figures; '' while they stand there.
        wrong: whether that is a complaint.
    """

    DEFAULT_CSS = "StatusPane { height: 2; }"

    def __init__(self) -> None:
        super().__init__("run-status", "status")
        self.said = ""
        self.wrong = False

    def say(self, text: str, *, wrong: bool = False, seconds: float | None = None) -> None:
        """Say something in place of the figures, for so long if it is said; '' gives the place back."""
        self.said, self.wrong = " ".join(text.split()), wrong
        self.update()
        if seconds is not None:
            self.set_timer(seconds, partial(self._forget, self.said))

    def draw(self, width: int, height: int) -> Picture:
        look = self.look
        drawn = drawing.status(self.shot, look, width)
        if self.said:
            style = look.style("negative" if self.wrong else "current")
            said = message(self.said, look, width, style, height)
            drawn = drawn.crop(0, 0, width, height - said.height).above(said)
        return drawn.crop(0, 0, width, height)

    def on_click(self) -> None:
        """Away with what was said."""
        self.say("")

    def _forget(self, text: str) -> None:
        if self.said == text:
            self.say("")
