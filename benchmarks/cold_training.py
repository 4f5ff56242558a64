"""From nothing to a trained model: whole processes, with interpreter, imports, building, compiling and training.

As in a contest, a process that others disturbed is run again, a few times; the least disturbed one counts.

What pip installs is compiled once. So are our sources in a checkout: by the first process, which does not count.
"""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.contest import DISTURBED, PATIENCE, PAUSE, ROOT, TRIES, PeerError, Spread, environment, ratios, say
from benchmarks.machine import busy, own
from benchmarks.steps import OURS, PEERS
from benchmarks.workloads import WORKLOADS

EPOCHS = {"W1": 2000, "W2": 200, "W3": 150}
BARS = {"scikit-learn": 6.0, "PyTorch": 15.0}
GRAIN = 0.03  # seconds of other processes that are taken for none: they are told in hundredths


def measure(python: str, names: Sequence[str], rounds: int) -> dict[str, Any]:
    """Seconds of a process of each contestant, and the ratios of each peer to ours, by workload."""
    return {name: _contest(python, name, rounds) for name in names if name in EPOCHS}


def _contest(python: str, workload: str, rounds: int) -> dict[str, Any]:
    say(f"{workload}: a process from its start to {EPOCHS[workload]} epochs")
    sgd = WORKLOADS[workload].optimizer == "sgd"
    names = [OURS, *(n for peer in PEERS.values() for n in peer if not (sgd and n == "PyTorch, fused"))]
    seconds: dict[str, list[float]] = {}
    for name in names:
        try:
            _run(python, name, workload)  # once for the files to be compiled and in memory
            seconds[name] = []
        except PeerError as error:
            say(f"  left out: {error}")
    if OURS not in seconds:
        raise PeerError(f"{OURS}: its process fails")
    for turn in range(rounds):
        for name in seconds if turn % 2 == 0 else reversed(seconds):
            seconds[name].append(_calm(python, name, workload))
    columns = {peer: [seconds[n] for n in contestants if n in seconds] for peer, contestants in PEERS.items()}
    result = {peer: ratios(each, seconds[OURS]) for peer, each in columns.items() if each}
    for peer, spread in result.items():
        say(f"  {peer:16}{spread.median:8.2f} [{spread.least:.2f}..{spread.most:.2f}]")
    return {"seconds": {n: Spread.of(each) for n, each in seconds.items()}, "ratios": result, "rounds": rounds}


def as_installed() -> dict[str, str]:
    """The environment of a contest, in which bytecode is kept: else each process would compile our sources anew."""
    return {name: value for name, value in environment().items() if name != "PYTHONDONTWRITEBYTECODE"}


def _calm(python: str, contestant: str, workload: str) -> float:
    """Seconds of a process that had the machine to itself, or else of the least disturbed one."""
    tries: list[tuple[float, float]] = []
    begin = time.monotonic()
    for attempt in range(TRIES):
        time.sleep(10 * PAUSE if attempt else PAUSE)
        seconds, foreign = _run(python, contestant, workload)
        if foreign <= max(DISTURBED * seconds, GRAIN):
            return seconds
        tries.append((foreign / seconds, seconds))
        if time.monotonic() - begin > PATIENCE:
            break
    return min(tries)[1]


def _run(python: str, contestant: str, workload: str) -> tuple[float, float]:
    """Seconds of a process, and those that others used of all cores meanwhile; 0 where that is not told."""
    command = [python, "-m", "benchmarks.cold_process", contestant, workload, str(EPOCHS[workload])]
    before, used, start = busy(), _ours(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=as_installed(), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    used, after = _ours() - used, busy()
    if done.returncode:
        raise PeerError(f"{contestant}: {done.stderr.strip().splitlines()[-1]}")
    return seconds, 0.0 if before is None or after is None else max(after - before - used, 0.0)


def _ours() -> float:
    """Seconds of all cores that this process and those that it has started have used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own() + children.ru_utime + children.ru_stime
