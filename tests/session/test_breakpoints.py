"""Breakpoints on lines, and going back to a condition in parts."""

from __future__ import annotations

import pytest

from tui_nn.errors import UserError
from tui_nn.lessons.problem import find


def test_a_run_stops_right_after_the_line_in_this_iteration_and_in_the_next():
    session = find("S5").session()
    session.break_at(13)
    assert session.breaks == ("line 13",)
    stops = [(session.run(10), session.position) for _ in range(2)]
    assert [(stop.kind, stop.text) for stop, _ in stops] == [("condition", "line 13")] * 2
    assert [position for _, position in stops] == [(1, 13), (2, 13)]
    session.clear_break("line 13")
    assert session.run(3).kind == "limit"


def test_the_earliest_of_several_lines_comes_first():
    session = find("S5").session()
    for line in (9, 4, 17):
        session.break_at(line)
    found = []
    for _ in range(5):
        session.run(9)
        found.append(session.position)
    assert found == [(1, 4), (1, 9), (1, 17), (2, 4), (2, 9)]


def test_no_such_line():
    with pytest.raises(UserError, match="lines go from 1 to 17"):
        find("S5").session().break_at(18)


def test_back_until_in_parts_ends_where_the_whole_does():
    whole, parts = find("M3").session(), find("M3").session()
    for session in (whole, parts):
        session.goto(50, session.length)
    assert whole.back_until("J > 1").kind == "condition"
    looked = 1
    while parts.back_until("J > 1", limit=7).kind == "limit":
        looked += 1
    assert (parts.position, parts.value("J")) == (whole.position, whole.value("J"))
    assert looked > 1


def test_back_until_that_never_held_stays():
    session = find("M3").session()
    session.goto(20, 3)
    assert session.back_until("J < 0").kind == "limit"
    assert session.position == (20, 3)


def test_a_gradient_that_is_not_computed_yet_is_no_defect():
    session = find("S5").session()
    with pytest.raises(UserError, match=r"`g\.w1` is not computed yet.*line 13"):
        session.value("g.w1")
