"""A backend put to the test: a small network trained on it and on NumPy, and whether its steps are captured."""

from __future__ import annotations

import numpy as np

from tui_nn.engine.backend import Backend
from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.parse import parse_page

PAGE = """
Z1 = W1 @ X + b1
A1 = tanh(Z1)
Z2 = W2 @ A1 + b2
J = sigmoid_cross_entropy(Z2, Y)"""
UPDATE = "v = 0.9 * v + g\ntheta = theta - lr * v"
ITERATIONS = 20


def try_out(backend: Backend) -> str:
    """What is wrong with a backend; '' where it learns exclusive or as NumPy does, and captures what it can."""
    rng = np.random.default_rng(0)
    shapes = {"W1": (3, 2), "b1": (3, 1), "W2": (1, 3), "b2": (1, 1)}
    values = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    values |= {"X": np.array([[0.0, 0, 1, 1], [0, 1, 0, 1]]), "Y": np.array([[0.0, 1, 1, 0]])}
    lines = tuple(Equation(e.name, e.expression, "update") for e in parse_page(UPDATE))
    update = Update("", lines, {"lr": 0.1}, {"v": 0.0})
    program = build(parse_page(PAGE), {n: v.shape for n, v in values.items()}, tuple(shapes), update=update)
    there, here = Machine(program, values, backend=backend), Machine(program, values)
    for machine in (there, here):
        machine.run(ITERATIONS)
    wrong = [name for name in ("J", *shapes) if not np.allclose(there.read(name), here.read(name), rtol=1e-9)]
    if wrong:
        return f"after {ITERATIONS} iterations of a small network it disagrees with NumPy about {', '.join(wrong)}"
    return "; ".join(backend.remarks)
