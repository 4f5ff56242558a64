"""What can be said of runs from their folders alone: a line of each, their curves, in what they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui_nn.errors import UserError
from tui_nn.session.run_folder import RunFolder
from tui_nn.session.settings import to_values

OUTPUT = ("out", "live", "format", "quiet")  # settings that say nothing of what was learned


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in one line.

    Attributes:
        status: see `status`; `damaged` with `problem` where it cannot be read.
        loss, test_loss: of the training part and of the test part.
        figure: the test part's accuracy or R², by name; None where it is not known.
        seconds: of training.
    """

    name: str
    folder: RunFolder
    status: str
    data: str = ""
    layers: str = ""
    optimizer: str = ""
    epochs: int = 0
    iterations: int = 0
    loss: float | None = None
    figure: tuple[str, float] | None = None
    problem: str = ""
    seconds: float | None = None
    test_loss: float | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """All that a run's folder says.

    Attributes:
        settings: as plain values, those that are given, without where and how it is shown.
        columns: the figures of the epochs, by name; `epoch` is one of them.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    result: Mapping[str, Any] | None = None


def summary(run: RunFolder) -> RunSummary:
    """A run in one line; never raises for what is wrong in its folder."""
    try:
        description, settings = run.description(), run.settings()
    except UserError as error:
        return RunSummary(run.name, run, "damaged", problem=str(error))
    result, records = run.result(), run.records()
    last = records[-1] if records else {}
    done = result or last
    test = (result or {}).get("test", {})
    return RunSummary(
        run.name,
        run,
        status(run, result),
        str(description["data"].get("name", "")),
        ",".join(map(str, settings.layers)) or "0",
        settings.optimizer,
        int(done.get("epoch", 0)),
        int(done.get("iteration", 0)),
        (result or {}).get("train", {}).get("loss", last.get("loss")),
        next(((name, test[name]) for name in ("accuracy", "r2") if name in test), None),
        seconds=done.get("seconds"),
        test_loss=test.get("loss"),
    )


def status(run: RunFolder, result: Mapping[str, Any] | None) -> str:
    """That of result.toml; while there is none, `training`, or `unfinished` where nobody trains it: it was cut off."""
    if result is not None:
        return str(result["status"])
    return "training" if run.is_training() else "unfinished"


def report(run: RunFolder) -> RunReport:
    """All that its folder says. Raises UserError where it is damaged."""
    description = run.description()
    settings = {k: v for k, v in to_values(run.settings()).items() if k not in OUTPUT}
    records = run.records()
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: tuple(r.get(name, float("nan")) for r in records) for name in names}
    network = description.get("network", {})
    return RunReport(run.name, settings, description["data"], network, columns, run.result())


def differences(reports: Sequence[RunReport]) -> list[tuple[str, list[str]]]:
    """The settings in which runs differ: the setting, and its value in each run, '' where it was not given."""
    names = dict.fromkeys(name for r in reports for name in r.settings)
    rows = [(name, [written(r.settings.get(name)) for r in reports]) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


def written(value: Any) -> str:
    """A setting as a person types it: `64,32`, `beta1=0.8`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ",".join(f"{k}={v}" for k, v in value.items())
    if isinstance(value, list) and value and all(isinstance(each, list) for each in value):
        return "; ".join("=".join(map(str, each)) for each in value)
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
