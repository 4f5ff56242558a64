"""`tui-nn train` in a terminal: live curves, then a summary that stays; and what it reaches with its defaults."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time

import pytest

from tui_nn.cli.train_live import Curves
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def in_a_terminal(arguments, **environment):
    """Run the command line on a terminal of 80x24; its exit code, and everything that it wrote."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", "tui_nn", *map(str, arguments)]
    surroundings = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
    surroundings.pop("COLUMNS", None)
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings)
    os.close(theirs)
    written, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    return process.wait(timeout=10), written.decode()


def test_curves_move_and_a_summary_stays(tmp_path):
    arguments = ["train", "digits", "--layers", "32,16", "--time", "1.5s", "--out", tmp_path / "run"]
    code, written = in_a_terminal(arguments)
    assert code == 0
    text = ESCAPES.sub("", written)
    states = re.findall(r"epoch (\d+) .*?examples/s +(\d+) s left", text)
    assert len(states) >= 3
    assert [int(epoch) for epoch, _ in states] == sorted(int(epoch) for epoch, _ in states)
    assert "● training  ▲ validation" in text
    assert "accuracy by epoch" in text
    end = text[text.rindex("by epoch") :]
    assert re.search(r"best epoch: \d+ \(validation loss [\d.]+\)", end)
    assert re.search(r"accuracy +[\d.]+ +[\d.]+ +[\d.]+", end)
    assert max(len(line) for line in end.splitlines() if not line.startswith("run: ")) <= 80  # a path is not cut
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h")  # the cursor is hidden, and comes back


def test_no_color_and_a_plain_locale_are_honoured(tmp_path):
    arguments = ["train", "iris", "--epochs", "60", "--out", tmp_path / "run"]
    code, written = in_a_terminal(arguments, NO_COLOR="1", LC_ALL="C", LANG="C", PYTHONIOENCODING="ascii")
    assert code == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", written)
    assert written.isascii()


def test_lines_can_be_asked_for_in_a_terminal(tmp_path):
    code, written = in_a_terminal(["train", "iris", "--epochs", "3", "--live", "plain", "--out", tmp_path / "run"])
    assert code == 0
    epochs = [line[:9] for line in written.splitlines() if line.startswith("epoch ")]
    assert epochs == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]


def test_the_defaults_read_handwritten_digits(cli, tmp_path):
    began = time.monotonic()
    found = json.loads(cli("train", "digits", "--format", "json", "--out", tmp_path / "run").out)
    assert found["test"]["accuracy"] > 0.95
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("data", "figure", "least"), [("iris", "accuracy", 0.9), ("moons", "accuracy", 0.9), ("sine", "r2", 0.8)]
)
def test_the_defaults_do_well_on_small_sets_too(cli, tmp_path, data, figure, least):
    found = json.loads(cli("train", data, "--format", "json", "--out", tmp_path / "run").out)
    assert found["train"][figure] > least


def test_a_loss_that_falls_far_has_a_logarithmic_axis_even_where_it_becomes_0(tmp_path):
    settings = from_values({"data": "iris", "epochs": 1, "out": str(tmp_path / "run")})
    drawn = Curves(Run.begin(settings), settings)

    def labels(*losses):
        drawn._traces = {"loss": (list(range(len(losses))), list(losses))}
        return re.findall(r"(\S+)┤", drawn._plot("loss", 60).plain)

    assert labels(80.0, 0.1, 0.0, 70.0) == labels(80.0, 0.1, 70.0) == ["10", "1", "0.1"]
    assert "10" not in labels(80.0, 60.0)
