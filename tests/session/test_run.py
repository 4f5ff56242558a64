"""A run and its folder: stopped anywhere, it goes on to the very weights of an undisturbed run."""

from __future__ import annotations

import io
import shutil

import numpy as np
import pytest

from tui_nn.errors import UserError
from tui_nn.session.checkpoint_file import discard, iterations, newest, read_checkpoint
from tui_nn.session.run import Run
from tui_nn.session.run_folder import RunFolder, find_run
from tui_nn.session.settings import from_values

SMALL = {"data": "moons", "layers": "6,5", "epochs": 12, "seed": 3}


def begin(folder, **settings):
    return Run.begin(from_values({**SMALL, "out": str(folder), **settings}))


def train(run, *, seconds=0.1):
    while run.trainer.stop is None:
        run.advance(seconds)
    return run


def weights(run):
    return {name: value.tobytes() for name, value in run.trainer.tensors().items()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Settings to the weights and records of a run that nothing has disturbed."""
    found = {}

    def get(**settings):
        key = repr(sorted(settings.items()))
        if key not in found:
            run = train(begin(tmp_path_factory.mktemp("run") / "whole", **settings))
            found[key] = weights(run), figures(run)
        return found[key]

    return get


def figures(run):
    return [{k: v for k, v in record.items() if k != "seconds"} for record in run.folder.records()]


VARIANTS = [
    {},
    {"dropout": "0.2", "batch_norm": True, "optimizer": "momentum", "hyper": ["gamma=0.8"]},
    {"schedule": "cosine", "l2": 0.01, "clip_norm": 0.5, "batch_size": 7},
    {"schedule": "plateau(factor=0.5, patience=1)", "early_stopping": 4, "lr": 0.1},
    {"dtype": "float64", "drop_last": True, "shuffle": False, "class_weights": "balanced"},
    {"layers": "6, drop_connect(0.3), maxout(5)", "schedule": "step(3, 0.5)", "warmup": 2.0},
]


@pytest.mark.parametrize("settings", VARIANTS, ids=lambda s: ",".join(s) or "plain")
def test_a_run_that_was_stopped_goes_on_to_the_same_weights_and_figures(tmp_path, undisturbed, settings):
    run = begin(tmp_path / "run", **settings)
    stops = 0
    while run.trainer.stop is None:
        run.advance(0)  # a slice of one iteration
        if run.trainer.course.iteration % 11 == 0:
            run.save()
            run, stops = Run.resume(run.folder, {}), stops + 1
    assert stops > 1
    assert (weights(run), figures(run)) == undisturbed(**settings)


@pytest.mark.parametrize("lose", [lambda folder: None, shutil.rmtree], ids=["none yet", "folder gone"])
def test_without_a_checkpoint_it_starts_again(tmp_path, undisturbed, lose):
    run = begin(tmp_path / "run")
    run.advance(0)
    lose(run.folder.checkpoints)
    run = train(Run.resume(run.folder, {}))
    assert (weights(run), figures(run)) == undisturbed()


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_taken(tmp_path, undisturbed):
    run = begin(tmp_path / "run")
    for _ in range(2):
        for _ in range(9):
            run.advance(0)
        run.save()
    (newest_file,) = run.folder.checkpoints.glob("*18-*.safetensors")
    newest_file.write_bytes(newest_file.read_bytes()[:-1])
    said = []
    run = Run.resume(run.folder, {}, said.append)
    assert run.trainer.course.iteration == 9
    assert any("damaged" in line for line in said)
    assert said[-1] == "Going on from iteration 9 instead."
    assert iterations(run.folder.checkpoints) == [9]
    assert weights(train(run)) == undisturbed()[0]


def test_a_line_that_a_kill_has_cut_short_is_left_out_and_written_again(tmp_path, undisturbed):
    run = begin(tmp_path / "run")
    while len(run.folder.records()) < 3:
        run.advance(0)
    run.save()
    path = run.folder.path / "metrics.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert len(run.folder.records()) == 2
    run = train(Run.resume(run.folder, {}))
    records = figures(run)
    assert [r["epoch"] for r in records] == [1, 2, *range(4, 13)]  # what a kill has eaten is gone; nothing is twice


def test_checkpoints_are_thinned_and_hold_what_is_best(tmp_path):
    run = begin(tmp_path / "run", keep=3, epochs=40)
    while run.trainer.stop is None:
        run.advance(0)
        run.save()
    assert len(iterations(run.folder.checkpoints)) == 3
    stored, _ = newest(run.folder.checkpoints)
    assert stored is not None
    assert stored.iteration == run.trainer.course.iteration
    best = min(run.folder.records(), key=lambda r: r["val_loss"])
    assert stored.facts["best"]["epoch"] == best["epoch"]
    assert {n.removeprefix("best/") for n in stored.tensors if n.startswith("best/")} == {
        n for n in stored.tensors if "." not in n and "/" not in n
    }


def test_early_stopping_takes_the_weights_of_the_best_epoch(tmp_path):
    run = train(begin(tmp_path / "run", early_stopping=3, epochs=400, lr=0.3))
    assert run.trainer.stop.kind == "early stopping"
    records = run.folder.records()
    best = min(records, key=lambda r: r["val_loss"])
    assert len(records) == best["epoch"] + 3
    result = run.finish()
    assert result["weights"] == "best"
    assert result["best"]["epoch"] == best["epoch"]
    assert result["validation"]["loss"] == pytest.approx(best["val_loss"], rel=1e-6)
    assert best["val_loss"] < records[-1]["val_loss"]


def test_a_new_learning_rate_is_kept_with_the_iteration_that_it_holds_from(tmp_path):
    run = begin(tmp_path / "run")
    for _ in range(10):
        run.advance(0)
    run.save()
    run = train(Run.resume(run.folder, {"lr": 0.02, "epochs": 4}))
    stored = read_checkpoint(run.folder.checkpoints, run.trainer.course.iteration)
    assert stored.facts["rates"] == [[11, 0.02]]
    again = train(Run.resume(run.folder, {"epochs": 6}))
    assert [r["lr"] for r in again.folder.records()] == [0.001] * 2 + [0.02] * 4
    assert again.folder.settings().lr is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layers": "7"}, "--layers"),
        ({"seed": 4}, "--seed"),
        ({"batch_size": 16}, "here 32"),
        ({"data": "xor"}, "DATA"),
    ],
)
def test_what_a_run_was_begun_with_stays(tmp_path, change, words):
    run = begin(tmp_path / "run")
    with pytest.raises(UserError, match=words if words != "DATA" else "--data|DATA"):
        Run.resume(run.folder, change)


def test_a_schedule_over_the_whole_run_fixes_its_length(tmp_path):
    run = begin(tmp_path / "run", schedule="cosine")
    with pytest.raises(UserError, match="stretched over the run"):
        Run.resume(run.folder, {"epochs": 50})


def test_other_data_is_refused(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text("a,b,y\n" + "".join(f"{i},{i * i % 7},{i % 2}\n" for i in range(40)))
    run = begin(tmp_path / "run", data=str(file))
    file.write_text(file.read_text() + "1,2,1\n")
    with pytest.raises(UserError, match=r"not what the run was begun with: SHA-256"):
        Run.resume(run.folder, {})


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("dear")
    with pytest.raises(UserError, match="not empty"):
        begin(tmp_path)
    run = begin(tmp_path / "run")
    with pytest.raises(UserError, match="--resume"):
        begin(run.folder.path)


def test_a_number_that_is_not_finite_stops_the_run_and_leaves_the_last_good_weights(tmp_path):
    run = begin(tmp_path / "run", data="sine", optimizer="sgd", lr=1e3)
    train(run)
    assert run.trainer.stop.kind == "non-finite"
    text, at = run.trainer.stop.text, run.trainer.course.iteration
    assert text.startswith(f"iteration {at + 1}, line ")
    assert "gives" in text
    assert iterations(run.folder.checkpoints)[-1] == at
    assert all(np.isfinite(value).all() for value in run.trainer.tensors().values())
    assert run.finish()["status"] == "non-finite"
    again = train(Run.resume(run.folder, {}))
    assert (again.trainer.stop, again.trainer.course.iteration) == (run.trainer.stop, at)
    hot = train(begin(tmp_path / "hot", data="sine", optimizer="sgd", lr=1e38, batch_size="all", early_stopping=9))
    assert (hot.trainer.course.iteration, hot.trainer.progress().best) == (0, None)
    assert np.isfinite(hot.finish()["train"]["loss"])


def test_a_condition_stops_the_run_after_the_iteration_in_which_it_holds(tmp_path):
    run = train(begin(tmp_path / "run", break_when=["J < 0.6"], epochs=200))
    assert run.trainer.stop.kind == "condition"
    assert f"after iteration {run.trainer.course.iteration}" in run.trainer.stop.text
    machine = run.trainer.course.machines.training(run.trainer.course.size_of(run.trainer.course.iteration))
    assert machine.number("J") < 0.6


def test_limits(tmp_path):
    assert train(begin(tmp_path / "a", steps=7)).trainer.course.iteration == 7
    run = train(begin(tmp_path / "b", time="0.2s", epochs=100_000), seconds=0.05)
    assert run.trainer.stop.kind == "time"
    assert 0.2 <= run.trainer.facts()["seconds"] < 0.6


def test_the_folder_tells_all_that_is_needed_to_repeat_the_run(tmp_path):
    run = train(begin(tmp_path / "run", scaling="mean", hyper=["beta1=0.8"]))
    found = run.folder.description()
    assert found["data"]["sha256"] == run.prepared.dataset.sha256
    assert found["optimizer"]["hyper"]["beta1"] == 0.8
    assert found["scaling"]["kind"] == "mean"
    assert {"tui-nn", "numpy", "python"} <= found["versions"].keys()
    again = RunFolder(tmp_path / "again")
    repeated = train(Run.begin(from_values({**found["settings"], "out": str(again.path)})))
    assert weights(repeated) == weights(run)


@pytest.mark.parametrize("settings", [{}, {"schedule": "plateau(factor=0.5, patience=0)", "lr": 0.3}], ids=str)
def test_a_run_whose_learning_rate_was_changed_is_repeated_too(tmp_path, settings):
    run = begin(tmp_path / "run", **settings)
    for rate in (0.02, 0.2):
        for _ in range(7):
            run.advance(0)
        run.set_rate(rate)
    for _ in range(16):
        run.advance(0)
    run.save()
    run = train(Run.resume(run.folder, {"lr": 0.12}))  # at the end of an epoch, where a plateau may end too
    changes = [[8, 0.02], [15, 0.2], [31, 0.12]]
    kept = run.folder.description()["settings"]
    assert kept["lr_changes"] == changes
    assert kept.get("lr") == settings.get("lr")
    again = train(Run.begin(from_values({**kept, "out": str(tmp_path / "again")})))
    assert (weights(again), figures(again)) == (weights(run), figures(run))
    assert len({record["lr"] for record in figures(run)}) > 3 or not settings  # the plateau ended between them
    discard(run.folder.checkpoints, {14})
    lost = train(Run.resume(run.folder, {}))
    assert (weights(lost), figures(lost)) == (weights(run), figures(again))
    assert lost.folder.description()["settings"]["lr_changes"] == changes


def test_a_learning_rate_that_cannot_be_written_down_is_not_taken(tmp_path, undisturbed):
    run = begin(tmp_path / "run")
    run.advance(0)
    (run.folder.path / "run.toml.part").mkdir()
    with pytest.raises(UserError, match="Cannot write"):
        run.set_rate(0.5)
    assert weights(train(run)) == undisturbed()[0]


def test_where_the_optimiser_has_not_led_there_is_known(tmp_path):
    for name, start in (("start", {"init": "normal(scale=1e38)"}), ("steps", {"optimizer": "sgd", "lr": 1e30})):
        run = train(begin(tmp_path / name, data="iris", **start))
        assert run.trainer.stop.kind == "non-finite"
        assert run.trainer.is_after_steps is (name == "steps")


def test_a_run_is_found_by_path_and_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = Run.begin(from_values(SMALL))
    assert run.folder.path.as_posix() == "runs/moons-1"
    assert find_run("moons-1").path == run.folder.path
    assert Run.begin(from_values(SMALL)).folder.name == "moons-2"
    with pytest.raises(UserError, match="there are: moons-1, moons-2"):
        find_run("moons-3")


def piped(text):
    return io.TextIOWrapper(io.BufferedReader(io.BytesIO(text.encode())))


def test_a_run_on_standard_input_goes_on_with_the_same_data_and_asks_for_it(tmp_path, monkeypatch):
    data = "".join(f"{x},{x * x}\n" for x in range(30))
    monkeypatch.setattr("sys.stdin", piped(data))
    train(begin(tmp_path / "run", data="-", epochs=2))
    folder = RunFolder(tmp_path / "run")
    for stream in (None, piped("")):
        monkeypatch.setattr("sys.stdin", stream)
        with pytest.raises(UserError, match="begun on standard input: pipe the same data in again"):
            Run.resume(folder, {"epochs": 3})
    monkeypatch.setattr("sys.stdin", piped(data))
    assert train(Run.resume(folder, {"epochs": 3})).trainer.course.epoch == 3


def test_data_that_has_gone_is_named_as_the_runs_own(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("".join(f"{x},{x * x}\n" for x in range(30)))
    train(begin(tmp_path / "run", data=str(file), epochs=2))
    file.unlink()
    with pytest.raises(UserError, match=r"begun on '.*points\.csv', which is not there any more"):
        Run.resume(RunFolder(tmp_path / "run"), {"epochs": 3})
