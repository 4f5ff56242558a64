"""The training loop, in slices: the command line, the app and scripts all drive it by `advance`, and may stop anywhere.

Between two slices the caller can pause, leave, change the learning rate or write a checkpoint. What is computed depends
on none of that: `Course` computes it, and this adds epochs, validation, what is best so far, and reasons to stop.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_nn.engine.machine import Checkpoint
from tui_nn.errors import UserError
from tui_nn.nn.plateau import PlateauState
from tui_nn.session.conditions import Conditions
from tui_nn.session.course import Course
from tui_nn.session.evaluation import Reader
from tui_nn.session.frame import Stop
from tui_nn.session.machines import Host, Tensors
from tui_nn.session.plan import is_higher_better
from tui_nn.session.progress import Best, Progress, Record
from tui_nn.session.standing import Good, Pace, Rules, Standing, Watch
from tui_nn.session.threads import limited

BEST = "best/"  # before the names of the best epoch's tensors in a checkpoint
SNAPSHOT_SHARE = 0.01  # of the time, for keeping a state to come back to


@dataclass
class Trainer:
    """A run in the making.

    Attributes:
        course: the network and its training rows.
        rules: when to stop.
        reader: what outputs mean.
        watch: the validation part, if there is one.
        sample: training rows on which the figures of the validation part are had too, for comparison.
        threads: of matrix products.
        stop: why the run has ended; None while it can go on.
        is_after_steps: whether, where numbers are no longer finite, the optimiser's steps have led there.
    """

    course: Course
    rules: Rules
    reader: Reader
    watch: Watch | None = None
    sample: Watch | None = None
    threads: int = 1
    stop: Stop | None = None
    is_after_steps: bool = True
    _now: Standing = field(default_factory=Standing)
    _best: dict[str, Host] = field(default_factory=dict)
    _records: list[Record] = field(default_factory=list)
    _pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        monitor, known = self.rules.monitor, self.reader.monitors
        if monitor not in known:
            kind = "tells classes apart" if self.reader.classes else "predicts a number"
            raise UserError(f"--monitor {monitor}: this network {kind}; take {', '.join(known[:-1])} or {known[-1]}.")
        if monitor != "loss" and self.watch is None:
            raise UserError(f"--monitor {monitor} looks at the validation part, and there is none.")
        try:
            self._conditions = Conditions(self.course, self.rules.conditions)
        except UserError as error:
            raise UserError(f"--break-when: {str(error).removeprefix('line 1: ')}") from None
        if self.rules.plateau:
            self._now.plateau = self.rules.plateau.start(self.course.rate)
        self._good = self._snapshot()
        self._ends()

    # -- running

    def advance(self, seconds: float = 0.1) -> Progress:
        """Train for about so long (at least one iteration), or until the run ends."""
        began = time.perf_counter()
        before = self._now.seconds
        with limited(self.threads):
            while self.stop is None:
                self._some(began + seconds - time.perf_counter())
                now = time.perf_counter()
                self._now.seconds = before + now - began
                self._ends()
                if now - began >= seconds:
                    break
        return self.progress()

    def epochs(self) -> Iterator[Record]:
        """The whole run, an epoch at a time: for scripts."""
        while self.stop is None:
            yield from self.advance(math.inf if self.rules.length.seconds is None else 0.1).records

    def progress(self) -> Progress:
        """A snapshot; the records in it are not given again."""
        records, self._records = tuple(self._records), []
        course, now = self.course, self._now
        return Progress(
            course.iteration,
            self.rules.length.iterations(course.per_epoch),
            course.epoch,
            course.batch,
            course.per_epoch,
            now.loss_sum / now.seen if now.seen else math.nan,
            course.rate,
            now.seconds,
            self.rules.length.seconds,
            self._pace.speed,
            records,
            now.best,
            self.stop,
        )

    @property
    def recent(self) -> Checkpoint:
        """The state at the end of some iteration of late; all its numbers are finite."""
        return self._good.checkpoint

    def set_rate(self, rate: float) -> None:
        """Train at another learning rate from the next iteration on; checkpoints remember that it changed here."""
        if not 0 < rate < math.inf:
            raise UserError(f"a learning rate is a number above 0, not {rate:g}")
        self.course.set_rate(rate)

    def use_best(self) -> bool:
        """Take the weights of the best epoch, if they are not those of now; training cannot go on after that."""
        best = self._now.best
        if best is None or best.iteration == self.course.iteration:
            return False
        self.course.machines.load(self._best)
        return True

    # -- the state

    def tensors(self) -> dict[str, Host]:
        """All that a checkpoint holds: parameters, states, buffers, and those of the best epoch."""
        return {**self.course.machines.tensors(), **{BEST + name: value for name, value in self._best.items()}}

    def facts(self) -> dict[str, Any]:
        """What else a checkpoint holds, as plain values."""
        now = self._now
        return {
            "epoch": self.course.epoch,
            "batch": self.course.batch,
            "loss_sum": now.loss_sum,
            "seen": now.seen,
            "seconds": now.seconds,
            "rates": [[start, rate] for start, rate in self.course.rates],
            **({"best": asdict(now.best)} if now.best else {}),
            **({"plateau": asdict(now.plateau)} if now.plateau else {}),
        }

    def restore(self, iteration: int, tensors: Tensors, facts: Mapping[str, Any]) -> None:
        """Stand where a checkpoint was written."""
        rates = [(int(start), float(rate)) for start, rate in facts["rates"]]
        own = {name: value for name, value in tensors.items() if not name.startswith(BEST)}
        self.course.restore(iteration, own, rates)
        self._best = {name[len(BEST) :]: value for name, value in tensors.items() if name.startswith(BEST)}
        best, plateau = facts.get("best"), facts.get("plateau")
        self._now = Standing(
            facts["loss_sum"],
            facts["seen"],
            Best(**best) if best else None,
            PlateauState(**plateau) if plateau else self._now.plateau,
            facts["seconds"],
        )
        self.stop = None
        self._good = self._snapshot()
        self._ends()

    # -- how

    def _some(self, seconds: float) -> None:
        """Some iterations of this epoch, as many as fit into the time; its end, if they reach it."""
        course, began = self.course, time.perf_counter()
        if began - self._good.at > self._good.cost / SNAPSHOT_SHARE:
            self._good = self._snapshot()
        count = 1 if self._conditions else self._pace.fits(seconds)
        limit = self.rules.length.steps
        first = course.batch
        losses = course.run(count if limit is None else min(count, limit - course.iteration))
        if not np.isfinite(losses).all():
            self._autopsy()
            return
        seen = self._count(first, losses)
        self._pace.measured(len(losses), seen, time.perf_counter() - began)
        if course.batch == 0:
            self._end_epoch()
        if held := self._conditions.held():
            self.stop = Stop("condition", f"{held} holds after iteration {course.iteration}")

    def _count(self, first: int, losses: NDArray[np.float64]) -> int:
        """Add the losses of an epoch's batches, from `first` on, to its mean; how many examples they had."""
        sizes = np.array(self.course.feed.sizes[first : first + len(losses)])
        self._now.loss_sum += float(losses @ sizes)
        self._now.seen += int(sizes.sum())
        return int(sizes.sum())

    def _end_epoch(self) -> None:
        course, now = self.course, self._now
        record: dict[str, float] = {
            "epoch": course.epoch,
            "iteration": course.iteration,
            "seconds": now.seconds,
            "lr": course.rate_at(course.iteration),
            "loss": now.loss_sum / now.seen,
        }
        record |= course.penalty()
        if self.sample is not None:
            record |= self.sample.glance(self.reader, self.rules.monitor)[1]
        if self.watch is not None:
            record["val_loss"], glance = self.watch.glance(self.reader, self.rules.monitor)
            record |= {f"val_{name}": value for name, value in glance.items()}
        self._records.append(record)
        now.loss_sum, now.seen = 0.0, 0
        self._judge(record)

    def _judge(self, record: Record) -> None:
        """What the epoch's monitored figure means for the best one, for the learning rate and for going on."""
        course, rules = self.course, self.rules
        value = record[rules.monitor if self.watch is None else f"val_{rules.monitor}"]
        best = self._now.best
        sign = 1 if is_higher_better(rules.monitor) else -1
        if best is None or sign * value > sign * best.value or math.isnan(best.value):
            best = Best(course.epoch, course.iteration, value)
            self._best = {name: course.machines.owner.read(name) for name in course.machines.learned()}
        self._now.best = best
        if rules.plateau and self._now.plateau:
            before = replace(self._now.plateau, rate=course.rate_at(course.iteration))  # it may have been changed
            after = rules.plateau.after(before, value)
            if after.rate != before.rate:
                course.lower_rate(after.rate)
            self._now.plateau = after

    def _ends(self) -> None:
        """Set `stop` where the run has reached one of its limits."""
        if self.stop is None:
            course = self.course
            self.stop = self.rules.reached(course.iteration, course.epoch, course.batch, self._now)

    def _snapshot(self) -> Good:
        began = time.perf_counter()
        checkpoint = self.course.machines.owner.save()
        now = time.perf_counter()
        return Good(checkpoint, replace(self._now), now, now - began)

    def _autopsy(self) -> None:
        """A loss is not finite: name the line that was the first to give such a number; back to just before it."""
        from tui_nn.session.replay import first_nonfinite_line

        self._return()
        iteration, text, phase = first_nonfinite_line(self.course)
        self.is_after_steps = iteration > 1 or phase == "update"
        self._return()
        self._repeat(iteration - 1)
        self.stop = Stop("non-finite", text)

    def _return(self) -> None:
        """Back to the last state that was kept; what the epochs since then have given stays on record."""
        good = self._good.standing
        self.course.machines.owner.restore(self._good.checkpoint)
        self.course.stand_at(self._good.checkpoint.iteration)
        self._now = replace(self._now, loss_sum=good.loss_sum, seen=good.seen)

    def _repeat(self, iteration: int) -> None:
        """Train again to the end of an iteration, of epochs that are on record."""
        course, now = self.course, self._now
        while course.iteration < iteration:
            first = course.batch
            self._count(first, course.run(iteration - course.iteration))
            if course.batch == 0:
                now.loss_sum, now.seen = 0.0, 0
        if now.best is not None and now.best.iteration > iteration:
            now.best, self._best = None, {}
