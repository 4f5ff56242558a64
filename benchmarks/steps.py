"""Time per training step: W1 to W6 against the peers, and as width and depth grow."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contest import PeerError, Process, Slices, Spread, compete, ratios, say
from benchmarks.workloads import WORKLOADS, Workload

OURS = "ours"
PEERS: dict[str, tuple[str, ...]] = {
    "PyTorch": ("PyTorch, plain", "PyTorch, fused"),
    "scikit-learn": ("scikit-learn",),
    "JAX": ("JAX",),
}
"""Columns of the table, each with the contestants of which the faster counts."""
VARIANTS = ("ours, jit",)  # of ours, timed along; they are no peers

BARS: dict[str, dict[str, float]] = {
    name: dict(zip(PEERS, bars, strict=True))
    for name, bars in {
        "W1": (20, 20, 1.3),
        "W2": (14, 9, 2.8),
        "W3": (18, 11, 2.8),
        "W4": (1.8, 4.5, 0.75),
        "W5": (1.3, 4.5, 0.8),
        "W6": (0.95, 3.5, 0.9),
    }.items()
}
"""What a peer's time is to be of ours, at least."""

AGREE = 1e-9  # largest difference between two peers' parameters after the check, in float64
CHECKED = 3  # epochs of it


def contestants() -> list[str]:
    """All that are timed."""
    return [OURS, *VARIANTS, *(name for names in PEERS.values() for name in names)]


def check(python: str, workload: str) -> dict[str, Any]:
    """Train the short form of a workload everywhere; the largest difference of any parameter from ours, by contestant.

    Those that cannot start from given weights are left out. Raises PeerError where ours itself cannot be trained.
    """
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for i, name in enumerate(contestants()):
            path = Path(folder) / f"{i}.npz"
            try:
                with closing(Process(python, name)) as process:
                    process.ask("check", workload=workload, epochs=CHECKED, path=str(path))
                with np.load(path, allow_pickle=False) as arrays:
                    found[name] = dict(arrays)
            except PeerError as error:
                if name == OURS:
                    raise
                say(str(error))
    ours = found.pop(OURS)
    return {name: _difference(ours, theirs) for name, theirs in found.items() if theirs}


def _difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    return max(float(np.abs(a[name] - b[name]).max()) for name in a)


def contest(python: str, w: Workload, rounds: int, seconds: float) -> dict[str, Any]:
    """Time a workload: microseconds a step of each contestant, and the ratios of each peer to ours."""
    say(f"{w.name}: {'-'.join(map(str, w.sizes))}")
    slices, missing = compete(python, contestants(), w.name, rounds, seconds)
    for text in missing:
        say(f"  left out: {text}")
    if OURS not in slices:
        raise PeerError(missing[0])
    result = _result(slices) | {"missing": missing, "parameters": w.parameters}
    for name, spread in result["ratios"].items():
        say(f"  {name:16}{spread.median:8.2f} [{spread.least:.2f}..{spread.most:.2f}]")
    return result


def _result(slices: Mapping[str, Slices]) -> dict[str, Any]:
    ours = slices[OURS]
    found: dict[str, Sequence[str]] = {peer: [n for n in names if n in slices] for peer, names in PEERS.items()}
    found |= {name: [name] for name in VARIANTS if name in slices}
    return {
        "steps": {name: Spread.of(each.steps) for name, each in slices.items()},
        "ratios": {
            peer: ratios([slices[name].steps for name in names], ours.steps) for peer, names in found.items() if names
        },
        "rounds": len(ours.steps),
        "disturbed": sum(each.disturbed for each in slices.values()),
        "slices": sum(len(each.steps) for each in slices.values()),
        "threads": {name: each.about["threads"] for name, each in slices.items()},
        "falls": {name: each.about["losses"][1] < each.about["losses"][0] for name, each in slices.items()},
        "versions": slices[OURS].about["versions"],
    }


def table(python: str, names: Sequence[str], rounds: int, seconds: float) -> dict[str, Any]:
    """The table of W1 to W6: each is checked first, and not timed where a peer does not agree with ours."""
    results: dict[str, Any] = {}
    for name in names:
        differences = check(python, name)
        worst = max(differences.values(), default=0.0)
        if worst > AGREE:
            raise PeerError(f"{name}: after {CHECKED} epochs the parameters differ by up to {worst:.2g}: {differences}")
        results[name] = contest(python, WORKLOADS[name], rounds, seconds) | {"differences": differences}
    return results


def growth(python: str, workloads: Mapping[int, Workload], rounds: int, seconds: float) -> dict[str, Any]:
    """A contest for each of a series of networks, by the number that grows."""
    return {str(size): contest(python, w, rounds, seconds) for size, w in workloads.items()}
