"""Moves through time: where they end, and that every value is the same bits however one got there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.lessons import LESSONS, lesson_problem
from tests.engine.pages import pages
from tui_nn.engine.build import build
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.parse import parse_page
from tui_nn.lessons.problem import Settings, find
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.session.session import Session


def visible(session):
    """Every value that can be seen where the session stands, as bits."""
    program = session.program
    names = [*program.shapes, *(f"{k}.{p}" for k in program.update_names for p in program.parameters)]
    names += [program.scoped(k, "") for k, role in program.update_roles.items() if role == "hyper"]
    return {name: session.value(name).tobytes() for name in names if session.is_computed(name)}


def poison(session):
    """NaN into every buffer that is not given: what a move leaves there must not be read again."""
    machine = session.machine
    for name, role in session.program.roles.items():
        if role != "input":
            machine.write(name, np.full(session.program.shape(name), np.nan))
    for vector in machine._storage.flat.values():
        vector[...] = np.nan


def stepped_to(program, values, position, seed=0):
    """A machine that has computed line by line up to a position."""
    machine = Machine(program, values, seed=seed)
    for iteration in range(1, position[0]):
        machine.begin(iteration)
        machine.lines(1, len(program.lines))
    machine.begin(position[0])
    for number in range(1, position[1] + 1):
        machine.step(number)
    return machine


def agrees_with_a_fresh_run(session, values):
    fresh = stepped_to(session.program, values, session.position, session.seed)
    for name, bits in visible(session).items():
        assert fresh.read(name).tobytes() == bits, name


@st.composite
def journeys(draw, length, iterations=6):
    return draw(st.lists(st.tuples(st.integers(1, iterations), st.integers(0, length)), min_size=1, max_size=5))


@settings(max_examples=30)
@given(pages(), st.sampled_from(list(OPTIMIZERS)), st.sampled_from(["float64", "float32"]), st.data())
def test_any_position_from_any_other(page, name, dtype, data):
    session = Session(page.program(optimizer(name), dtype), page.values, seed=3, budget=1)
    for to in data.draw(journeys(session.length)):
        if to < session.position:
            poison(session)
        session.goto(*to)
        assert session.position == to
        agrees_with_a_fresh_run(session, page.values)


@pytest.mark.parametrize("lesson", LESSONS)
def test_there_and_back_in_a_lesson(lesson):
    problem = lesson_problem(lesson, "adam")
    session = problem.session()
    places = [(1, 0), (1, min(3, session.length)), (2, session.length), (5, 1), (9, session.length - 1)]
    seen = {}
    for place in places:
        session.goto(*place)
        seen[place] = visible(session)
    for place in [places[i] for i in (3, 1, 0, 2, 3)]:
        session.goto(*places[-1])
        poison(session)
        session.goto(*place)
        assert visible(session) == seen[place]


S5 = 17  # lines: forward 1 to 5, loss 6, backward 7 to 15, update 16 and 17
MOVES = {
    "step": [(1, 1), (1, 2), (1, 3)],
    "next_phase": [(1, 5), (1, 6), (1, 15), (1, 17), (2, 5)],
    "next_iteration": [(1, 17), (2, 17), (3, 17)],
}
BACK = {"step": "back", "next_phase": "back_phase", "next_iteration": "back_iteration"}


@pytest.mark.parametrize("move", MOVES)
def test_moves_end_where_they_say_and_their_opposites_go_back_over_the_same_places(move):
    session = find("S5").session()
    assert session.length == S5
    for place in MOVES[move]:
        assert getattr(session, move)().position == place
    for place in [*MOVES[move][-2::-1], (1, 0), (1, 0)]:
        assert getattr(session, BACK[move])().position == place


@given(st.integers(0, 60), st.integers(-70, 70))
def test_steps_add_up(first, second):
    session, other = find("S5").session(), find("S5").session()
    session.step(first)
    session.step(second) if second >= 0 else session.back(-second)
    other.step(max(first + second, 0))
    assert session.position == other.position
    assert visible(session) == visible(other)


@pytest.mark.parametrize(("start", "move", "end"), [
    ((2, 7), "next_iteration", (2, 17)),
    ((2, 7), "back_iteration", (1, 17)),
    ((2, 17), "back_iteration", (1, 17)),
    ((1, 7), "back_iteration", (1, 0)),
    ((2, 0), "back", (1, 16)),
    ((2, 0), "back_phase", (1, 15)),
    ((2, 3), "back_phase", (1, 17)),
    ((2, 5), "back_phase", (1, 17)),
    ((2, 6), "back_phase", (2, 5)),
    ((1, 3), "back_phase", (1, 0)),
    ((2, 0), "next_phase", (2, 5)),
    ((3, 9), "reset", (1, 0)),
])  # fmt: skip
def test_moves_from_in_between(start, move, end):
    session = find("S5").session()
    session.goto(*start)
    assert getattr(session, move)().position == end


def test_several_at_once():
    session = find("S5").session()
    assert session.next_iteration(4).position == (4, 17)
    assert session.step(18).position == (6, 1)
    assert session.back_iteration(3).position == (3, 17)
    assert session.back_iteration(30).position == (1, 0)


@pytest.mark.parametrize(("iteration", "line"), [(0, 3), (-1, 0), (1, 18), (1, -1)])
def test_there_is_no_such_place(iteration, line):
    session = find("S5").session()
    session.step(4)
    with pytest.raises(UserError, match="lines go from 0 to 17" if iteration > 0 else "the first one is 1"):
        session.goto(iteration, line)
    assert session.position == (1, 4)


def test_a_frame_holds_what_was_asked_for_and_is_there():
    session = find("S5").session()
    session.watch("f**2")
    session.watch("dw1 * 10")
    session.watch("w1 + lr")
    session.goto(1, 6)
    frame = session.frame(["f", "L", "dw1", "w1"])
    assert (frame.position, frame.line.name, frame.phase) == ((1, 6), "L", "loss")
    assert {n: float(v) for n, v in frame.values.items()} == {"f": -1, "L": 2, "w1": -1}
    assert {n: float(v) for n, v in frame.watches.items()} == {"f**2": 1, "w1 + lr": -0.9}
    session.goto(1, 15)
    assert session.frame().watches["dw1 * 10"] == -40
    session.unwatch("f**2")
    assert set(session.frame().watches) == {"dw1 * 10", "w1 + lr"}
    frame.values["f"][...] = 99
    assert session.value("f") == -1
    assert session.frame().edits == ()


def test_a_page_without_a_loss_is_stepped_too():
    session = find("y = 2 * x; z = y**2", Settings({"x": 3}, parameters=())).session()
    session.step(2)
    assert session.value("z") == 36


def test_an_inference_page_goes_through_iterations_as_well():
    page = find("y = 2 * x; z = y**2", Settings({"x": 3})).page
    session = Session(build(page, {"x": ()}), {"x": 3.0})
    assert [line.phase for line in session.program.lines] == ["forward", "forward"]
    session.step(5)
    assert (session.position, session.value("y")) == ((3, 1), 6)
    assert session.back_phase().position == (2, 2)


# Inputs that change with the iteration, and chance.

FEED = "Z = W @ X + b\nM = dropout_mask(Z, 0.5)\nJ = mean(((Z * M) - Y)**2)"


def feed(iteration):
    rng = np.random.default_rng(iteration)
    return {"X": rng.normal(size=(3, 4)), "Y": rng.normal(size=(2, 4))}


def fed_session(**options):
    values = {"W": np.ones((2, 3)), "b": np.zeros((2, 1)), **feed(1)}
    program = build(
        parse_page(FEED), {n: v.shape for n, v in values.items()}, ["W", "b"], update=optimizer("adam", {"lr": 0.1})
    )
    return Session(program, values, feed=feed, **options)


def test_inputs_of_each_iteration_are_replayed():
    session = fed_session(budget=1)
    seen = {}
    for iteration in range(1, 12):
        session.goto(iteration, session.length)
        np.testing.assert_array_equal(session.value("X"), feed(iteration)["X"])
        seen[iteration] = visible(session)
    for iteration in (3, 11, 1, 7, 6, 10):
        poison(session)
        session.goto(iteration, 0)
        session.goto(iteration, session.length)
        assert visible(session) == seen[iteration]


def test_masks_are_replayed():
    session = fed_session(seed=5)
    masks = []
    for iteration in range(1, 8):
        session.goto(iteration, 2)
        masks.append(session.value("M"))
    assert len({m.tobytes() for m in masks}) > 4
    for iteration in (6, 2, 7, 1):
        session.goto(iteration, 2)
        np.testing.assert_array_equal(session.value("M"), masks[iteration - 1])
    other = fed_session(seed=6)
    other.goto(6, 2)
    session.goto(6, 2)
    assert not np.array_equal(other.value("M"), session.value("M"))


@pytest.mark.parametrize("text", ["dropout_mask(Z, 0.5)", "sum(Z * dropout_mask(Z, 0.5))"])
def test_a_watch_draws_no_mask_of_its_own(text):
    session = fed_session()
    for ask in (session.watch, session.evaluate, session.break_when, session.run_until):
        with pytest.raises(UserError, match="name that line"):
            ask(text)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 17), st.integers(1, 6), st.booleans()), max_size=6))
def test_a_way_that_is_left_leads_to_the_end_of_an_iteration_on_it(ways):
    session, changed = find("S5").session(), False
    for iteration, line, slices, change in ways:
        before = session.position
        made = change and not changed and session.is_computed("f1")
        way = session.setting("f1", (), 3.0) if made else session.going(iteration, line)
        if made:
            changed, at = True, session.written("f1")
        left = sum(1 for _ in zip(range(slices), way, strict=False))
        way.close()
        to = before if made else (iteration, line)
        assert session.position in (before, to) or (session.position.line == session.length and left)
        fresh = find("S5").session()
        if changed:
            fresh.goto(*at)
            fresh.set("f1", (), 3.0)
        fresh.goto(*session.position)
        assert (session.edits, visible(session)) == (fresh.edits, visible(fresh))
