"""Cold processes run as an installed package does."""

from __future__ import annotations

import sys

from benchmarks.cold_training import _run


def test_a_process_leaves_our_sources_compiled_for_the_next_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    assert _run(sys.executable, "ours", "W1") > 0
    assert list(tmp_path.rglob("machine.*.pyc"))
