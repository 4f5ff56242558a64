"""A network of MNIST's size, 784-512-10: paused in mid-epoch, stepped into, gone on with; its weights scrolled."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.training_driving import training
from tui_nn.session.checkpoint_file import newest
from tui_nn.session.run import Run
from tui_nn.session.run_folder import RunFolder
from tui_nn.session.settings import from_values

ROWS, PAUSED = 300, 2  # 195 of the rows are trained with: 4 batches an epoch


@pytest.fixture
def settings(tmp_path):
    """Settings of a run that is written to a folder of that name."""
    chance = np.random.default_rng(4)
    np.savez(tmp_path / "pixels.npz", X=chance.random((ROWS, 784)).astype("f4"), y=np.arange(ROWS) % 10)

    def make(name):
        return from_values(
            {"data": str(tmp_path / "pixels.npz"), "layers": "512", "epochs": 2, "batch_size": 64, "seed": 3}
            | {"out": str(tmp_path / name)}
        )

    return make


def weights(folder):
    stored, complaints = newest(RunFolder(folder).checkpoints)
    assert not complaints
    return stored.iteration, {name: value.tobytes() for name, value in stored.tensors.items()}


async def test_it_ends_with_the_weights_of_an_undisturbed_run(settings, tmp_path):
    async with training(settings("app")) as driver:
        await driver.press(str(PAUSED), "n")
        progress = driver.snapshot.progress
        assert 0 < progress.batch < progress.batches
        await driver.to("BatchStepper", "i")
        session = driver.screen.bridge._desk.session
        assert session.value("W1").shape == (512, 784)
        await driver.press("n", "p", "p", "p", "p")
        assert driver.snapshot.position == (PAUSED + 1, session.length)
        walked = session.value("W1").tobytes()
        await driver.to("TrainingScreen", "q")
        await driver.press("n")
        course = driver.screen.bridge._desk.run.trainer.course
        assert course.machines.owner.read("W1").tobytes() == walked
        await driver.tap("space")
        await driver.when(lambda: driver.screen.has_ended)
    run = Run.begin(settings("script"))
    while run.trainer.stop is None:
        run.advance()
    run.finish()
    assert weights(tmp_path / "app") == weights(tmp_path / "script")


async def test_the_weights_scroll_to_any_of_their_401408_entries(settings):
    async with training(settings("app")) as driver:
        await driver.to("BatchStepper", "i")
        session, screen = driver.screen.bridge._desk.session, driver.screen
        await driver.press("home", "down", "down")
        assert driver.snapshot.focus.name == "W1"
        screen.show_view("tensor")
        screen.query_one("#tensor").focus()
        await driver.press("m")
        for key in ("end", "pageup", "right", "right", "down"):
            await driver.press(key)
            index = driver.snapshot.focus.index
            assert driver.snapshot.card.value == session.value("W1")[index]
        assert index[1] > 2
        assert "512×784" in driver.text()
