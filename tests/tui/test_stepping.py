"""Keys that move through time: each is held against what a Session of its own says."""

from __future__ import annotations

import pytest

from tests.tui.driving import opened
from tui_nn.lessons.problem import find

MOVES = {
    "n": lambda s: s.step(),
    "b": lambda s: s.back(),
    "p": lambda s: s.next_phase(),
    "P": lambda s: s.back_phase(),
    "i": lambda s: s.next_iteration(),
    "I": lambda s: s.back_iteration(),
    "r": lambda s: s.reset(),
}


@pytest.mark.parametrize("key", MOVES)
async def test_a_key_does_what_the_session_does(key):
    session = find("S5").session()
    async with opened("S5") as driver:
        for pressed in "iinnp" + key + key:
            MOVES[pressed](session)
            await driver.press(pressed)
            assert driver.snapshot.position == session.position
            for row in driver.snapshot.rows:
                if row.kind == "given" or (row.kind == "line" and row.shape == () and row.entries):
                    assert row.entries[0] == session.value(row.name)


@pytest.mark.parametrize("key", ["n", "b", "p", "P", "i", "I"])
async def test_a_count_repeats(key):
    async with opened("S5") as once, opened("S5") as many:
        await many.press("2", "0", "n", "1", "2", key)
        await once.press(*"n" * 20, *key * 12)
        assert once.snapshot.position == many.snapshot.position


async def test_stepping_to_a_gradient_shows_why():
    async with opened("S5") as driver:
        await driver.press("1", "3", "n")
        card = driver.snapshot.card
        assert (card.name, card.value) == ("dw1", -4)
        assert [o.name for o in card.operands] == ["df2", "x1"]
        text = driver.text()
        assert "dw1 = df2 * x1" in text
        assert "-4 * 1" in text


async def test_what_is_not_computed_is_shown_as_such():
    async with opened("S5") as driver:
        await driver.press("n")
        listing = [line[:40] for line in driver.text().splitlines()]
        loss = next(line for line in listing if " L = " in line)
        assert loss.rstrip().endswith("·")
        current = [line for line in listing if line.startswith("▸")]
        assert len(current) == 1
        assert " f1 = x0 * w0 " in current[0]
        assert current[0].rstrip().endswith(" 1")


async def test_q_goes_back_to_the_lessons_and_ends_the_thread():
    async with opened("S5") as driver:
        bridge = driver.screen.bridge
        await driver.press("q")
        assert type(driver.screen).__name__ == "LessonsScreen"
        assert not bridge._thread.is_alive()
