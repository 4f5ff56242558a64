"""The eight lessons worked out by hand in plain Python and NumPy: no line of tui_nn is used here.

Each function has the slide's own numbers in it, its own forward and backward pass, and gives what every figure of the
lesson should be, by optimiser and label (update) or by label alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Figures = dict[str, Any]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def slope(f: Callable[[np.ndarray], float], at: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """The gradient of `f` by central differences."""
    out = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[i] += h
        down[i] -= h
        out[i] = (f(up) - f(down)) / (2 * h)
    return out


# M3 -------------------------------------------------------------------------------------------------------------------

M3_X, M3_Y = [1.0, 3.0, 6.0, 5.0], [4.0, 8.0, 14.0, 13.0]


def line_step(w: float, b: float, rate: float = 0.01) -> tuple[float, float, float, float, float, list[float]]:
    """Cost, both gradients, new W, new b, errors of one step, in plain Python."""
    errors = [w * x + b - y for x, y in zip(M3_X, M3_Y, strict=True)]
    cost = sum(e * e / 2 for e in errors) / 4
    by_w = sum(e * x for e, x in zip(errors, M3_X, strict=True)) / 4
    by_b = sum(errors) / 4
    return cost, by_w, by_b, w - rate * by_w, b - rate * by_b, errors


def linear_regression() -> Figures:
    cost, by_w, by_b, new_w, new_b, errors = line_step(5.0, 1.0)
    w, b = 5.0, 1.0
    for _ in range(2000):
        _, _, _, w, b, _ = line_step(w, b)
    best_w, best_b = np.linalg.lstsq(np.column_stack([M3_X, np.ones(4)]), np.array(M3_Y), rcond=None)[0]
    return {
        "ŷ = WX + b": [5 * x + 1 for x in M3_X],
        "J": cost,
        "ŷ − Y": errors,
        "dJ/dW": by_w,
        "α·dJ/dW": 0.01 * by_w,
        "new W": new_w,
        "new b, one for each example": [1 - 0.01 * e / 4 for e in errors],
        "dJ/db": by_b,
        "new b, one scalar": new_b,
        "W after 2,000 steps": w,
        "b after 2,000 steps": b,
        "J after 2,000 steps": line_step(w, b)[0],
        "least squares: W": best_w,
        "least squares: b": best_b,
    }


# B2 -------------------------------------------------------------------------------------------------------------------


def going_to_class() -> Figures:
    x = (0.4, 2.0, 17.0)
    rows = ((0.5, 0.1, 0.0058), (-0.3, 0.2, -0.02), (0.1, -0.25, 0.03), (1.0, 0.2, 0.01))
    hidden = [
        sum(w * v for w, v in zip(row, x, strict=True)) + b for row, b in zip(rows, (0.2, 0, 0.1, -0.17), strict=True)
    ]
    active = [max(z, 0.0) for z in hidden]
    free = math.log(0.45 / 0.55) - sum(w * a for w, a in zip((0.5, -0.4, 0.6, -1.0), active, strict=True))
    z2 = sum(w * a for w, a in zip((0.5, -0.4, 0.6, -1.0), active, strict=True)) + free
    answer = 1 / (1 + math.exp(-z2))
    return {"z₁⁽¹⁾": hidden[0], "a₁⁽¹⁾ = ReLU(z₁⁽¹⁾)": active[0], "ŷ": answer, "L(ŷ, y)": -math.log(answer)}


# B6 -------------------------------------------------------------------------------------------------------------------

B6_X = np.array([[0.4, 0.9, 0.2, 0.7, 0.5], [2, 0, 3, 1, 1], [17, 3, 30, 5, 12]])
B6_Y = np.array([[1.0, 1, 0, 1, 0]])


def algorithm_cost(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> float:
    answer = sigmoid(w2 @ np.tanh(w1 @ B6_X + b1) + b2)
    return float(-np.sum(B6_Y * np.log(answer) + (1 - B6_Y) * np.log(1 - answer)) / 5)


def algorithm_gradients(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> tuple[np.ndarray, ...]:
    """dW1, db1, dW2, db2 as the deck has them (its names mended)."""
    a1 = np.tanh(w1 @ B6_X + b1)
    dz2 = sigmoid(w2 @ a1 + b2) - B6_Y
    dz1 = w2.T @ dz2 * (1 - a1**2)
    return (
        dz1 @ B6_X.T / 5,
        np.sum(dz1, axis=1, keepdims=True) / 5,
        dz2 @ a1.T / 5,
        np.sum(dz2, axis=1, keepdims=True) / 5,
    )


def the_algorithm(w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> Figures:
    weights = [w1, b1, w2, b2]
    start = algorithm_cost(w1, b1, w2, b2)
    for _ in range(10_000):
        weights = [w - 0.001 * g for w, g in zip(weights, algorithm_gradients(*weights), strict=True)]
    return {"cost at the start": start, "cost after 10,000 steps": algorithm_cost(*weights)}


# S1 -------------------------------------------------------------------------------------------------------------------

S1_POINTS = (((0, 2), 1), ((-2, 0), 1), ((1, -1), -1))


def linear_classifier() -> Figures:
    out: Figures = {}
    for w, title in (((0.5, 1.0), "(0.5, 1)"), ((-0.6, 0.6), "(−0.6, 0.6)")):
        scores = [w[0] * x[0] + w[1] * x[1] for x, _ in S1_POINTS]
        margins = [s * y for s, (_, y) in zip(scores, S1_POINTS, strict=True)]
        wrong = [0 if m > 0 else 1 for m in margins]
        hinge = [max(0.0, 1 - m) for m in margins]
        logistic = [math.log(1 + math.exp(-m)) for m in margins]
        out |= {
            f"scores, w = {title}": scores,
            f"zero-one, w = {title}": wrong,
            f"TrainLoss, w = {title}": sum(wrong) / 3,
            f"hinge, w = {title}": hinge,
            f"mean hinge, w = {title}": sum(hinge) / 3,
            f"logistic, w = {title}": logistic,
            f"mean logistic, w = {title}": sum(logistic) / 3,
        }
    return out


# S5 and S6 ------------------------------------------------------------------------------------------------------------


def graph_loss(w: np.ndarray) -> float:
    """L for w = [[w0, w1], [w2, w3]] and x = (1, 1), y = 1."""
    (w0, w1), (w2, w3) = w
    return float(0.5 * (1 - (w0 * w2 + w1 * w3)) ** 2)


def graph_gradient(w: np.ndarray) -> np.ndarray:
    """∂L/∂w by hand: f − y times the rest of each path."""
    (w0, w1), (w2, w3) = w
    df = w0 * w2 + w1 * w3 - 1
    return np.array([[df * w2, df * w3], [df * w0, df * w1]])


def computation_graph() -> Figures:
    w0, w1, w2, w3 = 1.0, -1.0, 1.0, 2.0
    f1, f2 = 1 * w0, 1 * w1
    f3, f4 = f1 * w2, f2 * w3
    f = f3 + f4
    df = f - 1
    return {
        "f1, f2, f3, f4, f, L": [f1, f2, f3, f4, f, 0.5 * (1 - f) ** 2],
        "∂L/∂f, ∂L/∂f4, ∂L/∂f3, ∂L/∂f1, ∂L/∂f2": [df, df, df, df * w2, df * w3],
        "∂L/∂w": graph_gradient(np.array([[w0, w1], [w2, w3]])).tolist(),
        "∂f/∂f3, ∂f/∂f4": [1, 1],
        "∂f1/∂w0, ∂f2/∂w1": [1, 1],
        "∂f3/∂f1, ∂f3/∂w2": [w2, f1],
        "∂f4/∂f2, ∂f4/∂w3": [w3, f2],
        "∂f1/∂x0": w0,
        "∂f2/∂x1": w1,
    }


S6_W = np.array([[1.0, -1.0], [1.0, 2.0]])


def optimizers() -> dict[tuple[str, str], Any]:
    """One step of each optimiser from its definition, written out with the slide's constants."""
    g, rate = graph_gradient(S6_W), 0.1
    r_ada, r_rms = g * g, (1 - 0.99) * g * g
    m, v = (1 - 0.9) * g, (1 - 0.999) * g * g
    m_hat, v_hat = m / (1 - 0.9), v / (1 - 0.999)
    steps = {
        "sgd": rate * g,
        "momentum": 0.9 * 0 + rate * g,
        "adagrad": rate / (5e-5 + np.sqrt(r_ada)) * g,
        "rmsprop": rate / (5e-5 + np.sqrt(r_rms)) * g,
        "adam": rate / (1e-5 + np.sqrt(v_hat)) * m_hat,
    }
    out: dict[tuple[str, str], Any] = {(name, "new w"): S6_W - step for name, step in steps.items()}
    out[("sgd", "δw")] = steps["sgd"]
    out[("momentum", "v")] = steps["momentum"]
    out |= {(name, "δθ"): steps[name] for name in ("adagrad", "rmsprop", "adam")}
    out |= {("adagrad", "r"): r_ada, ("rmsprop", "r"): r_rms, ("adam", "m"): m, ("adam", "v"): v}
    out |= {("adam", "m̂"): m_hat, ("adam", "v̂"): v_hat}
    return out


# N3 -------------------------------------------------------------------------------------------------------------------

N3_X = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
N3_Y = np.array([[0.0], [1], [1], [0]])


def scratch_losses(w1: np.ndarray, w2: np.ndarray) -> tuple[float, float]:
    """The mean of the squared errors, and their sum."""
    squares = (N3_Y - sigmoid(sigmoid(N3_X @ w1) @ w2)) ** 2
    return float(np.mean(squares)), float(np.sum(squares))


def scratch_gradients(w1: np.ndarray, w2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    l1 = sigmoid(N3_X @ w1)
    l2 = sigmoid(l1 @ w2)
    d2 = -2 * (N3_Y - l2) * l2 * (1 - l2)
    return N3_X.T @ (d2 @ w2.T * l1 * (1 - l1)), l1.T @ d2


def network_from_scratch(w1: np.ndarray, w2: np.ndarray) -> Figures:
    seen = []
    for i in range(2001):
        if i % 1000 == 0:
            seen.append(scratch_losses(w1, w2)[0])
        d1, d2 = scratch_gradients(w1, w2)
        w1, w2 = w1 - d1, w2 - d2
    return {
        "loss at iteration 0": seen[0],
        "loss at iteration 1000": seen[1],
        "final training loss, in %": 100 * seen[2],
    }


# A1 -------------------------------------------------------------------------------------------------------------------


def dense_layer() -> Figures:
    units = ((1, -2, -1), (-3, 4, 1), (5, -6, 2))
    z = [200 * a + 17 * b + bias for a, b, bias in units]
    g = [1 / (1 + math.exp(-v)) if v > 0 else math.exp(v) / (1 + math.exp(v)) for v in z]
    return {
        "Z": [z],
        "g(Z)": [g],
        "g(Z), were g a threshold": [[1 if v >= 0 else 0 for v in z]],
        "slope of g at Z": [[a * (1 - a) for a in g]],
    }
