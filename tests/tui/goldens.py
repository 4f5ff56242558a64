"""Screens as text, kept in files: `TUI_NN_GOLDENS=write` writes them afresh, to be read before they are committed."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

FOLDER = Path(__file__).parent / "goldens"


def assert_golden(name: str, text: str) -> None:
    """The text is what the file of that name holds."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("TUI_NN_GOLDENS") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    kept = path.read_text(encoding="utf-8").splitlines()
    changes = "\n".join(difflib.unified_diff(kept, text.splitlines(), path.name, "now", lineterm=""))
    assert not changes, changes
