"""How `tui-nn train` shows a run: curves in a terminal, a clean line an epoch in a pipe, and a summary that stays."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui_nn.cli.diagnostics import say
from tui_nn.cli.output import to_json_value, write_csv, write_json, write_jsonl, write_table

if TYPE_CHECKING:
    from tui_nn.session.progress import Progress, Record
    from tui_nn.session.run import Run
    from tui_nn.session.settings import Settings

PARTS = ("train", "validation", "test")


class Display:
    """Shows nothing meanwhile, and a summary at the end. The others show more."""

    def __init__(self, run: Run, settings: Settings) -> None:
        self.run = run
        self.settings = settings

    def __enter__(self) -> Display:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, progress: Progress) -> None:
        """The run has moved on."""

    def end(self, result: Mapping[str, Any]) -> None:
        """The run has ended."""
        write_summary(self.run, result)


class Lines(Display):
    """A line an epoch."""

    def update(self, progress: Progress) -> None:
        for record in progress.records:
            print(epoch_line(record, self.run.trainer.rules.length.epochs))
        sys.stdout.flush()

    def end(self, result: Mapping[str, Any]) -> None:
        print()
        super().end(result)


class JsonLines(Display):
    """An object an epoch, and at the end one of the result, which has a status."""

    def update(self, progress: Progress) -> None:
        write_jsonl(progress.records)
        sys.stdout.flush()

    def end(self, result: Mapping[str, Any]) -> None:
        write_jsonl([{"run": str(self.run.folder.path), **result}])


class Csv(Display):
    """A row an epoch; the result is in the run's folder."""

    _header: Sequence[str] | None = None

    def update(self, progress: Progress) -> None:
        rows = [list(record.values()) for record in progress.records]
        if rows and self._header is None:
            self._header = list(progress.records[0])
            write_csv(rows, self._header)
        else:
            for row in rows:
                print(",".join(str(to_json_value(value)) for value in row))
        sys.stdout.flush()

    def end(self, result: Mapping[str, Any]) -> None:
        if not self.settings.quiet:
            say(f"{headline(self.run, result)}; ended: {result['reason']}")


class Json(Display):
    """One document at the end."""

    def __init__(self, run: Run, settings: Settings) -> None:
        super().__init__(run, settings)
        self._records: list[Record] = []

    def update(self, progress: Progress) -> None:
        self._records += progress.records

    def end(self, result: Mapping[str, Any]) -> None:
        write_json({"run": str(self.run.folder.path), **result, "epochs": self._records})


def display(run: Run, settings: Settings) -> Display:
    """What fits the settings and the terminal."""
    formats: dict[str, type[Display]] = {"json": Json, "jsonl": JsonLines, "csv": Csv}
    live = settings.live
    if live == "auto":
        live = "none" if settings.quiet else "rich" if sys.stdout.isatty() else "plain"
    if settings.format in formats:
        return formats[settings.format](run, settings)
    if live == "rich":
        from tui_nn.cli.train_live import Curves

        return Curves(run, settings)
    return Lines(run, settings) if live == "plain" else Display(run, settings)


def epoch_line(record: Record, epochs: int | None) -> str:
    """`epoch  3/30  loss 0.2113  accuracy 0.9500  val_loss 0.2500  val_accuracy 0.9333  lr 0.001000  0.2 s`."""
    width = len(str(epochs or 1000))
    parts = [f"epoch {record['epoch']:>{width}.0f}" + (f"/{epochs}" if epochs else "")]
    shown = [k for k in record if k not in ("epoch", "iteration", "seconds", "lr")]
    parts += [f"{name} {figure(record[name])}" for name in (*shown, "lr")]
    return "  ".join([*parts, f"{record['seconds']:.1f} s"])


def figure(value: float) -> str:
    """Four digits, always as wide."""
    return f"{value:#.4g}".rstrip(".")


def headline(run: Run, result: Mapping[str, Any]) -> str:
    """One line on how the run has ended."""
    seen = result["iteration"] / run.trainer.course.per_epoch * run.trainer.course.examples
    speed = f", {seen / result['seconds']:,.0f} examples/s" if result["seconds"] else ""
    return (
        f"{run.prepared.dataset.name}: {result['epoch']:,} epochs, {result['iteration']:,} iterations in "
        f"{result['seconds']:.1f} s{speed}"
    )


def write_summary(run: Run, result: Mapping[str, Any]) -> None:
    """The figures of every part, the best epoch, and where the run is kept."""
    from tui_nn.cli.output import safe

    print(safe(headline(run, result)))
    print(safe(f"ended: {result['reason']}"))
    best = result.get("best")
    if best:
        monitor = run.trainer.rules.monitor
        where = "validation" if run.trainer.watch else "training"
        restored = "; its weights are taken" if result["weights"] == "best" else ""
        print(f"best epoch: {best['epoch']} ({where} {monitor} {figure(best[monitor])}){restored}")
    parts = [part for part in PARTS if part in result]
    write_table(list(_figures(result, parts)), ["", *parts], digits=4)
    print(safe(f"run: {run.folder.path}"))


def _figures(result: Mapping[str, Any], parts: Sequence[str]) -> Iterator[list[object]]:
    for name in result[parts[0]]:
        if name != "confusion":
            yield [name, *(result[part][name] for part in parts)]
