"""What holds threads up: the collector does not go through all that lives while something runs; what is left goes."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest

from tests.tui.driving import opened
from tui_nn.tui.app import keep_pauses_short
from tui_nn.tui.screens import bridged

FRAMES = 40


@pytest.fixture
def short_pauses():
    """As in the program, and afterwards as it was."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    gc.collect()
    keep_pauses_short()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


async def test_a_run_at_full_speed_sets_off_no_full_collection(short_pauses):
    async with opened("S5") as driver:
        screen = driver.screen
        await driver.press("v", "v", "v")
        assert screen.view == "loss"
        before = gc.get_stats()[-1]["collections"]
        screen.pace.index = 5
        screen.action_run()
        seen = 0
        while seen < FRAMES:
            shot = screen.snapshot
            await driver.pilot.pause(0.002)
            screen.poll()
            seen += screen.snapshot is not shot
        after = gc.get_stats()[-1]["collections"]
        await driver.press("space")
        assert after == before


@pytest.fixture
def no_collections_by_chance():
    """Only those that are asked for."""
    gc.disable()
    yield
    gc.enable()


async def test_what_a_screen_held_is_given_back_when_it_has_left(monkeypatch, no_collections_by_chance):
    monkeypatch.setattr(bridged, "COLLECT_AFTER", 0.01)
    async with opened() as driver:
        sessions = []
        for _ in range(2):  # the last screen that has left is known to some until the next one has
            driver.app.open_target("S5")
            await driver.until("StepperScreen")
            sessions.append(weakref.ref(driver.screen.bridge._desk.session))
            await driver.press("n", "q")
            await driver.until("LessonsScreen")
        for _ in range(300):
            await driver.pilot.pause(0.01)
            if sessions[0]() is None:
                return
        raise AssertionError("it is still there")
