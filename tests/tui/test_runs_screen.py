"""The list of runs: what it shows is what the folders say; going on, deleting, opening."""

from __future__ import annotations

import json
import shutil
from contextlib import asynccontextmanager

import pytest

from tests.tui.training_driving import TrainingDriver, small
from tui_nn.session import assemble, course
from tui_nn.session.checkpoint_file import newest
from tui_nn.session.model import Model, part_of_run
from tui_nn.session.run import Run
from tui_nn.session.run_folder import RunFolder
from tui_nn.tui import runs_desk
from tui_nn.tui.app import TuiNN
from tui_nn.tui.screens.runs import RunsScreen
from tui_nn.tui.screens.runs_panes import VIEWS
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.view.look import Look

RUNS = {"first": {}, "second": {"optimizer": "sgd", "lr": 0.05, "layers": "8"}, "third": {"epochs": 6}}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Three runs: two that have ended, and one that was left in its third epoch."""
    folder = tmp_path_factory.mktemp("runs")
    for name, changes in RUNS.items():
        run = Run.begin(small(folder / name, **changes))
        while run.trainer.stop is None and not (name == "third" and run.trainer.course.iteration == 26):
            run.advance(0)
        run.save()
        if name != "third":
            run.finish()
    return folder


@pytest.fixture
def folder(trained, tmp_path):
    """A copy of them that a test may change."""
    return shutil.copytree(trained, tmp_path / "runs")


@asynccontextmanager
async def listed(folder, size=(80, 24)):
    app = TuiNN(look=Look())
    async with app.run_test(size=size) as pilot:
        driver = TrainingDriver(app, pilot)
        await driver.pause()
        app.push_screen(RunsScreen(folder))
        await driver.when(lambda: isinstance(driver.screen, RunsScreen) and driver.snapshot is not None)
        await driver.pause()
        await driver.settle()
        yield driver


async def point_at(driver, name):
    options = driver.screen.query_one("#runs-list")
    options.highlighted = options.get_option_index(name)
    await driver.settle()
    await driver.settle()


def line_of(driver, name):
    return next(line for line in driver.text().splitlines() if line[2:].startswith(name))


async def test_every_run_is_listed_with_how_it_stands(folder):
    (folder / "broken").mkdir()
    (folder / "broken" / "run.toml").write_text("format = 99")
    async with listed(folder, (100, 30)) as driver:
        assert {run.name for run in driver.snapshot.runs} == {*RUNS, "broken"}
        result = RunFolder(folder / "first").result()
        line = line_of(driver, "first")
        assert "digits" in line
        assert "12,6" in line
        assert f"accuracy {result['test']['accuracy']:.4g}"[:14] in line
        assert "unfinished" in line_of(driver, "third")
        assert "damaged" in line_of(driver, "broken")
        await point_at(driver, "broken")
        await driver.press("enter")
        assert "of format 99" in " ".join(driver.text().split())
        await driver.press("v", "i")
        assert isinstance(driver.screen, RunsScreen), "there is no iteration to open"
        assert "of format 99" in " ".join(driver.text().split())


async def test_marked_runs_lie_over_one_another(folder):
    async with listed(folder) as driver:
        await point_at(driver, "first")
        assert [r.name for r in driver.snapshot.reports] == ["first"]
        assert "training" in driver.text()
        await driver.press("space")
        assert line_of(driver, "first").startswith("▸●")
        await point_at(driver, "second")
        await driver.press("space")
        await point_at(driver, "third")
        assert [r.name for r in driver.snapshot.reports] == ["first", "second", "third"]
        records = [json.loads(line) for line in (folder / "second" / "metrics.jsonl").read_text().splitlines()]
        assert list(driver.snapshot.reports[1].columns["val_loss"]) == [record["val_loss"] for record in records]
        legend = next(line for line in driver.text().splitlines() if line.startswith("val_loss"))
        assert all(name in legend for name in RUNS)
        assert [line_of(driver, name)[:2] for name in RUNS] == [" ●", " ●", "▸ "]
        await driver.press("full_stop")
        assert any(line.startswith("loss ") for line in driver.text().splitlines())
        await driver.press("comma", "comma")
        assert any(line.startswith("val_accuracy") for line in driver.text().splitlines())
        await driver.press("y")
        assert "val_accuracy, log axis" in driver.text()
        await point_at(driver, "second")
        await driver.press("space")
        assert driver.screen.marked == ["first"]


async def test_differences_are_of_settings_that_differ(folder):
    async with listed(folder) as driver:
        await point_at(driver, "first")
        await driver.press("v")
        assert "What is not as usual" in driver.text()
        await driver.press("space")
        await point_at(driver, "second")
        rows = {line.split()[0]: line.split()[1:] for line in driver.text().splitlines()[2:-3] if line.split()}
        assert rows["optimizer"] == ["adam", "sgd"]
        assert rows["layers"] == ["12,6", "8"]
        assert rows["lr"] == ["·", "0.05"]
        assert "seed" not in rows


async def test_figures_and_evaluate_are_those_of_the_model(folder):
    async with listed(folder, (100, 40)) as driver:
        await point_at(driver, "third")
        await driver.press("enter")
        assert "unfinished, 2 epochs" in driver.text()
        await driver.press("e")
        model = Model.load(RunFolder(folder / "third"))
        found = assemble.summary(*model.evaluate(part_of_run(RunFolder(folder / "third"), "test")))
        judged = driver.snapshot.judged["third"]
        assert judged["iteration"] == 26
        assert {name: judged[name] for name in found} == found
        assert f"accuracy {found['accuracy']:.4g}" in driver.text()
        await point_at(driver, "first")
        assert "3 epochs are over" in driver.text()


async def test_an_unfinished_run_goes_on_at_once_to_the_weights_of_an_undisturbed_one(folder, tmp_path):
    async with listed(folder) as driver:
        await point_at(driver, "third")
        await driver.tap("r")
        await driver.when(lambda: type(driver.screen).__name__ == "TrainingScreen" and driver.screen.has_ended)
        await driver.press("q")
        await driver.when(lambda: isinstance(driver.screen, RunsScreen))
        await driver.settle()
        assert next(run for run in driver.snapshot.runs if run.name == "third").status == "epochs"
    whole = Run.begin(small(tmp_path / "whole", epochs=6))
    while whole.trainer.stop is None:
        whole.advance()
    whole.save()
    a, b = newest(RunFolder(folder / "third").checkpoints)[0], newest(whole.folder.checkpoints)[0]
    assert a.iteration == b.iteration
    assert {n: v.tobytes() for n, v in a.tensors.items()} == {n: v.tobytes() for n, v in b.tensors.items()}


async def test_a_run_that_is_over_is_asked_how_far(folder):
    async with listed(folder) as driver:
        await point_at(driver, "first")
        await driver.to("Prompt", "r")
        await driver.tap("ctrl+u", "2", "enter")
        assert "above 3" in driver.text()
        await driver.tap("ctrl+u", "5", "enter")
        await driver.when(lambda: type(driver.screen).__name__ == "TrainingScreen" and driver.screen.has_ended)
    assert RunFolder(folder / "first").result()["epoch"] == 5


async def test_deleting_asks_first(folder):
    async with listed(folder) as driver:
        await point_at(driver, "second")
        for key in ("escape", "d"):
            await driver.to("DeleteQuestion", "x")
            assert "second" in driver.text()
            await driver.press(key)
            await driver.until("RunsScreen")
            assert (folder / "second").exists() == (key == "escape")
        assert {run.name for run in driver.snapshot.runs} == {"first", "third"}
        assert "gone" not in driver.text()


def test_a_run_is_opened_in_slices_and_can_be_left_on_the_way(folder, monkeypatch):
    monkeypatch.setattr(course, "SLICE", 2)
    desk, found = runs_desk.RunsDesk(folder), []
    desk.refresh()
    for checkpoint in (folder / "first" / "checkpoints").iterdir():
        checkpoint.unlink()
    slices = runs_desk.step_into("first", 12, found.append)(desk)
    next(slices)
    slices.close()
    assert not found
    assert len(list(runs_desk.step_into("first", 12, found.append)(desk))) == 6  # 11 iterations, two at a time
    assert found[0].position == (12, 0)


async def test_a_run_whose_folder_has_gone_is_said_to_be_gone(folder):
    async with listed(folder) as driver:
        await point_at(driver, "second")
        shutil.rmtree(folder / "second")
        await driver.to("Prompt", "i")
        await driver.to("RunsScreen", "enter")
        await driver.when(lambda: len(driver.snapshot.runs) == 2)
        await driver.settle()
        assert "second: gone" in driver.text()
        assert driver.screen.pointed is not None
        await point_at(driver, "first" if driver.screen.pointed.name == "third" else "third")
        assert "gone" not in driver.text()


async def test_a_run_is_opened_in_the_stepper_at_any_iteration(folder):
    async with listed(folder) as driver:
        await point_at(driver, "third")
        await driver.to("Prompt", "i")
        await driver.tap("ctrl+u", "9", "9", "enter")
        await driver.when(lambda: "99 is none of them" in driver.text())
        await driver.to("Prompt", "i")
        await driver.tap("ctrl+u", "1", "4", "enter")
        await driver.until("BatchStepper")
        assert driver.snapshot.position == (14, 0)
        await driver.press("i")
        assert driver.snapshot.position.iteration == 14


async def test_a_new_run_begins_with_the_settings_of_another(folder):
    async with listed(folder) as driver:
        await point_at(driver, "second")
        await driver.to("TrainFormScreen", "n")
        texts = driver.screen.texts
        assert (texts["optimizer"], texts["lr"], texts["layers"], texts["data"]) == ("sgd", "0.05", "8", "digits")
        assert texts["out"] == ""


async def test_an_empty_folder_says_so(tmp_path):
    async with listed(tmp_path / "none") as driver:
        assert "n begins one" in driver.text()
        for key in ("enter", "space", "r", "e", "x", "i", "f5", "v", "V", "full_stop"):
            await driver.press(key)
        assert type(driver.screen).__name__ == "RunsScreen"
        await driver.to("LessonsScreen", "q")


@pytest.mark.parametrize("size", [(60, 18), (100, 30), (200, 60)])
async def test_each_size_shows_the_list_and_a_view(folder, size):
    async with listed(folder, size) as driver:
        text = driver.text()
        assert all(line_of(driver, name) for name in RUNS)
        assert "Space mark" in text or size[0] == 60
        await point_at(driver, "first")
        await driver.press("enter")
        assert "3 epochs are over" in driver.text()
        assert max(map(len, driver.text().splitlines())) <= size[0]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids="{0[0]}x{0[1]}".format)
async def test_the_footer_has_the_keys_of_the_curves_where_they_are_seen(folder, size):
    async with listed(folder, size) as driver:
        for _ in VIEWS:
            shown = {row.action for row in driver.screen.query_one(KeyBar)._keys}
            assert ("log" in shown) is ("next_figure" in shown) is driver.screen.query_one("#runs-curves").display
            await driver.press("v")
