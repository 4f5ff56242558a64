"""The README's commands work: each line of its ```sh fences is run, in order, in one folder, and must succeed.

A line that installs is not run again here, only the program's own part of it is: `.ci/run` runs such lines whole. A
command that belongs into the README but cannot run without a terminal stands in a ```console fence.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from itertools import takewhile
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
READER_GONE = 141  # what `tui-nn ... | head` rightly gives under pipefail
SECONDS_A_COMMAND = 60


def shell_lines(markdown: str) -> list[str]:
    """Return the commands of the ```sh fences, continued lines joined, comments and blank lines left out.

    A here-document belongs to its command.
    """
    fences = re.findall(r"^```sh\n(.*?)^```$", markdown, flags=re.MULTILINE | re.DOTALL)
    rows = iter("".join(fences).replace("\\\n", " ").splitlines())
    lines = []
    for row in rows:
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        opened = re.search(r"<< *'(\w+)'", row)
        inside = list(takewhile(lambda inner, end=opened and opened[1]: inner != end, rows)) if opened else []
        lines.append("\n".join([row, *inside, *([opened[1]] if opened else [])]))
    return lines


def own_part(line: str) -> list[str]:
    """Return what of a line is run here: all of it or, where it installs, its `tui-nn` commands."""
    if "pip install" not in line:
        return [line]
    parts = [part.strip() for part in line.split("&&")]
    return [part.removeprefix(".venv/bin/") for part in parts if part.startswith(".venv/bin/tui-nn")]


LINES = shell_lines(README.read_text(encoding="utf-8"))
SET_UP = [line for line in LINES if "pip install" in line]


def test_set_up_needs_python_and_git_only():
    assert len(SET_UP) == 2
    for line, runs in zip(SET_UP, [".venv/bin/tui-nn", ".venv/bin/pytest"], strict=True):
        create, install, run = (shlex.split(part) for part in line.split("&&"))
        assert create == ["python3", "-m", "venv", ".venv"]
        assert install[:2] == [".venv/bin/pip", "install"]
        assert not [word for word in install if "://" in word]
        assert run[0] == runs


def test_every_command_of_the_readme_succeeds(tmp_path):
    scripts = sysconfig.get_path("scripts")
    if not shutil.which("tui-nn", path=scripts):
        pytest.fail(f"no tui-nn in {scripts}: install the package first")
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    commands = [part for line in LINES for part in own_part(line)]
    assert commands
    for command in commands:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_A_COMMAND,
            check=False,
        )
        assert done.returncode in (0, READER_GONE), f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def test_lines_are_read_as_a_shell_reads_them():
    markdown = "```sh\n# a comment\ntui-nn a \\\n  --b\n\ntui-nn c | head\n```\n```console\ntui-nn\n```\n"
    assert shell_lines(markdown) == ["tui-nn a    --b", "tui-nn c | head"]


def test_a_here_document_belongs_to_its_command():
    markdown = "```sh\ncat > a << 'END'\n# one\n\ntwo\nEND\ntui-nn a\n```\n"
    assert shell_lines(markdown) == ["cat > a << 'END'\n# one\n\ntwo\nEND", "tui-nn a"]


def test_of_a_line_that_installs_only_the_program_is_run():
    line = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/tui-nn step xor"
    assert own_part(line) == ["tui-nn step xor"]
    assert own_part("tui-nn step xor && tui-nn check") == ["tui-nn step xor && tui-nn check"]
