"""Each figure of each lesson's file against the hand-worked oracles: without the machine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.lessons import oracles
from tui_nn.lessons.catalogue import all_lessons, load
from tui_nn.lessons.lesson import Figure
from tui_nn.lessons.nested import leaves
from tui_nn.lessons.verdict import confirms, same, verdict_of, worst

ORACLES = {
    "linear-regression": oracles.linear_regression,
    "going-to-class": oracles.going_to_class,
    "linear-classifier": oracles.linear_classifier,
    "computation-graph": oracles.computation_graph,
    "dense-layer": oracles.dense_layer,
    "optimizers": oracles.optimizers,
}
BY_CHANCE = {"the-algorithm", "network-from-scratch"}  # their starts are random: test_check works with the machine's

CASES = [(slug, figure) for slug in ORACLES for figure in load(slug).figures]


def worked(slug: str, figure: Figure) -> list[float]:
    key: Any = (figure.optimizer, figure.label) if figure.optimizer else figure.label
    return [float(v) for v in np.ravel(ORACLES[slug]()[key])]


def test_every_lesson_has_an_oracle() -> None:
    assert {lesson.slug for lesson in all_lessons()} == {*ORACLES, *BY_CHANCE}
    for slug, oracle in ORACLES.items():
        keys = {(f.optimizer, f.label) if f.optimizer else f.label for f in load(slug).figures}
        assert keys == set(oracle()), slug


@pytest.mark.parametrize(("slug", "figure"), CASES, ids=[f"{s}:{f.optimizer}{f.label}" for s, f in CASES])
def test_what_is_given_as_right_is_right(slug: str, figure: Figure) -> None:
    if figure.right is None or any(isinstance(r, str) for r in leaves(figure.right)):
        return
    for computed, right in zip(worked(slug, figure), leaves(figure.right), strict=True):
        assert confirms(computed, right), (computed, right)


@pytest.mark.parametrize(("slug", "figure"), CASES, ids=[f"{s}:{f.optimizer}{f.label}" for s, f in CASES])
def test_the_verdict_on_what_is_printed(slug: str, figure: Figure) -> None:
    if figure.printed is None:
        assert figure.verdict is None
        return
    meaning = {"w0": 1, "w1": -1, "w2": 1, "w3": 2, "x0": 1, "x1": 1, "f1": 1, "f2": -1}
    found = [
        ("match" if same(computed, meaning[p]) else "erratum") if isinstance(p, str) else verdict_of(computed, p)
        for computed, p in zip(worked(slug, figure), leaves(figure.printed), strict=True)
    ]
    assert worst(found) == figure.verdict


def test_printed_figures_are_all_there() -> None:
    """The number of printed entries in each lesson, counted on the slides."""
    printed = {
        lesson.slug: sum(len(list(leaves(f.printed))) for f in lesson.figures if f.printed is not None)
        for lesson in all_lessons()
    }
    assert printed == {
        "linear-regression": 4 + 1 + 4 + 1 + 1 + 4,
        "going-to-class": 4,
        "the-algorithm": 0,
        "linear-classifier": 3 + 1,
        "computation-graph": 6 + 5 + 4 + 10,
        "optimizers": 4 * (2 + 3 + 3 + 6),
        "network-from-scratch": 3,
        "dense-layer": 3 + 3,
    }
