"""The key table is what the program does: bindings, footer and help say the same."""

from __future__ import annotations

import pytest

from tests.tui.driving import opened
from tui_nn.tui import keys
from tui_nn.tui.drawing.keybar import slots
from tui_nn.tui.screens.help import key_page


@pytest.mark.parametrize("name", keys.SCREENS)
def test_no_key_twice(name):
    pressed = [key for row in keys.table(name) for key in row.keys.split(",")]
    assert len(pressed) == len(set(pressed))


@pytest.mark.parametrize("name", keys.SCREENS)
def test_help_and_footer_show_every_key_they_should(name):
    page = key_page(name)
    for row in keys.table(name):
        assert row.help in page
    assert [row for _, _, row in slots(keys.footer(name), 10_000)] == list(keys.footer(name))
    narrow = [row for _, _, row in slots(keys.footer(name), 78)]
    assert any(row.action == "explain" for row in narrow)


@pytest.mark.parametrize(("name", "target"), [("lessons", ""), ("stepper", "S5")])
async def test_every_row_has_an_action_and_a_binding(name, target):
    async with opened(target) as driver:
        bound = driver.screen.active_bindings
        for row in keys.table(name):
            where = driver.screen if row in keys.SCREENS[name] else driver.app
            assert hasattr(where, f"action_{row.action}"), row
            for key in row.keys.split(","):
                assert bound[key].binding.action in (row.action, f"app.{row.action}", "select"), (
                    key
                )  # a list has "select"


async def test_a_click_on_the_footer_is_its_key():
    async with opened("S5") as driver:
        start, _, _ = next(slot for slot in slots(keys.footer("stepper"), 80) if slot[2].action == "next")
        await driver.pilot.click("#keybar", offset=(start + 1, 0))
        await driver.settle()
        assert driver.snapshot.position == (1, 1)


async def test_help_opens_and_closes():
    async with opened("S5") as driver:
        await driver.press("question_mark")
        assert "compute the next line" in driver.text()
        await driver.press("escape")
        assert type(driver.screen).__name__ == "StepperScreen"
