"""Training on the screen: each key against what a Run does, and weights bit for bit whatever is done on the way."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from tests.tui.training_driving import small, training
from tui_nn.errors import UserError
from tui_nn.session.checkpoint_file import iterations, newest
from tui_nn.session.open_run import last_iteration, open_run
from tui_nn.session.run import Run
from tui_nn.session.run_folder import RunFolder
from tui_nn.tui import training_commands
from tui_nn.tui.batch_problem import problem_of

DROPOUT = {"dropout": "0.2", "optimizer": "momentum"}


def undisturbed(folder, **changes):
    """The same run from a script: its folder."""
    run = Run.begin(small(folder, **changes))
    while run.trainer.stop is None:
        run.advance()
    run.finish()
    return run.folder


def weights(folder):
    """The tensors of the newest checkpoint, byte for byte, and its iteration."""
    stored, complaints = newest(RunFolder(folder).checkpoints)
    assert not complaints
    return stored.iteration, {name: value.tobytes() for name, value in stored.tensors.items()}


def figures(folder):
    return [{k: v for k, v in record.items() if k != "seconds"} for record in RunFolder(folder).records()]


async def to_the_end(driver):
    await driver.tap("space")
    await driver.when(lambda: driver.screen.has_ended)


@pytest.mark.parametrize("changes", [{}, DROPOUT], ids=["plain", "dropout"])
async def test_a_run_paused_in_mid_epoch_stepped_into_and_gone_on_with_ends_with_the_same_weights(tmp_path, changes):
    async with training(small(tmp_path / "app", **changes)) as driver:
        await driver.press("1", "7", "n")
        assert driver.iteration == 17
        assert driver.snapshot.progress.batch == 6
        await driver.to("BatchStepper", "i")
        assert driver.snapshot.position == (18, 0)
        length = driver.screen.bridge._desk.session.length
        await driver.press("n", "b", "n", "p", "p", "p", "p")
        assert driver.snapshot.position == (18, length)
        walked = driver.screen.bridge._desk.session.value("W1")
        await driver.to("TrainingScreen", "q")
        assert "held in the stepper" not in driver.text()
        assert "The stepper has not moved the run: it stands after iteration 17." in driver.text()
        assert driver.iteration == 17
        await driver.press("n")
        course = driver.screen.bridge._desk.run.trainer.course
        assert course.machines.owner.read("W1").tobytes() == walked.tobytes()
        await to_the_end(driver)
    undisturbed(tmp_path / "script", **changes)
    assert weights(tmp_path / "app") == weights(tmp_path / "script")
    assert figures(tmp_path / "app") == figures(tmp_path / "script")


async def test_edits_and_far_ways_in_the_stepper_leave_training_alone(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("5", "n")
        await driver.to("BatchStepper", "i")
        await driver.press("n", "e")
        await driver.tap("ctrl+u")
        await driver.type("W1[0, 3] = 7")
        await driver.press("enter")
        assert [e.value for e in driver.snapshot.edits] == [7.0]
        await driver.press("1", "4", "i", "r")
        assert driver.snapshot.position == (1, 0)
        await driver.to("TrainingScreen", "q")
        assert "The run is as it was: W1[0, 3] = 7 held in the stepper only." in driver.text()
        await to_the_end(driver)
    undisturbed(tmp_path / "script")
    assert weights(tmp_path / "app") == weights(tmp_path / "script")


async def test_stepping_into_a_run_at_work_goes_on_with_it_afterwards(tmp_path):
    async with training(small(tmp_path / "app", epochs=100_000), paused=False) as driver:
        await driver.when(lambda: driver.iteration > 3)
        await driver.to("BatchStepper", "i")
        at = driver.snapshot.position.iteration
        await driver.press("i")
        assert driver.snapshot.position.iteration == at
        await driver.tap("q")
        await driver.when(lambda: type(driver.screen).__name__ == "TrainingScreen" and driver.iteration > at + 5)


@pytest.mark.parametrize(("data", "image"), [("digits", (8, 8)), ("iris", None)])
async def test_an_example_that_is_an_image_is_drawn_as_one(tmp_path, data, image):
    async with training(small(tmp_path / "app", data=data, rows=100, epochs=1)) as driver:
        await driver.to("BatchStepper", "i")
        await driver.press("n")
        stages = driver.screen.subject.stages
        assert [stage.image for stage in stages] == [image, *[None] * (len(stages) - 1)]
        assert ("▀▀▀▀▀▀▀▀" in driver.text()) == (image is not None)
    async with training(small(tmp_path / "other", data=data, rows=100, epochs=1)) as driver:
        await to_the_end(driver)
    session = open_run(RunFolder(tmp_path / "other"), 3)
    assert problem_of("it", session).image == image


async def test_the_stepper_on_a_run_says_what_is_not_to_be_had_there(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.to("BatchStepper", "i")
        await driver.press("l")
        assert "compare runs" in driver.text()
        await driver.press("R")
        assert "keeps its seed" in driver.text()


async def test_pause_and_on(tmp_path):
    async with training(small(tmp_path / "app", epochs=100_000), paused=False) as driver:
        await driver.when(lambda: driver.iteration > 10)
        assert "training" in driver.text().splitlines()[0]
        assert "Space pause " in driver.text().splitlines()[-1]
        await driver.press("space")
        here = driver.screen.bridge._desk.run.trainer.course.iteration
        assert driver.iteration == here
        assert "paused" in driver.text().splitlines()[0]
        assert "Space run " in driver.text().splitlines()[-1]
        await driver.tap("space")
        await driver.when(lambda: driver.iteration > here)
        await driver.tap("ctrl+c")
        await driver.when(lambda: not driver.screen.bridge.busy)
        await driver.settle()
        assert "paused" in driver.text().splitlines()[0]
        assert "Space run " in driver.text().splitlines()[-1]
        assert driver.app.is_running


async def test_iterations_and_epochs_with_counts(tmp_path):
    async with training(small(tmp_path / "app", epochs=9)) as driver:
        await driver.press("3")
        assert "3…" in driver.text()
        await driver.press("n")
        assert driver.iteration == 3
        await driver.press("e")
        assert (driver.snapshot.progress.epoch, driver.snapshot.progress.batch) == (1, 0)
        await driver.press("4", "e")
        assert driver.snapshot.progress.epoch == 5
        assert len(driver.snapshot.curves["val_loss"].y) == 5
        assert driver.snapshot.figures_at == driver.iteration


def last_iteration_by_hand(folder, **changes):
    """Of a run's last iteration, by parameter: its norm, the gradient's, and the step's over its norm before."""
    run = Run.begin(small(folder, **changes))
    owner = run.trainer.course.machines.owner
    names = [p.name for p in run.trainer.course.machines.network.parameters]
    while run.trainer.stop is None:
        before = {name: owner.read(name).astype(np.float64) for name in names}
        run.advance(0)
    machine = run.trainer.course.machines.training(run.trainer.course.size_of(run.trainer.course.iteration))
    return {
        name: (
            norm(owner.read(name)),
            norm(machine.read(f"d{name}")),
            norm(owner.read(name).astype(np.float64) - before[name]) / (norm(before[name]) or np.nan),
        )
        for name in names
    }


def norm(values):
    return np.linalg.norm(values.astype(np.float64))


@pytest.mark.parametrize("changes", [{}, {"early_stopping": 1, "lr": 0.5}], ids=["last weights", "best weights"])
async def test_the_layers_of_a_run_that_has_ended_have_the_figures_of_its_last_iteration(tmp_path, changes):
    async with training(small(tmp_path / "app", **changes)) as driver:
        await driver.press("n", "v")
        assert "after iteration 1;" in driver.text()
        await to_the_end(driver)
        await driver.settle()
        shot = driver.snapshot
        assert shot.result["weights"] == ("best" if changes else "last")
        assert shot.figures_at == shot.result["iteration"] > 1
        assert f"after iteration {shot.figures_at:,};" in driver.text()
    expected = last_iteration_by_hand(tmp_path / "script", **changes)
    for f in shot.figures:
        assert (f.weight, f.gradient, f.ratio) == pytest.approx(expected[f.name], rel=1e-3, nan_ok=True)
    assert len(shot.norms["W1"]) >= 2


async def test_the_layers_of_a_paused_run_have_the_figures_of_the_iteration_before_the_pause(tmp_path):
    async with training(small(tmp_path / "app", epochs=100_000), paused=False) as driver:
        await driver.tap("v")
        await driver.when(lambda: driver.iteration > 10)
        await driver.press("space")
        course = driver.screen.bridge._desk.run.trainer.course
        assert driver.snapshot.figures_at == course.iteration
        assert driver.snapshot.figures[0].weight == pytest.approx(norm(course.machines.owner.read("W1")))
        assert f"after iteration {course.iteration:,};" in driver.text()


async def test_the_learning_rate_changes_as_it_runs_and_the_run_remembers_it(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("1", "2", "n", "l")
        await driver.tap("ctrl+u")
        await driver.type("-1")
        await driver.press("enter")
        assert "a number above 0" in driver.text()
        await driver.tap("ctrl+u")
        await driver.type("0.0025")
        await driver.press("enter")
        assert "from iteration 13 on the learning rate is 0.0025" in driver.text()
        assert driver.snapshot.progress.rate == 0.0025
        stored, _ = newest(RunFolder(tmp_path / "app").checkpoints)
        assert stored.facts["rates"] == [[13, 0.0025]]
        await to_the_end(driver)
    run = Run.begin(small(tmp_path / "script"))
    while run.trainer.course.iteration < 12:
        run.advance(0)
    run.set_rate(0.0025)
    while run.trainer.stop is None:
        run.advance()
    run.finish()
    assert weights(tmp_path / "app") == weights(tmp_path / "script")
    assert [record["lr"] for record in figures(tmp_path / "app")] == [0.001, 0.0025, 0.0025]


async def test_a_learning_rate_that_is_left_as_it_is_leaves_the_schedule_alone(tmp_path):
    async with training(small(tmp_path / "app", schedule="cosine")) as driver:
        await driver.press("1", "7", "n", "l", "enter")
        assert "the learning rate is" not in driver.text()
        await to_the_end(driver)
    undisturbed(tmp_path / "script", schedule="cosine")
    assert weights(tmp_path / "app") == weights(tmp_path / "script")
    assert len({record["lr"] for record in figures(tmp_path / "app")}) == 3


async def test_the_learning_rate_can_be_changed_without_a_pause(tmp_path):
    async with training(small(tmp_path / "app", epochs=100_000), paused=False) as driver:
        await driver.when(lambda: driver.iteration > 10)
        await driver.tap("l")
        await driver.pause()
        await driver.tap("ctrl+u", *"0.002", "enter")
        await driver.when(lambda: driver.screen.snapshot is not None and driver.snapshot.progress.rate == 0.002)
        here = driver.iteration
        await driver.when(lambda: driver.iteration > here)
        assert "training" in driver.text().splitlines()[0]


async def test_a_checkpoint_at_any_time(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("7", "n", "c")
        assert iterations(RunFolder(tmp_path / "app").checkpoints) == [7]
        assert "a checkpoint of iteration 7 is written" in driver.text()


@pytest.mark.parametrize("key", ["s", "q"])
async def test_ending_a_run_is_asked_once_and_keeps_it(tmp_path, key):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("5", "n")
        await driver.tap(key)
        await driver.until("StopQuestion")
        await driver.to("TrainingScreen", "escape")
        assert RunFolder(tmp_path / "app").result() is None
        assert RunFolder(tmp_path / "app").is_training()
        await driver.tap(key)
        await driver.until("StopQuestion")
        await driver.press("k")
        await driver.until("TrainingScreen" if key == "s" else "LessonsScreen")
        result = RunFolder(tmp_path / "app").result()
        assert (result["status"], result["iteration"]) == ("interrupted", 5)
        assert not RunFolder(tmp_path / "app").is_training()
        if key == "s":
            await driver.to("LessonsScreen", "q")
    run = Run.resume(RunFolder(tmp_path / "app"), {})
    assert run.trainer.course.iteration == 5


async def test_a_run_that_is_discarded_is_gone(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("5", "n", "c")
        await driver.to("StopQuestion", "s")
        await driver.to("LessonsScreen", "d")
        assert not (tmp_path / "app").exists()
    assert not (tmp_path / "app").exists()


async def test_a_run_whose_folder_has_gone_is_discarded(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("5", "n", "c")
        shutil.rmtree(tmp_path / "app")
        await driver.to("StopQuestion", "s")
        await driver.to("LessonsScreen", "d")
        assert not driver.app.regrets
    assert not (tmp_path / "app").exists()


async def test_a_run_that_cannot_be_kept_is_left_without_saving_once_that_was_said(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("5", "n", "c", "3", "n")
        (tmp_path / "app").rename(tmp_path / "away")
        for _ in range(2):
            await driver.to("StopQuestion", "q")
            await driver.to("TrainingScreen", "k")
            assert "It is not kept; q leaves without saving. Cannot write" in driver.text()
            await driver.press("n")  # what is trained on is asked for anew
        await driver.to("StopQuestion", "s")
        await driver.to("TrainingScreen", "k")
        await driver.to("LessonsScreen", "q")
        assert not driver.app.regrets
    assert weights(tmp_path / "away")[0] == 5


async def test_a_last_checkpoint_that_cannot_be_written_is_told_at_the_end(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("5", "n")
        shutil.rmtree(tmp_path / "app")
    [regret] = driver.app.regrets
    assert regret.startswith("the last checkpoint of app was not written: Cannot write ")


async def test_an_app_that_is_closed_in_the_midst_leaves_a_run_that_goes_on_to_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(training_commands, "SLICE", 0.0)  # one iteration at a time: it takes longer than the test
    async with training(small(tmp_path / "app", epochs=100), paused=False) as driver:
        await driver.when(lambda: driver.iteration >= 20)
    folder = RunFolder(tmp_path / "app")
    assert folder.result() is None
    assert not folder.is_training()
    assert last_iteration(folder) >= 20
    run = Run.resume(folder, {})
    assert run.trainer.course.iteration == last_iteration(folder)
    while run.trainer.stop is None:
        run.advance()
    run.finish()
    undisturbed(tmp_path / "script", epochs=100)
    assert weights(tmp_path / "app") == weights(tmp_path / "script")
    assert figures(tmp_path / "app") == figures(tmp_path / "script")


async def test_an_app_that_is_closed_with_the_stepper_open_keeps_where_training_was(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("6", "n")
        await driver.to("BatchStepper", "i")
        await driver.press("3", "i")
    assert weights(tmp_path / "app")[0] == 6


async def test_a_run_that_has_ended_says_how_and_trains_no_more(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await to_the_end(driver)
        await driver.settle()
        assert "3 epochs are over; test loss" in driver.text()
        first, *_, footer = driver.text().splitlines()
        assert "ended" in first
        assert "v view" in footer
        assert "Space pause" not in footer, "there is nothing to pause"
        assert driver.snapshot.result == RunFolder(tmp_path / "app").result()
        await driver.press("space")
        assert "resume it from the list of runs" in driver.text()
        await driver.press("V")
        assert "3 epochs are over" in driver.text()
        assert f"{driver.snapshot.result['test']['accuracy']:.4g}" in driver.text()
    assert weights(tmp_path / "app") == weights(undisturbed(tmp_path / "script").path)


async def test_early_stopping_takes_the_best_weights_and_is_not_stepped_into(tmp_path):
    settings = small(tmp_path / "app", early_stopping=1, lr=0.5, epochs=20)
    async with training(settings) as driver:
        await to_the_end(driver)
        assert driver.snapshot.result["weights"] == "best"
        await driver.press("i")
        assert "open it from the list of runs" in driver.text()


async def test_a_number_that_is_not_finite_ends_the_run_and_one_key_leads_to_why(tmp_path):
    async with training(small(tmp_path / "app", optimizer="sgd", lr=1e30)) as driver:
        await to_the_end(driver)
        await driver.settle()
        assert driver.snapshot.result["status"] == "non-finite"
        reason = driver.snapshot.result["reason"]
        assert "A number is not finite: i goes there and says why." in driver.text()
        await driver.to("AutopsyScreen", "i")
        found = driver.screen.found
        assert reason.startswith(f"iteration {found.position.iteration}, line {found.position.line}: ")
        await driver.to("BatchStepper", "escape")
        await driver.to("TrainingScreen", "q")


async def test_a_crash_in_the_thread_ends_the_app_with_its_code_and_keeps_the_last_checkpoint(tmp_path, monkeypatch):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("8", "n", "c", "2", "n")
        monkeypatch.setattr(Run, "advance", lambda self, seconds: 1 / 0)
        await driver.tap("space")
        for _ in range(100):
            if driver.app.return_code is not None:
                break
            await driver.pilot.pause(0.02)
            driver.app.screen.poll()
        assert driver.app.return_code == 70
    assert weights(tmp_path / "app")[0] in (8, 10)
    assert Run.resume(RunFolder(tmp_path / "app"), {}).trainer.stop is None


async def test_what_cannot_begin_is_said_where_it_was_asked_for(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "other.txt").write_text("here first")
    with pytest.raises(UserError):
        Run.begin(small(tmp_path / "app"))
    async with training(small(tmp_path / "free")) as driver:
        from functools import partial

        from tui_nn.tui.screens.training import TrainingScreen

        await driver.to("StopQuestion", "q")
        await driver.to("LessonsScreen", "k")
        screen = TrainingScreen(partial(Run.begin, small(tmp_path / "app")), "occupied")
        driver.app.push_screen(screen)
        await driver.when(lambda: type(driver.screen).__name__ == "LessonsScreen" and screen.refused)
        assert "holds no run" in screen.refused


async def test_what_the_layers_say_is_what_the_machine_holds(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("9", "n")
        course = driver.screen.bridge._desk.run.trainer.course
        before = course.machines.owner.read("W2").astype(np.float64)
        await driver.press("v", "n")
        machine = course.machines.training(course.size_of(10))
        after, gradient = machine.read("W2").astype(np.float64), machine.read("dW2").astype(np.float64)
        row = next(f for f in driver.snapshot.figures if f.name == "W2")
        assert row.weight == pytest.approx(np.sqrt((after**2).sum()), rel=1e-12)
        assert row.gradient == pytest.approx(np.sqrt((gradient**2).sum()), rel=1e-12)
        change = np.sqrt(((machine.read("W2") - before.astype(np.float32)).astype(np.float64) ** 2).sum())
        assert row.ratio == pytest.approx(change / np.sqrt((before**2).sum()), rel=1e-12)
        hidden = machine.read("A2")
        assert row.dead == np.mean([len(set(unit.tolist())) == 1 for unit in hidden])
        assert f"{row.weight:.3g}" in driver.text()
        await driver.press("v")
        histogram = next(h for h in driver.snapshot.histograms if h.name == "W2")
        assert histogram.counts.sum() == 6 * 12
        assert "W2  6×12" in driver.text()


async def test_the_confusion_matrix_is_that_of_the_validation_rows(tmp_path):
    async with training(small(tmp_path / "app")) as driver:
        await driver.press("e", "v", "v", "v")
        trainer = driver.screen.bridge._desk.run.trainer
        scores = trainer.watch.evaluation.figures().outputs
        counts = np.zeros((10, 10), int)
        for true, row in zip(trainer.watch.y, scores, strict=True):
            counts[true, max(range(10), key=row.__getitem__)] += 1
        assert driver.snapshot.confusion.iteration == 11
        assert driver.snapshot.confusion.counts.tolist() == counts.tolist()
        assert "validation, after iteration 11" in driver.text()
