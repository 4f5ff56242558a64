"""`tui-nn open`: where the app opens, how often it draws, and plain lines through a pipe."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from tests.tui.driving import Driver
from tests.tui.training_driving import small
from tui_nn.cli.diagnostics import ExitCode
from tui_nn.lessons.to_learn import find_to_learn
from tui_nn.session.run import Run
from tui_nn.tui import app as tui

TITLE = "The computation graph: backpropagation by hand"


@pytest.fixture
def talk(cli, monkeypatch):
    """Give lines to `tui-nn open --linear`."""

    def give(text, *arguments):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return cli("open", *arguments, "--linear")

    return give


@pytest.fixture
def opened(cli, monkeypatch):
    """How the app is opened by these arguments, on what is taken for a terminal."""
    found = []
    monkeypatch.setattr(tui, "run", lambda **given: found.append(given))
    monkeypatch.delenv("TEXTUAL_FPS", raising=False)

    def give(*arguments):
        for stream in ("stdin", "stdout", "stderr"):
            monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
        outcome = cli("open", *arguments)
        return found[-1] if found else outcome

    return give


# -- plain lines


def test_lines_in_and_lines_out_to_the_end_of_input(talk):
    done = talk("13n\nfoo\nexplain dw1\n", "S5")
    assert done.code == ExitCode.BAD_INPUT, "a script cannot tell otherwise"
    assert done.out.splitlines()[0] == TITLE
    assert "13 dw1 = df2 * x1 = -4" in done.out
    assert "1 df2  -4  gradient, line 12" in done.out
    assert done.err.splitlines() == ["error: `foo` is no command; ? lists them all, and n computes the next line"]


def test_it_leaves_when_it_is_told_to(talk):
    done = talk("n\nq\nfoo\nn\n", "S5")
    assert "f2" not in done.out
    assert done.code == ExitCode.OK


def test_whoever_types_has_seen_what_failed(cli, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(b"foo\n"))
    stdin.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", stdin)
    assert cli("open", "S5", "--linear").code == ExitCode.OK


def test_keys_are_taken_as_the_help_writes_them(talk):
    assert talk("break 3\nSpace\nexplain f1\nexplain 1\nBackspace\n", "S5").code == ExitCode.OK


def test_equations_of_ones_own_and_their_settings(talk):
    done = talk(
        "i\n", "L = (y - w*x)**2", "--at", "w=1", "--at", "x=2", "--at", "y=6", "--optimizer", "sgd", "--lr", ".1"
    )
    assert done.code == ExitCode.OK
    assert "  w = 2.6" in done.out  # dL/dw = -2 (6 - 2) 2 = -16


def test_no_control_character_comes_through(talk):
    done = talk("\x1b[2Jn\n? \x07\nn\x00\n", "y = 2*x", "--at", "x=1")
    assert done.code == ExitCode.BAD_INPUT
    assert all(line.isprintable() for line in (done.out + done.err).splitlines())


def test_bytes_that_are_no_text_are_no_traceback(python):
    done = python("-m", "tui_nn", "open", "S5", "--linear", input=b"\xff\xfe\nn\n", text=False)
    assert done.returncode == ExitCode.BAD_INPUT
    assert b"1 f1 = x0 * w0 = 1" in done.stdout
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


def test_a_target_that_is_none_is_said_before_anything_opens(talk):
    done = talk("n\n", "S55")
    assert done.code == ExitCode.BAD_INPUT
    assert not done.out


def test_a_run_is_stepped_from_where_the_step_command_does(talk, cli, tmp_path):
    folder = tmp_path / "mine"
    run = Run.begin(small(folder, epochs=1))
    while run.trainer.stop is None:
        run.advance()
    run.finish()
    [record] = json.loads(cli("step", folder, "--only", "J", "--format", "json", "-q").out)["lines"]
    said = talk("i\nR\nclip\nI\nlist\n", str(folder))
    assert said.code == ExitCode.BAD_INPUT
    assert said.out.startswith("The run mine: digits, ")
    assert f"iteration {record['iteration']}, start" in said.out
    assert f"iteration {record['iteration'] - 1}, update" in said.out
    losses = [float(line.removeprefix("J = ")) for line in said.out.splitlines() if line.startswith("J = ")]
    assert losses[0] == pytest.approx(record["value"], rel=1e-5)
    refused = said.err.splitlines()[-2:]
    assert "keeps its seed" in refused[0]
    assert "keeps its optimiser" in refused[1]


# -- the app


def test_without_a_terminal_it_says_what_does_without(cli):
    done = cli("open", "S5")
    assert done.code == ExitCode.BAD_INPUT
    assert "--linear" in done.err


def test_it_opens_at_what_was_named(opened, tmp_path):
    assert opened("S5", "--optimizer", "adam", "--lr", "0.5")["start"].target == "S5"
    settings = opened("S5", "--optimizer", "adam", "--lr", "0.5", "--seed", "3")["start"].settings
    assert (settings.optimizer, settings.hyper, settings.seed) == ("adam", {"lr": 0.5}, 3)
    assert opened("--train", "iris")["start"].data == "iris"
    run = Run.begin(small(tmp_path / "mine"))
    run.save()
    start = opened(str(tmp_path / "mine"))["start"]
    assert (start.target, start.run) == ("", tmp_path / "mine")


EQUATION = ["L = (w * x - 3)**2", "--at", "w=1", "--at", "x=1"]


def test_a_learning_rate_without_an_optimizer_means_gradient_descent_as_it_does_for_step(opened, talk, cli):
    note = "note: no optimizer was named; gradient descent (sgd) with lr = 0.25; --optimizer and --lr choose"
    stepped = cli("step", *EQUATION, "--lr", "0.25", "--phase", "update")
    done = talk("i\n", *EQUATION, "--lr", "0.25")
    assert (stepped.code, done.code) == (ExitCode.OK, ExitCode.OK)
    assert note in stepped.err.splitlines()
    assert note in done.err.splitlines()
    assert "  w = 2" in done.out  # dL/dw = 2 (w x - 3) x = -4
    start = opened(*EQUATION, "--lr", "0.25")["start"]
    problem, settings = find_to_learn(start.target, start.settings)
    assert (settings.optimizer, settings.hyper) == ("sgd", {"lr": 0.25})
    assert problem.remark in note


def test_equations_learn_without_an_optimizer_too(talk):
    done = talk("i\n", *EQUATION)
    assert "note: no optimizer was named; gradient descent (sgd) with lr = 0.01" in done.err
    assert "  w = 1.04" in done.out


def test_what_is_assumed_of_a_page_is_said_as_step_says_it(talk, cli):
    page = ["y = w * x", "--at", "w=[1, 2]", "--at", "x=1"]
    [note] = [line for line in talk("n\n", *page).err.splitlines() if line.startswith("note:")]
    assert note in cli("step", *page).err.splitlines()
    refused = talk("n\n", "dense-layer", "--lr", "0.1")
    assert refused.err == cli("step", "dense-layer", "--lr", "0.1").err
    assert not refused.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["S5", "--train", "iris"], "not at both"),
        (["--at", "x=1"], "--at is for a lesson"),
        (["--train", "iris", "--lr", "0.1"], "--lr is for a lesson"),
        (["S5", "--linear", "--fps", "4"], "leave out --fps"),
        (["--linear", "--train", "iris"], "leave out --train"),
        (["S5", "--fps", "0"], "not in the range"),
    ],
)
def test_what_does_not_go_together_is_said(opened, arguments, said):
    done = opened(*arguments)
    assert done.code == ExitCode.BAD_INPUT
    assert said in done.err


HEADLESS = """
import sys
from tui_nn.__main__ import main
for stream in (sys.stdin, sys.stdout, sys.stderr):
    stream.isatty = lambda: True
try:
    code = main()
except SystemExit as end:
    code = end.code
from textual import screen
print(code, round(1 / screen.UPDATE_PERIOD))
"""


@pytest.mark.parametrize(("given", "drawn"), [([], 60), (["--fps", "4"], 4)])
def test_fps_caps_what_is_drawn(python, given, drawn):
    around = {
        **os.environ,
        "TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver",
        "TEXTUAL_PRESS": "ctrl+q",
    }
    done = python("-c", HEADLESS, "open", "S5", *given, env=around)
    assert done.stdout.split()[-2:] == ["0", str(drawn)], done.stderr


LOSING = """
from tui_nn.tui import app
app.TuiNN.on_ready = lambda self: (self.regret("a file\x1b was not written"), self.exit({}))
app.run()
"""


@pytest.mark.parametrize(("exit_", "code"), [("", 2), ("return_code=130", 130)])
def test_what_was_lost_is_said_on_stderr_when_the_terminal_is_back(python, exit_, code):
    around = {**os.environ, "TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver"}
    done = python("-c", LOSING.format(exit_), env=around)
    assert done.returncode == code
    assert done.stderr == "error: a file\\x1b was not written\n"


async def test_it_opens_at_a_new_run_and_at_a_run(tmp_path):
    app = tui.TuiNN(start=tui.Start(data="iris"))
    async with app.run_test() as pilot:
        driver = Driver(app, pilot)
        await driver.until("TrainFormScreen")
        assert (driver.screen.texts["data"], driver.screen.texts["epochs"]) == ("iris", "20")
    for name in ("first", "second"):
        Run.begin(small(tmp_path / name)).save()
    app = tui.TuiNN(start=tui.Start(run=tmp_path / "second"))
    async with app.run_test() as pilot:
        driver = Driver(app, pilot)
        await driver.until("RunsScreen")
        assert driver.screen.pointed.name == "second"
