"""Small pictures, kept as text in `golden/`: a change of looks is seen in review.

`python -m tests.view.test_golden` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.view.gallery import GRAPH
from tui_nn.view.graph import graph
from tui_nn.view.heat import heat, legend
from tui_nn.view.look import Colours, Look
from tui_nn.view.matrix import matrix, sheet
from tui_nn.view.network import network
from tui_nn.view.network_plan import Layer
from tui_nn.view.picture import Picture
from tui_nn.view.plot import Series, curves, histogram
from tui_nn.view.table import numbers

FOLDER = Path(__file__).parent / "golden"
W1 = np.array([[0.5, -1.0, 0.25, 2.0], [1.5, 0.0, -0.75, 1e-9], [-2.5, np.nan, 0.125, -0.0625]])
LAYERS = [
    Layer("X", 3, np.array([0.4, 2.0, 17.0]), labels=("age", "km", "m̂")),
    Layer("A1", 4, np.array([0.6986, 0.0, -0.5, 1.25]), "tanh"),
    Layer("A2", 1, None, "sigmoid"),
]
WEIGHTS = [np.nan_to_num(W1), np.array([[0.5], [-0.5], [1.0], [-1.0]])]
STEPS = np.arange(400)


def _views(look: Look) -> dict[str, Picture]:
    y, x = np.mgrid[-1:1:8j, -1:1:30j]
    loss = np.where((STEPS > 150) & (STEPS < 170), np.nan, np.exp(-STEPS / 80.0))
    both = [Series("training", loss), Series("validation", 0.8 * np.exp(-STEPS / 200.0) + 0.2)]
    state = {"g": [-2, -4], "m": [-0.2, -0.4], "v̂": [4, 16], "θ": [1, -1], "θ′": [1.0999999, -0.9]}
    return {
        "graph": graph(GRAPH, look, 80, 18, current="f4"),
        "network": network(LAYERS, WEIGHTS, look, 70, 14),
        "network-focus": network(LAYERS, WEIGHTS, look, 70, 14, focus=(1, 2)),
        "matrix": matrix(sheet(W1, look, changed=W1 > 1, rows=["age", "km", "m̂"]), look, 50, 4, cursor=(1, 2)),
        "heat": heat(x * y, look, 30, 8).above(legend(look, 1.0, 30)),
        "curves": curves(both, look, 72, 14, title="loss", at=120),
        "curves-log": curves(both[:1], look, 60, 10, title="loss", log=True),
        "histogram": histogram([0, 1, 3, 8, 12, 7, 2, 0, 1], np.linspace(-2, 2.5, 10), look, 50, 9, title="W1"),
        "optimiser": numbers(["w0", "w1"], state, look, 60, current=1, changed=[(1, "θ′")]),
    }


LOOKS = {"unicode": Look(Colours.NONE), "ascii": Look(Colours.NONE, ascii_only=True)}


@pytest.mark.parametrize("glyphs", LOOKS)
@pytest.mark.parametrize("view", list(_views(LOOKS["ascii"])))
def test_golden(view: str, glyphs: str) -> None:
    expected = (FOLDER / f"{view}.{glyphs}.txt").read_text(encoding="utf-8")
    assert _views(LOOKS[glyphs])[view].plain + "\n" == expected


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for glyphs, look in LOOKS.items():
        for view, drawn in _views(look).items():
            (FOLDER / f"{view}.{glyphs}.txt").write_text(drawn.plain + "\n", encoding="utf-8")
