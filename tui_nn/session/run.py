"""A training run and its folder: begun, saved as it goes, resumed, and finished.

run = Run.begin(settings)
while run.trainer.stop is None:
    progress = run.advance()
run.finish()
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np

from tui_nn import __version__
from tui_nn.data.catalogue import CATALOGUE
from tui_nn.data.text import listed
from tui_nn.engine.backend import NUMPY, Backend, choose, on_numpy
from tui_nn.errors import UserError
from tui_nn.nn.spec import split
from tui_nn.session import assemble, plan
from tui_nn.session.assemble import Examples
from tui_nn.session.checkpoint_file import discard, iterations, newest, thinned, write_checkpoint
from tui_nn.session.evaluation import Reader
from tui_nn.session.frame import Stop
from tui_nn.session.preparation import PARTS, Part, Prepared, prepare
from tui_nn.session.progress import Progress
from tui_nn.session.run_folder import RunFolder, free_name
from tui_nn.session.settings import Settings, changed, flag, from_values, to_values
from tui_nn.session.trainer import Trainer

Say = Callable[[str], None]
INTERRUPTED = Stop("interrupted", "interrupted")


@dataclass(eq=False)
class Run:
    """A run that can go on.

    Attributes:
        folder: where it is kept. settings: as it was begun, with what a resumption has changed.
        prepared: its data. trainer: the loop.
    """

    folder: RunFolder
    settings: Settings
    prepared: Prepared
    trainer: Trainer
    _lock: IO[bytes] | None = None
    _saved: int = -1  # the iteration of the last checkpoint
    _saved_at: float = 0.0  # in seconds of training

    @classmethod
    def begin(cls, settings: Settings, say: Say = lambda line: None) -> Run:
        """Start a run in a new folder. Raises UserError before anything is written where it cannot start."""
        out = RunFolder(Path(settings.out) if settings.out else free_name(settings.data or ""))
        out.check_free()
        settings = _with_full_path(settings)
        prepared = prepare(settings, say)
        run = cls(out, settings, prepared, _trainer(settings, prepared, say))
        out.begin(_description(run))
        run._lock = out.lock()
        return run

    @classmethod
    def resume(cls, folder: RunFolder, given: Mapping[str, Any], say: Say = lambda line: None) -> Run:
        """Go on from the newest whole checkpoint.

        Args:
            given: settings to change, by key.

        Raises:
            UserError: for a setting that a run cannot change, and where the data is not what it was.
        """
        description = folder.description()
        lock = folder.lock()
        began = folder.settings()
        settings = _with_full_path(from_values(given, began))
        _check_changes(settings, began)
        prepared = prepare(settings, say)
        check_data(prepared, description)
        threads = settings.threads or description.get("machine", {}).get("threads")
        backend = choose(settings.backend)[0] if settings.backend != "auto" else began_on(description, say)
        run = cls(folder, settings, prepared, _trainer(settings, prepared, say, threads, backend), lock)
        stored, complaints = newest(folder.checkpoints)
        for complaint in complaints:
            say(complaint)
        if complaints:
            say(f"Going on from {f'iteration {stored.iteration}' if stored else 'the start'} instead.")
        if stored is not None:
            run.trainer.restore(stored.iteration, stored.tensors, stored.facts)
        run._forget_after(stored.iteration if stored else 0)
        run._change(description, began)
        return run

    @property
    def backend(self) -> Backend:
        """Where it computes."""
        return self.trainer.course.machines.owner.backend

    def advance(self, seconds: float = 0.1) -> Progress:
        """Train for about so long; write down the epochs that ended, and a checkpoint where it is time for one."""
        progress = self.trainer.advance(seconds)
        self.folder.record(progress.records)
        due = progress.seconds - self._saved_at >= self.settings.checkpoint_every
        if due or progress.stop is not None:
            self.save()
        return progress

    def save(self) -> None:
        """Write a checkpoint of where the run stands."""
        at = self.trainer.course.iteration
        if at == self._saved or at == 0:
            return
        folder = self.folder.checkpoints
        write_checkpoint(folder, at, self.trainer.tensors(), self.trainer.facts())
        self._saved, self._saved_at = at, self.trainer.facts()["seconds"]
        discard(folder, thinned(iterations(folder), self.settings.keep))

    def set_rate(self, rate: float) -> None:
        """Train at another learning rate from the next iteration on; written down at once. Raises UserError."""
        self.trainer.set_rate(rate)
        self._saved = -1  # the checkpoint of this iteration, if there is one, has the rate before
        self.save()

    def finish(self, stop: Stop | None = None) -> dict[str, Any]:
        """Save, take the best weights where early stopping asks for them, judge every part; returns result.toml.

        Args:
            stop: why, where it is not the trainer that stopped.
        """
        self.save()
        trainer = self.trainer
        stop = trainer.stop or stop or INTERRUPTED
        progress = trainer.progress()
        result: dict[str, Any] = {
            "status": stop.kind,
            "reason": stop.text,
            "epoch": progress.epoch,
            "iteration": progress.iteration,
            "seconds": progress.seconds,
            "weights": "last",
        }
        if progress.best is not None:
            best = progress.best
            result["best"] = {"epoch": best.epoch, "iteration": best.iteration, trainer.rules.monitor: best.value}
        if trainer.rules.patience is not None and progress.best is not None and stop.kind != "interrupted":
            trainer.use_best()
            result["weights"] = "best"
        for part in PARTS:
            if self.prepared.count(part):
                blocks = assemble.blocks(self.prepared, part, self.settings.dtype)
                result[part] = assemble.summary(*assemble.judge(trainer.course.machines, trainer.reader, blocks))
        self.folder.finish(result)
        return result

    def _forget_after(self, iteration: int) -> None:
        """Drop what was written of later iterations: they are computed again."""
        folder = self.folder
        discard(folder.checkpoints, {i for i in iterations(folder.checkpoints) if i <= iteration})
        folder.forget_after(iteration // self.trainer.course.per_epoch)
        folder.unfinish()
        self._saved, self._saved_at = iteration, self.trainer.facts()["seconds"]

    def _change(self, description: dict[str, Any], began: Settings) -> None:
        """Write down what a resumption changes; a new learning rate holds from here on."""
        if self.settings == began:
            return
        if self.settings.lr is not None and self.settings.lr != began.lr:
            self.trainer.set_rate(self.settings.lr)
            self.settings = replace(self.settings, lr=began.lr)  # what it was begun with; checkpoints have the new one
        self.folder.rewrite({**description, "settings": to_values(self.settings)})


def check_data(prepared: Prepared, description: Mapping[str, Any]) -> None:
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


def _trainer(
    settings: Settings, prepared: Prepared, say: Say, threads: int | None = None, backend: Backend | None = None
) -> Trainer:
    """A trainer at its start.

    Args:
        backend: where the run was begun; None: as the settings say.
    """
    backend, why = (backend, "as it was begun") if backend else choose(settings.backend)
    target = prepared.target_scaling
    reader: Reader = assemble.reader(assemble.network(settings, prepared), len(prepared.dataset.classes), target)
    rows: dict[Part, Examples | None] = {p: assemble.examples(prepared, p, settings.dtype) for p in PARTS[:2]}
    train = rows["train"]
    assert train is not None  # a split leaves at least one row
    trainer = assemble.trainer(settings, reader, train, rows["validation"], backend=backend, threads=threads)
    if settings.backend == "auto":
        say(f"backend {backend.name}: {why}")
    for remark in backend.remarks:
        say(f"backend {backend.name}: {remark}")
    return trainer


def _with_full_path(settings: Settings) -> Settings:
    """A file is named by its whole path, so that the run can be resumed from any folder."""
    data = settings.data
    if data is None or data in CATALOGUE or not Path(data).exists():
        return settings
    return replace(settings, data=str(Path(data).resolve()))


def _check_changes(settings: Settings, began: Settings) -> None:
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


def _description(run: Run) -> dict[str, Any]:
    """run.toml."""
    prepared, trainer = run.prepared, run.trainer
    dataset, machines = prepared.dataset, trainer.course.machines
    update = machines.update
    assert update is not None
    return {
        "created": datetime.now(UTC).replace(microsecond=0),
        "settings": to_values(run.settings),
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
        "machine": {"backend": run.backend.name, "threads": trainer.threads, "dtype": machines.dtype},
        "versions": {
            "tui-nn": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "platform": f"{sys.platform}-{platform.machine()}",
        },
    }
