"""Commands, without a screen or a thread: each ends where the same moves of a Session end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Settings, find
from tui_nn.session.autopsy import autopsy
from tui_nn.tui import commands, travel
from tui_nn.tui.desk import FIRST, KEPT, Desk, Losses
from tui_nn.tui.pace import SPEEDS, Pace
from tui_nn.tui.rows import name_of, of_parameter
from tui_nn.tui.snapshot import Focus, Wanted
from tui_nn.tui.subject import subject
from tui_nn.tui.take import take


def done(desk, command):
    """Run a command to its end; its stop."""
    slices = command(desk)
    try:
        while True:
            next(slices)
    except StopIteration as end:
        return end.value


@given(st.lists(st.tuples(st.sampled_from(["lines", "iterations"]), st.integers(-40, 40).filter(bool)), max_size=6))
def test_ahead_and_iterations_are_the_sessions_own(moves):
    desk, session = Desk(find("S5").session()), find("S5").session()
    for kind, count in moves:
        done(desk, (travel.ahead if kind == "lines" else travel.iterations)(count))
        if kind == "lines":
            session.step(count) if count > 0 else session.back(-count)
        else:
            session.next_iteration(count) if count > 0 else session.back_iteration(-count)
        assert desk.session.position == session.position
        assert desk.session.value("w0") == session.value("w0")


AWAY = Settings({}, hyper={"lr": 0.2})  # M3 diverges with it
STEPS = {
    "lines": travel.ahead(5000 * 11),
    "phases": travel.phases(5000 * 4),
    "iterations": travel.iterations(5000),
    "to a place": travel.goto(10**7),
}


@pytest.mark.parametrize("kind", STEPS)
def test_steps_stop_at_the_first_number_that_is_not_finite_as_runs_do_and_then_go_on(kind):
    desk, session = Desk(find("M3", AWAY).session()), find("M3", AWAY).session()
    expected = session.run(5000)
    stop = done(desk, STEPS[kind])
    assert (stop, desk.session.position) == (expected, session.position)
    assert desk.furthest == session.position
    assert done(desk, travel.iterations(3)) is None, "it is known by now"
    assert desk.session.position == (session.position.iteration + 2, session.length)
    done(desk, travel.iterations(-5))
    assert done(desk, travel.iterations(10)) == expected, "it is come to once more"


def test_an_autopsy_from_far_beyond_is_the_one_from_where_it_broke():
    desk, session = Desk(find("M3", AWAY).session()), find("M3", AWAY).session()
    session.run(5000)
    done(desk, travel.goto(10**7))
    done(desk, travel.goto(2000))
    found = []
    done(desk, commands.examine(found.append))
    assert desk.session.position == (2000, desk.session.length)
    expected = autopsy(session)
    assert (found[0].position, found[0].text, found[0].causes) == (expected.position, expected.text, expected.causes)


def test_a_step_stops_where_a_change_breaks_it_and_not_where_it_is_undone():
    desk = Desk(find("S5").session())
    done(desk, travel.iterations(1))
    done(desk, commands.edit("w2", 1e200))
    stop = done(desk, travel.phases(2))
    assert stop.kind == "non-finite"
    assert desk.session.position == (2, 6)
    done(desk, travel.iterations(-1))
    done(desk, commands.undo())
    assert done(desk, travel.iterations(3)) is None


@pytest.mark.parametrize("move", [travel.ahead(40), travel.phases(9), travel.iterations(100)])
def test_moves_forward_stop_at_breakpoints_and_leaps_do_not(move):
    desk = Desk(find("S5").session())
    done(desk, commands.toggle_line(3))
    done(desk, commands.toggle_condition("L < 0.9"))
    assert [done(desk, move).text for _ in range(3)] == ["line 3", "line 3", "L < 0.9"]
    assert desk.session.position == (2, 6)
    assert desk.furthest == (2, 6)
    assert done(desk, travel.goto(5)) is None
    assert desk.session.position == (5, desk.session.length)
    assert done(desk, travel.ahead(-3)) is None


def test_what_follows_from_a_change_far_back_is_computed_in_slices(monkeypatch):
    monkeypatch.setattr(travel, "SLICE", 0)
    desk = Desk(find("S5").session())
    done(desk, travel.goto(700))
    slices = commands.smaller_steps(0.5)(desk)
    for _ in range(3):
        next(slices)
    slices.close()
    here, session = desk.session.position, find("S5").session()
    assert here.iteration < 700
    session.set("lr", (), 0.5 * float(session.value("lr")))
    session.goto(*here)
    assert desk.session.edits == session.edits
    assert desk.session.value("w0") == session.value("w0")


def test_the_run_without_a_change_is_waited_for_only_so_long(monkeypatch):
    desk = Desk(find("S5").session())
    done(desk, commands.edit("w2", 3.0))
    done(desk, travel.goto(50))
    monkeypatch.setattr("tui_nn.tui.take.LATE", -1.0)
    assert take(desk, Wanted()).behind
    assert desk.session.position == (50, desk.session.length)
    monkeypatch.undo()
    shot, session = take(desk, Wanted()), find("S5").session()
    session.goto(50, session.length)
    assert not shot.behind
    assert shot.heads["w2"].change.was == float(session.value("w2"))


def test_what_never_holds_leads_back_to_where_it_was_asked():
    desk = Desk(find("S5").session())
    done(desk, travel.ahead(4))
    stop = done(desk, commands.run_until("L < 0", 100))
    assert stop.text == "L < 0 did not hold in 100 iterations; back where it began"
    assert desk.session.position == (1, 4)
    with pytest.raises(UserError, match=r"`-1` names no value"):
        done(desk, commands.toggle_condition("-1"))


def test_the_losses_on_the_way_are_kept():
    desk = Desk(find("M3").session())
    done(desk, travel.goto(40))
    session = find("M3").session()
    expected = {}
    for iteration in range(1, 41):
        session.goto(iteration, session.length)
        expected[iteration] = float(session.value("J"))
    assert desk.losses.of(()) == expected
    assert desk.furthest == (40, desk.session.length)


def test_a_branch_begins_with_the_losses_before_its_edit():
    desk = Desk(find("S5").session())
    done(desk, travel.goto(5))
    done(desk, travel.goto(3, 17))
    done(desk, commands.edit("w2", 3.0))
    desk.note()
    done(desk, travel.goto(6))
    original, branch = desk.losses.of(()), desk.losses.of(desk.session.edits)
    assert set(original) == {1, 2, 3, 4, 5}
    assert {i: branch[i] for i in (1, 2)} == {i: original[i] for i in (1, 2)}
    assert branch[4] != original[4]
    assert set(branch) == {1, 2, 3, 4, 5, 6}


def test_losses_are_bounded_and_lie_evenly_behind_the_first_ones():
    losses, session = Losses(), find("M3").session()
    for _ in range(1, 10_000):
        session.next_iteration()
        losses.record(session)
        assert len(losses.of(())) <= KEPT
    kept = sorted(losses.of(()))
    assert kept[:FIRST] == list(range(1, FIRST + 1))
    assert kept[-1] == 9999
    assert max(b - a for a, b in pairwise(kept)) < 3 * 9999 / (KEPT / 2)


def test_a_run_at_full_speed_keeps_the_losses_of_its_beginning():
    desk = Desk(find("S5").session())
    work = travel.run(Pace(len(SPEEDS) - 1))(desk)
    while desk.session.position.iteration < 50_000:
        next(work)
    kept = desk.losses.of(())
    early = find("S5").session()
    for iteration in sorted(kept)[:5]:
        assert iteration <= 1 + 2 + 4 + 8 + 16
        early.goto(iteration, early.length)
        assert kept[iteration] == early.value("L")


@pytest.mark.parametrize("condition", ["J < 0.5", "W < 2.5", "norm(dW) < 0.1"])
def test_run_until_and_back_until_end_where_the_sessions_do(condition):
    desk, session = Desk(find("M3").session()), find("M3").session()
    assert done(desk, commands.run_until(condition)) == session.run_until(condition)
    assert desk.session.position == session.position
    done(desk, travel.iterations(100))
    session.next_iteration(100)
    assert done(desk, commands.back_until(condition)).kind == session.back_until(condition).kind
    assert desk.session.position == session.position


def test_run_until_ends_at_its_limit():
    stop = done(Desk(find("M3").session()), commands.run_until("J < 0", limit=50))
    assert stop.kind == "limit"
    assert "50 iterations" in stop.text


def test_full_speed_stops_right_after_the_line_that_breaks():
    desk = Desk(find("S5").session())
    desk.session.break_at(9)
    pace = Pace(len(SPEEDS) - 1)
    assert done(desk, travel.run(pace)).text == "line 9"
    assert desk.session.position == (1, 9)
    assert done(desk, travel.run(pace)).text == "line 9"
    assert desk.session.position == (2, 9)


@pytest.mark.parametrize("wanted", ["", "b1", "W2"])
def test_a_line_of_the_update_shows_what_the_card_explains(wanted):
    session = find("B6").session()
    desk, program = Desk(session), session.program
    for focus in (None, Focus("step.W1", (1, 1)), Focus("db2", (0, 0)), Focus("X", (0, 0))):
        shot = take(desk, Wanted(focus, wanted))
        assert shot.parameter == {"step.W1": "W1", "db2": "b2"}.get(focus.name if focus else "", wanted or "W1")
        done(desk, travel.iterations(1))
        for line in (line for line in program.lines if program.per_parameter(line)):
            session.goto(session.position.iteration, line.number)
            shot = take(desk, Wanted(focus, wanted))
            value = session.value(name_of(program, line, shot.parameter))
            head = shot.heads[line.number]
            assert (head.shape, head.entries) == (value.shape, tuple(value.ravel()[: len(head.entries)]))
            if focus is None:
                assert shot.card.name == name_of(program, line, shot.parameter)
                assert shot.card.value == head.entries[0]
    about = subject(program)
    titles = [row.text for row in of_parameter(about.rows, shot.parameter, about.notation) if row.kind == "heading"]
    assert titles[-1] == f"update of {about.notation.name(shot.parameter)}"


@pytest.mark.parametrize("index", range(len(SPEEDS)))
def test_every_speed_makes_way(index):
    desk = Desk(find("S5").session())
    slices = travel.run(Pace(index))(desk)
    pauses = [next(slices) for _ in range(3)]
    speed = SPEEDS[index]
    assert desk.session.position > (1, 2)
    if speed.per_second:
        assert all(0 < pause <= 1 / speed.per_second for pause in pauses)
    else:
        assert pauses == [None] * 3
