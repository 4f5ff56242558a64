"""Screens as text, kept in files: `TUI_NN_GOLDENS=write` writes them afresh, to be read before they are committed."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "goldens"


def assert_golden(name: str, text: str) -> None:
    """The text is what the file of that name holds."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("TUI_NN_GOLDENS") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")
