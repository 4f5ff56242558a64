"""Memory against the parameter count: the most that a process held in training, less the most before it."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from benchmarks.contest import PeerError, Process, say
from benchmarks.steps import OURS
from benchmarks.workloads import SIZES

CONTESTANTS = (OURS, "PyTorch, fused", "scikit-learn", "JAX")


def measure(python: str) -> dict[str, Any]:
    """Bytes for each network, and bytes for each further parameter between the two largest networks, by contestant."""
    return {name: found for name in CONTESTANTS if (found := _contestant(python, name))}


def _contestant(python: str, name: str) -> dict[str, Any]:
    held: dict[int, int] = {}
    for w in SIZES.values():
        try:
            with closing(Process(python, name)) as process:
                answer = process.ask("memory", workload=w.name)
        except PeerError as error:
            say(f"  left out: {error}")
            return {}
        held[w.parameters] = answer["after"] - answer["before"]
    smaller, larger = sorted(held)[-2:]
    slope = (held[larger] - held[smaller]) / (larger - smaller)
    say(f"{name:16} {slope:.1f} bytes for each further parameter")
    return {"bytes": {str(n): b for n, b in held.items()}, "per_parameter": slope, "imports": answer["before"]}
