"""Schedules: goldens by hand, properties, and the run that follows one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.parse import parse_page
from tui_nn.nn.optimizers import optimizer
from tui_nn.nn.plateau import Plateau
from tui_nn.nn.schedules import SCHEDULES, schedule


def rates(spec, base=1.0, *, iterations=12, **settings):
    return schedule(spec, base, iterations=iterations, **settings)(np.arange(1, iterations + 1)).tolist()


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("constant", [1] * 6),
        ("step(2, 0.5)", [1, 1, 0.5, 0.5, 0.25, 0.25]),
        ("exponential(0.5)", [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]),
        ("linear", [1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6]),
        ("linear(0.5, 2, over=3)", [0.5, 1, 1.5, 2, 2, 2]),
        ("cosine(4)", [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0, (1 - math.sqrt(0.5)) / 2]),
        ("cosine(4, floor=0.5)", [1, (3 + math.sqrt(0.5)) / 4, 0.75, (3 - math.sqrt(0.5)) / 4, 0.5,
                                  (3 - math.sqrt(0.5)) / 4]),
        # 6 iterations, half of them warm: up to the third (at 3 - 1 = 2), down to the last
        ("one_cycle(warm=0.5, div=2, final_div=4)", [0.5, 0.75, 1, 0.125 + 0.875 * 0.75, 0.125 + 0.875 * 0.25, 0.125]),
    ],
)  # fmt: skip
def test_a_schedule_is_as_worked_by_hand(spec, wanted):
    assert rates(spec, iterations=6) == pytest.approx(wanted, abs=1e-15)
    assert rates(spec, 0.1, iterations=6) == pytest.approx([0.1 * w for w in wanted], abs=1e-16)


def test_a_rate_per_epoch_stays_within_an_epoch():
    assert rates("exponential(0.5)", iterations=7, iterations_per_epoch=3) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert rates("exponential(0.5)", iterations=3, iterations_per_epoch=3, per="iteration") == [1, 0.5, 0.25]


def test_a_warm_up_rises_before_the_schedule_begins():
    assert rates("step(1, 0.5)", iterations=6, warmup=2, warmup_start=0.5) == [0.5, 0.75, 1, 0.5, 0.25, 0.125]
    # the cosine spans what is left: 4 epochs of 2 iterations
    warmed = rates("cosine", iterations=12, iterations_per_epoch=2, warmup=2)
    assert warmed[4:] == pytest.approx(rates("cosine", iterations=8, iterations_per_epoch=2))


def test_one_cycle_goes_by_iterations_even_where_others_go_by_epochs():
    assert rates("one_cycle", iterations=20, iterations_per_epoch=5) == rates("one_cycle", iterations=20)
    warmed = rates("one_cycle", iterations=20, iterations_per_epoch=5, warmup=1, warmup_start=0)
    assert warmed[:6] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1 / 25])


@given(st.sampled_from(list(SCHEDULES)), st.integers(60, 500), st.integers(1, 7), st.integers(0, 3))
def test_any_part_of_a_schedule_is_that_part_of_the_whole(name, iterations, per_epoch, warmup):
    curve = schedule(name, 0.3, iterations=iterations, iterations_per_epoch=per_epoch, warmup=warmup)
    whole = curve(np.arange(1.0, iterations + 1))
    assert np.isfinite(whole).all()
    assert (whole >= 0).all()
    assert (whole <= 0.3 + 1e-12).all()
    np.testing.assert_array_equal(curve(np.arange(5.0, 9.0)), whole[4:8])


@pytest.mark.parametrize("spec", ["step(2, 0.5)", "cosine", "one_cycle"])
def test_a_machine_follows_a_schedule(spec):
    program = build(parse_page("J = 3 * w"), {"w": ()}, ["w"], update=optimizer("sgd", {"lr": 9}))
    machine = Machine(program, {"w": 1.0})
    machine.scalars.schedule("lr", schedule(spec, 0.1, iterations=300))
    machine.run(300)
    assert machine.number("w") == pytest.approx(1 - 3 * sum(rates(spec, 0.1, iterations=300)), abs=1e-12)


@pytest.mark.parametrize(
    ("spec", "settings", "said"),
    [
        ("cosin", {}, "did you mean cosine"),
        ("step(0)", {}, "every of the schedule step"),
        ("exponential(-1)", {}, "gamma"),
        ("step(gama=2)", {}, "did you mean gamma"),
        ("one_cycle(warm=0.5)", {"iterations": 2}, "cannot rise and fall"),
        ("cosine", {"per": "batch"}, "per epoch or per iteration"),
        ("cosine", {"warmup": -1}, "warm-up"),
    ],
)
def test_a_slip_in_a_schedule_is_told(spec, settings, said):
    with pytest.raises(UserError, match=said):
        schedule(spec, 0.1, **{"iterations": 100, **settings})


# -- on plateau


def cuts(rule, metrics, rate=1.0):
    state = rule.start(rate)
    found = []
    for metric in metrics:
        state = rule.after(state, metric)
        found.append(state.rate)
    return found


def test_the_rate_falls_after_the_patience_is_used_up():
    assert cuts(Plateau(factor=0.5, patience=1), [3, 2, 2, 2, 2, 2, 1, 1]) == [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_better_is_smaller_or_larger():
    assert cuts(Plateau(factor=0.5, patience=0), [1, 2, 3]) == [1, 0.5, 0.25]
    assert cuts(Plateau(factor=0.5, patience=0, larger_is_better=True), [1, 2, 3]) == [1, 1, 1]


def test_a_little_better_does_not_count():
    rule = Plateau(factor=0.5, patience=0, threshold=0.1)
    assert cuts(rule, [10, 9.5, 8.9]) == [1, 0.5, 0.5]
    assert cuts(Plateau(factor=0.5, patience=0, threshold=1, relative=False), [10, 9.5, 8.9]) == [1, 0.5, 0.5]


def test_after_a_cut_it_waits():
    rule = Plateau(factor=0.5, patience=0, cooldown=2)
    assert cuts(rule, [1, 1, 1, 1, 1]) == [1, 0.5, 0.5, 0.5, 0.25]


def test_the_rate_has_a_floor_and_a_missing_metric_is_no_progress():
    assert cuts(Plateau(factor=0.1, patience=0, least=0.05), [1, 1, 1, 1]) == [1, 0.1, 0.05, 0.05]
    assert cuts(Plateau(factor=0.5, patience=0), [1, math.nan]) == [1, 0.5]


@pytest.mark.parametrize("settings", [{"factor": 1.0}, {"patience": -1}, {"cooldown": 0.5}])
def test_a_rule_that_cannot_be_is_told(settings):
    with pytest.raises(UserError):
        Plateau(**settings)
