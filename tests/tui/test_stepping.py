"""Keys that move through time: each is held against what a Session of its own says."""

from __future__ import annotations

import numpy as np
import pytest
from textual import events

from tests.tui.driving import opened
from tui_nn.lessons.problem import find
from tui_nn.tui.asked import place_of
from tui_nn.tui.drawing.scrubber import bar_of, cell_of

MOVES = {
    "n": lambda s: s.step(),
    "b": lambda s: s.back(),
    "p": lambda s: s.next_phase(),
    "P": lambda s: s.back_phase(),
    "i": lambda s: s.next_iteration(),
    "I": lambda s: s.back_iteration(),
    "r": lambda s: s.reset(),
}


def assert_shows(snapshot, session):
    """Every number of the listing is the session's."""
    assert snapshot.position == session.position
    program = session.program
    for key, head in snapshot.heads.items():
        if isinstance(key, str):
            value = session.value(key)
        else:
            values = dict(session.line_values(program.lines[key - 1]))
            value = values.get(None, values.get(snapshot.parameter))
        assert head.shape == value.shape
        assert list(head.entries) == np.ravel(value)[: len(head.entries)].tolist()
    assert {k for k in snapshot.heads if isinstance(k, int)} == set(range(1, session.position.line + 1))


@pytest.mark.parametrize("lesson", ["S5", "B6"])
async def test_a_key_does_what_the_session_does(lesson):
    session = find(lesson).session()
    async with opened(lesson) as driver:
        for pressed in "iinnp" + "".join(key + key for key in MOVES):
            MOVES[pressed](session)
            await driver.press(pressed)
            assert_shows(driver.snapshot, session)


async def test_a_count_repeats():
    session = find("S5").session()
    async with opened("S5") as driver:
        for key in "nbpPiI":
            await driver.press("3", "0", "n", "1", "1", key)
            for pressed in "n" * 30 + key * 11:
                MOVES[pressed](session)
            assert driver.snapshot.position == session.position


async def test_a_count_is_shown_and_can_be_taken_back():
    async with opened("S5") as driver:
        await driver.press("1", "2")
        assert "12…" in driver.text()
        await driver.press("backspace")
        assert "12…" not in driver.text()
        await driver.press("n")
        assert driver.snapshot.position == (1, 1)


async def test_a_key_that_takes_no_count_ends_one():
    async with opened("S5") as driver:
        for line, key in enumerate(("s", "v", "tab", "home", "escape", "plus"), 1):
            await driver.press("1", "2", key)
            assert "12…" not in driver.text()
            await driver.press("n")
            assert driver.snapshot.position == (1, line)


@pytest.mark.parametrize(("typed", "stays"), [("10000005", "1000000"), ("10000000", "1000000"), ("9999999", "999999")])
async def test_a_count_beyond_the_largest_is_refused_with_a_word(typed, stays):
    async with opened("S5") as driver:
        await driver.press(*stays)
        assert "largest" not in driver.text()
        await driver.press(*typed[len(stays) :])
        assert f" {stays}…" in driver.text()
        assert f"The largest count is 1,000,000: it stays at {int(stays):,}." in driver.text()
        await driver.press("backspace", "2", "i")
        assert "largest" not in driver.text()
        assert driver.snapshot.position.iteration == 2


async def test_a_far_way_can_be_stopped_and_leaves_all_in_order():
    async with opened("S5") as driver:
        await driver.press(*"999999")
        driver.screen.action_next_iteration()
        assert driver.screen.bridge.busy
        await driver.press("escape")
        here = driver.snapshot.position
        assert here.iteration < 999_999
        session = find("S5").session()
        session.goto(*here)
        assert_shows(driver.snapshot, session)


async def test_what_is_not_computed_is_shown_as_such():
    async with opened("S5") as driver:
        await driver.press("n")
        listing = [line[:40] for line in driver.text().splitlines()]
        loss = next(line for line in listing if " ∂L/∂f = " in line)
        assert loss.rstrip().endswith("·")
        current = [line for line in listing if line.startswith("▸")]
        assert len(current) == 1
        assert " f₁ = x₀ · w₀ " in current[0]
        assert current[0].rstrip().endswith(" 1")


@pytest.mark.parametrize(
    ("answer", "position"),
    [("7", (7, 17)), ("3:5", (3, 5)), ("dw1", (2, 13)), ("theta", (2, 17)), ("w0", (2, 17)), ("step.w2", (2, 16))],
)
def test_go_to_is_read(answer, position):
    assert place_of(answer, find("S5").program(), 2) in (position, (position[0], None))


async def test_go_to():
    async with opened("S5") as driver:
        for answer, position in (("3:5", (3, 5)), ("dw1", (3, 13)), ("7", (7, 17)), ("step.w2", (7, 16))):
            await driver.press("g")
            await driver.type(answer)
            await driver.press("enter")
            assert driver.snapshot.position == position


@pytest.mark.parametrize(
    ("answer", "complaint"), [("nowhere", "no iteration"), ("0", "no iteration 0"), ("2:99", "no line 99")]
)
async def test_go_to_nowhere_says_so_and_asks_on(answer, complaint):
    async with opened("S5") as driver:
        await driver.press("g")
        await driver.type(answer)
        await driver.press("enter")
        assert type(driver.screen).__name__ == "Prompt"
        assert complaint in driver.text()
        await driver.press("escape")
        assert driver.snapshot.position == (1, 0)


async def test_the_scrubber_walks_and_can_be_clicked():
    async with opened("S5") as driver:
        await driver.press("1", "0", "i")
        driver.screen.query_one("#scrubber").focus()
        await driver.press("left", "left")
        assert driver.snapshot.position == (8, 17)
        await driver.press("right")
        assert driver.snapshot.position == (9, 17)
        await driver.press("home")
        assert driver.snapshot.position == (1, 0)
        await driver.press("end")
        assert driver.snapshot.position == (10, 17)
        await driver.click(1, 0, "#scrubber")
        await driver.settle()
        assert driver.snapshot.position == (1, 0)
        y = driver.screen.query_one("#scrubber").region.y
        last, kinds = 10, [events.MouseDown, *[events.MouseMove] * 2, events.MouseUp]
        start, room = bar_of(last, 80)
        for kind, iteration in zip(kinds, (3, 7, 5, 5), strict=True):
            x = start + cell_of(iteration, last, room)
            driver._send_event(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
            await driver.settle()
            assert driver.snapshot.position == (iteration, 17), "it goes along with the mouse"
        x = start
        driver._send_event(events.MouseMove(None, x, y, 0, 0, 0, False, False, False, x, y))
        await driver.settle()
        assert driver.snapshot.position == (5, 17), "and no further than it was held"


async def test_another_seed_draws_other_numbers():
    async with opened("B6") as driver:
        before = driver.snapshot.heads["W1"].entries
        await driver.press("i", "R")
        await driver.pause()
        await driver.settle()
        assert driver.snapshot.position == (1, 0)
        assert driver.snapshot.heads["W1"].entries != before
        assert "drawn anew, with seed 1" in driver.text()
        await driver.press("i", "r")
        assert " seed 1  " in driver.text().splitlines()[0], "as long as it holds"
        assert " z undo " in driver.text()
        await driver.press("z")
        await driver.pause()
        await driver.settle()
        assert driver.snapshot.heads["W1"].entries == before
        assert "seed" not in driver.text().splitlines()[0]
        assert "seed 0 again" in driver.text()


async def test_without_chance_another_seed_is_refused():
    async with opened("S5") as driver:
        await driver.press("R")
        assert "nothing here is drawn by chance" in driver.text()


async def test_q_goes_back_to_the_lessons_and_ends_the_thread():
    async with opened("S5") as driver:
        bridge = driver.screen.bridge
        await driver.press("q")
        assert type(driver.screen).__name__ == "LessonsScreen"
        assert not bridge._thread.is_alive()
