"""Keys that come all at once do what they would have done one by one."""

from __future__ import annotations

from textual import events

from tests.tui.driving import CHARACTERS, NAMED, opened


def burst(app, *keys: str) -> None:
    """All of these in one reading of the terminal."""
    for key in keys:
        name = NAMED.get(key, key)
        app.post_message(events.Key(name, key if len(key) == 1 else CHARACTERS.get(name)))


async def test_a_search_an_opening_and_steps_typed_ahead():
    async with opened(size=(80, 24)) as driver:
        burst(driver.app, "slash", *"backpropagation", "space", *"by", "enter", *"13n")
        await driver.settle()
        assert driver.screen.problem.lesson.code == "S5"
        assert driver.screen.snapshot.position.line == 13


async def test_a_prompt_takes_what_was_typed_before_it_was_seen():
    async with opened("S5", size=(80, 24)) as driver:
        burst(driver.app, "g", *"2:5", "enter", "n")
        await driver.settle()
        position = driver.screen.snapshot.position
        assert (position.iteration, position.line) == (2, 6)


async def test_control_c_does_not_wait_for_its_turn():
    async with opened("S5", size=(80, 24)) as driver:
        burst(driver.app, *"nnnn", "ctrl+c")
        await driver.pause()
        assert driver.app.return_code == 130
