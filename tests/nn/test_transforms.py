"""What is done to gradients before the optimiser: lines of its page, and their numbers by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.parse import parse_page
from tui_nn.lang.write import write_equation
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.nn.transforms import clip_by_norm, clip_by_value, weight_decay, with_clipping

W, B = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([4.0])  # their own gradient, below
SLOPE, SLOPE_B = np.array([[3.0, -4.0], [0.1, 0.0]]), np.array([12.0])  # of length 13.0004
LENGTH = np.sqrt((SLOPE**2).sum() + 144)


def machine_with(update, size=1.0):
    page = parse_page("J = sum(S * W) + sum(T * b)")
    program = build(page, {"W": (2, 2), "b": (1,), "S": (2, 2), "T": (1,)}, ["W", "b"], update=update)
    return Machine(program, {"W": W, "b": B, "S": size * SLOPE, "T": size * SLOPE_B})


def stepped(update, size=1.0):
    machine = machine_with(update, size)
    machine.run(1)
    return machine.read("W"), machine.read("b")


def test_clipping_by_norm_takes_all_parameters_as_one_vector():
    new_w, new_b = stepped(clip_by_norm(optimizer("sgd", {"lr": 1}), 1.3))
    scale = 1.3 / (LENGTH + 1e-6)
    np.testing.assert_allclose(new_w, W - scale * SLOPE, rtol=1e-14)
    np.testing.assert_allclose(new_b, B - scale * SLOPE_B, rtol=1e-14)


def test_clipping_by_norm_leaves_a_short_gradient_alone():
    new_w, new_b = stepped(clip_by_norm(optimizer("sgd", {"lr": 1}), 14))
    np.testing.assert_array_equal(new_w, W - SLOPE)
    np.testing.assert_array_equal(new_b, B - SLOPE_B)


@pytest.mark.parametrize("size", [1e-300, 1.0, 1e160, 1e300])
def test_clipping_without_a_limit_changes_no_bit(size):
    """Also where the squares of the entries are no numbers any more."""
    update = with_clipping(optimizer("sgd", {"lr": 1}))
    assert update.hyper["clip_norm"] == np.inf
    plain, free = (stepped(u, size) for u in (optimizer("sgd", {"lr": 1}), update))
    assert [a.tobytes() for a in plain] == [a.tobytes() for a in free]


def test_clipping_that_gets_a_limit_shortens_to_it():
    free = with_clipping(optimizer("sgd", {"lr": 1}))
    new_w, new_b = stepped(replace(free, hyper={**free.hyper, "clip_norm": 2.0}))
    np.testing.assert_allclose(new_w, W - SLOPE * 2 / LENGTH, rtol=1e-14)
    np.testing.assert_allclose(new_b, B - SLOPE_B * 2 / LENGTH, rtol=1e-14)


def test_clipping_by_value_goes_entry_by_entry():
    new_w, new_b = stepped(clip_by_value(optimizer("sgd", {"lr": 1}), 2))
    np.testing.assert_array_equal(new_w, W - [[2, -2], [0.1, 0]])
    np.testing.assert_array_equal(new_b, B - 2)


def test_coupled_decay_joins_the_gradient():
    new_w, _ = stepped(weight_decay(optimizer("sgd", {"lr": 0.1}), 0.5))
    np.testing.assert_allclose(new_w, W - 0.1 * (SLOPE + 0.5 * W), rtol=1e-14)


def test_they_combine_and_read_as_lines():
    update = clip_by_norm(clip_by_value(weight_decay(optimizer("momentum"), 0.01), 2), 1)
    assert [write_equation(e) for e in update.equations] == [
        "g_scale = minimum(1, clip_norm / (norm(g) + 1e-6))",
        "g_clipped = g * g_scale",
        "g_limited = clip(g_clipped, -clip_value, clip_value)",
        "g_decayed = g_limited + weight_decay * theta",
        "v = gamma * v + g_decayed",
        "step = lr * v",
        "theta = theta - step",
    ]
    assert update.hyper == {"lr": 0.01, "gamma": 0.9, "weight_decay": 0.01, "clip_value": 2, "clip_norm": 1}
    new_w, _ = stepped(update)
    clipped = np.clip(SLOPE / (LENGTH + 1e-6), -2, 2) + 0.01 * W
    np.testing.assert_allclose(new_w, W - 0.01 * clipped, rtol=1e-14)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_optimiser_takes_them_and_steps_to_the_same_bits(name):
    update = clip_by_norm(clip_by_value(optimizer(name), 3), 2)
    machine = assert_same_bits(lambda: machine_with(update))
    assert machine.number("g_scale") == pytest.approx(2 / LENGTH, rel=1e-6)


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_vectors_that_are_updated_in_blocks_are_clipped_as_a_whole(name):
    program = build(
        parse_page("J = sum(S * W**2)"),
        {"W": (150, 200), "S": (150, 200)},
        ["W"],
        update=clip_by_norm(weight_decay(optimizer(name), 0.1), 0.5),
        dtype="float32",
    )
    rng = np.random.default_rng(0)
    values = {"W": rng.standard_normal((150, 200)), "S": rng.random((150, 200))}
    machine = assert_same_bits(lambda: Machine(program, values))
    gradient = machine.read("dW").astype(np.float64)
    assert machine.number("g_scale") < 0.01
    assert machine.number("g_scale") == pytest.approx(0.5 / np.sqrt((gradient**2).sum()), rel=1e-3)


def assert_same_bits(new_machine):
    fast, slow = new_machine(), new_machine()
    fast.run(3)
    for iteration in (1, 2, 3):
        slow.begin(iteration)
        for line in slow.program.lines:
            slow.step(line.number)
    for key, vector in fast.save().vectors.items():
        np.testing.assert_array_equal(vector, slow.save().vectors[key])
    return slow


def test_the_limit_can_be_changed_while_a_run_goes_on():
    machine = machine_with(clip_by_value(optimizer("sgd", {"lr": 1}), 2))
    machine.write("clip_value", 1)
    machine.run(1)
    np.testing.assert_array_equal(machine.read("b"), B - 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: clip_by_norm(optimizer("sgd"), 0), "limit of clipping by norm"),
        (lambda: clip_by_value(optimizer("sgd"), -1), "limit of clipping by value"),
        (lambda: weight_decay(optimizer("sgd"), float("nan")), "weight decay"),
        (lambda: weight_decay(optimizer("adamw"), 0.1), "adamw has a `weight_decay` of its own"),
        (lambda: clip_by_norm(clip_by_norm(optimizer("sgd"), 1), 2), "sgd has a `clip_norm` of its own"),
    ],
)
def test_what_cannot_be_done_is_told(change, said):
    with pytest.raises(UserError, match=said):
        change()
