"""The root of the command line: help, version, the table of commands, completion."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import typer
from rich.text import Text

from tui_nn import __version__
from tui_nn.cli.app import COMMANDS, EXIT_CODES
from tui_nn.cli.diagnostics import ExitCode


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_each_command_and_each_exit_code(cli, flag):
    outcome = cli(flag)
    assert outcome.code == ExitCode.OK
    assert outcome.err == ""
    words = " ".join(outcome.out.replace("│", " ").split())
    for name, command in COMMANDS.items():
        assert f" {name} {command.help}" in words
    for code, meaning in EXIT_CODES.items():
        assert f"{code} {meaning}" in words


def test_every_exit_code_is_documented():
    assert set(EXIT_CODES) == set(ExitCode)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_of_itself_what_the_table_says(cli, name):
    outcome = cli(name, "--help")
    words = " ".join(outcome.out.replace("│", " ").split())
    assert outcome.code == ExitCode.OK
    assert COMMANDS[name].help in words
    assert f"Usage: tui-nn {name} " in words
    assert "completion" not in words, "typer.Typer(add_completion=False): only the root has these options"


@pytest.mark.parametrize("name", COMMANDS)
def test_no_help_text_is_taken_for_markup(name):
    """Rich would swallow the index of `dW1[i]`; it is written `dW1\\[i]`. `dW1[0]` is no markup."""
    for text in help_texts(typer.main.get_command(import_module(f"tui_nn.cli.{name}").app)):
        assert Text.from_markup(text).plain == text.replace(r"\[", "["), text


def help_texts(command: Any) -> Iterator[str]:
    yield command.help or ""
    for parameter in command.params:
        yield getattr(parameter, "help", None) or ""
    for inner in getattr(command, "commands", {}).values():
        yield from help_texts(inner)


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "--help"]])
def test_version(cli, arguments):
    assert cli(*arguments) == (ExitCode.OK, f"tui-nn {__version__}\n", "")


def test_the_version_needs_no_typer(python):
    code = (
        "import sys; sys.argv = ['tui-nn', '--version']\n"
        "from tui_nn.__main__ import main; main()\n"
        "sys.exit('typer' in sys.modules)"
    )
    done = python("-c", code)
    assert (done.returncode, done.stdout) == (0, f"tui-nn {__version__}\n")


def test_module_and_script_are_the_same_program(python):
    assert python("-m", "tui_nn", "--version").stdout == f"tui-nn {__version__}\n"


def test_without_a_terminal_the_app_says_how_to_go_on(cli):
    outcome = cli()
    assert outcome.code == ExitCode.BAD_INPUT
    assert outcome.out == ""
    assert "terminal" in outcome.err
    assert "tui-nn --help" in outcome.err


def test_a_closed_stdin_is_no_terminal_either(python):
    done = python("-c", "import sys; sys.stdin = None; from tui_nn.__main__ import main; sys.exit(main())")
    assert done.returncode == ExitCode.BAD_INPUT
    assert "terminal" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["--vershion"], "No such option: --vershion"),
        (["\x1b[31mred"], r"\x1b[31mred"),
        (["--\x1b]0;title\x07"], r"\x1b]0;title\x07"),
    ],
)
def test_wrong_usage_is_named_on_stderr(cli, arguments, message):
    outcome = cli(*arguments)
    assert outcome.code == ExitCode.BAD_INPUT
    assert outcome.out == ""
    assert message in outcome.err
    assert "tui-nn --help" in outcome.err
    assert "\x1b" not in outcome.err


@pytest.mark.skipif(not COMMANDS, reason="no commands yet")
def test_a_mistyped_command_brings_the_near_one(cli):
    name = next(iter(COMMANDS))
    assert f"Did you mean '{name}'?" in cli(f"{name}x").err


@pytest.mark.parametrize(
    "arguments",
    [
        ["S5"],
        ["s5", "--linear"],
        ["linear-regression"],
        ["L = w**2", "--at", "w=1"],
        ["mine.toml"],
        ["runs/mine"],
        ["--linear"],
        ["--fps", "4", "S5"],
        ["--train", "iris"],
    ],
)
def test_what_can_be_opened_brings_the_command_that_opens_it(cli, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    (tmp_path / "runs" / "mine" / "run.toml").write_text("format = 1")
    outcome = cli(*arguments)
    assert outcome.code == ExitCode.BAD_INPUT
    assert outcome.err.splitlines()[-1].endswith(f". To open the app: tui-nn open {shlex.join(arguments)}")


@pytest.mark.parametrize("arguments", [["frobnicate"], ["--vershion"], ["trian"]])
def test_what_cannot_be_opened_does_not(cli, arguments):
    assert "tui-nn open" not in cli(*arguments).err


@pytest.mark.parametrize(
    ("shell", "sign"), [("bash", "complete -o"), ("zsh", "#compdef tui-nn"), ("fish", "complete ")]
)
def test_completion_scripts(monkeypatch, python, shell, sign):
    done = run_script(monkeypatch, _TUI_NN_COMPLETE=f"source_{shell}")
    assert done.returncode == 0
    assert sign in done.stdout


def test_completion_offers_the_commands(monkeypatch):
    done = run_script(monkeypatch, _TUI_NN_COMPLETE="complete_bash", COMP_WORDS="tui-nn ", COMP_CWORD="1")
    assert done.stdout.split() == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_completion_offers_a_command_s_options(monkeypatch, name):
    words = f"tui-nn {name} --"
    done = run_script(monkeypatch, _TUI_NN_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD="2")
    assert "--help" in done.stdout.split()


def run_script(monkeypatch: pytest.MonkeyPatch, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program under the name that its console script gives it: completion goes by that name."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code = "import sys; sys.argv[0] = 'tui-nn'; from tui_nn.__main__ import main; sys.exit(main())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("arguments", "commands"), [(["runs"], "list, show,"), (["data", "nope"], "list, show,")])
def test_a_command_without_its_own_says_which_there_are(cli, arguments, commands):
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, "")
    assert re.search(rf"error: \w[^\n]+\. There are {commands}", outcome.err)
