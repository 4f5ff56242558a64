"""Draws one of everything, to be looked at; `test_golden.py` holds small pictures of the same.

`python -m tests.view.gallery [truecolor|256|16|none] [light] [ascii] [svg FILE]`
"""

from __future__ import annotations

import io
import sys
from itertools import pairwise

import numpy as np
from rich.console import Console, Group
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, TerminalTheme
from rich.text import Text

from tui_nn.view.graph import graph
from tui_nn.view.graph_plan import Node
from tui_nn.view.heat import Mark, heat, legend
from tui_nn.view.look import Colours, Look
from tui_nn.view.matrix import matrix, sheet
from tui_nn.view.network import network
from tui_nn.view.network_plan import Layer
from tui_nn.view.plot import Series, curves, histogram
from tui_nn.view.table import confusion, numbers

DARK = TerminalTheme(
    (18, 18, 18), (220, 220, 220), [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (60, 100, 238), (205, 0, 205),
    (0, 205, 205), (229, 229, 229)], [(127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255),
    (255, 0, 255), (0, 255, 255), (255, 255, 255)]
)  # fmt: skip

GRAPH = (
    *(Node(n, "", v, g) for n, v, g in (("x0", "1", "−2"), ("w0", "1", "−2"), ("x1", "1", "4"), ("w1", "−1", "−4"))),
    *(Node(n, "", v, g) for n, v, g in (("w2", "1", "−2"), ("w3", "2", "2"), ("y", "1", None))),
    Node("f1", "f1 = x0·w0", "1", "−2", ("x0", "w0")),
    Node("f2", "f2 = x1·w1", "−1", "−4", ("x1", "w1"), marked=True),
    Node("f3", "f3 = f1·w2", "1", "−2", ("f1", "w2")),
    Node("f4", "f4 = f2·w3", "−2", "−2", ("f2", "w3")),
    Node("f", "f = f3 + f4", "−1", "−2", ("f3", "f4")),
    Node("L", "L = ½(y − f)²", "2", "1", ("y", "f")),
)


def pictures(look: Look, width: int) -> list[tuple[str, object]]:
    """A title and a picture for each view."""
    random = np.random.default_rng(1)
    weights = random.normal(size=(784, 128))
    steps = np.arange(4000)
    train = np.exp(-steps / 700) + 0.04 * random.random(4000)
    valid = 1.1 * train + 0.05
    valid[1600:1750] = np.nan
    layers, between = _net(random, (3, 4, 1))
    wide, wide_between = _net(random, (784, 128, 10))
    y, x = np.mgrid[-1:1:40j, -1:1:60j]
    field = np.tanh(3 * (x * x + y * y - 0.5))
    marks = [Mark(*random.random(2), look.glyphs.node[int(i % 2)]) for i in range(24)]
    state = {"g": [-2, -4], "m": [-0.2, -0.4], "v": [0.004, 0.016], "m̂": [-2, -4], "v̂": [4, 16], "step": [-0.1, -0.1]}
    state |= {"θ": [1, -1], "θ′": [1.0999999, -0.9]}
    flowers = ["setosa", "versicolor", "virginica"]
    counts, edges = np.histogram(weights, 40)
    both = [Series("training", train), Series("validation", valid)]
    shown = sheet(weights, look, changed=np.abs(weights) > 2.5)
    return [
        ("computation graph", graph(GRAPH, look, width, 18, current="f4")),
        ("network", network(layers, between, look, width, 16)),
        ("network, one neuron", network(layers, between, look, width, 16, focus=(1, 2))),
        ("image network", network(wide, wide_between, look, width, 20, focus=(1, 60))),
        ("matrix", matrix(shown, look, width, 14, top=100, left=20, cursor=(104, 23))),
        ("decision boundary", heat(field, look, 60, 20, marks=marks).above(legend(look, 1.0, 60))),
        ("curves", curves(both, look, width, 16, title="loss", at=1234)),
        ("curves, log", curves(both[:1], look, width, 12, title="loss", log=True)),
        ("histogram", histogram(counts, edges, look, width, 10, title="W1")),
        ("optimiser", numbers(["w0", "w1"], state, look, width, current=1, changed=[(1, "θ′")])),
        ("confusion", confusion([[50, 2, 0], [3, 40, 9], [0, 1, 49]], flowers, look, width)),
    ]  # fmt: skip


def _net(random: np.random.Generator, sizes: tuple[int, ...]) -> tuple[list[Layer], list[np.ndarray]]:
    layers = [Layer(f"A{i}", n, random.normal(size=n), "tanh") for i, n in enumerate(sizes)]
    names = tuple(f"x{j}" for j in range(sizes[0]))
    image = (28, 28) if sizes[0] == 784 else None
    layers[0] = Layer("X", sizes[0], np.abs(random.normal(size=sizes[0])), "", () if image else names, image)
    return layers, [random.normal(size=pair) for pair in pairwise(sizes)]


def main(arguments: list[str]) -> None:
    """Print the gallery, or write it as SVG."""
    colours = next((c for c in Colours if c.value in arguments), Colours.TRUE)
    look = Look(colours, dark="light" not in arguments, ascii_only="ascii" in arguments)
    parts = [part for title, drawn in pictures(look, 80) for part in (Text(title, style="italic"), drawn, Text(""))]
    svg = "svg" in arguments
    console = Console(
        width=80,
        record=svg,
        force_terminal=True,
        color_system="truecolor",
        file=io.StringIO() if svg else None,
    )
    console.print(Group(*parts))
    if svg:
        theme = DARK if look.dark else DEFAULT_TERMINAL_THEME
        console.save_svg(arguments[arguments.index("svg") + 1], theme=theme, title="tui_nn.view")


if __name__ == "__main__":
    main(sys.argv[1:])
