"""BLAS threads: one for small products, idle cores for large ones, and what is asked for is what BLAS does."""

from __future__ import annotations

import os

import pytest
from threadpoolctl import threadpool_info

from tui_nn.nn.network import Network
from tui_nn.session import threads


def blas():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_operations_of_a_step():
    network = Network(["dense(128, relu)", "dense(10)"], inputs=784, loss="softmax_cross_entropy")
    assert threads.step_operations(network, 32) == 6 * 32 * (784 * 128 + 128 * 10)


@pytest.mark.parametrize(("width", "others", "expected"), [(16, 0, 1), (2048, 0, 4), (2048, 1, 3), (2048, 9, 1)])
def test_large_products_take_the_cores_that_are_idle_now(monkeypatch, tmp_path, width, others, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    load, own = tmp_path / "loadavg", tmp_path / "task"
    for i, state in enumerate("RRS"):  # an app's thread computes too
        (own / str(i)).mkdir(parents=True)
        (own / str(i) / "stat").write_text(f"{i} (tui) nn) {state} 1 {i} 0", encoding="ascii")
    load.write_text(f"7.00 7.00 7.00 {2 + others}/300 4711\n", encoding="ascii")  # busy before, but no more
    monkeypatch.setattr(threads, "LOAD", load)
    monkeypatch.setattr(threads, "OWN", own)
    assert threads.choose_threads(Network([f"dense({width})"], inputs=1024), 32) == expected


@pytest.mark.parametrize("text", [None, "", "0.1 0.2", "0.1 0.2 0.3 x/y 5"])
def test_elsewhere_the_last_minute_tells(monkeypatch, tmp_path, text):
    monkeypatch.setattr(threads, "LOAD", tmp_path / "loadavg")
    if text is not None:
        threads.LOAD.write_text(text, encoding="ascii")
    monkeypatch.setattr(os, "getloadavg", lambda: (1.6, 0.0, 0.0), raising=False)
    assert threads.busy() == 2
    monkeypatch.delattr(os, "getloadavg")
    assert threads.busy() == 0


@pytest.mark.skipif(not blas(), reason="NumPy has no BLAS whose threads can be set")
def test_the_limit_holds_within_and_ends_with_it():
    before = blas()
    with threads.limited(1):
        assert blas() == {1}
    assert blas() == before
