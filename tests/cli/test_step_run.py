"""A training run looked back at: the very numbers that training used, at any iteration that it came to."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import numpy as np
import pytest

from tui_nn.session.checkpoint_file import newest
from tui_nn.session.run import Run
from tui_nn.session.run_folder import RunFolder
from tui_nn.session.settings import from_values

SETTINGS = {"data": "moons", "layers": "6,5", "dropout": "0.1", "schedule": "cosine(over=40)", "batch_size": 32}
STEPS = 23  # moons: 130 training rows are four batches of 32 and one of 2
ALL_FORMATS = ("text", "json", "jsonl", "csv", "markdown", "latex")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with `runs/moons-1` of 23 iterations, and `runs/short`, the same stopped at 17."""
    path = tmp_path_factory.mktemp("runs")
    for name, steps in (("moons-1", STEPS), ("short", 17)):
        run = Run.begin(from_values({**SETTINGS, "steps": steps, "out": str(path / "runs" / name)}))
        while run.trainer.stop is None:
            run.advance(0)
            if run.trainer.course.iteration == 11:
                run.save()
        run.finish()
    return path


@pytest.fixture(autouse=True)
def _beside_the_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)


def document(outcome):
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def same(value, stored):
    return np.array(value, dtype=stored.dtype).tobytes() == stored.tobytes()


def test_an_iteration_has_the_bits_of_a_run_that_was_stopped_there(cli):
    stored, _ = newest(RunFolder(folder_of("short")).checkpoints)
    found = document(cli("step", "moons-1", "--at-iteration", "17", "--format", "json"))
    after = {
        (r["parameter"] if r["name"] == "theta" else f"{r['name']}.{r['parameter']}"): r["value"]
        for r in found["lines"]
        if r["phase"] == "update"
    }
    checked = [name for name, value in stored.tensors.items() if name in after and same(after[name], value)]
    assert {"W1", "b3", "m.W2", "v.b1"} <= set(checked)
    assert len(checked) == 3 * 6  # weights and biases of three layers, each with its m and v
    assert {r["iteration"] for r in found["lines"]} == {17}
    assert found["dtype"] == "float32"
    assert found["optimizer"]["name"] == "adam"


def folder_of(name):
    from pathlib import Path

    return Path("runs") / name


def test_the_losses_are_those_of_the_metrics(cli):
    for record in RunFolder(folder_of("moons-1")).records():
        first = (record["epoch"] - 1) * 5 + 1
        lines = document(
            cli("step", "moons-1", "--at-iteration", first, "-n", 5, "--only", "J,Z1", "--format", "json", "-q")
        )["lines"]
        losses = np.array([r["value"] for r in lines if r["name"] == "J"], dtype=np.float32).astype(np.float64)
        sizes = np.array([r["shape"][1] for r in lines if r["name"] == "Z1"])
        assert sizes.tolist() == [32, 32, 32, 32, 2]
        assert losses @ sizes / sizes.sum() == pytest.approx(record["loss"], rel=1e-12)


def test_unless_said_the_last_iteration_comes_last(cli):
    def iterations(*options):
        outcome = cli("step", "moons-1", "--only", "J", "--format", "jsonl", *options)
        return [json.loads(line)["iteration"] for line in outcome.out.splitlines()], outcome.err

    assert iterations()[0] == [STEPS]
    assert iterations("-n", "3")[0] == [STEPS - 2, STEPS - 1, STEPS]
    assert iterations("--at-iteration", STEPS) == ([STEPS], "")
    found, said = iterations("--at-iteration", STEPS + 1, "-n", "4")
    assert found == [STEPS + 1, STEPS + 2, STEPS + 3, STEPS + 4]
    assert said.startswith(f"note: the run ends with iteration {STEPS}; what follows is what it would have")
    assert "note: the learning rate goes from 0.000975528 to 0.00096194 over these iterations" in said
    assert iterations("--at-iteration", STEPS + 1, "-q")[1] == ""


def test_the_rate_of_a_schedule_is_that_of_the_iteration(cli):
    for n, epochs in ((1, 0), (10, 1), (20, 3)):  # the schedule goes by epochs that are over
        found = document(cli("step", "moons-1", "--at-iteration", n, "--only", "J", "--format", "json"))
        assert found["optimizer"]["lr"] == pytest.approx(0.001 * (1 + np.cos(np.pi * epochs / 40)) / 2, rel=1e-12)


def test_until_waits_from_the_first_iteration_on(cli):
    text = cli("step", "moons-1", "-n", STEPS, "--at-iteration", "1", "--only", "J", "--format", "jsonl", "-q").out
    losses = [json.loads(line)["value"] for line in text.splitlines()]
    limit = sorted(losses)[3]
    expected = next(i for i, loss in enumerate(losses, 1) if loss < limit + 1e-6)
    outcome = cli("step", "moons-1", "--until", f"J < {limit + 1e-6}", "--only", "J", "--format", "jsonl")
    assert len(outcome.out.splitlines()) == expected
    assert f"holds: iteration {expected}, line" in outcome.err
    outcome = cli("step", "moons-1", "--until", "J < 0", "--only", "J", "--format", "jsonl")
    assert (outcome.code, len(outcome.out.splitlines())) == (1, STEPS)


@pytest.mark.parametrize("form", ALL_FORMATS)
def test_every_format_has_the_iteration(cli, form):
    outcome = cli("step", "moons-1", "--at-iteration", "5", "--phase", "loss,backward", "--format", form)
    assert (outcome.code, outcome.err) == (0, "")
    reference = document(cli("step", "moons-1", "--at-iteration", "5", "--phase", "loss,backward", "--format", "json"))[
        "lines"
    ]
    loss = next(r["value"] for r in reference if r["name"] == "J")
    wanted = repr(loss) if form in ("json", "jsonl", "csv") else f"{loss:.6g}"
    assert wanted in outcome.out
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(outcome.out)))
        assert {row["iteration"] for row in rows} == {"5"}
    if form == "text":
        assert outcome.out.startswith("The run moons-1: moons, 5 iterations an epoch\nadam: lr = ")


def test_a_number_of_a_run_is_explained(cli):
    stored, _ = newest(RunFolder(folder_of("short")).checkpoints)
    found = document(cli("explain", "runs/moons-1", "theta.W2[1,2]", "--iteration", "17", "--format", "json"))
    assert same(found["value"], stored.tensors["W2"][1, 2])
    assert found["iteration"] == 17
    assert "theta.W2[1, 2] = " in cli("explain", "moons-1", "theta.W2[1,2]").out
    assert document(cli("explain", "moons-1", "J", "--format", "json"))["iteration"] == STEPS


@pytest.mark.parametrize("command", [("evaluate",), ("runs", "layers")], ids=" ".join)
def test_what_lies_beyond_the_end_of_a_run_is_called_that(cli, command):
    note = f"note: the run ends with iteration {STEPS}; what follows is what it would have computed next\n"
    for iteration, said in ((STEPS, ""), (STEPS + 1, note)):
        outcome = cli(*command, "moons-1", "--iteration", iteration, "--format", "json")
        assert outcome.err == said
        found = document(outcome)
        assert (found["iteration"], found["last_iteration"]) == (iteration, STEPS)


def test_the_figures_of_the_layers_are_those_of_their_numbers(cli):
    """Norms, steps, dead units and histograms after an iteration, from the lines of it and of the one before."""
    before, now = (
        {
            r["parameter"] if r["name"] == "theta" else r["name"]: np.float64(np.float32(r["value"]))
            for r in document(cli("step", "moons-1", "--at-iteration", n, "--format", "json"))["lines"]
            if r["name"] == "theta" or r["parameter"] is None
        }
        for n in (11, 12)
    )
    found = document(cli("runs", "layers", "moons-1", "--iteration", "12", "--format", "json"))
    assert (found["iteration"], len(found["parameters"])) == (12, 6)
    for each in found["parameters"]:
        name = each["parameter"]
        weight, gradient = now[name], now[f"d{name}"]
        assert each["norm"] == pytest.approx(np.linalg.norm(weight), rel=1e-6)
        assert each["gradient"] == pytest.approx(np.linalg.norm(gradient), rel=1e-6)
        assert each["ratio"] == pytest.approx(
            np.linalg.norm(weight - before[name]) / np.linalg.norm(before[name]), rel=1e-3
        )
        counts, edges = each["histogram"]["counts"], np.array(each["histogram"]["edges"])
        assert counts == [
            int(np.sum((weight >= low) & ((weight < high) | (high == edges[-1])))) for low, high in pairwise(edges)
        ]
        assert sum(counts) == weight.size
    dead = {each["parameter"]: each["dead"] for each in found["parameters"]}
    alike = {f"W{k}": np.mean(np.ptp(now[f"A{k}"], axis=1) == 0) for k in (1, 2)}
    assert dead == {**dict.fromkeys(now.keys() & dead.keys()), **alike}
    text = cli("runs", "layers", "moons-1").out
    assert text.startswith(f"after iteration {STEPS}\nparameter  layer ")
    assert all(len(line) <= 80 for line in text.splitlines())
    rows = list(csv.DictReader(io.StringIO(cli("runs", "layers", "moons-1", "-i", "12", "-f", "csv").out)))
    assert [float(row["norm"]) for row in rows] == [each["norm"] for each in found["parameters"]]


@pytest.mark.parametrize("part", ["validation", "test"])
def test_an_iteration_is_evaluated_as_a_run_that_was_stopped_there(cli, part):
    then = document(cli("evaluate", "moons-1", "--iteration", "17", "--part", part, "--format", "json"))
    stopped = document(cli("evaluate", "short", "--part", part, "--format", "json"))
    assert (then.pop("run"), stopped.pop("run")) == ("runs/moons-1", "runs/short")
    assert then.pop("last_iteration") == STEPS
    assert then == stopped
    assert then["iteration"] == 17
    assert sum(map(sum, then["confusion"])) == then["rows"]


WRONG = [
    (["runs", "layers", "moons-1", "-i", "25"], "--iteration: The run moons-1 has 23 iterations; 25 is none of them"),
    (["evaluate", "moons-1", "-i", "25"], "--iteration: The run moons-1 has 23 iterations; 25 is none of them"),
    (["evaluate", "moons-1", "-i", "5", "--weights", "last"], "--weights and --iteration both say which weights"),
    (["lockstep", "moons-1"], "moons-1 is a training run, which has one optimizer"),
    (["step", "moons-1", "--at-iteration", "25"], "--at-iteration: The run moons-1 has 23 iterations; 25 is none of"),
    (["step", "moons-1", "--at-iteration", "25"], "it can be opened at 1 to 23, and at 24, which would come next"),
    (["step", "moons-1", "--at-iteration", "0"], "0 is not in the range"),
    (["step", "moons-2", "--at-iteration", "1"], "There is no run 'moons-2'. Did you mean 'moons-1'?"),
    (["step", "moons-2"], "nor is there a run of that name. Did you mean 'moons-1'?"),
    (["step", "spiral-7"], "nor is there a run of that name. `tui-nn runs list` lists them."),
    (["autopsy", "spirals"], "there is no lesson `spirals`"),
    (["autopsy", "spirals"], "nor is there a run of that name. `tui-nn runs list` lists them."),
    (["open", "spirals"], "nor is there a run of that name"),
    (["gradcheck", "spirals"], "nor is there a run of that name"),
    (["gradcheck", "moons-1"], "moons-1 is a training run; gradcheck takes a lesson, a file or equations"),
    (["step", "optimizers", "--at-iteration", "1"], "--at-iteration is for training runs, and optimizers is none"),
    (["step", "L = w**2", "--at-iteration", "1", "--at", "w=1"], "--at-iteration is for training runs"),
    (["step", "moons-1", "--only", "dW9"], "--only: no line computes `dW9`"),
    (["step", "moons-1", "--until", "M < 1"], "--until: there is no value named `M`"),
    (["explain", "moons-1", "J", "--iteration", "25"], "--iteration: The run moons-1 has 23 iterations"),
    (["explain", "moons-1", "dW9[0,0]"], "dW9"),
    *(
        (["step", "moons-1", *flag], f"{flag[0]}: a run is stepped with the numbers that it was trained with")
        for flag in (
            ["--at", "w=1"], ["--lr", "1"], ["--optimizer", "sgd"], ["--hyper", "beta1=0.8"], ["--seed", "0"],
            ["--parameter", "W1"], ["--dtype", "float32"],
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(a)[:50] for a, _ in WRONG])
def test_wrong_input(cli, arguments, said):
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert len(outcome.err.splitlines()) <= 4


def test_a_folder_wins_over_no_name_and_a_lesson_over_a_run(cli, folder):
    assert cli("step", str(folder / "runs" / "short"), "--only", "J").out.startswith("The run short: ")
    (folder / "runs" / "optimizers").symlink_to(folder / "runs" / "short", target_is_directory=True)
    try:
        assert not cli("step", "optimizers", "--phase", "loss").out.startswith("The run")
        assert cli("step", "optimizers", "--at-iteration", "3", "--phase", "loss").out.startswith("The run ")
    finally:
        (folder / "runs" / "optimizers").unlink()


def test_a_run_that_has_not_begun_says_so(cli, folder):
    new = Run.begin(from_values({**SETTINGS, "out": str(folder / "new")}))
    new.leave()
    assert cli("step", "new", "--at-iteration", "2").err.endswith("1 comes next.\n")
    outcome = cli("step", "new", "--only", "J", "-q")
    assert outcome.out.splitlines()[-1].split()[-1]
    assert "iteration 1\n" in outcome.out
