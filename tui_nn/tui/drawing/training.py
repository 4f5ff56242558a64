"""A training run as it goes: its status in two lines, its layers in a table, the histograms of its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.style import Style

from tui_nn.session.histogram import Histogram
from tui_nn.session.layer_figures import ParameterFigures
from tui_nn.session.metrics import most as most  # for the panes too
from tui_nn.tui.drawing.words import ENDED, paragraph
from tui_nn.tui.training_shot import TrainingShot
from tui_nn.view.look import Look, Role
from tui_nn.view.picture import Picture, picture, text_line
from tui_nn.view.plot import histogram
from tui_nn.view.sparkline import sparkline
from tui_nn.view.table import table

LARGE_STEP, SMALL_STEP = 0.1, 1e-6  # of a step against its weight: what is worth a remark
MANY_DEAD = 0.5
TREND = 12  # cells of a gradient norm's past
SMALLEST = (26, 8)  # cells of a histogram
PARTS = ("train", "validation", "test")


def figure(value: float, look: Look) -> str:
    """Four digits."""
    return look.number(value, digits=4)


def with_axis(title: str, *, log: bool) -> str:
    """A title that says so where the axis is logarithmic: of few marks, one can hardly tell."""
    return f"{title}, log axis" if log else title


def duration(seconds: float) -> str:
    """`42 s`, `3:20`, `1:02:05`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def percent(share: float) -> str:
    """`12.5%`; '' for NaN."""
    return "" if math.isnan(share) else f"{100 * share:.1f}%"


def status(shot: TrainingShot, look: Look, width: int) -> Picture:
    """Where the run stands: a bar with epoch and batch over a line of figures."""
    now, facts = shot.progress, shot.facts
    if now is None or facts is None:
        return picture([], width)
    ended = shot.result is not None
    place = f"epoch {now.epoch + (not ended)}" + (f"/{facts.epochs}" if facts.epochs else "")
    place += f"  batch {now.batch}/{now.batches}" if now.batches > 1 and not ended else ""
    place += f"  iteration {now.iteration:,}"
    parts = [
        f"{'val ' if n.startswith('val_') else ''}{n.removeprefix('val_')} {figure(v, look)}" for n, v in _news(shot)
    ]
    left = now.remaining
    parts.append(f"{duration(left)} left" if left is not None and not ended else duration(now.seconds))
    if not math.isnan(now.speed) and not ended:
        parts.append(f"{now.speed:,.0f} examples/s")
    while len(parts) > 1 and cell_len("  ".join(parts)) >= width:
        parts.pop()
    share = now.share if not ended or now.share == 1 else None  # a run that stopped early has no way to go
    return _bar(share, place, look, width).above(
        picture([text_line([(" " + look.text("  ".join(parts)), look.style("text"))])], width)
    )


def _news(shot: TrainingShot) -> list[tuple[str, float]]:
    """The loss of now, and the figures of the latest epoch."""
    now = shot.progress
    assert now is not None
    loss = now.loss if not math.isnan(now.loss) else shot.record.get("loss", math.nan)
    rest = [(n, v) for n, v in shot.record.items() if n not in ("epoch", "iteration", "seconds", "lr", "loss")]
    return [] if math.isnan(loss) else [("loss", loss), *rest]


def _bar(share: float | None, place: str, look: Look, width: int) -> Picture:
    text = " " + look.text(place)
    room = width - len(text) - 9
    if share is None or room < 8:
        return picture([text_line([(text, look.style("current"))])], width)
    done, todo = ("=", "-") if look.ascii_only else ("━", "─")
    full = int(share * room)
    parts: list[tuple[str, Style | None]] = [
        (f" {done * full}", look.style("accent")),
        (todo * (room - full), look.style("axis")),
        (f" {100 * share:4.0f}% ", look.style("current")),
        (text, look.style("current")),
    ]
    return picture([text_line(parts)], width)


def layers(shot: TrainingShot, look: Look, width: int) -> Picture:
    """A row for each parameter: norms of weight and gradient, the step against the weight, dead units."""
    if not shot.figures:
        return picture([text_line([("Nothing was trained here yet.", look.style("dim"))])], width)
    bar = "|" if look.ascii_only else "‖"
    step = "step" if look.ascii_only else "Δ"
    titles = ["", "layer", f"{bar}w{bar}", f"{bar}grad{bar}", f"{step}/w", "dead", "lately", ""]
    rows = []
    roles: dict[tuple[int, int], Role] = {}
    for r, f in enumerate(shot.figures):
        trend = sparkline(shot.norms.get(f.name, ()), look, TREND).plain
        said = remark(f)
        numbers = [_number(v, look) for v in (f.weight, f.gradient, f.ratio)]
        rows.append([f.name, f.layer, *numbers, percent(f.dead), trend.ljust(TREND), said])
        if said:
            roles[r, 7] = "negative"
    kept = "llrrrrll" if any(row[7] for row in rows) else "llrrrrl"
    drawn = table(titles[: len(kept)], [row[: len(kept)] for row in rows], look, width, align=kept, roles=roles)
    note = f"after iteration {shot.figures_at:,}; dead: units that say the same for the whole batch"
    return drawn.above(picture(paragraph(note, look, width, look.style("dim")), width))


def _number(value: float, look: Look) -> str:
    return look.glyphs.unknown if math.isnan(value) else look.number(value, digits=3)


def remark(f: ParameterFigures) -> str:
    """What is worth a look, in a word or two; '' for what is as it should be."""
    if not all(map(math.isfinite, (f.weight, f.gradient))):
        return "not finite"
    if f.dead >= MANY_DEAD:
        return "many dead"
    if f.gradient == 0:
        return "no gradient"
    if f.ratio > LARGE_STEP:
        return "large steps"
    return "hardly moves" if f.ratio < SMALL_STEP else ""


def histograms(data: Sequence[Histogram], first: int, look: Look, width: int, height: int) -> Picture:
    """As many histograms side by side as there is room for, from the `first` one on."""
    if not data:
        return picture([text_line([("Nothing was trained here yet.", look.style("dim"))])], width)
    across = max(min((width + 2) // (SMALLEST[0] + 2), len(data)), 1)
    down = max(min(height // SMALLEST[1], -(-len(data) // across)), 1)
    first = max(min(first, len(data) - across * down), 0)
    seen = data[first : first + across * down]
    each = ((width + 2) // across - 2, height // down)
    rows = [seen[start : start + across] for start in range(0, len(seen), across)]
    drawn = picture([], width)
    for row in rows:
        pictures = [_histogram(h, look, *each) for h in row]
        line = pictures[0]
        for other in pictures[1:]:
            line = line.beside(other, 2)
        drawn = drawn.above(line) if drawn.height else line
    return drawn.crop(0, 0, width, height)


def _histogram(data: Histogram, look: Look, width: int, height: int) -> Picture:
    title = f"{data.name}  {look.glyphs.times.join(map(str, data.shape))}"
    return histogram(data.counts, data.edges, look, width, height, title=title)


def result(found: Mapping[str, Any], look: Look, width: int) -> Picture:
    """How a run has ended: a column of figures for each part."""
    parts = [part for part in PARTS if part in found]
    head = [f"{ENDED.get(found['status'], found['status'])}: {found['reason']}"]
    best = found.get("best")
    if best:
        taken = "; its weights are taken" if found.get("weights") == "best" else ""
        head.append(f"best epoch: {best['epoch']}{taken}")
    lines = picture([row for line in head for row in paragraph(line, look, width, look.style("text"))], width)
    if not parts:
        return lines
    names = [name for name in found[parts[0]] if name != "confusion"]
    rows = [[name, *(look.number(found[part].get(name, math.nan)) for part in parts)] for name in names]
    return lines.above(table(["", *parts], rows, look, width))
