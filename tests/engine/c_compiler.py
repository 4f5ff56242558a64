"""The system's C compiler, for what the program writes as C and for what a test needs of a library in C."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

COMPILER = shutil.which("gcc") or shutil.which("cc")

needs_compiler = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tui-nn-test-")  # gone with the process


@cache
def library(source: str) -> ctypes.CDLL:
    """The source, compiled and loaded. Each product is rounded by itself, as in NumPy."""
    assert COMPILER is not None
    name = hashlib.sha256(source.encode()).hexdigest()[:16]
    text, built = Path(_folder().name, f"{name}.c"), Path(_folder().name, f"{name}.so")
    text.write_text(source)
    command = [COMPILER, "-std=c11", "-O1", "-shared", "-fPIC", "-ffp-contract=off", text, "-o", built, "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stderr}\n{source[:2000]}"
    return ctypes.CDLL(str(built))
