"""The desk of a training run: what the thread that trains owns. The run, its curves, how its layers are doing.

What costs time and is only looked at (norms, histograms, dead units, the confusion matrix) is read at the pace at
which someone looks, and never takes more than a small share of the time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.errors import UserError
from tui_nn.session import metrics
from tui_nn.session.frame import Host
from tui_nn.session.histogram import Histogram, histogram
from tui_nn.session.layer_figures import ParameterFigures, last_figures, layer_figures, parameters_of
from tui_nn.session.progress import Progress, Record
from tui_nn.session.run import Run, Say
from tui_nn.session.threads import hold
from tui_nn.tui.points import Points
from tui_nn.tui.turn import Turn

Begin = Callable[[Say], Run]
"""Makes the run; it reads the data, so it takes its time. Raises UserError."""

SHARE = 0.01  # of the time, at most, for looking at layers, and again for the confusion matrix
OFTEN = 0.2  # seconds between two looks, at least
NORMS = 60  # gradient norms that are remembered of each parameter
BATCHES, RATE = "batches", "lr"


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """Rows of true class i that were called j, in the validation part, after an iteration."""

    iteration: int
    counts: Host


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say of a command; `number` tells a new one from the one before."""

    number: int = 0
    text: str = ""
    wrong: bool = False


@dataclass
class TrainingDesk:
    """A run at work.

    Attributes:
        begin: makes the run.
        run: None until it is made.
        progress: the latest.
        curves: by name: the figures of the epochs, `batches` (the loss of late, within epochs) and `lr`; over epochs.
        record: the figures of the latest epoch.
        figures: of the layers, latest; norms: of each gradient, of late.
        result: what result.toml says, once the run has ended.
        saved: the iteration of the latest checkpoint. discarded: whether the run's folder is gone.
    """

    begin: Begin
    say: Say = lambda line: None
    run: Run | None = None
    progress: Progress | None = None
    curves: dict[str, Points] = field(default_factory=dict)
    record: Record = field(default_factory=dict)
    figures: tuple[ParameterFigures, ...] = ()
    figures_at: int = 0
    norms: dict[str, deque[float]] = field(default_factory=dict)
    confusion: Confusion | None = None
    result: Mapping[str, Any] | None = None
    saved: int = 0
    discarded: bool = False
    remark: Remark = field(default_factory=Remark)
    _histograms: tuple[Histogram, ...] = ()
    _look: Turn = field(default_factory=lambda: Turn(SHARE, OFTEN))
    _judge: Turn = field(default_factory=lambda: Turn(SHARE, OFTEN))

    def open(self) -> Run:
        """Make the run; what it has behind it is seen."""
        run = self.begin(self.say)
        hold(run.trainer.threads)
        self.progress = run.trainer.progress()
        for record in run.folder.records():
            self._note(record)
        self.saved = self.progress.iteration
        self.run = run
        return run

    def at_work(self) -> Run:
        """The run, where it can go on. Raises UserError where it cannot."""
        if self.run is None:
            raise UserError("the run has not begun")
        if self.result is not None:
            raise UserError("the run has ended; to go on with it, resume it from the list of runs")
        return self.run

    def leave(self) -> None:
        """The run, ended or not, is not trained any further here: others can go on with it."""
        if self.run is not None:
            self.run.leave()

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say something of a command."""
        self.remark = Remark(self.remark.number + 1, text, wrong)

    # -- training

    def advance(self, seconds: float, *, looking: bool = False) -> None:
        """Train for about so long, at least one iteration; or for one, and look at what it does."""
        run, before = self.at_work(), self.progress
        if looking or self._look.due():
            self._advance_looking()
        else:
            self._advanced(before, run.advance(seconds))

    def _advance_looking(self) -> None:
        """One iteration, with a look at the parameters before and after it."""
        run, began = self.at_work(), time.perf_counter()
        course, before = run.trainer.course, parameters_of(run.trainer.course)
        was, iteration = self.progress, course.iteration
        self._advanced(was, run.advance(0))
        if course.iteration == iteration + 1:  # a run that met a number that is not finite has gone back
            self._looked(layer_figures(course, before), course.iteration)
        self._look.done(began)

    def _looked(self, figures: tuple[ParameterFigures, ...], iteration: int) -> None:
        self.figures, self.figures_at, self._histograms = figures, iteration, ()
        for f in figures:
            self.norms.setdefault(f.name, deque(maxlen=NORMS)).append(f.gradient)

    def _advanced(self, before: Progress | None, now: Progress) -> None:
        run = self.at_work()
        self.progress = now
        for record in now.records:
            self._note(record)
        if before is None or (now.epoch, now.batch) <= (before.epoch, before.batch):
            return
        size = run.trainer.course.feed.batch_size
        rows = min(now.batches * size, run.trainer.course.examples)
        then, past = before.batch * size, before.loss * before.batch * size if before.batch else 0.0
        for record in now.records:  # the mean of an epoch's last batches, and of whole epochs between two looks
            self._add(BATCHES, record["epoch"], (record["loss"] * rows - past) / (rows - then))
            then, past = 0, 0.0
        if now.batch:
            seen = now.batch * size
            self._add(BATCHES, now.iteration / now.batches, (now.loss * seen - past) / (seen - then))
        if not now.records:
            self._add(RATE, now.iteration / now.batches, now.rate)

    def _note(self, record: Record) -> None:
        self.record = record
        for name, value in record.items():
            if name not in ("epoch", "iteration", "seconds"):
                self._add(name, record["epoch"], value)

    def _add(self, name: str, x: float, y: float) -> None:
        self.curves.setdefault(name, Points()).add(x, y)

    # -- looking

    def look_back(self) -> None:
        """Look at the iteration that was trained last; for a run that stands still."""
        run = self.run
        if run is None or run.trainer.course.iteration == self.figures_at:
            return
        if found := last_figures(run.trainer):
            self._looked(found, run.trainer.course.iteration)

    def histograms(self) -> tuple[Histogram, ...]:
        """How the entries of the parameters were spread when they were looked at last."""
        if not self._histograms:
            self._histograms = tuple(histogram(f.name, f.values) for f in self.figures)
        return self._histograms

    def judge(self, running: bool) -> None:
        """Count right and wrong in the validation part, where there are classes and it is worth the time by now."""
        run = self.run
        if run is None or self.result is not None or run.trainer.watch is None or not run.trainer.reader.classes:
            return
        at = run.trainer.course.iteration
        if self.confusion is not None and (self.confusion.iteration == at or (running and not self._judge.due())):
            return
        began = time.perf_counter()
        reader, watch = run.trainer.reader, run.trainer.watch
        codes = reader.codes(watch.evaluation.figures().outputs)
        counts = metrics.confusion_matrix(watch.y, codes, reader.classes)
        self.confusion = Confusion(at, np.asarray(counts))
        self._judge.done(began)
