"""How many threads a matrix product takes: chosen by its size, not left to chance.

One thread below some 20 MFLOP a step: more gain a tenth there, and on a busy machine they make it several times slower.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from tui_nn.lang.shape_rules import size
from tui_nn.nn.network import Network

SMALL = 20e6  # floating-point operations in a step


def step_operations(network: Network, batch: int) -> float:
    """Floating-point operations in the matrix products of a training step: forward, and back to weights and inputs."""
    return 6.0 * batch * sum(size(p.shape) for p in network.parameters if min(p.shape) > 1)


def choose_threads(network: Network, batch: int) -> int:
    """Threads for this network: one, or all cores that this process may use."""
    return 1 if step_operations(network, batch) < SMALL else cores()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Within it, matrix products take so many threads."""
    with _controller().limit(limits=threads, user_api="blas"):
        yield


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
