"""What every test stands on: the same surroundings everywhere, and two ways to run the command line."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import settings

from tui_nn.__main__ import main

settings.register_profile("tui-nn", deadline=None, print_blob=True)
settings.load_profile("tui-nn")

# Each changes what a program prints or where it looks for files; a test that needs one sets it.
SURROUNDINGS = (
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
    "TUI_NN_DATA",
)


# What is tested is the program, not how long Python takes to compile it: each process finds what another one compiled,
# as that of an installed program does. Workers and whatever they start inherit it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

LONGEST = ("test_readme.py", "test_serve.py", "test_fuzz.py")  # begun first: nobody is to wait for them at the end


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: nobody has to look through it for garbage."""
    gc.collect()
    gc.freeze()


class Outcome(NamedTuple):
    """How a run of the command line ended."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def same_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SURROUNDINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command line in this process: `cli("step", "xor")`. Quick; stdout is no terminal."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["tui-nn", *map(str, arguments)])
        capsys.readouterr()
        try:
            code = main()
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python in a process of its own: `python("-m", "tui_nn", "--help")`."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, **{"capture_output": True, "text": True, "timeout": 60, **options})  # type: ignore[call-overload, no-any-return]

    return run
