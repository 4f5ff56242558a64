"""What is measured of the app: first paint, keys, throughput while it is open, and what it sends."""

from __future__ import annotations

import json
import random
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from benchmarks.app_calm import calmly
from benchmarks.app_terminal import Terminal
from benchmarks.timing import Timing, interleaved, summary

BARE = """\
from textual.app import App
from textual.widgets import Static


class Bare(App):
    def compose(self):
        yield Static("ready")


Bare().run()
"""
SIZES = ((80, 24), (160, 48))
QUIET = 0.08  # seconds without a byte: the screen is drawn
PAUSE = (0.05, 0.15)  # seconds between two keys, at random: not in step with the app's clock
STEPS = 17  # lines of S5
VIEWS = ("graph", "tensor", "state", "loss", "watch")
TRAINING_VIEWS = ("curves", "layers", "weights", "confusion", "rate", "result")
FULL_SPEED, BACKSPACE = "++++ ", "\x7f"
WHILE = 1.0  # seconds that a run goes on before it is looked at


def program() -> list[str]:
    """`tui-nn` as it is installed."""
    return [sys.executable, str(Path(sysconfig.get_path("scripts")) / "tui-nn")]


def stepper(size: tuple[int, int] = (80, 24), fps: float = 10.0) -> Terminal:
    """The app with S5 open."""
    code = f"from tui_nn.tui.app import run; run('S5', fps={fps})"
    return Terminal([sys.executable, "-c", code], size, _rate(fps))


@contextmanager
def training(kind: str, size: tuple[int, int] = (80, 24), fps: float = 10.0) -> Iterator[Terminal]:
    """The app with a run that trains."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "benchmarks.app_run", kind, "--out", f"{folder}/it", "--fps", str(fps)]
        with Terminal(words, size, _rate(fps)) as terminal:
            terminal.seen("[curves]")
            time.sleep(WHILE)
            yield terminal


def _rate(fps: float) -> dict[str, str]:
    return {"TEXTUAL_FPS": f"{fps:g}"} if fps < 10 else {}


# -- first paint


def first_paint(rounds: int) -> dict[str, Timing]:
    """Seconds from the start of the process until its first screen is there."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        contestants = {"bare": ([sys.executable, str(bare)], "ready"), "tui-nn": (program(), "Enter open")}
        return interleaved({name: partial(_painted, *each) for name, each in contestants.items()}, rounds)


def _painted(words: Sequence[str], text: str) -> None:
    with Terminal(words) as terminal:
        terminal.seen(text)


# -- keys


def step_keys(size: tuple[int, int], count: int) -> Timing:
    """A line on and a line back in the stepper while nothing runs: until the last byte of the new screen."""
    with stepper(size) as terminal:
        terminal.seen("n next")
        terminal.settled(0, QUIET)
        seconds = []
        for key, line in islice(cycle((("n", 1), ("b", 0))), count):
            since, began = terminal.press(key), time.perf_counter()
            terminal.seen(f"line {line}/{STEPS}", since)
            seconds.append(terminal.settled(since, QUIET) - began)
            _pause()
        return summary(seconds)


def busy_keys(kind: str, size: tuple[int, int], count: int) -> Timing:
    """A digit, while a network trains: until it stands in the headline. A pane may be drawn on the way."""
    with training(kind, size) as terminal:
        seconds = []
        for digit in islice(cycle("123456789"), count):
            since, began = terminal.press(digit), time.perf_counter()
            seconds.append(terminal.seen(f"{digit}…", since) - began)
            _pause()
            terminal.press(BACKSPACE)
            _pause()
        return summary(seconds)


def busy_views(kind: str, count: int) -> Timing:
    """Another view at 80x24, while a network trains: until its name stands out."""
    with training(kind) as terminal:
        return _views(terminal, TRAINING_VIEWS, count)


def busy_step_keys(count: int) -> Timing:
    """Another view in the stepper at 80x24, while S5 runs at full speed."""
    with stepper() as terminal:
        terminal.seen("n next")
        terminal.press(FULL_SPEED)
        terminal.seen("full speed")
        time.sleep(WHILE)
        return _views(terminal, VIEWS, count)


def _views(terminal: Terminal, names: Sequence[str], count: int) -> Timing:
    seconds = []
    for name in islice(cycle([*names[1:], names[0]]), count):
        since, began = terminal.press("v"), time.perf_counter()
        seconds.append(terminal.seen(f"[{name}]", since) - began)
        _pause()
    return summary(seconds)


def _pause() -> None:
    time.sleep(random.uniform(*PAUSE))


# -- throughput


def throughput(kind: str, rounds: int, seconds: float) -> tuple[dict[str, list[float]], float]:
    """Iterations a second, by round: without the app, and with it open in each size; and the cores that others used."""
    disturbance = []
    found: dict[str, list[float]] = {"headless": [], **{_named(size): [] for size in SIZES}}
    for turn in range(rounds):
        for name in found if turn % 2 == 0 else reversed(list(found)):
            speed, others = calmly(partial(_speed, kind, name, seconds))
            found[name].append(speed)
            disturbance.append(others)
    return found, sum(disturbance) / len(disturbance)


def _named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _speed(kind: str, name: str, seconds: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "benchmarks.app_run", kind, "--out", f"{folder}/it", "--seconds", str(seconds)]
        words += ["--headless"] if name == "headless" else []
        size = SIZES[0] if name == "headless" else next(s for s in SIZES if _named(s) == name)
        with Terminal(words, size) as terminal:
            if code := terminal.ended():
                raise RuntimeError(f"{' '.join(words[1:])} ended with {code}")
        found: float = json.loads(Path(f"{folder}/it/speed.json").read_text(encoding="utf-8"))
        return found


# -- what is sent


def rate_sent(kind: str, seconds: float, fps: float = 4.0) -> float:
    """Bytes a second at 80x24 while it trains (`tiny`, `mnist`) or runs S5 at full speed (`stepper`)."""
    if kind != "stepper":
        with training(kind, fps=fps) as terminal:
            return _sent(terminal, seconds)
    with stepper(fps=fps) as terminal:
        terminal.seen("n next")
        terminal.press(FULL_SPEED)
        terminal.seen("full speed")
        time.sleep(WHILE)
        return _sent(terminal, seconds)


def _sent(terminal: Terminal, seconds: float) -> float:
    before, began = terminal.written(), time.perf_counter()
    time.sleep(seconds)
    return (terminal.written() - before) / (time.perf_counter() - began)


def redrawn(size: tuple[int, int] = (160, 48)) -> dict[str, int]:
    """Bytes for a whole screen, for a line on, for a key after which nothing has changed, and for a second of rest."""
    with stepper(size) as terminal:
        terminal.seen("n next")
        terminal.settled(0, 5 * QUIET)
        found = {}
        terminal.press("\x1bOQ")  # F2: other colours, so all of it
        found["all of it"] = _more(terminal)
        terminal.press("\x1bOQ")
        _more(terminal)
        terminal.press("n")
        found["a line on"] = _more(terminal)
        terminal.press("\x1b")
        found["Esc, where nothing runs"] = _more(terminal)
        found["a second of rest"] = _more(terminal)
        return found


def _more(terminal: Terminal) -> int:
    before = terminal.written()
    time.sleep(1.0)
    return terminal.written() - before
