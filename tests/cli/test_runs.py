"""`runs` and `summary`: what is kept of a run can be seen as text, JSON and CSV, compared, gone on with, removed."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from tui_nn.cli.train_live import Curves
from tui_nn.session.run import Run
from tui_nn.session.run_folder import find_run
from tui_nn.session.settings import from_values


@pytest.fixture
def two_runs(tmp_path, monkeypatch):
    """Two runs on the same data, within runs/ of the current folder."""
    monkeypatch.chdir(tmp_path)
    for settings in ({"layers": "5", "epochs": 3}, {"layers": "5,4", "epochs": 4, "seed": 2}):
        run = Run.begin(from_values({"data": "iris", **settings}))
        while run.trainer.stop is None:
            run.advance()
        run.finish()


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_list_names_every_run_with_its_figures(cli, two_runs):
    found = json.loads(cli("runs", "list", "-f", "json").out)
    assert [(r["run"], r["layers"], r["epochs"], r["status"]) for r in found] == [
        ("iris-1", "5", 3, "epochs"),
        ("iris-2", "5,4", 4, "epochs"),
    ]
    assert [r["run"] for r in rows(cli("runs", "list", "-f", "csv").out)] == ["iris-1", "iris-2"]
    assert "iris-2" in cli("runs", "list").out
    assert cli("runs", "list", "runs/iris-1/checkpoints", "-f", "json").out == "[]\n"
    for place in ("elsewhere", "runs/iris-1/run.toml"):
        outcome = cli("runs", "list", place)
        assert (outcome.code, outcome.out) == (2, "")
        assert f"There is no folder '{place}'; runs are kept in runs/" in outcome.err


def test_a_damaged_run_is_listed_as_such(cli, two_runs, tmp_path):
    (tmp_path / "runs" / "iris-1" / "run.toml").write_text("format = 1\n[settings\n")
    found = json.loads(cli("runs", "list", "-f", "json").out)
    assert [r["status"].partition(":")[0] for r in found if r["run"] == "iris-1"] == ["damaged"]
    assert "is no TOML" in cli("runs", "show", "iris-1").err


def test_show_has_settings_result_and_epochs(cli, two_runs):
    found = json.loads(cli("runs", "show", "iris-2", "-f", "json").out)
    assert found["run"]["settings"]["layers"] == [5, 4]
    assert [r["epoch"] for r in found["epochs"]] == [1, 2, 3, 4]
    assert found["result"]["status"] == "epochs"
    assert [float(r["loss"]) for r in rows(cli("runs", "show", "iris-2", "-f", "csv").out)] == [
        r["loss"] for r in found["epochs"]
    ]
    text = cli("runs", "show", "runs/iris-2").out
    assert "dense(5, relu, he_normal), dense(4, relu, he_normal), dense(3)" in text


def test_compare_shows_what_differs_and_the_figures(cli, two_runs):
    found = {r[""]: r for r in rows(cli("runs", "compare", "iris-1", "iris-2", "-f", "csv").out)}
    assert (found["layers"]["iris-1"], found["layers"]["iris-2"]) == ("5", "5,4")
    assert found["seed"]["iris-2"] == "2"
    assert "optimizer" not in found
    assert float(found["test accuracy"]["iris-1"]) <= 1
    assert "two runs or more" in cli("runs", "compare", "iris-1").err


def test_a_changed_learning_rate_is_shown_and_compared(cli, two_runs):
    cli("runs", "resume", "iris-1", "--lr", "0.05", "--epochs", "4", "-q")
    assert re.search(r"lr changed +0\.05 from iteration 13 on\n", cli("runs", "show", "iris-1").out)
    assert json.loads(cli("runs", "show", "iris-1", "-f", "json").out)["run"]["settings"]["lr_changes"] == [[13, 0.05]]
    found = {r[""]: r for r in rows(cli("runs", "compare", "iris-1", "iris-2", "-f", "csv").out)}
    assert (found["lr_changes"]["iris-1"], found["lr_changes"]["iris-2"]) == ("13=0.05", "")


def test_plot_draws_and_has_its_numbers(cli, two_runs):
    picture = cli("runs", "plot", "iris-1", "iris-2", "--figure", "loss").out
    assert "iris-1 loss" in picture
    assert all(len(line) <= 80 for line in picture.splitlines())
    found = rows(cli("runs", "plot", "iris-1", "iris-2", "--figure", "loss", "-f", "csv").out)
    assert [(r["run"], r["epoch"]) for r in found][:4] == [
        ("iris-1", "1"),
        ("iris-1", "2"),
        ("iris-1", "3"),
        ("iris-2", "1"),
    ]
    outcome = cli("runs", "plot", "iris-1", "--figure", "los")
    assert outcome.code == 2
    assert "loss" in outcome.err


def test_no_axis_goes_beyond_1_where_the_figure_cannot(cli, two_runs):
    folder = find_run("iris-1")
    records = [{"epoch": n, "loss": 1.0, "accuracy": 1.0, "val_accuracy": 1.0} for n in (1, 2, 3)]
    (folder.path / "metrics.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    run = Run.resume(folder, {"epochs": 9})
    for picture in (
        cli("runs", "plot", "iris-1", "--figure", "val_accuracy").out,
        Curves(run, run.settings)._plot("accuracy", 60).plain,
    ):
        heights = [float(line.split("┤")[0]) for line in picture.splitlines() if "┤" in line]
        assert max(heights) == 1.0


def test_resume_goes_on_with_more_epochs(cli, two_runs):
    outcome = cli("runs", "resume", "iris-1", "--epochs", "6")
    assert outcome.code == 0
    assert [line.split("  ")[0] for line in outcome.out.splitlines()[:3]] == [f"epoch {n}/6" for n in (4, 5, 6)]
    assert len(json.loads(cli("runs", "show", "iris-1", "-f", "json").out)["epochs"]) == 6
    found = json.loads(cli("runs", "resume", "iris-1", "--epochs", "8", "-f", "json").out)
    assert [record["epoch"] for record in found["epochs"]] == [7, 8]
    assert [r["epoch"] for r in rows(cli("runs", "resume", "iris-1", "--epochs", "9", "-f", "csv").out)] == ["9"]
    assert "--format" in cli("runs", "resume", "iris-1", "--epochs", "9", "-f", "xml").err
    assert cli("runs", "resume", "iris-1", "--epochs", "10").out.startswith("epoch 10/10  ")
    back = cli("runs", "resume", "iris-1", "--epochs", "2")
    assert (back.code, back.out) == (2, "")
    assert "--epochs 2: the run has 10 epochs behind it already" in back.err
    assert len(json.loads(cli("runs", "show", "iris-1", "-f", "json").out)["epochs"]) == 10


def test_removing_asks_unless_told(cli, two_runs, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert cli("runs", "rm", "iris-1").code == 130
    assert (tmp_path / "runs" / "iris-1").exists()
    for nobody in (None, io.StringIO("")):
        monkeypatch.setattr("sys.stdin", nobody)
        outcome = cli("runs", "rm", "iris-1")
        assert outcome.code == 2
        assert outcome.err.endswith("error: Nobody is there to answer; say --yes to remove without being asked.\n")
    assert (tmp_path / "runs" / "iris-1").exists()
    assert cli("runs", "rm", "iris-1", "iris-2", "--yes").code == 0
    assert list((tmp_path / "runs").iterdir()) == []
    outcome = cli("runs", "rm", "iris-1", "--yes")
    assert (outcome.code, outcome.out) == (2, "")
    assert "There are none in runs/" in outcome.err


def test_a_run_that_was_interrupted_says_so_once(cli, two_runs):
    folder = find_run("iris-1")
    folder.finish({**folder.result(), "status": "interrupted", "reason": "interrupted"})
    assert "status       interrupted\n" in cli("runs", "show", "iris-1").out


def test_rm_removes_nothing_but_runs(cli, tmp_path):
    (tmp_path / "photos").mkdir()
    assert cli("runs", "rm", tmp_path / "photos", "--yes").code == 2
    assert (tmp_path / "photos").exists()


def test_summary_counts_parameters_and_prints_both_pages(cli):
    found = json.loads(cli("summary", "iris", "--layers", "10,8", "--dropout", "0.2", "-f", "json").out)
    assert found["parameters"] == 165  # 4*10 + 10 + 10*8 + 8 + 8*3 + 3
    assert [layer["parameters"] for layer in found["layers"] if layer["parameters"]] == [50, 88, 27]
    assert {line["phase"] for line in found["training"]} == {"forward", "loss", "backward", "update"}
    assert any("dropout_mask" in line["equation"] for line in found["training"])
    assert not any("dropout_mask" in line for line in found["evaluation"])
    text = cli("summary", "iris", "--layers", "10,8").out
    assert "dW1 = dZ1 @ X.T" in text
    assert "m = beta1 * m + (1 - beta1) * g" in text
    assert "dW1" not in cli("summary", "iris", "--layers", "10,8", "--no-pages").out


def test_summary_of_a_run_is_that_of_its_network(cli, two_runs):
    table = rows(cli("summary", "iris-2", "-f", "csv").out)
    assert [r["layer"] for r in table] == ["dense(5, relu, he_normal)", "dense(4, relu, he_normal)", "dense(3)"]
    assert "There is no data set" in cli("summary", "iris-9").err
