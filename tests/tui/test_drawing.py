"""The app's own drawings, without an app: what they say at any width, in any look."""

from __future__ import annotations

import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_nn.lessons.problem import Settings, find
from tui_nn.session.explain import explain
from tui_nn.session.run_facts import RunSummary
from tui_nn.session.run_folder import RunFolder
from tui_nn.tui import keys
from tui_nn.tui.desk import Desk
from tui_nn.tui.drawing.card import Card, card, trail
from tui_nn.tui.drawing.graph import labels, nodes
from tui_nn.tui.drawing.keybar import keybar, slots
from tui_nn.tui.drawing.listing import Places, entries, listing
from tui_nn.tui.drawing.runs import heading, row
from tui_nn.tui.drawing.scrubber import bar_of, cell_of, moment_at, scrubber
from tui_nn.tui.drawing.state import state
from tui_nn.tui.drawing.tabs import tab_at, tabs
from tui_nn.tui.drawing.tensor import title
from tui_nn.tui.drawing.watches import BEHIND, side_by_side, watches
from tui_nn.tui.optimizer_state import read_state
from tui_nn.tui.snapshot import Change, Wanted
from tui_nn.tui.subject import subject
from tui_nn.tui.take import take
from tui_nn.view.look import Colours, Look
from tui_nn.view.matrix import grid, sheet

LOOKS = {
    "colours": Look(),
    "light": Look(dark=False),
    "xterm": Look(Colours.XTERM),
    "ansi": Look(Colours.ANSI),
    "no colour": Look(Colours.NONE),
    "ascii": Look(Colours.NONE, ascii_only=True),
}


def at(lesson, iteration, line, **settings):
    session = find(lesson, Settings({}, **settings)).session()
    session.goto(iteration, line)
    return session


def drawn(lesson, look, width, height, *, cursor=None, line=9):
    session = at(lesson, 2, line)
    about = subject(session.program, ascii_only=look.ascii_only)
    shot = take(Desk(session), Wanted())
    return listing(about.rows, shot.heads, look, width, height, 0, Places(line, cursor, True, (2,)))


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("width", [20, 38, 80, 200])
@pytest.mark.parametrize("lesson", ["S5", "B6"])
def test_a_listing_fits_and_marks_where_it_stands(lesson, width, look):
    picture = drawn(lesson, look, width, 40, cursor=5)
    lines = ["".join(s.text for s in line) for line in picture.lines]
    assert all(cell_len(line) == width for line in lines)
    assert sum(line.startswith(look.glyphs.arrow) for line in lines) == 1
    assert sum(line[1] == look.glyphs.node[0] for line in lines) == 1
    assert (
        sum(line.rstrip().endswith(f" {look.glyphs.unknown}") for line in lines)
        == len(find(lesson).program().lines) - 9
    )
    if look.ascii_only:
        assert picture.plain.isascii()


@pytest.mark.parametrize(
    ("numbers", "shape", "width", "text"),
    [
        ((1.5,), (), 8, "1.5"),
        ((1.0, 2.0), (2,), 12, "[1 2]"),
        ((1.0, 2.0, 3.0), (3,), 7, "[1 2 3]"),
        ((1.0, 2.0, 3.0), (3,), 6, "[1 …]"),
        ((0.25,) * 12, (784, 512), 17, "[0.25 0.25 …; …]"),
        ((0.25,) * 12, (784, 512), 15, "[0.25 …; …]"),
        ((2, 1.2, -1, 1.2, -0.5, -1.2), (3, 2), 26, "[2 1.2; −1 1.2; −0.5 −1.2]"),
        ((2, 1.2, -1, 1.2, -0.5, -1.2), (3, 2), 25, "[2 1.2; −1 1.2; −0.5 …]"),
        ((2, 1.2, -1, 1.2, -0.5, -1.2), (3, 2), 22, "[2 1.2; −1 1.2; …]"),
        ((2, 1.2, -1, 1.2, -0.5, -1.2), (3, 2), 17, "[2 1.2; −1 …; …]"),
        ((2, 1.2, -1, 1.2, -0.5, -1.2), (3, 2), 7, "[2 ⋱]"),
        ((2, 1.2, -1, 1.2, -0.5, -1.2), (3, 2), 4, "3×2"),
        ((1, 2, 3), (3, 1), 20, "[1; 2; 3]"),
        ((1, 2, 3), (3, 1), 8, "[1; …]"),
        ((1, 2, 3), (1, 3), 20, "[1 2 3]"),
        ((1, 2, 3), (1, 3), 6, "[1 …]"),
        ((5,), (1, 1), 9, "[5]"),
        (tuple(range(8)), (2, 2, 2), 30, "[0 1; 2 3; 4 5; 6 7]"),
        ((0.123456,), (40, 20), 6, "40×20"),
        ((0.123456,), (512, 784), 5, "[…]"),
        ((-0.123456, 0.5), (4,), 9, "4 numbers"),
        ((0.123456, 0.5), (4,), 8, "[…]"),
        ((0.123456, 0.5), (16,), 4, "[…]"),
        ((0.123456, 0.5), (16,), 2, ""),
    ],
)
def test_entries_of_a_value(numbers, shape, width, text):
    assert entries(numbers, shape, LOOKS["colours"], width) == text


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("width", [30, 40, 78])
def test_a_card_says_all_of_it(width, look):
    session = at("S5", 1, 13)
    about = subject(session.program, ascii_only=look.ascii_only)
    picture, first = card(Card(explain(session, "dw1", ()), was=-3.0, cursor=1), about.notation, look, width)
    text = picture.plain
    expected = (
        ("dw1 = -4", "dw1 = df2 * x1", "= -4 * 1", "-3 without the change")
        if look.ascii_only
        else ("∂L/∂w₁ = −4", "∂L/∂w₁ = ∂L/∂f₂ · x₁", "= −4 · 1", "−3 without the change")
    )
    for part in expected:
        assert part in text
    assert text.splitlines()[first + 1].startswith(look.glyphs.arrow)
    assert all(cell_len("".join(s.text for s in line)) == width for line in picture.lines)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("edited", ["w2", "x0"])
def test_a_number_set_by_hand_is_not_said_to_be_computed(edited, look):
    session = at("S5", 1, 17)
    session.set(edited, (), 3.0)
    about = subject(session.program, ascii_only=look.ascii_only)
    text = card(Card(explain(session, edited, ()), was=1.2), about.notation, look, 38)[0].plain
    by = {"w2": ["set by hand, iteration 1, line 17", "and not by " + about.notation.line(session.program.lines[16])]}
    lines = [line.split("  ")[0].rstrip() for line in text.splitlines()]
    assert lines == [
        f"{about.notation.name(edited)} = 3",
        *by.get(edited, ["set by hand, from the start"]),
        "1.2 without the change",
    ]


@pytest.mark.parametrize("width", range(26, 60))
def test_the_origin_of_an_operand_is_said_as_far_as_it_fits(width):
    session = at("S5", 3, 17)
    about = subject(session.program)
    drawn, first = card(Card(explain(session, "w2", ())), about.notation, LOOKS["colours"], width)
    before, step = (line[2:] for line in drawn.plain.splitlines()[first:])
    for line, *ways in (
        (before, "parameter, iteration 2, line 17", "iteration 2, line 17", "iteration 2", "2:17"),
        (step, "part of the step, line 16", "line 16"),
    ):
        said = line.split("  ")[-1]
        room = width - 2 - (len(line) - len(said))
        assert said == next((text for text in ways if len(text) <= room), "…")


@pytest.mark.parametrize(("name", "line", "phase"), [("f", 5, "forward"), ("L", 6, "loss")])
def test_a_card_names_the_phase_that_the_headline_names(name, line, phase):
    session = at("S5", 1, line)
    text = card(Card(explain(session, name, ())), subject(session.program).notation, LOOKS["colours"], 60)[0].plain
    assert f"{phase}, iteration 1, line {line}" in text
    assert session.program.lines[line - 1].phase == phase


def test_a_card_of_nothing_says_why():
    about = subject(find("S5").program())
    picture, _ = card(Card(None, "not yet"), about.notation, LOOKS["colours"], 30)
    assert picture.plain == "not yet"


def test_a_long_way_is_cut_at_its_begin():
    names = [f"name{i}" for i in range(9)]
    shown = trail(names, LOOKS["colours"], 30)
    assert shown.startswith("… › ")
    assert shown.endswith("name8")
    assert cell_len(shown) <= 34


@given(st.integers(1, 400), st.integers(10, 200), st.data())
def test_a_click_on_the_scrubber_finds_the_moment_that_is_drawn_there(last, width, data):
    _, room = bar_of(last, width)
    moment = data.draw(st.integers(0, last))
    cell = cell_of(moment, last, room)
    assert 0 <= cell < room
    assert abs(moment_at(cell, last, room) - moment) <= last / room + 1
    assert moment_at(0, last, room) == 0
    assert moment_at(room - 1, last, room) == last


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_scrubber_has_one_position_and_its_edits(look):
    text = scrubber(3.5, 10, {8}, look, 60).plain
    assert text.count(look.glyphs.node[0]) == 1
    assert text.index(look.glyphs.node[0]) < text.index(look.glyphs.changed)
    assert text.endswith(" 10")


def test_tabs_are_found_where_they_are_drawn():
    labels, look = ["graph", "tensor", "loss"], LOOKS["colours"]
    text = tabs(labels, 1, look, 40).plain
    assert "[tensor]" in text
    for i, label in enumerate(labels):
        assert tab_at(labels, 1, look, 40, text.index(label)) == i
    assert tab_at(labels, 1, look, 40, 39) is None


@pytest.mark.parametrize("name", ["colours", "ascii"])
def test_the_chosen_tab_is_seen_in_any_width_and_a_sign_leads_to_those_that_are_not(name):
    labels, look = ["graph", "tensor", "state", "loss", "what if"], LOOKS[name]
    before, after = look.glyphs.before, look.glyphs.after
    for (chosen, label), width in product(enumerate(labels), range(11, 40)):
        text = tabs(labels, chosen, look, width).plain
        assert f"[{label}]" in text
        seen = [i for i, other in enumerate(labels) if other in text]
        assert seen == list(range(seen[0], seen[-1] + 1))
        assert text.startswith(before) == (seen[0] > 0)
        assert text.rstrip().endswith(after) == (seen[-1] + 1 < len(labels))
        if seen[0] > 0:
            assert tab_at(labels, chosen, look, width, 0) == seen[0] - 1
        if seen[-1] + 1 < len(labels):
            assert tab_at(labels, chosen, look, width, text.index(after)) == seen[-1] + 1


@pytest.mark.parametrize("look", [LOOKS["colours"], LOOKS["ascii"]], ids=["colours", "ascii"])
@pytest.mark.parametrize("shape", [(), (9,), (3, 2), (60, 4), (4, 90), (600, 90)])
def test_over_a_tensor_stands_what_it_is_and_which_part_of_it_is_seen(shape, look):
    data = sheet(np.ones(shape), look)
    rows, columns = data.shape
    sides = look.glyphs.before, look.glyphs.above, look.glyphs.after
    for width, top, left in product(range(20, 90, 3), (0, rows // 2), (0, columns // 2)):
        seen = grid(data, width, 8, top, left)
        more = (seen.left > 0, seen.rows < rows, seen.left + seen.columns < columns)
        text = title("W1", shape, seen, look, width)
        assert cell_len(text) <= width
        assert f"W1  {look.glyphs.times.join(map(str, shape))}".rstrip() in text
        assert tuple(sign in text.split(" ")[-1] for sign in sides) == more
        spans = [(int(a), int(b)) for a, b in re.findall(r"(\d+)-(\d+)", text)]
        assert set(spans) <= {(seen.top, seen.top + seen.rows - 1), (seen.left, seen.left + seen.columns - 1)}
        assert width < 60 or ("row" in text or "column" in text) == any(more)


@pytest.mark.parametrize("name", keys.SCREENS)
@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_footer_is_drawn_where_its_keys_are_found(name, width):
    placed = slots(keys.footer(name), width)
    text = keybar(placed, LOOKS["colours"], width).plain.ljust(width)
    for start, end, key in placed:
        assert f"{key.shown} {key.label}" in text[start : end + 1]


@pytest.mark.parametrize("width", [36, 60, 100])
def test_the_state_holds_the_decks_numbers(width):
    session = at("S6", 1, 21, optimizer="adam")
    about = subject(session.program)
    text = state(read_state(session, "w0", ()), about.notation, LOOKS["colours"], width, 24, 0).plain
    for name in ("θ", "g", "m", "v", "m̂", "v̂", "step", "θ′"):
        assert name in text
    assert "16" in text
    assert "1.1" in text


@pytest.mark.parametrize("look", [LOOKS["colours"], LOOKS["ascii"]], ids=["colours", "ascii"])
@pytest.mark.parametrize(("width", "height"), [(28, 9), (38, 9), (56, 9), (80, 6), (80, 20), (160, 48)])
def test_the_entry_in_focus_is_seen_wherever_it_is(width, height, look):
    session = at("N3", 1, 13)
    about = subject(session.program, ascii_only=look.ascii_only)
    parameter = "w1" if "w1" in session.program.parameters else session.program.parameters[0]
    shape = session.program.shape(parameter)
    for index in [(i, j) for i in range(shape[0]) for j in range(shape[1])]:
        data = read_state(session, parameter, index)
        current = data.entries.index((parameter, index))
        drawn = state(data, about.notation, look, width, height, current)
        text = drawn.plain
        assert look.glyphs.arrow in text
        assert look.text(about.notation.entry(parameter, index)) in text
        assert drawn.height <= height or width < 56
        whole = all(look.text(about.notation.entry(p, i)) in text for p, i in data.entries)
        assert whole != (f"{look.glyphs.ellipsis} more entries" in text)
        assert text.count(look.glyphs.ellipsis) == (not whole)


def test_the_state_of_a_large_tensor_is_shown_around_the_focus():
    values = {"X": [[1.0] * 30], "W": [[0.0] * 20] * 30}
    session = find("L = sum((X @ W - 1)**2)", Settings(values, parameters=("W",), optimizer="sgd")).session()
    session.next_iteration()
    found = read_state(session, "W", (15, 10))
    assert ("W", (15, 10)) in found.entries
    assert len(found.entries) == 12


def test_original_and_branch_stand_side_by_side():
    session = at("S5", 1, 17)
    session.set("w2", (), 3.0)
    session.next_iteration()
    shot = take(Desk(session), Wanted())
    about = subject(session.program)
    text = watches(shot, about, LOOKS["colours"], 60).plain
    original = at("S5", 2, 17)
    row = next(line for line in text.splitlines() if line.startswith("L "))
    assert LOOKS["colours"].number(float(original.value("L"))) in row
    assert LOOKS["colours"].number(float(session.value("L"))) + "•" in row


@pytest.mark.parametrize("iterations", [0, 1])
def test_each_changed_number_stands_once(iterations):
    session = at("S5", 2, 17)
    session.set("w2", (), 3.0)
    session.goto(2 + iterations, 17)
    about = subject(session.program)
    shot = take(Desk(session), Wanted(parameter="w2"))
    lines = watches(shot, about, LOOKS["colours"], 60).plain.splitlines()
    names = [line.split()[0] for line in lines if line.endswith("•")]
    assert len(names) == len(set(names)), names
    assert names.count("w₂") == 1
    assert ("go on, to see what follows" in "\n".join(lines)) == (iterations == 0)
    assert ("step.w₂" in names) == (iterations == 1)


def test_what_was_is_said_to_be_unknown_where_the_run_without_the_change_is_behind(monkeypatch):
    session = at("S5", 1, 17)
    session.set("w2", (), 3.0)
    session.goto(50, 17)
    monkeypatch.setattr("tui_nn.tui.take.LATE", -1.0)
    about = subject(session.program)
    text = watches(take(Desk(session), Wanted()), about, LOOKS["colours"], 200).plain
    assert BEHIND in text
    monkeypatch.undo()
    text = watches(take(Desk(session), Wanted()), about, LOOKS["colours"], 200).plain
    assert BEHIND not in text
    assert "original" in text


def test_the_entry_that_a_branch_has_changed_most_is_shown_and_named():
    draw = np.random.default_rng(1)
    values = {"W": draw.normal(size=(9, 7)), "X": draw.normal(size=(7, 3))}
    asked = Settings(values, parameters=("W",), optimizer="sgd")
    session, original = (find("L = sum((W @ X)**2)", asked).session() for _ in range(2))
    session.next_iteration()
    session.set("W", (8, 5), 4.0)
    for each in (session, original):
        each.goto(3, each.length)
    desk, about = Desk(session), subject(session.program)
    text = watches(take(desk, Wanted()), about, LOOKS["colours"], 80).plain.splitlines()
    for name in ("W", "dW", "step.W"):
        far = np.abs(session.value(name) - original.value(name))
        index = np.unravel_index(far.argmax(), far.shape)
        shown = about.notation.entry(name, tuple(map(int, index)))
        row = next(line for line in text if line.startswith(f"{shown}  "))
        assert LOOKS["colours"].number(float(original.value(name)[index])) in row
        assert LOOKS["colours"].number(float(session.value(name)[index])) + "•" in row


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (0.458123, 0.458124),
        (1.0, 1.0 + 1e-9),
        (math.nan, 2.0),
        (-math.inf, math.inf),
        (1e300, 2.0),
        (0.012345, -0.012345),
    ],
)
@pytest.mark.parametrize("look", [LOOKS["colours"], LOOKS["ascii"]], ids=["colours", "ascii"])
def test_numbers_side_by_side_differ(was, now, look):
    first, second = side_by_side(Change("w", (), was, now), look, 14)
    assert first != second
    assert max(map(cell_len, (first, second))) <= 14


@pytest.mark.parametrize("width", range(20, 78, 3))
def test_a_run_in_a_short_line_leaves_columns_out_and_cuts_no_number(width):
    run = RunSummary(
        "r" * 40, RunFolder(Path("r")), "early stopping", "digits", "64,32", "adamw", 9, 99, 0.1, ("accuracy", 0.0912)
    )
    titles, line = heading(Look(), width).split(), row(run, Look(), width, marked=False)
    assert cell_len(line) == width
    shown = {"epochs": "9", "loss": "0.1", "test": "accuracy 0.0912"}
    assert {title for title, text in shown.items() if f" {text}" in line} == set(shown) & set(titles)
    assert ("test" in titles) == (width >= 31)


@pytest.mark.parametrize(
    ("status", "said"),
    [("epochs", "finished"), ("steps", "finished"), ("time", "time is up"), ("unfinished", "unfinished")],
)
def test_how_a_run_has_ended_is_said_in_words(status, said):
    run = RunSummary("r", RunFolder(Path("r")), status, "digits", "64,32", "adamw", 9, 99, 0.1, None)
    assert f" {said} " in row(run, Look(), 80, marked=False)


@pytest.mark.parametrize("width", range(78, 140))
def test_a_run_in_a_line_keeps_its_last_column(width):
    run = RunSummary(
        "r" * 40, RunFolder(Path("r")), "early stopping", "digits", "64,32", "adamw", 9, 99, 0.1, ("accuracy", 0.0912)
    )
    line = row(run, Look(), width, marked=False)
    assert cell_len(line) == width
    assert line.rstrip().endswith("accuracy 0.0912")
    assert ("adamw" in line) == (" optimizer" in heading(Look(), width)) == (width >= 89)
    assert line.index("accuracy") == heading(Look(), width).index("test")


def test_graph_nodes_carry_values_and_gradients():
    session = at("S5", 1, 15)
    shot = take(Desk(session), Wanted())
    about = subject(session.program)
    found = {node.name: node for node in nodes(about, shot.heads, LOOKS["colours"])}
    assert (found["w₃"].value, found["w₃"].gradient) == ("2", "2")
    assert found["x₀"].gradient is None
    assert found["f₄"].inputs == ("f₂", "w₃")
    assert found["w₃"].label == "w₃"


@pytest.mark.parametrize("look", [LOOKS["colours"], LOOKS["ascii"]], ids=["unicode", "ascii"])
def test_a_parameter_after_the_update_is_not_said_to_be_what_was_computed_with(look):
    session = at("S5", 1, 17)
    about = subject(session.program, ascii_only=look.ascii_only)
    sign = "'" if look.ascii_only else "′"
    parameters = [about.notation.name(name) for name in session.program.parameters]
    for node in nodes(about, take(Desk(session), Wanted()).heads, look):
        assert look.text(node.label).endswith(sign) == (node.name in parameters)
        assert node.name in labels(about).values()


def test_names_that_would_read_the_same_stay_as_typed():
    about = subject(find("L = (w1 - w_1)**2", Settings({"w1": 1.0, "w_1": 2.0})).program())
    assert labels(about)["w1"] == "w1"
    assert labels(about)["w_1"] == "w_1"
