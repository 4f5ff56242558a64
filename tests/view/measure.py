"""How long a drawing takes, in milliseconds: medians of some runs. A look at the orders of magnitude, not a test.

`python -m tests.view.measure`
"""

from __future__ import annotations

import time
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from tests.view.gallery import GRAPH
from tui_nn.view.graph import graph
from tui_nn.view.heat import heat
from tui_nn.view.look import Look
from tui_nn.view.matrix import matrix, sheet
from tui_nn.view.network import network
from tui_nn.view.network_plan import Layer
from tui_nn.view.plot import Series, curves, histogram
from tui_nn.view.table import numbers

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 15


def milliseconds(draw: Callable[[], object]) -> float:
    """The median of some runs, after one that warms caches up."""
    draw()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        draw()
        times.append(time.perf_counter() - start)
    return 1000 * median(times)


def main() -> None:
    """Measure one of everything at its usual and at its largest size."""
    look, random = Look(), np.random.default_rng(1)
    weights = random.normal(size=(784, 512))
    shown = sheet(weights, look)
    field = random.normal(size=(80, 80))
    loss = [Series("a", random.random(100_000)), Series("b", random.random(100_000))]
    sizes = (784, 128, 64, 10)
    layers = [Layer(f"A{i}", n, random.normal(size=n)) for i, n in enumerate(sizes)]
    between = [random.normal(size=pair) for pair in pairwise(sizes)]
    counts, edges = np.histogram(weights, 60)
    state = {name: random.normal(size=4) for name in ("g", "m", "v", "m̂", "v̂", "step", "θ", "θ′")}
    rows: list[tuple[str, Callable[[], object]]] = [
        ("matrix: prepare 784 x 512", lambda: sheet(weights, look)),
        ("matrix: window 80 x 24", lambda: matrix(shown, look, 80, 24, top=300, left=200, cursor=(305, 203))),
        ("matrix: window 200 x 60", lambda: matrix(shown, look, 200, 60, top=300, left=200, cursor=(305, 203))),
        ("heat: 80 x 40", lambda: heat(field, look, 80, 40)),
        ("curves: 2 x 100,000 at 100 x 30", lambda: curves(loss, look, 100, 30, title="loss", at=5e4)),
        ("histogram: 80 x 12", lambda: histogram(counts, edges, look, 80, 12)),
        ("network: 784-128-64-10 at 80 x 24", lambda: network(layers, between, look, 80, 24)),
        ("network: in focus", lambda: network(layers, between, look, 80, 24, focus=(2, 5))),
        ("graph: 13 nodes at 80 x 20", lambda: graph(GRAPH, look, 80, 20, current="f4")),
        ("table: optimiser", lambda: numbers(["a", "b", "c", "d"], state, look, 80)),
    ]
    for name, draw in rows:
        print(f"{name:36}{milliseconds(draw):8.2f} ms")


if __name__ == "__main__":
    main()
