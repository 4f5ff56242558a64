"""The stepped run against the fast one: the same iterations on the same machine, line by line and all at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.contest import Spread, ratios, say
from benchmarks.peers.ours import programs, rows, threads, values
from benchmarks.timing import seconds_of
from benchmarks.workloads import WORKLOADS, Workload
from tui_nn.engine.machine import Machine
from tui_nn.session.session import Session
from tui_nn.session.threads import limited

NAMES = ("W1", "W2", "W4", "W5")
LEAST = 0.05  # seconds of a slice


def measure(rounds: int) -> dict[str, Any]:
    """For each workload: how much longer an iteration takes when the machine steps, and when a Session does."""
    return {name: _workload(WORKLOADS[name], rounds) for name in NAMES}


def _workload(w: Workload, rounds: int) -> dict[str, Any]:
    program = programs(w)[w.batch]
    x, y = (a[: w.batch].T for a in rows(w))
    given = values(w) | {"X": x, "Y": y}
    fast, stepped, session = Machine(program, given), Machine(program, given), Session(program, given)
    lines = range(1, len(program.lines) + 1)

    def step() -> None:
        stepped.begin(stepped.iteration + 1)
        for line in lines:
            stepped.step(line)

    def look() -> None:
        for _ in lines:
            session.step()

    with limited(threads(w)):
        times = seconds_of({"fast": fast.run, "machine": step, "session": look}, rounds, LEAST)
        for machine in (fast, stepped):
            machine.run(max(fast.iteration, stepped.iteration) - machine.iteration)
    if not all(np.array_equal(fast.read(p), stepped.read(p)) for p in program.parameters):
        raise AssertionError(f"{w.name}: stepping and running differ")
    result = {name: ratios([times[name]], times["fast"]) for name in ("machine", "session")}
    say(f"{w.name}: stepped by the machine {result['machine'].median:.2f}, by a session {result['session'].median:.1f}")
    return {"ratios": result, "microseconds": {n: Spread.of([1e6 * s for s in each]) for n, each in times.items()}}
