"""A contestant's process: `python -m benchmarks.worker CONTESTANT`. JSON lines in, JSON lines out.

`prepare` builds a network for a workload; `slice` trains it for so many epochs and tells how long that took; `check`
trains the workload's short form and leaves the parameters in a file; `memory` tells how much was held at most.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.machine import busy, own, peak_memory, versions
from benchmarks.peers import Trainer, library, trainer
from benchmarks.workloads import ALL, WORKLOADS

WARM = 0.1  # seconds of training before the pace of an epoch is taken


class Worker:
    """Answers requests; each method is one."""

    def __init__(self, contestant: str) -> None:
        self.contestant = contestant
        self.trainer: Trainer | None = None

    def prepare(self, workload: str) -> dict[str, Any]:
        """Build, warm up, and tell the seconds of an epoch, its steps, and the versions of the libraries."""
        w = ALL[workload]
        start = time.perf_counter()
        self.trainer = trainer(self.contestant, w)
        first = self.trainer.epochs(2)
        built = time.perf_counter() - start
        count, seconds = 1, 0.0
        while seconds < WARM:
            count = max(2 * count, 2)
            begin = time.perf_counter()
            last = self.trainer.epochs(count)
            seconds = time.perf_counter() - begin
        return {
            "epoch": seconds / count,
            "steps": w.steps,
            "setup": built,
            "losses": [first, last],
            "threads": getattr(self.trainer, "lanes", None) or threads(),
            "versions": versions(),
        }

    def slice(self, epochs: int) -> dict[str, Any]:
        """Train, and tell the seconds, and those that other processes used of all cores meanwhile."""
        assert self.trainer is not None
        self.trainer.epochs(max(epochs // 20, 1))
        others, mine, begin = busy(), own(), time.perf_counter()
        self.trainer.epochs(epochs)
        seconds = time.perf_counter() - begin
        mine, now = own() - mine, busy()
        foreign = max(now - others - mine, 0.0) if now is not None and others is not None else math.nan
        return {"seconds": seconds, "foreign": foreign}

    def check(self, workload: str, epochs: int, path: str) -> dict[str, Any]:
        """Train the short form without shuffling; the parameters go to an .npz file."""
        import numpy as np

        short = trainer(self.contestant, WORKLOADS[workload].for_check(), shuffle=False)
        losses = [short.epochs(epochs)]
        arrays = {
            f"{kind}{i}": a for i, pair in enumerate(short.parameters()) for kind, a in zip("Wb", pair, strict=True)
        }
        np.savez(path, **arrays)  # type: ignore[arg-type]
        return {"losses": losses}

    def memory(self, workload: str) -> dict[str, Any]:
        """Bytes held at most before the network was built, and after it was trained a little."""
        library(self.contestant)
        before = peak_memory()
        trainer(self.contestant, ALL[workload]).epochs(2)
        return {"before": before, "after": peak_memory()}


def threads() -> int:
    """Threads that the numerical libraries may use, the one with the most of them."""
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

    return max((int(pool["num_threads"]) for pool in threadpool_info()), default=1)


def serve(worker: Worker) -> None:
    """Answer each line of stdin on what was stdout; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    requests: dict[str, Callable[..., dict[str, Any]]] = {
        each.__name__: each for each in (worker.prepare, worker.slice, worker.check, worker.memory)
    }
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = requests[request.pop("do")](**request)
        except Exception as error:  # whatever a peer's library raises is the caller's to report
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


def main() -> None:
    """Serve."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    serve(Worker(sys.argv[1]))


if __name__ == "__main__":
    main()
