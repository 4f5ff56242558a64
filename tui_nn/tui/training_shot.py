"""A TrainingShot: all that the training screen shows of one moment, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui_nn.session.frame import Stop
from tui_nn.session.histogram import Histogram
from tui_nn.session.layer_figures import ParameterFigures
from tui_nn.session.progress import Progress, Record
from tui_nn.session.run import Run
from tui_nn.tui.points import Trace
from tui_nn.tui.training_desk import Confusion, Remark, TrainingDesk


@dataclass(frozen=True, slots=True)
class TrainingWanted:
    """The panes that are seen: what only others show is not computed."""

    panes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What of a run never changes.

    Attributes:
        layers: as they are written: `64-32-10`. epochs: the limit, if there is one.
        classes: names, () for a regression.
    """

    name: str
    data: str
    layers: str
    optimizer: str
    epochs: int | None
    classes: tuple[str, ...]
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class TrainingShot:
    """One moment of a run; see `TrainingDesk` for what the attributes say."""

    facts: RunFacts | None = None
    progress: Progress | None = None
    curves: Mapping[str, Trace] = field(default_factory=dict)
    record: Record = field(default_factory=dict)
    figures: tuple[ParameterFigures, ...] = ()
    figures_at: int = 0
    norms: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    histograms: tuple[Histogram, ...] = ()
    confusion: Confusion | None = None
    result: Mapping[str, Any] | None = None
    saved: int = 0
    discarded: bool = False
    remark: Remark = field(default_factory=Remark)
    running: bool = False


def take_training(
    desk: TrainingDesk, wanted: TrainingWanted, stop: Stop | None = None, running: bool = False
) -> TrainingShot:
    """The moment at which the desk's run stands. Only the thread that owns it may ask."""
    if desk.run is None or desk.discarded:
        return TrainingShot(discarded=desk.discarded, running=running)
    if "confusion" in wanted.panes:
        desk.judge(running)
    if not running and wanted.panes & {"layers", "weights"}:
        desk.look_back()
    return TrainingShot(
        facts_of(desk.run),
        desk.progress,
        {name: points.trace for name, points in desk.curves.items()},
        desk.record,
        desk.figures,
        desk.figures_at,
        {name: tuple(norms) for name, norms in desk.norms.items()},
        desk.histograms() if "weights" in wanted.panes else (),
        desk.confusion,
        desk.result,
        desk.saved,
        remark=desk.remark,
        running=running,
    )


def facts_of(run: Run) -> RunFacts:
    """What of a run never changes."""
    network = run.trainer.course.machines.network
    layers = network.summary().layers
    sizes = [layer.units for layer in layers if any(name.startswith("W") for name, _ in layer.parameters)]
    update = run.trainer.course.machines.update
    return RunFacts(
        run.folder.name,
        run.prepared.dataset.name,
        "-".join(map(str, (network.inputs, *sizes))),
        update.name if update else "",
        run.trainer.rules.length.epochs,
        tuple(run.prepared.dataset.classes),
        {part: run.prepared.count(part) for part in ("train", "validation", "test")},
    )
