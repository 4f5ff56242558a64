"""`predict` and `evaluate`: new rows are treated as the training rows were, or refused by name."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from tui_nn.data import load
from tui_nn.data.catalogue import embedded_folder
from tui_nn.session.checkpoint_file import newest
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values

IRIS = embedded_folder() / "iris.csv"


def trained(folder, **settings):
    run = Run.begin(from_values({"out": str(folder), **settings}))
    while run.trainer.stop is None:
        run.advance()
    return run, run.finish()


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("runs") / "iris", data="iris", layers="6", epochs=100, lr=0.02)


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    """A file with a text column and one that is left out; the target is a number."""
    folder = tmp_path_factory.mktemp("pets")
    rng = np.random.default_rng(1)
    lines = ["name,age,kind,weight"]
    for i in range(60):
        age, kind = rng.uniform(0, 10), rng.choice(["cat", "dog"])
        lines.append(f"n{i},{age:.3f},{kind},{4 + age + (12 if kind == 'dog' else 0):.3f}")
    (folder / "pets.csv").write_text("\n".join(lines) + "\n")
    settings = {"data": str(folder / "pets.csv"), "target": "weight", "drop": ["name"], "lr": 0.02, "epochs": 300}
    return trained(folder / "run", **settings)[0].folder.path


def records(text):
    return list(csv.DictReader(io.StringIO(text)))


def by_hand(run, X):
    """The network in plain NumPy, from the numbers in the checkpoint and in run.toml."""
    stored, _ = newest(run.folder.checkpoints)
    scaling, t = run.folder.description()["scaling"], stored.tensors
    A = ((X - scaling["center"]) / scaling["scale"]).T
    Z = t["W2"] @ np.maximum(t["W1"] @ A + t["b1"], 0) + t["b2"]
    E = np.exp(Z - Z.max(axis=0))
    return (E / E.sum(axis=0)).T


def test_predictions_are_those_of_the_stored_numbers(cli, iris):
    run, _ = iris
    found = records(cli("predict", run.folder.path, IRIS, "-f", "csv").out)
    dataset = load("iris")
    expected = by_hand(run, dataset.X)
    columns = [f"p({name})" for name in dataset.classes]
    assert np.array([[float(r[c]) for c in columns] for r in found]) == pytest.approx(expected, abs=1e-5)
    assert [r["prediction"] for r in found] == [dataset.classes[k] for k in expected.argmax(axis=1)]
    assert [r["target"] for r in found] == [dataset.classes[k] for k in dataset.y]


def test_rows_may_be_named_or_in_order_or_from_stdin(cli, iris, monkeypatch):
    run, _ = iris
    named = "petal_width=0.2,petal_length=1.4,sepal_width=3.5,sepal_length=5.1"
    first, second = json.loads(
        cli("predict", run.folder.path, "--row", "5.1, 3.5,1.4,0.2", "--row", named, "-f", "json").out
    )
    assert {**first, "row": 2} == second
    whole = json.loads(cli("predict", run.folder.path, "--row", "5.1,3.5,1.4,0.2,virginica", "-f", "json").out)
    assert whole == [{**first, "target": "virginica"}]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"5.1,3.5,1.4,0.2\n" * 2))))
    piped = cli("predict", run.folder.path, "-", "--no-header", "-f", "jsonl")
    assert json.loads(piped.out.splitlines()[0]) == first


def test_columns_are_found_by_name_and_texts_become_features(cli, pets, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text("kind,age\ndog,2\ncat,2\n")
    dog, cat = (float(r["prediction"]) for r in records(cli("predict", pets, file, "-f", "csv").out))
    assert dog == pytest.approx(18, abs=1.5)
    assert cat == pytest.approx(6, abs=1.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind,aeg\ndog,2\n", "Missing: age. Unknown: aeg. Did you mean 'age'?"),
        ("kind\ndog\n", "Missing: age. Needed: age, kind."),
        ("age,kind\n2,dgo\n", "is 'dgo'; known are: cat, dog. Did you mean 'dog'?"),
        ("age,kind\n,dog\n", "column 'age' has no value"),
        ("age,kind\nold,dog\n", "is 'old', which is no finite number"),
        ("", "is empty"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(cli, pets, tmp_path, text, words):
    file = tmp_path / "new.csv"
    file.write_text(text)
    outcome = cli("predict", pets, file)
    assert outcome.code == 2
    assert outcome.out == ""
    assert words in outcome.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", "nowhere", "--row", "1"], "There is no run 'nowhere'"),
        (["predict", "{run}"], "Say what to predict"),
        (["predict", "{run}", "x.csv", "--row", "1"], "one of them, not both"),
        (["predict", "{run}", "nofile.csv"], "nofile.csv"),
        (["predict", "{run}", "--row", "1,2"], "needs 4: sepal_length"),
        (["predict", "{run}", "--row", "1,2,3,4,rose"], "'species' is 'rose'; known are: setosa,"),
        (["predict", "{run}", "--row", "1,2,3,4,7"], "'species' is '7'; known are: setosa,"),
        (["predict", "{run}", "--row", "1,2,3,4", "--weights", "worst"], "--weights takes last or best"),
        (["evaluate", "{run}", "--part", "half"], "--part takes train, validation or test"),
        (["evaluate", "{run}", "iris.csv", "--part", "test"], "--part is of the run's own data"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told(cli, iris, arguments, words):
    outcome = cli(*(str(iris[0].folder.path) if a == "{run}" else a for a in arguments))
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err


def test_evaluate_gives_the_figures_of_the_end_of_the_run(cli, iris):
    run, result = iris
    for part in ("train", "validation", "test"):
        found = json.loads(cli("evaluate", run.folder.path, "--part", part, "-f", "json").out)
        assert found["accuracy"] == result[part]["accuracy"]
        assert found["confusion"] == result[part]["confusion"]
        assert found["loss"] == pytest.approx(result[part]["loss"], rel=1e-6)
    assert found["data"] == "test"
    assert sum(each["rows"] for each in found["classes"]) == found["rows"]
    text = cli("evaluate", run.folder.path).out
    assert "setosa" in text
    assert "accuracy" in text


def test_evaluate_on_a_file_needs_its_target(cli, iris, pets, tmp_path):
    run, _ = iris
    found = json.loads(cli("evaluate", run.folder.path, IRIS, "-f", "json").out)
    dataset = load("iris")
    assert found["accuracy"] == pytest.approx((by_hand(run, dataset.X).argmax(axis=1) == dataset.y).mean())
    file = tmp_path / "new.csv"
    file.write_text("kind,age\ndog,2\n")
    assert "has no column 'weight'" in cli("evaluate", pets, file).err
    file.write_text("kind,age,weight\ndog,2,18\ncat,1,5\n")
    assert json.loads(cli("evaluate", pets, file, "-f", "json").out)["r2"] > 0.8
    figures = cli("evaluate", pets, file, "-f", "csv").out
    file.write_text(file.read_text().replace(",", "|"))
    assert cli("evaluate", pets, file, "--delimiter", "|", "-f", "csv").out == figures


def test_rows_with_missing_values_are_left_out_as_in_training(cli, tmp_path):
    file = tmp_path / "data.csv"
    lines = [f"{i},{i % 7},{'' if i == 9 else i % 2}\n" for i in range(40)]
    file.write_text("a,b,y\n" + "".join(lines) + ",3,1\n")
    folder = trained(tmp_path / "run", data=str(file), missing="drop", epochs=1)[0].folder.path
    outcome = cli("evaluate", folder, file, "-f", "json")
    assert json.loads(outcome.out)["rows"] == 39
    assert "2 rows of 41 left out for missing values" in outcome.err
    file.write_text("a,b\n1,2\n,3\n")
    assert "'a' has no value. Fill in what has none, or leave such rows out." in cli("predict", folder, file).err


def test_what_is_not_finite_has_no_class(cli, tmp_path):
    folder = trained(tmp_path / "run", data="iris", optimizer="sgd", lr=1e30)[0].folder.path
    outcome = cli("predict", folder, "--row", "5,3,1,0.2", "-f", "json", "-q")
    assert (outcome.code, json.loads(outcome.out)[0]["prediction"]) == (1, None)
    assert "for 1 of 1 rows the network's outputs are not finite" in outcome.err
    assert f"tui-nn autopsy {folder} says why" in outcome.err
    judged = cli("evaluate", folder)
    assert (judged.code, judged.err) == (1, outcome.err.replace("1 of 1", "38 of 38"))


def test_best_weights_are_those_of_the_best_epoch(cli, tmp_path):
    run, result = trained(tmp_path / "run", data="moons", layers="20", lr=0.2, epochs=80)
    assert result["best"]["epoch"] < 80
    best = json.loads(cli("evaluate", run.folder.path, "--part", "validation", "--weights", "best", "-f", "json").out)
    last = json.loads(cli("evaluate", run.folder.path, "--part", "validation", "-f", "json").out)
    assert best["loss"] == pytest.approx(min(r["val_loss"] for r in run.folder.records()), rel=1e-5)
    assert last["loss"] == pytest.approx(run.folder.records()[-1]["val_loss"], rel=1e-5)
    assert best["iteration"] == result["best"]["iteration"]


def test_a_run_without_a_checkpoint_or_with_other_data_is_told(cli, tmp_path):
    file = tmp_path / "data.csv"
    file.write_text("a,y\n" + "".join(f"{i},{i % 2}\n" for i in range(40)))
    run = Run.begin(from_values({"data": str(file), "out": str(tmp_path / "run")}))
    assert "no checkpoint to take weights from" in cli("predict", run.folder.path, "--row", "1").err
    run.advance()
    run.save()
    file.write_text("a,y\n" + "".join(f"{i},{i % 2}\n" for i in range(41)))
    assert "not what the run was begun with" in cli("evaluate", run.folder.path).err
