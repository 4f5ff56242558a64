"""Each way in which a run can end, in a process of its own: its exit code, and what stderr says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_nn.cli.diagnostics import ExitCode, exit_code_of
from tui_nn.cli.interrupt import Interrupt

PROGRAM = """
import sys
from tui_nn.cli.diagnostics import exit_code_of
from tui_nn.errors import UserError
def program():
    {body}
sys.exit(exit_code_of(program))
"""


def ended(body: str, **options: object) -> subprocess.CompletedProcess[str]:
    arguments = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 30, **options}
    return subprocess.run([sys.executable, "-c", PROGRAM.format(body=body)], **arguments)


@pytest.mark.parametrize(
    ("body", "code", "out", "err"),
    [
        ("print('3')", 0, "3\n", ""),
        ("print('3'); return 1", 1, "3\n", ""),
        ("print('3'); raise UserError('no such lesson: x')", 2, "3\n", "error: no such lesson: x\n"),
        ("raise UserError('\\x1b[2J\\u202egone')", 2, "", "error: \\x1b[2J\\u202egone\n"),
        ("open('missing.toml')", 2, "", "error: missing.toml: No such file or directory\n"),
        ("import typer; raise typer.Abort", 130, "", ""),
        ("raise KeyboardInterrupt", 130, "", ""),
        ("raise RuntimeError('__set_name__') from KeyboardInterrupt()", 130, "", ""),
        ("print('3'); sys.exit(1)", 1, "3\n", ""),
        ("print(chr(0x2202))", 0, "∂\n", ""),
    ],
)
def test_ends_with(body, code, out, err, tmp_path):
    done = ended(body, cwd=tmp_path, encoding="utf-8", env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert (done.returncode, done.stdout, done.stderr) == (code, out, err)


def test_a_defect_shows_its_traceback_and_is_no_failed_check():
    done = ended("1 / 0")
    assert done.returncode == ExitCode.DEFECT
    assert "ZeroDivisionError" in done.stderr
    assert "report" in done.stderr


def test_a_character_that_the_encoding_lacks_is_escaped():
    done = ended("print(chr(0x2202))", env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stdout) == (0, "\\u2202\n")


@pytest.mark.parametrize("through_typer", [False, True])
def test_a_reader_that_has_seen_enough_ends_the_run_quietly(through_typer):
    printing = "for _ in range(100_000): print('a line')"
    body = (
        f"import typer; app = typer.Typer(); app.command()(lambda: exec({printing!r})); app([], standalone_mode=False)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(body=body if through_typer else printing)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == ExitCode.READER_GONE


def test_a_reader_that_never_came(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    done = ended("print('one line, written at the end')", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.READER_GONE, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_reported():
    with Path("/dev/full").open("w") as full:
        done = ended("print('lost')", stdout=full)
    assert (done.returncode, done.stderr) == (
        ExitCode.BAD_INPUT,
        "error: standard output could not be written: No space left on device\n",
    )


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes the stream")
@pytest.mark.parametrize(
    ("body", "closes", "code", "out", "err"),
    [
        ("print('lost')", ">&-", ExitCode.BAD_INPUT, "", "error: standard output is closed; there is nowhere to"),
        ("pass", ">&-", ExitCode.OK, "", ""),
        ("print('data'); from tui_nn.cli.diagnostics import say; say('talk')", "2>&-", ExitCode.OK, "data\n", ""),
    ],
)
def test_a_closed_stream(body, closes, code, out, err):
    """Data that has nowhere to go is an error, as on a full disk; talk that nobody hears is not, and is no data."""
    done = subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" {closes}', sys.executable, PROGRAM.format(body=body)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, out)
    assert done.stderr.startswith(err) if err else not done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_an_interrupt_from_outside():
    body = "import time; print('ready', flush=True); time.sleep(30)"
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(body=body)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (ExitCode.INTERRUPTED, b"")


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_noted_and_a_second_one_ends_at_once_with_its_code(number, code):
    with Interrupt() as interrupt:
        signal.raise_signal(number)
        assert (interrupt.asked, interrupt.code) == (True, code)

        def again():
            signal.raise_signal(number)

        assert exit_code_of(again) == code
    assert exit_code_of(lambda: None) == 0
