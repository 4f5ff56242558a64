"""How the app feels, each figure with its bar. The figures go to app.json, and as a table into README.md.

    python -m benchmarks.app [--only paint,keys,speed,sent] [--rounds 5] [--json] [--no-write]

Everything is looked at from outside, through a pseudo-terminal. Exit code 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import statistics
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks import app_measures as measures
from benchmarks.app_calm import calmly
from benchmarks.contest import say
from benchmarks.machine import processor
from benchmarks.timing import Timing

PAGE, RESULTS = Path(__file__).with_name("README.md"), Path(__file__).with_name("app.json")
BEGIN, END = "<!-- app: begin -->", "<!-- app: end -->"
SMALL, LARGE = measures.SIZES
KIB = 1024


class Figure(NamedTuple):
    """A row of the table: what was measured, what it is held against, and how the machine was.

    Attributes:
        name: of what. told: the figure with its spread, as it is printed.
        value: what is compared with the bar. bar: None where there is none.
        most: whether the bar is what it may be at most.
        others: cores that other processes kept busy meanwhile, on average.
    """

    name: str
    told: str
    value: float
    bar: float | None
    most: bool = True
    unit: str = ""
    others: float | None = None

    @property
    def held(self) -> bool:
        """Whether the bar is kept."""
        return self.bar is None or (self.value <= self.bar if self.most else self.value >= self.bar)


def paint(rounds: int) -> Iterator[Figure]:
    """First paint of `tui-nn` against a bare Textual app's."""
    times, others = calmly(lambda: measures.first_paint(4 * rounds + 1))
    ours, bare = times["tui-nn"], times["bare"]
    ratio = ours.median / bare.median
    told = f"{ratio:.2f} times ({_ms(ours)} against {_ms(bare)} ms)"
    yield Figure("first paint, against a bare Textual app's", told, ratio, 3.0, others=others)


def keys(rounds: int) -> Iterator[Figure]:
    """Key to screen."""
    count = 12 * rounds
    for size in (SMALL, LARGE):
        name = f"a line on or back in S5, nothing running, {_named(size)}"
        yield _key(name, partial(measures.step_keys, size, count), 50)
    for kind in ("tiny", "mnist"):
        for size in (SMALL, LARGE):
            name = f"a digit while the {kind} network trains, {_named(size)}"
            yield _key(name, partial(measures.busy_keys, kind, size, count), 80)
        name = f"another view while the {kind} network trains, 80x24"
        yield _key(name, partial(measures.busy_views, kind, count), 80)
    yield _key("another view while S5 runs at full speed, 80x24", partial(measures.busy_step_keys, count), 80)


def _key(name: str, measure: Callable[[], Timing], bar: float) -> Figure:
    taken, others = calmly(measure)
    return Figure(f"key to screen: {name}", f"{_ms(taken)} ms", 1e3 * taken.p95, bar, unit=" ms", others=others)


def speed(rounds: int) -> Iterator[Figure]:
    """Training while the app is open, against training without it."""
    for kind, bar in (("tiny", 0.75), ("mnist", 0.90)):
        found, others = measures.throughput(kind, rounds, 3.0)
        alone = found.pop("headless")
        for size, with_app in found.items():
            ratios = [ours / bare for ours, bare in zip(with_app, alone, strict=True)]
            ratio = statistics.median(ratios)
            told = f"{ratio:.0%} [{min(ratios):.0%}..{max(ratios):.0%}] of {statistics.median(alone):,.0f} iterations/s"
            yield Figure(
                f"throughput of the {kind} network with the app open, {size}", told, ratio, bar, False, others=others
            )


def sent(rounds: int) -> Iterator[Figure]:
    """What goes over the line."""
    for kind, what in (("tiny", "tiny network"), ("mnist", "mnist network"), ("stepper", "stepper at full speed")):
        rate = measures.rate_sent(kind, 2.0 * rounds) / KIB
        yield Figure(f"sent at 4 frames a second, 80x24, {what}", f"{rate:.1f} KiB/s", rate, 60, unit=" KiB/s")
    found = measures.redrawn()
    whole = found.pop("all of it")
    for name, count in found.items():
        bar = None if name == "a line on" else 0
        yield Figure(
            f"S5 at 160x48, {name}", f"{count:,} bytes (the whole screen: {whole:,})", count, bar, unit=" bytes"
        )


SECTIONS: dict[str, Callable[[int], Iterator[Figure]]] = {"paint": paint, "keys": keys, "speed": speed, "sent": sent}


def measured(name: str, rounds: int) -> list[Figure]:
    """The figures of a section."""
    say(f"== {name}")
    figures = []
    for figure in SECTIONS[name](rounds):
        figures.append(figure)
        say(f"{figure.name}: {figure.told}{'' if figure.held else '  MISSED'}  {_others(figure)}")
    return figures


def table(figures: list[Figure]) -> str:
    """The figures for README.md."""
    rows = ["| | measured | bar | cores used by others |", "|---|---|---|---:|"]
    for f in figures:
        bar = "" if f.bar is None else f"{'at most' if f.most else 'at least'} {_bar(f)}"
        told = f.told if f.held else f"**{f.told}: missed**"
        rows.append(f"| {f.name} | {told} | {bar} | {_others(f)} |")
    return "\n".join([f"Measured on {processor()}.", "", *rows])


def _others(figure: Figure) -> str:
    return "" if figure.others is None else f"{figure.others:.1f}"


def _bar(figure: Figure) -> str:
    assert figure.bar is not None
    return f"{figure.bar:.0%}" if not figure.most else f"{figure.bar:g}{figure.unit or ' times'}"


def write(found: dict[str, list[Figure]]) -> None:
    """Put them beside the sections that were measured before, and all of them into README.md."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    known |= {name: [figure._asdict() for figure in figures] for name, figures in found.items()}
    RESULTS.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh = f"{BEGIN}\n{table([Figure(**row) for name in SECTIONS for row in known.get(name, [])])}\n{END}"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: fresh, page, flags=re.DOTALL), encoding="utf-8")


def _ms(taken: Timing) -> str:
    return f"{1e3 * taken.median:.0f} (p95 {1e3 * taken.p95:.0f})"


def _named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app", description="How the app feels.")
    parser.add_argument("--only", default=",".join(SECTIONS), metavar="NAMES", help=f"of {', '.join(SECTIONS)}")
    parser.add_argument("--rounds", type=int, default=5, help="how thoroughly (default: 5)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-write", dest="keep", action="store_false", help="leave app.json and README.md alone")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := [name for name in names if name not in SECTIONS]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no app that was started lives on
    found = {name: measured(name, options.rounds) for name in names}
    figures = [figure for each in found.values() for figure in each]
    print(json.dumps([f._asdict() | {"held": f.held} for f in figures], indent=1) if options.json else table(figures))
    if options.keep:
        write(found)
    return int(not all(figure.held for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
