"""The desk of the list of runs: what the thread beside it reads from their folders, and what it judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_nn.errors import UserError
from tui_nn.session.frame import Stop
from tui_nn.session.replay import CourseSession
from tui_nn.session.run_facts import RunReport, RunSummary, report, summary
from tui_nn.session.run_folder import RunFolder, all_runs
from tui_nn.tui.bridge import Slices
from tui_nn.tui.slices import in_one

Command = Callable[["RunsDesk"], Slices]


@dataclass(frozen=True, slots=True)
class RunsWanted:
    """The runs whose whole reports are wanted, by name, in order."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunsShot:
    """The runs at one moment.

    Attributes:
        runs: all of them, the latest begun first.
        reports: those that were wanted and could be read, in order.
        judged: by name, the figures of a run's newest weights on its test rows.
    """

    runs: tuple[RunSummary, ...] = ()
    reports: tuple[RunReport, ...] = ()
    judged: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class RunsDesk:
    """The runs in a folder."""

    path: Path
    runs: dict[str, RunSummary] = field(default_factory=dict)
    judged: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _reports: dict[str, RunReport] = field(default_factory=dict)

    def refresh(self) -> None:
        """Look into the folder."""
        self.runs = {run.name: summary(run) for run in reversed(all_runs(self.path))}
        self._reports.clear()

    def report(self, name: str) -> RunReport | None:
        """All of a run; None for one that cannot be read."""
        if name not in self._reports and name in self.runs:
            try:
                self._reports[name] = report(self.runs[name].folder)
            except UserError:
                return None
        return self._reports.get(name)

    def folder(self, name: str) -> RunFolder:
        """Raises UserError where it is gone."""
        if name not in self.runs:
            raise UserError(f"there is no run {name} any more")
        return self.runs[name].folder


def take_runs(desk: RunsDesk, wanted: RunsWanted, stop: Stop | None = None, running: bool = False) -> RunsShot:
    """What is wanted of the runs."""
    found = (desk.report(name) for name in wanted.names)
    return RunsShot(tuple(desk.runs.values()), tuple(r for r in found if r is not None), dict(desk.judged))


refresh: Command = in_one(RunsDesk.refresh)


def remove(name: str) -> Command:
    """Remove a run's folder, with its checkpoints."""

    def change(desk: RunsDesk) -> None:
        folder = desk.folder(name)
        folder.remove()
        desk.judged.pop(name, None)
        desk.refresh()

    return in_one(change)


def evaluate(name: str) -> Command:
    """Judge a run's newest weights (or its best ones, where it restores those) on its test rows."""

    def change(desk: RunsDesk) -> None:
        from tui_nn.session import assemble
        from tui_nn.session.model import Model, part_of_run

        folder = desk.folder(name)
        model = Model.load(folder)
        figures, measured = model.evaluate(part_of_run(folder, "test"))
        found = {"iteration": model.iteration, **assemble.summary(figures, measured)}
        desk.judged[name] = {**found, "classes": list(model.schema.classes)}

    return in_one(change)


def step_into(name: str, iteration: int | None, tell: Callable[[CourseSession], object]) -> Command:
    """Open a run at an iteration; where none is given, at the one that would come next."""

    def work(desk: RunsDesk) -> Slices:
        from tui_nn.session.open_run import last_iteration, opening

        folder = desk.folder(name)
        tell((yield from opening(folder, last_iteration(folder) + 1 if iteration is None else iteration)))
        return None

    return work
