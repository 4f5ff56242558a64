"""A run to measure by, with the app open or, with --headless, without.

    python -m benchmarks.app_run tiny --out FOLDER [--seconds 4]

It trains on made-up data without end. With --seconds it stops after these, and writes the iterations a second to
FOLDER/speed.json; a first second is not counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.session.run import Run
from tui_nn.session.settings import Settings, from_values
from tui_nn.session.threads import hold
from tui_nn.tui import app as tui_app
from tui_nn.tui.app import TuiNN, keep_pauses_short
from tui_nn.tui.screens.training import TrainingScreen

FIRST = 1.5  # seconds that do not count
ENDLESS = 1_000_000  # epochs


@dataclass(frozen=True)
class Kind:
    """What is trained: sizes of the made-up data and the network between them."""

    rows: int
    features: int
    classes: int
    layers: str
    batch: int


KINDS = {"tiny": Kind(2_000, 2, 2, "4", 4), "mnist": Kind(2_000, 784, 10, "128", 32)}


def settings(kind: Kind, folder: Path) -> Settings:
    """Of a run on data that are written there."""
    draw = np.random.default_rng(7)
    table = np.column_stack(
        [draw.integers(0, 10, (kind.rows, kind.features)), draw.integers(0, kind.classes, kind.rows)]
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "data.csv"
    names = [*(f"x{i}" for i in range(kind.features)), "kind"]
    np.savetxt(path, table, fmt="%d", delimiter=",", header=",".join(names), comments="")
    given: dict[str, Any] = {"data": str(path), "target": "kind", "task": "classification", "layers": kind.layers}
    given |= {"batch_size": kind.batch, "epochs": ENDLESS, "seed": 1, "backend": "numpy", "checkpoint_every": 3600}
    return from_values({**given, "out": str(folder / "run")})


@dataclass
class Count:
    """Iterations and seconds between two moments."""

    run: Run | None = None
    begun: tuple[int, float] = (0, 0.0)

    def begin(self, settings: Settings, say: Callable[[str], None] = lambda line: None) -> Run:
        """Make the run."""
        self.run = Run.begin(settings, say)
        return self.run

    def now(self) -> tuple[int, float]:
        """Where it stands."""
        assert self.run is not None
        return self.run.trainer.course.iteration, time.perf_counter()

    def write(self, path: Path) -> None:
        """Iterations a second since `begun`."""
        iteration, when = self.now()
        path.write_text(json.dumps((iteration - self.begun[0]) / (when - self.begun[1])), encoding="utf-8")


class MeasuredApp(TuiNN):
    """The app with a run that has just begun."""

    CSS_PATH = str(Path(tui_app.__file__).with_name("app.tcss"))  # else it would be looked for here

    def __init__(self, given: Settings, fps: float, seconds: float, path: Path) -> None:
        super().__init__(fps=fps)
        self._given, self._seconds, self._path = given, seconds, path
        self._count = Count()

    def on_ready(self) -> None:
        self.push_screen(TrainingScreen(partial(self._count.begin, self._given), "a run"))
        if self._seconds:
            self._waiting = self.set_interval(0.05, self._first)

    def _first(self) -> None:
        """Begin to count a while after the first iteration."""
        if self._count.run is not None and self._count.now()[0]:
            self._waiting.stop()
            self.set_timer(FIRST, self._begin)

    def _begin(self) -> None:
        self._count.begun = self._count.now()
        self.set_timer(self._seconds, self._end)

    def _end(self) -> None:
        self._count.write(self._path)
        self.exit()


def headless(given: Settings, seconds: float, path: Path) -> None:
    """As `tui-nn train` does it."""
    count = Count()
    run = count.begin(given)
    hold(run.trainer.threads)
    end = time.perf_counter() + FIRST
    while time.perf_counter() < end:
        run.advance()
    count.begun = count.now()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        run.advance()
    count.write(path)


def main() -> int:
    """Train."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_run", description="A run to measure by.")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--fps", type=float, default=10.0)
    parser.add_argument("--headless", action="store_true")
    options = parser.parse_args()
    given, path = settings(KINDS[options.kind], options.out), options.out / "speed.json"
    if options.headless:
        headless(given, options.seconds, path)
        return 0
    keep_pauses_short()
    app = MeasuredApp(given, options.fps, options.seconds, path)
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
