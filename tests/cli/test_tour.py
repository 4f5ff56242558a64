"""The README's pictures are what the program prints: each command of a ```console fence, run again and compared."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"^```console\n\$ (.*?)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
FILES = re.findall(r"^cat > (\S+) << 'END'\n(.*?)^END$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), PICTURES, ids=[command for command, _ in PICTURES])
def test_a_picture_is_what_the_program_prints(tmp_path, command, shown):
    if not command.startswith(("tui-nn ", "sed ")):
        pytest.skip("not the program's own")
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    scripts = f"{sysconfig.get_path('scripts')}{os.pathsep}{Path(sys.executable).parent}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.stdout == shown


def test_there_are_pictures():
    assert len(PICTURES) >= 3


def test_the_record_that_is_shown_is_a_record(cli):
    (shown,) = re.findall(r"^```json\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    lines = cli("step", "linear-regression", "--only", "dW", "--format", "jsonl").out
    assert json.loads(lines) == json.loads(shown)


def test_every_exit_code_is_in_the_readme():
    from tui_nn.cli.diagnostics import ExitCode

    table = re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)
    assert [int(code) for code in table] == sorted(ExitCode)
