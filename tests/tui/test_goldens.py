"""The screens beside the stepper as they were meant, at 80x24 and, resized, at 160x48, held against files."""

from __future__ import annotations

import math
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.tui.driving import opened
from tests.tui.goldens import assert_golden
from tests.tui.training_driving import TrainingDriver, small
from tui_nn.session.run import Run
from tui_nn.tui.app import TuiNN
from tui_nn.tui.screens.runs import RunsScreen
from tui_nn.tui.screens.training import TrainingScreen
from tui_nn.tui.training_shot import take_training
from tui_nn.view.look import Look

SCENES = {
    "equations": ("", ["e"], "EquationsScreen"),
    "equations-wrong": ("", ["e", "end", *"*("], "EquationsScreen"),
    "help": ("S5", [*"13n", "question_mark"], "HelpScreen"),
    "prompt": ("S5", ["g", *"nowhere", "enter"], "Prompt"),
    "autopsy": ("S5", ["e", "ctrl+u", *"w2=1e200", "enter", "i"], "AutopsyScreen"),
    "new-run": ("", ["t"], "TrainFormScreen"),
}


async def assert_both(driver, name: str) -> None:
    """The screen is drawn as it was meant at either size."""
    for width, height in ((80, 24), (160, 48)):
        await driver.resize(width, height)
        await driver.settle()
        assert_golden(f"{name}-{width}x{height}", driver.text())


@pytest.mark.parametrize("scene", SCENES)
async def test_a_screen_is_drawn_as_it_was_meant(scene):
    target, pressed, screen = SCENES[scene]
    async with opened(target) as driver:
        for key in pressed:
            await (driver.press(key) if len(key) > 1 else driver.type(key))
        await driver.until(screen)
        await assert_both(driver, scene)


# -- runs: their times and their folders are the same everywhere


def timeless(shot):
    """The shot of a run that trains 1,000 examples a second."""
    now = shot.progress
    return shot if now is None else replace(shot, progress=replace(now, seconds=0.001 * 325 * now.epoch, speed=1000.0))


@asynccontextmanager
async def app_in(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    async with TuiNN(look=Look()).run_test(size=(80, 24)) as pilot:
        driver = TrainingDriver(pilot.app, pilot)
        await driver.pause()
        yield driver


async def test_a_run_is_drawn_as_it_was_meant(tmp_path, monkeypatch):
    settings = small("golden", epochs=6, dtype="float64", backend="numpy")
    async with app_in(tmp_path, monkeypatch) as driver:
        screen = TrainingScreen(partial(Run.begin, settings), "a run", paused=True)
        screen.bridge._desk._look.rest = math.inf  # else it looks at the layers as often as there is time
        screen.bridge._take = lambda *given: timeless(take_training(*given))
        await driver.app.push_screen(screen)
        await driver.when(lambda: screen.snapshot is not None and screen.snapshot.facts is not None)
        await driver.press("2", "e", "3", "n")
        await assert_both(driver, "training")
        await driver.resize(80, 24)
        await driver.press("v")
        await driver.pause()
        assert_golden("training-layers-80x24", driver.text())
        await driver.to("StopQuestion", "s")
        await assert_both(driver, "stop")
        await driver.to("TrainingScreen", "escape")
        await driver.to("BatchStepper", "i")
        await driver.press("i")
        await assert_both(driver, "batch")


async def test_the_runs_are_drawn_as_they_were_meant(tmp_path, monkeypatch):
    async with app_in(tmp_path, monkeypatch) as driver:
        for name, changes in {"first": {}, "second": {"optimizer": "sgd", "lr": 0.05}}.items():
            run = Run.begin(small(Path("runs") / name, dtype="float64", backend="numpy", **changes))
            while run.trainer.stop is None:
                run.advance()
            run.finish()
        await driver.app.push_screen(RunsScreen(Path("runs")))
        await driver.when(lambda: driver.snapshot is not None and driver.snapshot.reports)
        await driver.press("space", "down", "space")
        await assert_both(driver, "runs")
        await driver.press("v")
        await assert_both(driver, "runs-differences")
        await driver.to("DeleteQuestion", "x")
        await assert_both(driver, "delete")
