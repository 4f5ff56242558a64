"""The house stands: imports run one way, the screen stays out of the engine, and help is cheap.

Run as a program it reports what is over the soft caps: `python tests/test_house.py`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_nn.cli.app import COMMANDS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tui_nn"
FILE_LINES = 250
FUNCTION_LINES = 50

SCREENLESS = [name for name in ("lang", "engine", "nn", "data", "session", "lessons") if (PACKAGE / name).is_dir()]
SCREEN = {"plotext", "rich", "textual", "typer"}
HEAVY = {"numpy", "plotext", "textual", "cupy"}

IMPORT_ALL = """
import importlib, json, pkgutil, sys
for package in sys.argv[1:]:
    found = pkgutil.walk_packages([f"{package.replace('.', '/')}"], f"{package}.")
    for name in [package, *(module.name for module in found)]:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in {"cupy", "numba", "sklearn"}:  # what extras bring
                raise
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

RUN_COMMANDS = """
import contextlib, io, json, sys
from tui_nn.__main__ import main
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["tui-nn", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = main()
    print(json.dumps([arguments, code, out.getvalue(), sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def test_imports_run_one_way(capsys, monkeypatch):
    linter = pytest.importorskip("importlinter.cli", reason="import-linter comes with the extra lint")
    monkeypatch.chdir(ROOT)
    code = linter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_the_engine_knows_no_screen(python):
    done = python("-c", IMPORT_ALL, *(f"tui_nn.{name}" for name in SCREENLESS), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert not SCREEN & set(json.loads(done.stdout))


def test_help_imports_neither_numpy_nor_textual(python):
    """One process has the help of all commands: what it has not imported at its end, none of them has."""
    asked = [["--help"], *([name, "--help"] for name in COMMANDS)]
    done = python("-c", RUN_COMMANDS, json.dumps(asked))
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [arguments for arguments, *_ in told] == asked
    for arguments, code, out, modules in told:
        assert code == 0, arguments
        assert "Usage: tui-nn" in out, arguments
        assert not HEAVY & set(modules), arguments


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "DEVELOPERS.md", "README.md"])
def test_what_a_page_names_is_there(page):
    """Paths of this repository in code spans: the tests that keep the invariants, modules, folders."""
    text = (ROOT / page).read_text(encoding="utf-8")
    told = re.findall(r"`((?:tests|tui_nn|benchmarks|datasets|screenshots|\.ci)/[\w./-]*|\w*test_\w+\.py)`", text)
    assert [path for path in told if not (ROOT / path).exists() and "NAME" not in path] == []


def test_each_invariant_is_kept_by_something():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("| invariant |")[2]
    rows = [line.split(" | ") for line in text.split("\n\n")[0].splitlines()[2:]]
    assert len(rows) > 15
    assert all("`tests/" in kept or "`tui-nn check`" in kept for _, kept in rows)


def over_the_caps() -> Iterator[str]:
    """Name each file and function of the package that is longer than the soft cap."""
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(ROOT)
        length = text.count("\n")
        if length > FILE_LINES:
            yield f"{where}: {length} lines (soft cap {FILE_LINES})"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES:
                    yield f"{where}:{node.lineno}: {node.name} has {lines} lines (soft cap {FUNCTION_LINES})"


if __name__ == "__main__":
    print("\n".join(over_the_caps()) or "nothing is over the soft caps")
