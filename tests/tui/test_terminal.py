"""The app in a real terminal: drawn, driven, and left in order, whatever ends it. Skips where tmux is missing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30.0


class Terminal:
    """A tmux server of its own with one window."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.socket = f"tui-nn-{uuid.uuid4().hex[:8]}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "sh")
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def tmux(self, *arguments: str) -> str:
        around = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        done = subprocess.run(
            ["tmux", "-L", self.socket, *arguments], capture_output=True, text=True, check=True, env=around
        )
        return done.stdout

    def line(self, command: str) -> None:
        """A command for the shell."""
        self.tmux("send-keys", "-l", command)
        self.tmux("send-keys", "Enter")

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def wait(self, wanted: str, *, gone: bool = False) -> str:
        """Wait until a text is on the screen, or gone from it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            text = self.screen()
            if (wanted in text) != gone:
                return text
            time.sleep(0.05)
        raise TimeoutError(f"{wanted!r} {'stayed' if gone else 'did not come'}:\n{text}")

    def start(self, target: str = "", patience: float = PATIENCE) -> None:
        """Start the app; the shell says its exit code afterwards. `patience` is how long it waits for its own end."""
        program = f"from tui_nn.tui import app; app.PATIENCE = {patience}; app.run({target!r})"
        self.line(f'cd {ROOT}; clear; {sys.executable} -c "{program}"; echo code=$?')

    def child(self) -> int:
        """The process of the app."""
        shell = self.tmux("list-panes", "-F", "#{pane_pid}").strip()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", shell], capture_output=True, text=True).stdout
            for row in found.splitlines():
                if "tui_nn" in row:
                    return int(row.split()[0])
            time.sleep(0.05)
        raise TimeoutError("no process of the app")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    try:
        yield made
    finally:
        subprocess.run(["tmux", "-L", made.socket, "kill-server"], capture_output=True)


def in_order(terminal: Terminal) -> None:
    """The alternate screen, the mouse and the cursor are given back."""
    flags = terminal.tmux("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}")
    assert flags.split() == ["0", "0", "1"]


def test_a_lesson_is_opened_stepped_resized_and_left(terminal):
    terminal.start()
    terminal.wait("Enter open")
    terminal.keys("-l", "/backpropagation by hand")
    terminal.keys("Enter")
    terminal.wait("n next")
    terminal.keys("-l", "13n")
    terminal.wait("∂L/∂w₁ = −4")
    terminal.wait("= −4 · 1")
    terminal.tmux("resize-window", "-x", "160", "-y", "48")
    terminal.wait("graph ──")
    terminal.keys("q")
    terminal.wait("Enter open")
    terminal.keys("q")
    terminal.wait("code=0")
    in_order(terminal)


def test_without_colour_none_is_sent(terminal):
    terminal.line("export NO_COLOR=1 TERM=xterm-256color")
    terminal.start("S5")
    terminal.wait("n next")
    terminal.keys("i", "?")
    terminal.wait("On the screen")
    styles = re.findall(r"\x1b\[([0-9;]*)m", terminal.tmux("capture-pane", "-p", "-e"))
    codes = {int(code) for style in styles for code in style.split(";") if code}
    assert codes
    assert not codes & {*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=["TERM", "HUP", "INT"]
)
def test_a_signal_leaves_the_terminal_in_order_also_while_it_runs(terminal, number, code):
    terminal.start("S5")
    terminal.wait("n next")
    terminal.keys("-l", "++++ ")
    terminal.wait("full speed")
    os.kill(terminal.child(), number)
    terminal.wait(f"code={code}")
    in_order(terminal)


def test_control_c_stops_a_run_and_then_the_app(terminal):
    terminal.start("S5")
    terminal.wait("n next")
    terminal.keys("-l", "++++ ")
    terminal.wait("▸ full speed")
    terminal.keys("C-c")
    terminal.wait("▸ full speed", gone=True)
    terminal.keys("C-c")
    terminal.wait("code=130")
    in_order(terminal)


def test_the_keyboard_is_no_data_set(terminal):
    terminal.start()
    terminal.wait("Enter open")
    terminal.keys("t")
    terminal.wait("A new run")
    terminal.keys("C-u")
    terminal.keys("-l", "-")
    terminal.wait("digits\n", gone=True)
    terminal.keys("F5")
    terminal.wait("no standard input")
    terminal.keys("C-q")
    terminal.wait("code=0")


def test_quitting_does_not_wait_for_a_run(terminal):
    terminal.start("S5")
    terminal.wait("n next")
    terminal.keys("-l", "++++ ")
    terminal.wait("full speed")
    began = time.monotonic()
    terminal.keys("C-q")
    terminal.wait("code=0")
    assert time.monotonic() - began < 15
    in_order(terminal)


CRASH = """
from tui_nn.tui import travel, app
def broken(desk):
    raise ZeroDivisionError("boom")
    yield
travel.look.__code__ = broken.__code__
app.run("S5")
"""


def test_a_defect_ends_with_its_code_a_traceback_and_a_terminal_in_order(terminal, tmp_path):
    path = tmp_path / "crash.py"
    path.write_text(CRASH, encoding="utf-8")
    terminal.line(f"cd {ROOT}; clear; PYTHONPATH=. {sys.executable} {path}; echo code=$?")
    text = terminal.wait("code=70")
    assert "boom" in text
    assert "defect of tui-nn" in text
    in_order(terminal)


def test_a_terminal_that_closes_ends_the_app(terminal):
    terminal.start("S5", patience=1.0)  # now and then what waits for the terminal that has gone has to be cut off
    terminal.wait("n next")
    child = terminal.child()
    terminal.tmux("kill-server")
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        state = Path(f"/proc/{child}/stat")
        if state.exists() and state.read_text().split(")")[1].split()[0] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("the app lives on without its terminal")
