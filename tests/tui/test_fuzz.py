"""Random keys, resizes and clicks on each screen: no exception, and afterwards the Session's invariants hold.

`TUI_NN_FUZZ=2000 pytest tests/tui/test_fuzz.py` does the long version.
"""

from __future__ import annotations

import os
import random

import numpy as np
import pytest

from tests.tui.driving import Driver, opened
from tui_nn.lessons.problem import find
from tui_nn.tui import keys
from tui_nn.tui.snapshot import take

STEPS = int(os.environ.get("TUI_NN_FUZZ", "300"))
LEAVING = {"quit", "interrupt", "leave", "close", "train", "runs", "file", "seed", "command_palette"}
WORDS = (
    "w2 = 3",
    "L < 0.1",
    "12",
    "3:4",
    "dw1",
    "w1 * 2",
    "nonsense [",
    "w0 = 1e400",
    "",
    "any(isnan(L))",
    "W1[0, 1] = -1",
)
SIZES = ((80, 24), (160, 48), (100, 30), (60, 18), (30, 10), (200, 60), (137, 37))


async def one_step(driver: Driver, chance: random.Random, pressed: list[str]) -> None:
    """A key of the table nine times out of ten, else a click or another size."""
    kind = chance.random()
    if kind < 0.04:
        await driver.pilot.resize_terminal(*chance.choice(SIZES))
    elif kind < 0.12:
        width, height = driver.screen.size
        await driver.pilot.click(offset=(chance.randrange(max(width, 1)), chance.randrange(max(height, 1))))
    else:
        await driver._send(chance.choice(pressed))
    if type(driver.screen).__name__ == "Prompt":
        await driver.type(chance.choice(WORDS))
        await driver._send("enter")
        await driver._send("escape")
    if chance.random() < 0.1:
        bridge = getattr(driver.screen, "bridge", None)
        if bridge is not None:
            bridge.cancel()


def playful(name: str) -> list[str]:
    """The keys that do not lead away, digits, and some that mean nothing."""
    rows = [row for row in keys.table(name) if row.action not in LEAVING]
    if name == "stepper":
        rows += [row for pane in keys.PANES.values() for row in pane]
    return [key for row in rows for key in row.keys.split(",")] + list("0123456789") + ["f12", "ctrl+x", "y"]


@pytest.mark.parametrize("lesson", ["S5", "B6"])
async def test_the_stepper_withstands_it(lesson):
    chance = random.Random(f"stepper {lesson}")
    pressed = playful("stepper")
    async with opened(lesson) as driver:
        first = driver.screen
        for _ in range(STEPS // 2):
            await one_step(driver, chance, pressed)
            while driver.app.screen_stack[-1] is not first and first in driver.app.screen_stack:
                await driver.app.pop_screen()
        first.bridge.cancel()
        await driver.pilot.pause()
        await driver.settle()
        assert first.bridge.crash is None
        assert_invariants(first, lesson)


def assert_invariants(screen, lesson: str) -> None:
    """The same edits at the same position give a fresh Session the same bits."""
    desk = screen.bridge._desk
    shot = take(desk, screen.bridge.wanted)
    session = find(lesson).session()
    for edit in shot.edits:
        session.goto(edit.iteration, edit.line)
        session.set(edit.name, edit.index, edit.value)
    session.goto(*shot.position)
    for name, role in session.program.roles.items():
        if role in ("input", "parameter") or session.is_computed(name):
            assert np.array_equal(session.value(name), desk.session.value(name), equal_nan=True), name


@pytest.mark.parametrize("name", ["lessons", "lockstep", "equations"])
async def test_the_other_screens_withstand_it(name):
    chance = random.Random(name)
    pressed = playful(name)
    async with opened() as driver:
        if name == "lockstep":
            driver.app.open_lockstep("S6")
            await driver.until("LockstepScreen")
        if name == "equations":
            await driver.press("e")
            await driver.until("EquationsScreen")
            pressed = [
                *pressed,
                *"abwxyL01",
                "equals_sign",
                "asterisk",
                "left_parenthesis",
                "enter",
                "backspace",
                "delete",
            ]
        first = driver.screen
        for _ in range(STEPS // 4):
            await one_step(driver, chance, pressed)
            while driver.app.screen_stack[-1] is not first and first in driver.app.screen_stack:
                await driver.app.pop_screen()
        await driver.pilot.pause()
        assert driver.app.return_code in (None, 0)
