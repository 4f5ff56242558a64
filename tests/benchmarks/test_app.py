"""What measures the app: a terminal that tells what was written and when, figures that know whether they hold."""

from __future__ import annotations

import sys

import pytest

from benchmarks.app import Figure, table
from benchmarks.app_calm import Others, calmly

pytest.importorskip("pty")

from benchmarks.app_terminal import Terminal

ECHO = """
import os, tty
tty.setraw(0)
os.write(1, b"rea\\x1b[1mdy")
while True:
    os.write(1, b"<\\x1b[31m" + os.read(0, 1) + b">")
"""


def test_a_terminal_sees_words_through_their_colours_and_after_which_key_they_came():
    with Terminal([sys.executable, "-c", ECHO]) as terminal:
        assert terminal.seen("ready") > terminal.began
        written = terminal.written()
        first = terminal.press("a")
        seen = terminal.seen("<a>", first)
        assert terminal.settled(first, 0.05) >= seen
        assert terminal.written() == written + len("<\x1b[31ma>")
        second = terminal.press("b")
        assert terminal.seen("<b>", second) >= seen


def test_figures_are_held_against_their_bars():
    kept = Figure("keys", "12 ms", 12, 50, unit=" ms")
    missed = Figure("throughput", "70%", 0.7, 0.75, most=False)
    assert kept.held
    assert not missed.held
    assert Figure("bytes", "9", 9, None).held
    rows = table([kept, missed]).splitlines()
    assert "| keys | 12 ms | at most 50 ms |  |" in rows
    assert "| throughput | **70%: missed** | at least 75% |  |" in rows


def test_the_least_disturbed_try_is_taken(monkeypatch):
    shares = iter([0.9, 0.2])
    monkeypatch.setattr("benchmarks.app_calm._wait", lambda: None)
    monkeypatch.setattr(Others, "cores", lambda self: next(shares))
    values = iter("ab")
    assert calmly(lambda: next(values)) == ("b", 0.2)
