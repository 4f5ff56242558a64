"""What a run was begun with: written into run.toml, and held against what is there when it goes on or is opened."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn import __version__
from tui_nn.data.catalogue import CATALOGUE
from tui_nn.data.source import STDIN, is_piped_in
from tui_nn.data.text import listed
from tui_nn.engine.backend import NUMPY, Backend, choose, on_numpy
from tui_nn.errors import UserError
from tui_nn.nn.spec import split
from tui_nn.session import plan
from tui_nn.session.files import quoted_path
from tui_nn.session.preparation import PARTS, Prepared, prepare
from tui_nn.session.progress import Progress
from tui_nn.session.settings import Settings, changed, flag, to_values
from tui_nn.session.trainer import Trainer

Say = Callable[[str], None]


def describe(settings: Settings, prepared: Prepared, trainer: Trainer) -> dict[str, Any]:
    """What run.toml says."""
    dataset, machines = prepared.dataset, trainer.course.machines
    update = machines.update
    assert update is not None
    return {
        "created": datetime.now(UTC).replace(microsecond=0),
        "settings": to_values(settings),
        "data": {
            "name": dataset.name,
            "source": dataset.source,
            "sha256": dataset.sha256,
            "rows": dataset.rows,
            **{part: prepared.count(part) for part in PARTS},
        },
        "network": plan.network_facts(machines.network),
        "optimizer": {"name": update.name, "hyper": dict(update.hyper), "choices": dict(update.choices)},
        "schema": dataset.schema.to_dict(),
        "scaling": prepared.scaling.to_dict(),
        "target_scaling": prepared.target_scaling.to_dict(),
        "machine": {"backend": machines.owner.backend.name, "threads": trainer.threads, "dtype": machines.dtype},
        "versions": {
            "tui-nn": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "platform": f"{sys.platform}-{platform.machine()}",
        },
    }


def with_full_path(settings: Settings) -> Settings:
    """A file is named by its whole path, so that the run can be resumed from any folder."""
    data = settings.data
    if data is None or data in CATALOGUE or not Path(data).exists():
        return settings
    return replace(settings, data=str(Path(data).resolve()))


def prepare_again(settings: Settings, description: Mapping[str, Any], say: Say | None = None) -> Prepared:
    """The data that a run was begun with, read again. Raises UserError where it is not there, or not as it was."""
    _check_there(settings.data or "")
    prepared = prepare(settings, say)
    _check_same(prepared, description)
    return prepared


def _check_there(data: str) -> None:
    """Raise UserError where a run's data cannot be read again: a file that has gone, a standard input without data."""
    if data == STDIN:
        if not is_piped_in():
            raise UserError("The run was begun on standard input: pipe the same data in again, as with < FILE.")
    elif data not in CATALOGUE and not Path(data).exists():
        raise UserError(f"The run was begun on {quoted_path(Path(data))}, which is not there any more; put it back.")


def _check_same(prepared: Prepared, description: Mapping[str, Any]) -> None:
    """Raise UserError where the data is not what the run was begun with."""
    then, now = description["data"].get("sha256"), prepared.dataset.sha256
    if then != now:
        raise UserError(
            f"The data is not what the run was begun with: SHA-256 {now[:16]}… now, {str(then)[:16]}… then. "
            "Put the file back as it was, or begin a new run."
        )


def began_on(description: Mapping[str, Any], say: Say) -> Backend:
    """The backend on which a run was begun, for the same bits; `auto` might find another device by now."""
    name = description.get("machine", {}).get("backend", NUMPY.name)
    try:
        return choose(name)[0]
    except UserError as error:
        say(f"The run was begun on {name}; here, on {NUMPY.name}, last digits may differ: {error}")
        return on_numpy()


def check_changes(settings: Settings, began: Settings) -> None:
    """Raise UserError for a setting that a run which goes on cannot change."""
    fixed = changed(settings, began)
    if fixed:
        was = to_values(began).get(fixed[0])
        raise UserError(
            f"{flag(fixed[0])}: a run that goes on keeps what it was begun with"
            + (f", here {was}" if was is not None else "")
            + f"; it can change {listed(flag(n) for n in ('epochs', 'steps', 'time', 'lr', 'early_stopping'))}. "
            "For anything else, begin a new run."
        )
    name, given = split(began.schedule or "constant", "schedule")
    stretched = name in plan.STRETCHED and "over" not in given
    if stretched and (settings.epochs, settings.steps) != (began.epochs, began.steps):
        raise UserError(f"--epochs, --steps: the schedule {name} is stretched over the run's length, which is fixed.")


def check_length(settings: Settings, began: Settings, progress: Progress) -> None:
    """Raise UserError for a new end that a run has passed already."""
    reached = {
        "epochs": (progress.epoch, f"{progress.epoch:,} epochs"),
        "steps": (progress.iteration, f"{progress.iteration:,} iterations"),
        "time": (progress.seconds, f"{progress.seconds:.1f} s"),
    }
    for name, (done, said) in reached.items():
        wanted = getattr(settings, name)
        if wanted is not None and wanted != getattr(began, name) and wanted < done:
            raise UserError(f"{flag(name)} {wanted:g}: the run has {said} behind it already; it can only go on.")
