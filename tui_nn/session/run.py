"""A training run and its folder: begun, saved as it goes, resumed, and finished.

run = Run.begin(settings)
while run.trainer.stop is None:
    progress = run.advance()
run.finish()
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui_nn.engine.backend import NUMPY, Backend, choose
from tui_nn.errors import UserError
from tui_nn.session import assemble
from tui_nn.session.assemble import Examples
from tui_nn.session.begun import Say as Say  # the app's too
from tui_nn.session.begun import began_on, check_changes, check_length, describe, prepare_again, with_full_path
from tui_nn.session.checkpoint_file import discard, iterations, newest, thinned, write_checkpoint
from tui_nn.session.evaluation import Reader
from tui_nn.session.files import make_folder
from tui_nn.session.frame import Stop
from tui_nn.session.preparation import PARTS, Part, Prepared, prepare
from tui_nn.session.progress import Progress
from tui_nn.session.run_folder import RunFolder, free_name
from tui_nn.session.run_lock import RunLock
from tui_nn.session.settings import Settings, from_values, to_values
from tui_nn.session.trainer import Trainer

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
    _lock: RunLock | None = None
    _saved: int = -1  # the iteration of the last checkpoint
    _saved_at: float = 0.0  # in seconds of training

    @classmethod
    def begin(cls, settings: Settings, say: Say = lambda line: None) -> Run:
        """Start a run in a new folder. Raises UserError before anything is written where it cannot start."""
        out = RunFolder(Path(settings.out) if settings.out else free_name(settings.data or ""))
        out.check_free()
        settings = with_full_path(settings)
        prepared = prepare(settings, say)
        run = cls(out, settings, prepared, _trainer(settings, prepared, say))
        out.begin(describe(settings, prepared, run.trainer))
        run._lock = out.lock()
        return run

    @classmethod
    def resume(cls, folder: RunFolder, given: Mapping[str, Any], say: Say = lambda line: None) -> Run:
        """Go on from the newest whole checkpoint.

        Args:
            given: settings to change, by key.

        Raises:
            UserError: for a setting that a run cannot change, for a new end that it has passed already, and where
                the data is not what it was.
        """
        description = folder.description()
        lock = folder.lock()
        began = folder.settings()
        settings = with_full_path(from_values(given, began))
        check_changes(settings, began)
        rate = settings.lr if "lr" in given else None  # from here on; before, it is what the run was begun with
        settings = replace(settings, lr=began.lr)
        prepared = prepare_again(settings, description, say)
        threads = settings.threads or description.get("machine", {}).get("threads")
        backend = choose(settings.backend)[0] if settings.backend != "auto" else began_on(description, say)
        run = cls(folder, settings, prepared, _trainer(settings, prepared, say, threads, backend), lock)
        make_folder(folder.checkpoints)
        stored, complaints = newest(folder.checkpoints)
        for complaint in complaints:
            say(complaint)
        if complaints:
            say(f"Going on from {f'iteration {stored.iteration}' if stored else 'the start'} instead.")
        if stored is not None:
            run.trainer.restore(stored.iteration, stored.tensors, stored.facts)
            check_length(settings, began, run.trainer.progress())
        run._forget_after(stored.iteration if stored else 0)
        run._change(description, began)
        if rate is not None and rate != run.trainer.course.rate:
            run.set_rate(rate)
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
        """Train at another learning rate from the next iteration on; written down at once.

        Raises UserError for what is no rate, and where it cannot be written down: then all is as it was.
        """
        course = self.trainer.course
        at, before = course.iteration, course.rates
        self.trainer.set_rate(rate)
        changes = (*(c for c in self.settings.lr_changes if c[0] <= at), (at + 1, rate))
        try:
            description = self.folder.description()
            self.folder.rewrite({**description, "settings": {**description["settings"], **_written(changes)}})
        except UserError:
            course.rates = before
            raise
        self.settings = replace(self.settings, lr_changes=changes)
        self._saved = -1  # the checkpoint of this iteration, if there is one, has the rate before
        self.save()

    def finish(self, stop: Stop | None = None) -> dict[str, Any]:
        """Save, take the best weights where early stopping asks for them, judge every part; returns result.toml.

        Others can go on with the run then.

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
        self.leave()
        return result

    def leave(self) -> None:
        """Let others go on with it: it is not trained any further here."""
        if self._lock is not None:
            self._lock.release()

    def _forget_after(self, iteration: int) -> None:
        """Drop what was written of later iterations: they are computed again."""
        folder = self.folder
        discard(folder.checkpoints, {i for i in iterations(folder.checkpoints) if i <= iteration})
        folder.forget_after(iteration // self.trainer.course.per_epoch)
        folder.unfinish()
        self._saved, self._saved_at = iteration, self.trainer.facts()["seconds"]

    def _change(self, description: dict[str, Any], began: Settings) -> None:
        """Write down what a resumption changes of the run."""
        kept = replace(self.settings, live=began.live, format=began.format, quiet=began.quiet)
        if kept != began:
            self.folder.rewrite({**description, "settings": to_values(kept)})


def _written(changes: tuple[tuple[int, float], ...]) -> dict[str, Any]:
    """Changes of the learning rate as run.toml has them: so its settings repeat the run."""
    return {"lr_changes": to_values(Settings(lr_changes=changes))["lr_changes"]}


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
    if settings.backend == "auto" and backend.name != NUMPY.name:  # that there is no GPU is for `doctor` to say
        say(f"backend {backend.name}: {why}")
    for remark in backend.remarks:
        say(f"backend {backend.name}: {remark}")
    return trainer
