"""What the slide prints, entry by entry: each is found from the card of the number that it is to be held against."""

from __future__ import annotations

import pytest

from tui_nn.lessons.catalogue import all_lessons
from tui_nn.lessons.check import check
from tui_nn.lessons.nested import leaves
from tui_nn.lessons.problem import Settings, find
from tui_nn.lessons.slide import slide
from tui_nn.session.explain import explain


def opened(target, **settings):
    changed = Settings(settings.pop("values", {}), **settings)
    problem = find(target, changed)
    return problem.session(), slide(problem, changed, problem.program())


def card(session, name, index=(), at=None):
    session.goto(*(at or (1, session.length)))
    return explain(session, name, index)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.code)
def test_each_of_its_numbers_is_found_from_its_card_and_judged_as_the_checker_does(lesson):
    judged, expected = set(), set()
    for optimizer in ("", *lesson.optimizers):
        session, found = opened(lesson.slug, optimizer=optimizer or None)
        for (name, index, iteration), printed in found.numbers.items():
            at_start = iteration == 0 and name in session.program.parameters
            shown = card(session, name, index, (1, 0) if at_start else (max(iteration, 1), session.length))
            assert found.of(shown, ()) is printed
            judged.add((optimizer, float(printed.number), printed.verdict(shown.value)))
    for checked in check(lesson):
        if checked.cells is not None and checked.figure.between is None:
            numbers = zip(leaves(checked.figure.printed), leaves(checked.cells), strict=True)
            own = checked.figure.optimizer or (lesson.optimizer.name if lesson.optimizer else "")
            expected |= {(own, float(n), v) for n, v in numbers if not isinstance(n, str)}
    own = lesson.optimizer.name if lesson.optimizer else ""
    for optimizer, number, verdict in judged:
        assert {(optimizer or own, number, verdict), (own, number, verdict)} & expected


def test_a_slip_is_told_with_its_cause():
    session, found = opened("M3")
    printed = found.of(card(session, "yhat", (0,)), ())
    assert (printed.text, printed.verdict(6.0), printed.note) == ("11", "erratum", "5·1 + 1 is 6, not 11.")
    assert found.of(card(session, "yhat", (1,)), ()).verdict(16.0) == "match"
    assert found.of(card(session, "E", (0,), (2, session.length)), ()) is None, "of the second iteration"


def test_the_numbers_of_an_update_belong_to_its_optimiser():
    session, found = opened("S6", optimizer="adagrad")
    assert found.of(card(session, "step.w1"), ()).text == "-0.006"
    assert found.of(card(session, "w1"), ()).text == "-0.99"
    assert found.of(card(session, "w1", at=(1, 0)), ()) is None
    _, other = opened("S6", optimizer="momentum")
    assert not any(name.startswith(("step", "r.")) for name, _, _ in other.numbers)


@pytest.mark.parametrize(
    "changed", [{"values": {"w2": 3}}, {"hyper": {"lr": 0.5}}, {"seed": 7}, {"parameters": ("w1",)}]
)
def test_what_is_changed_is_no_longer_the_slides(changed):
    session, found = opened("S5", **changed)
    assert not found.numbers
    assert found.of(card(session, "dw1"), ()) is None


def test_nor_is_a_branch():
    session, found = opened("S5")
    assert found.of(card(session, "dw1"), session.edits).text == "-4"
    session.goto(1, 0)
    session.set("w2", (), 3.0)
    assert found.of(card(session, "dw1"), session.edits) is None
