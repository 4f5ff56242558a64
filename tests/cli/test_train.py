"""`tui-nn train` as a person and a script meet it: killed, interrupted, piped, out of disk, and configured."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from tui_nn.engine.backend import on_numpy
from tui_nn.session.checkpoint_file import iterations, newest
from tui_nn.session.settings import flag, rows
from tui_nn.session.trainer import Trainer

TRAIN = [sys.executable, "-m", "tui_nn", "train"]
# Enough work for a second or two, in epochs of some milliseconds, and a checkpoint every few of them.
LONG = ["digits", "--layers", "32,16", "--epochs", "300", "--dropout", "0.1", "--quiet", "--checkpoint-every", "0.02"]
KILLS = int(os.environ.get("TUI_NN_KILLS", "2"))


def weights(folder):
    stored, complaints = newest(Path(folder) / "checkpoints")
    assert stored is not None
    assert not complaints
    return stored.iteration, {name: value.tobytes() for name, value in stored.tensors.items()}


def figures(folder):
    lines = (Path(folder) / "metrics.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train") / "whole"
    subprocess.run([*TRAIN, *LONG, "--out", str(folder)], check=True, capture_output=True, timeout=120)
    return folder


def killed(command, folder, delay):
    """Start a command and kill it so long after it has written something; whether it was still running."""
    before = written(folder)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while process.poll() is None and written(folder) == before:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    time.sleep(delay)
    process.kill()
    _, err = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), err
    return process.returncode != 0


def written(folder):
    return sorted(path.name for path in (folder / "checkpoints").glob("*.toml"))


@pytest.mark.parametrize("attempt", range(KILLS))
def test_killed_at_random_moments_a_run_still_ends_with_the_same_weights(tmp_path, undisturbed, attempt):
    moments = random.Random(attempt)
    folder = tmp_path / "run"
    command = [*TRAIN, *LONG, "--out", str(folder), "--resume"]
    seconds = tomllib.loads((undisturbed / "result.toml").read_text())["seconds"]  # as busy as the machine is
    kills = 0
    while killed(command, folder, moments.uniform(0, seconds / 4)):
        kills += 1
    assert kills
    assert weights(folder) == weights(undisturbed)
    assert figures(folder) == figures(undisturbed)


def test_ctrl_c_finishes_the_step_saves_and_says_how_to_go_on(tmp_path):
    folder = tmp_path / "run"
    command = [*TRAIN, "digits", "--out", str(folder), "--epochs", "100000", "--live", "plain"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(3):
        assert process.stdout.readline().startswith("epoch ")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run: " in out
    assert "tui-nn train --resume --out" in err
    at = iterations(folder / "checkpoints")[-1]
    result = tomllib.loads((folder / "result.toml").read_text())
    assert (result["status"], result["iteration"]) == ("interrupted", at)
    epochs = str(result["epoch"] + 2)
    again = subprocess.run(
        [*TRAIN, "--resume", "--out", str(folder), "--epochs", epochs], capture_output=True, timeout=60
    )
    assert again.returncode == 0
    assert len(figures(folder)) == result["epoch"] + 2


def test_a_run_is_trained_by_one_process_at_a_time_and_removed_by_none_meanwhile(cli, tmp_path):
    pytest.importorskip("fcntl", reason="a system without such locks")
    command = [*TRAIN, "digits", "--epochs", "100000", "--out", str(tmp_path / "run"), "--resume"]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert first.stdout is not None
    first.stdout.readline()
    second = subprocess.run(command, capture_output=True, text=True, timeout=60)
    removed = cli("runs", "rm", tmp_path / "run", "--yes")
    listed = json.loads(cli("runs", "list", tmp_path, "-f", "json").out)
    first.kill()
    first.communicate()
    assert [run["status"] for run in listed] == ["training"]
    assert json.loads(cli("runs", "list", tmp_path, "-f", "json").out)[0]["status"] == "unfinished"
    for code, talk in ((second.returncode, second.stderr), (removed.code, removed.err)):
        assert code == 2
        assert "is being trained by another process" in talk
    assert cli("runs", "rm", tmp_path / "run", "--yes").code == 0
    assert not (tmp_path / "run").exists()


def test_a_run_that_cannot_begin_leaves_no_folder_in_the_way(tmp_path):
    folder = tmp_path / "run"
    command = [*TRAIN, "iris", "--epochs", "1", "--out", str(folder)]
    tiny = subprocess.run(
        command, capture_output=True, timeout=60, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))
    )
    assert tiny.returncode == 2
    assert not folder.exists()
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def test_in_a_pipe_there_is_a_clean_line_for_each_epoch(cli, tmp_path):
    outcome = cli("train", "iris", "--epochs", "4", "--out", tmp_path / "run")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert [line[:9] for line in lines[:4]] == [f"epoch {n}/4" for n in (1, 2, 3, 4)]
    assert all(c.isprintable() or c == "\n" for c in outcome.out)
    assert "backend numpy" not in outcome.err  # that there is no GPU goes without saying
    assert outcome.err.count("\n") <= 1
    assert lines[-1] == f"run: {tmp_path / 'run'}"


def test_every_format_has_the_same_figures(cli, tmp_path):
    def out(form):
        return cli("train", "iris", "--epochs", "3", "--out", tmp_path / form, "--format", form).out

    *records, result = map(json.loads, out("jsonl").splitlines())
    document = json.loads(out("json"))
    table = list(csv.DictReader(io.StringIO(out("csv"))))
    assert [r["loss"] for r in records] == [r["loss"] for r in document["epochs"]] == [float(r["loss"]) for r in table]
    assert result["test"] == document["test"]
    assert result["status"] == "epochs"
    assert sum(map(sum, result["test"]["confusion"])) == result["test"]["rows"]


def test_quiet_says_nothing_but_the_summary(cli, tmp_path):
    outcome = cli("train", "iris", "--epochs", "2", "--out", tmp_path / "run", "--quiet")
    assert outcome.err == ""
    assert "epoch 1" not in outcome.out


@pytest.mark.parametrize(
    ("scaling", "said"),
    [
        ("none", "The feature 'a' has 1e+300, which scaled (none) is beyond float32"),
        ("standard", "Feature 1 has numbers too large for the scaling standard"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_rows_beyond_float32_are_refused_by_name(cli, tmp_path, scaling, said):
    (tmp_path / "large.csv").write_text("a,b,c\n" + "1e300,1,x\n2,3,y\n" * 5)
    outcome = cli("train", tmp_path / "large.csv", "--scaling", scaling, "--out", tmp_path / "run")
    assert outcome.code == 2
    assert said in outcome.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_remarks_of_the_backend_are_said_when_they_are_known(cli, tmp_path, monkeypatch, quiet):
    remarks = ["the first is known at once"]
    monkeypatch.setattr(on_numpy(), "remarks", remarks)
    monkeypatch.setattr(Trainer, "advance", later(Trainer.advance, lambda: remarks.append("the second shows later")))
    outcome = cli("train", "iris", "--epochs", "2", "--backend", "numpy", "--out", tmp_path / "run", *quiet)
    assert outcome.code == 0
    said = [line.removeprefix("backend numpy: ") for line in outcome.err.splitlines()]
    assert said == ([] if quiet else ["the first is known at once", "the second shows later"])


def later(method, extra):
    def wrapped(*arguments, **options):
        extra()
        return method(*arguments, **options)

    return wrapped


def test_a_run_goes_on_where_it_was_begun(cli, tmp_path):
    """As far as that can be: a run of a machine with a GPU goes on without one, and says what that means."""
    folder = tmp_path / "run"
    cli("train", "iris", "--epochs", "2", "--out", folder)
    text = (folder / "run.toml").read_text()
    began = tomllib.loads(text)["machine"]["backend"]
    again = cli("train", "--resume", "--out", folder, "--epochs", "3")
    said = [] if began == "numpy" else [f"backend {began}: as it was begun"]  # what is usual goes without saying
    assert again.err.splitlines() == said
    if importlib.util.find_spec("cupy") is None:
        (folder / "run.toml").write_text(text.replace('backend = "numpy"', 'backend = "cupy"'))
        again = cli("train", "--resume", "--out", folder, "--epochs", "4")
        assert again.code == 0
        assert again.err.startswith("The run was begun on cupy; here, on numpy, last digits may differ: ")


def test_every_setting_is_a_flag_and_a_key(cli):
    text = cli("train", "iris", "--dump-config").out
    keys = {line.partition("=")[0].strip("# ") for line in text.splitlines() if "=" in line}
    assert keys == set(rows())
    words = set(cli("train", "--help").out.replace("/", " ").split())
    assert {flag(name) for name in rows()} - {"--data"} <= words


def test_a_dumped_configuration_gives_the_same_configuration(cli, tmp_path):
    given = ["--layers", "6, maxout(4)", "--activation", "leaky_relu(0.2)", "--hyper", "beta1=0.8", "--dropout", "0.1"]
    given += ["--class-weights", "a b=2,c=1", "--time", "5m", "--batch-size", "all", "--no-stratify", "--text", "x,y"]
    given += ["--break-when", "norm(dW1) > 10", "--test", "20", "--validation", "0.2", "--schedule", "step(3, 0.5)"]
    first = cli("train", "iris", *given, "--dump-config").out
    (tmp_path / "run.toml").write_text(first)
    assert cli("train", "--config", tmp_path / "run.toml", "--dump-config").out == first
    values = tomllib.loads(first)
    assert values["layers"] == [6, "maxout(4)"]
    assert values["time"] == 300
    assert values["test"] == 20


def test_flags_go_before_the_file(cli, tmp_path):
    (tmp_path / "run.toml").write_text("data = 'iris'\nepochs = 5\nhyper = {beta1 = 0.7, eps = 1e-6}\n")
    found = cli(
        "train", "--config", tmp_path / "run.toml", "--epochs", "2", "--hyper", "beta1=0.6", "--dump-config"
    ).out
    values = tomllib.loads(found)
    assert (values["epochs"], values["hyper"]) == (2, {"beta1": 0.6, "eps": 1e-6})


def test_a_run_is_repeated_by_its_own_description(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = tmp_path / "first"
    assert cli("train", "iris", "--layers", "3", "--hyper", "beta1=0.8", "--epochs", "2", "--out", first).code == 0
    assert cli("train", "--config", first / "run.toml").code == 0
    (again,) = (tmp_path / "runs").iterdir()
    assert weights(again) == weights(first)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["irsi"], "Did you mean 'iris'?"),
        ([], "Say what to learn"),
        (["iris", "--lr", "-1"], "--lr takes a number above 0"),
        (["iris", "--layers", "3,0"], "--layers takes sizes"),
        (["iris", "--layers", "5,maxot(3)"], "maxout"),
        (["iris", "--activation", "relu,tanh"], "2 for 1 hidden layers"),
        (["iris", "--optimizer", "adan"], "adam"),
        (["iris", "--hyper", "beta3=1"], "beta3"),
        (["iris", "--hyper", "beta1"], "--hyper takes NAME=VALUE, such as"),
        (["iris", "--schedule", "cosin"], "did you mean cosine?; there are constant, step,"),
        (["iris", "--schedule", "plataeu"], "did you mean plateau?"),
        (["iris", "--schedule", "cosine", "--time", "3s"], "--epochs or --steps"),
        (["iris", "--class-weights", "setoza=2"], "Did you mean 'setosa'?"),
        (["sine", "--class-weights", "balanced"], "no classes to weigh"),
        (["sine", "--loss", "softmax_cross_entropy"], "--loss"),
        (["iris", "--validation", "0", "--monitor", "accuracy"], "--monitor accuracy"),
        (["iris", "--monitor", "r2"], "--monitor r2: this network tells classes apart; take loss, accuracy,"),
        (["sine", "--monitor", "auc"], "--monitor auc: this network predicts a number; take loss, r2 or mae."),
        (["iris", "--break-when", "norm(dW9) > 1"], "dW9"),
        (["iris", "--break-when", "dW1 > 1"], "any(dW1 > 1)"),
        (["iris", "--break-when", "2 > 1"], "names no value"),
        (["iris", "--break-when", "v.W1[0, 0] > 1", "--optimizer", "sgd"], "with --optimizer momentum or "),
        (["iris", "--resume"], "--out DIR"),
        (["iris", "--config", "nowhere.toml"], "nowhere.toml"),
        (["iris", "--batch-size", "1", "--batch-norm"], "batch_norm1 needs at least 2 examples in a batch"),
        (
            ["iris", "--batch-norm"],
            "97 rows in batches of 32 leave 1 for the last one, and batch_norm1 needs at least 2",
        ),
        (["iris", "--batch-norm", "--batch-renorm"], "one of them is enough"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_before_anything_is_written(cli, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    outcome = cli("train", *arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("error: ")
    assert words in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_in_a_configuration_is_told_with_its_key(cli, tmp_path):
    file = tmp_path / "run.toml"
    file.write_text("layres = [3]\n")
    assert "there is no setting 'layres'. Did you mean 'layers'?" in cli("train", "iris", "--config", file).err
    file.write_text("epochs = 2.5\n")
    assert "epochs takes a whole number, 1 or more" in cli("train", "iris", "--config", file).err
    file.write_text("epochs = \n")
    assert "line 1" in cli("train", "iris", "--config", file).err


def test_training_that_diverges_is_no_success_and_keeps_the_last_finite_weights(cli, tmp_path):
    folder = tmp_path / "run"
    outcome = cli("train", "iris", "--class-weights", "setosa=0", "--out", folder, "--quiet")
    found = re.fullmatch(r"error: training diverged: iteration (\d+), line 6: .*\nTry .*\n", outcome.err)
    assert found
    assert outcome.code == 1
    assert weights(folder)[0] == int(found[1]) - 1
    assert cli("evaluate", folder).code == 0
    assert cli("step", folder, "--at-iteration", found[1]).code in (0, 1)


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))


def test_a_disk_without_room_leaves_the_last_good_checkpoint(tmp_path):
    folder = tmp_path / "run"
    arguments = ["digits", "--layers", "32", "--out", str(folder), "--quiet", "--steps"]
    subprocess.run([*TRAIN, *arguments, "50"], check=True, capture_output=True, timeout=60)
    before = weights(folder)
    full = subprocess.run(
        [*TRAIN, *arguments, "90", "--resume"], capture_output=True, text=True, timeout=60, preexec_fn=small_files
    )
    assert full.returncode == 2
    assert "error: Cannot write" in full.stderr
    assert "ulimit" in full.stderr
    assert weights(folder) == before
    assert not list(folder.rglob("*.part"))
    subprocess.run([*TRAIN, *arguments, "90", "--resume"], check=True, capture_output=True, timeout=60)
    assert weights(folder)[0] == 90


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_an_error(tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*TRAIN, "iris", "--epochs", "2", "--out", str(tmp_path / "run")],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert done.returncode == 2
    assert b"error: " in done.stderr


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    command = [*TRAIN, "iris", "--out", str(locked / "run")]
    if os.geteuid() == 0:  # root may write anywhere, unless it gives that right away
        if shutil.which("setpriv") is None:
            pytest.skip("root cannot be kept out without setpriv")
        command = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.stderr.startswith("setpriv: "):
        pytest.skip("root cannot be kept out here: " + done.stderr.strip())
    assert done.returncode == 2
    assert f"error: Cannot write '{locked / 'run'}" in done.stderr
    assert "no permission to write there; choose another folder with --out" in done.stderr
