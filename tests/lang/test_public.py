"""The package's public names are there, and nothing else of it is used outside."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

import tui_nn
from tui_nn.lang import PUBLIC

PACKAGE = Path(tui_nn.__file__).parent


@pytest.mark.parametrize(("module", "name"), [(m, n) for m, names in PUBLIC.items() for n in names])
def test_a_public_name_is_there_and_documented(module: str, name: str) -> None:
    found = getattr(import_module(f"tui_nn.lang.{module}"), name)
    if callable(found) and name not in ("Expression", "Phase"):
        assert found.__doc__


def test_the_rest_of_the_program_uses_public_names_only() -> None:
    used = set()
    for path in PACKAGE.rglob("*.py"):
        if path.is_relative_to(PACKAGE / "lang"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tui_nn.lang."):
                module = str(node.module).removeprefix("tui_nn.lang.")
                used |= {f"{module}.{alias.name}" for alias in node.names}
    assert used
    assert used <= {f"{module}.{name}" for module, names in PUBLIC.items() for name in names}
