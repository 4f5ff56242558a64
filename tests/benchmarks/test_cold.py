"""Cold processes run as an installed package does, and those that others disturbed do not count."""

from __future__ import annotations

import sys

import pytest

from benchmarks import cold_training
from benchmarks.cold_training import _calm, _run


def test_a_process_leaves_our_sources_compiled_for_the_next_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    seconds, foreign = _run(sys.executable, "ours", "W1")
    assert seconds > 0
    assert foreign >= 0
    assert list(tmp_path.rglob("machine.*.pyc"))


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ([(0.2, 0.0)], 0.2),
        ([(0.4, 0.3), (0.2, 0.02)], 0.2),
        ([(3.0, 0.1)], 3.0),  # 3 % of a core
        ([(0.3, 0.2), (0.2, 0.1), (0.5, 0.5), (0.4, 0.4), (0.6, 0.6)], 0.2),
    ],
)
def test_the_first_undisturbed_process_counts_or_else_the_least_disturbed_one(monkeypatch, told, counted):
    runs = iter(told)
    monkeypatch.setattr(cold_training, "PAUSE", 0.0)
    monkeypatch.setattr(cold_training, "_run", lambda *_: next(runs))
    assert _calm("python", "ours", "W1") == counted
    assert not list(runs)
