"""A run as it goes, in a terminal: curves of loss and metric, time left, learning rate, throughput."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tui_nn.cli.train_output import Display, figure, write_summary
from tui_nn.session.metrics import most
from tui_nn.view.look import detect
from tui_nn.view.picture import Picture
from tui_nn.view.plot import Series, curves, ranges_far

if TYPE_CHECKING:
    from tui_nn.session.progress import Progress
    from tui_nn.session.run import Run
    from tui_nn.session.settings import Settings

HEIGHT = 14  # lines of the curves
SHARE = 0.1  # of the time, at most, for drawing
NARROW = 70  # columns below which the curves stand alone
NO_METRICS = ("epoch", "iteration", "seconds", "lr", "loss", "penalty", "val_loss")


class Curves(Display):
    """Redraws itself as the run goes on; the last picture and the summary stay."""

    def __init__(self, run: Run, settings: Settings) -> None:
        super().__init__(run, settings)
        self._console = Console()
        self._look = detect(os.environ)
        self._traces: dict[str, tuple[list[float], list[float]]] = {}  # of each figure: epochs, and its values
        for record in run.folder.records():
            self._add(record)
        self._next = 0.0
        self._live = Live(console=self._console, auto_refresh=False, transient=True)

    def __enter__(self) -> Curves:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def update(self, progress: Progress) -> None:
        for record in progress.records:
            self._add(record)
        began = time.perf_counter()
        if began < self._next and progress.stop is None:
            return
        self._live.update(Group(self._picture(), self._state(progress)), refresh=True)
        now = time.perf_counter()
        self._next = now + (now - began) / SHARE

    def end(self, result: Mapping[str, Any]) -> None:
        self._console.print(self._picture())
        write_summary(self.run, result)

    def _add(self, record: Mapping[str, float]) -> None:
        for name, value in record.items():
            epochs, values = self._traces.setdefault(name, ([], []))
            epochs.append(record["epoch"])
            values.append(value)

    def _picture(self) -> RenderableType:
        width = self._console.width
        if len(self._traces["epoch"][0] if self._traces else ()) < 2:
            return Text("the curves begin after two epochs")
        metric = next((name for name in self._traces if name not in NO_METRICS), None)
        if metric is None or width < NARROW:
            return self._plot("loss", width)
        return self._plot("loss", (width - 2) // 2).beside(self._plot(metric, (width - 2) // 2), 2)

    def _plot(self, figure: str, width: int) -> Picture:
        named = {figure: "training", f"val_{figure}": "validation"}
        there = [(label, *self._traces[name]) for name, label in named.items() if name in self._traces]
        series = [Series(label, values, epochs) for label, epochs, values in there]
        log = figure == "loss" and ranges_far(series)
        return curves(series, self._look, width, HEIGHT, title=f"{figure} by epoch", log=log, y_most=most(figure))

    def _state(self, progress: Progress) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        limit = self.run.trainer.rules.length.epochs
        parts = [f"epoch {progress.epoch + (progress.stop is None)}" + (f"/{limit}" if limit else "")]
        if progress.batches > 1 and progress.batch:
            parts.append(f"batch {progress.batch}/{progress.batches}")
        parts += [f"lr {figure(progress.rate)}", f"{progress.speed:,.0f} examples/s"]
        remaining = progress.remaining
        parts.append(f"{remaining:.0f} s left" if remaining is not None else f"{progress.seconds:.0f} s")
        text = Text("  ".join(parts), no_wrap=True)
        if progress.share is None:
            return text
        grid.add_row(ProgressBar(1.0, progress.share, width=max(10, self._console.width - text.cell_len - 2)), text)
        return grid
