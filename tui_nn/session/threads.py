"""How many threads a training step takes: chosen by its size, not left to chance.

One thread below some 12 MFLOP a step, else the cores that nobody else uses. They are the engine's lanes; BLAS itself
always takes one, since a product one of whose threads waits for a busy core takes several times as long.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tui_nn.engine import lanes
from tui_nn.lang.shape_rules import size
from tui_nn.nn.network import Network

SMALL = 12e6  # floating-point operations in a step
LOAD, OWN = Path("/proc/loadavg"), Path("/proc/self/task")
LOOKS, APART = 5, 0.004  # how often it is looked at, and seconds between: a moment's work of others is none


def step_operations(network: Network, batch: int) -> float:
    """Floating-point operations in the matrix products of a training step: forward, and back to weights and inputs."""
    return 6.0 * batch * sum(size(p.shape) for p in network.parameters if min(p.shape) > 1)


def choose_threads(network: Network, batch: int) -> int:
    """Threads for this network: one, or as many as there are idle cores."""
    return 1 if step_operations(network, batch) < SMALL else max(1, cores() - busy())


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def busy() -> int:
    """Cores that other processes keep busy now; where only that is told, all in the last minute; 0 where nothing is."""
    try:
        return max(0, sorted(_at_work() for _ in range(LOOKS))[LOOKS // 2])
    except (OSError, ValueError, IndexError):
        return int(os.getloadavg()[0] + 0.5) if hasattr(os, "getloadavg") else 0


def _at_work() -> int:
    """Threads of other processes that compute, or would. An app's own thread draws a little, beside the training."""
    time.sleep(APART)
    everywhere = int(LOAD.read_text(encoding="ascii").split()[3].split("/")[0])
    own = [thread.joinpath("stat").read_text(encoding="utf-8", errors="replace") for thread in OWN.iterdir()]
    return everywhere - sum(stat.rpartition(")")[2].split()[0] == "R" for stat in own)


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Within it, large computations of the engine are done on so many threads; a matrix product on one of them."""
    before = lanes.in_use()
    with _controller().limit(limits=1, user_api="blas"):
        lanes.use(threads)
        try:
            yield
        finally:
            lanes.use(before)


def hold(threads: int) -> None:
    """The same, from now on."""
    _controller().limit(limits=1, user_api="blas")
    lanes.use(threads)


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
