"""The results as Markdown, between two marks in README.md; and whether the bars were met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import cold_training, steps
from benchmarks.workloads import ALL
from tui_nn.engine.jit import LONG

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"

Results = Mapping[str, Any]


def below(results: Results) -> list[str]:
    """The bars that were not met, in words."""
    found = []
    for title, section, all_bars in (
        ("", "table", steps.BARS),
        ("cold ", "cold", dict.fromkeys(cold_training.EPOCHS, cold_training.BARS)),
    ):
        for name, each in results.get(section, {}).items():
            for peer, (median, *_) in each["ratios"].items():
                bar = all_bars[name].get(peer, 0.0)
                if median < bar:
                    found.append(f"{title}{name}, {peer}: {median:.2f}, at least {bar:g}")
    return found


def write(results: Results) -> None:
    """Put the results into README.md."""
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    README.write_text(f"{head}{BEGIN}\n{markdown(results)}\n{END}{tail}", encoding="utf-8")


def markdown(results: Results) -> str:
    """All sections that were measured."""
    parts = [
        part for part in (writer(results[name]) for name, writer in _SECTIONS.items() if results.get(name)) if part
    ]
    return "\n\n".join([_machine(results), *parts])


def _machine(results: Results) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return f"Measured on {results['processor']}; {versions}."


def _table(section: Results) -> str:
    peers = [peer for peer in steps.PEERS if any(peer in each["ratios"] for each in section.values())]
    rows = []
    for name, each in section.items():
        w = ALL[name]
        sizes = "-".join(map(str, w.sizes))
        about = [f"{name}: {sizes}, batch {w.batch}", f"{each['steps'][steps.OURS][0]:.4g}"]
        ratios, bars = each["ratios"], steps.BARS[name]
        cells = [_ratio(ratios.get(peer), bars.get(peer)) for peer in peers]
        rows.append([*about, f"{each['threads'][steps.OURS]}", *cells])
        rows += [
            [f"{name}, {variant.removeprefix('ours, ')}", f"{each['steps'][variant][0]:.4g}", ""]
            + [f"{ratios[peer][0] / ratios[variant][0]:.3g}" if peer in ratios else "" for peer in peers]
            for variant in steps.VARIANTS
            if variant in ratios and w.parameters >= LONG
        ]
    head = ["", "ours, µs a step", "lanes", *(f"{peer} / ours" for peer in peers)]
    each = next(iter(section.values()))
    disturbed, slices = (sum(e[key] for e in section.values()) for key in ("disturbed", "slices"))
    worst = max((d for e in section.values() for d in e["differences"].values()), default=0.0)
    note = (
        f"Median [least..most] of {each['rounds']} rounds; in brackets behind it what it is to be at least. The peers "
        f"use the threads that they choose themselves. {disturbed} of {slices} slices stayed disturbed by other "
        f"processes. Before they were timed, the same start and the same batches were trained in float64: the largest "
        f"difference of any parameter between ours and a peer was {worst:.1g}."
    )
    return "\n\n".join(["### Time per training step", grid(head, rows), note])


def _cold(section: Results) -> str:
    peers = [peer for peer in steps.PEERS if any(peer in each["ratios"] for each in section.values())]
    rows = [
        [
            f"{name}, {cold_training.EPOCHS[name]} epochs",
            f"{each['seconds'][steps.OURS][0]:.3f}",
            *(_ratio(each["ratios"].get(peer), cold_training.BARS.get(peer)) for peer in peers),
        ]
        for name, each in section.items()
    ]
    head = ["", "ours, s", *(f"{peer} / ours" for peer in peers)]
    return "\n\n".join(["### From the start of a process to the trained model", grid(head, rows)])


def _growth(section: Results) -> str:
    names = list(next(iter(section.values()))["steps"])
    rows = [
        [size, *(f"{each['steps'][n][0]:.4g}" if n in each["steps"] else "" for n in names)]
        for size, each in section.items()
    ]
    return grid(["", *names], rows)


def _widths(section: Results) -> str:
    return "\n\n".join(
        ["### µs a step as the width grows", "64-width-width-10, batch 32, ReLU, Adam, float32.", _growth(section)]
    )


def _depths(section: Results) -> str:
    return "\n\n".join(
        ["### µs a step as the depth grows", "64 inputs, so many hidden layers of 64, 10 outputs.", _growth(section)]
    )


def _stepping(section: Results) -> str:
    rows = [
        [
            name,
            f"{each['microseconds']['fast'][0]:.4g}",
            *(_ratio(each["ratios"][kind], None) for kind in ("machine", "session")),
        ]
        for name, each in section.items()
    ]
    head = ["", "fast, µs an iteration", "Machine.step / fast", "Session.step / fast"]
    note = "The same lines one by one, to the same bits; a session also hands out a frame of each line."
    return "\n\n".join(["### The stepped run against the fast one", grid(head, rows), note])


def _memory(section: Results) -> str:
    counts = list(next(iter(section.values()))["bytes"])
    rows = [
        [
            name,
            *(f"{each['bytes'][n] / 1e6:.1f}" for n in counts),
            f"{each['per_parameter']:.1f}",
            f"{each['imports'] / 1e6:.0f}",
        ]
        for name, each in section.items()
    ]
    head = ["MB with parameters:", *(f"{int(n):,}" for n in counts), "bytes per further parameter", "imports alone, MB"]
    note = "784-width-10, Adam, batch 32, float32: what a process held at most, less what it held after its imports."
    return "\n\n".join(["### Memory", note, grid(head, rows)])


def _ratio(spread: Sequence[float] | None, bar: float | None) -> str:
    if spread is None:
        return ""
    median, least, most = spread
    text = f"{median:.3g} [{least:.3g}..{most:.3g}]"
    if bar is None:
        return text
    return f"{text} (≥ {bar:g})" if median >= bar else f"**{text}** (≥ {bar:g}: missed)"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; numbers to the right."""

    def lines() -> Iterator[str]:
        yield "| " + " | ".join(head) + " |"
        yield "|---|" + "---:|" * (len(head) - 1)
        for row in rows:
            yield "| " + " | ".join(row) + " |"

    return "\n".join(lines())


_SECTIONS = {
    "table": _table,
    "cold": _cold,
    "stepping": _stepping,
    "widths": _widths,
    "depths": _depths,
    "memory": _memory,
}
