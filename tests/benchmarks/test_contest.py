"""The harness's arithmetic and its talk with a process. Nothing here is timed."""

from __future__ import annotations

import json
import math
import sys
from contextlib import closing

import numpy as np
import pytest

from benchmarks import contest, report, steps
from benchmarks.__main__ import merged
from benchmarks.contest import PeerError, Process, Spread, ratios
from benchmarks.peers import trainer
from benchmarks.timing import seconds_of
from benchmarks.workloads import ALL, WORKLOADS, data, start


def test_a_ratio_is_of_one_round_and_of_the_faster_peer():
    ours = [1.0, 10.0, 2.0]
    assert ratios([[4.0, 20.0, 9.0], [3.0, 50.0, 8.0]], ours) == Spread(median=3.0, least=2.0, most=4.0)


class Told:
    """A process that answers with given disturbances, in seconds of foreign work."""

    def __init__(self, *answers):
        self.answers = iter(answers)

    def ask(self, do, epochs):
        seconds, foreign = next(self.answers)
        return {"seconds": seconds, "foreign": foreign}


@pytest.fixture
def _no_pause(monkeypatch):
    monkeypatch.setattr(contest, "PAUSE", 0.0)


@pytest.mark.usefixtures("_no_pause")
def test_a_disturbed_slice_is_done_again():
    assert contest._slice(Told((1.0, 0.5), (3.0, 0.01), (2.0, 0.0)), 1) == (3.0, False)


@pytest.mark.usefixtures("_no_pause")
def test_of_slices_that_stay_disturbed_the_least_disturbed_one_is_taken():
    shares = [0.9, 0.2, 0.5, 0.3, 0.8]
    answers = [(1.0 + i, share * (1.0 + i)) for i, share in enumerate(shares)]
    assert contest._slice(Told(*answers), 1) == (2.0, True)


@pytest.mark.usefixtures("_no_pause")
def test_where_disturbance_cannot_be_told_the_first_slice_counts():
    assert contest._slice(Told((1.0, math.nan)), 1) == (1.0, False)


def test_a_worker_trains_the_same_step_as_in_this_process(tmp_path):
    path = tmp_path / "parameters.npz"
    with closing(Process(sys.executable, "ours")) as process:
        process.ask("check", workload="W2", epochs=2, path=str(path))
    here = trainer("ours", WORKLOADS["W2"].for_check(), shuffle=False)
    here.epochs(2)
    with np.load(path, allow_pickle=False) as arrays:
        for i, (weight, bias) in enumerate(here.parameters()):
            assert np.array_equal(arrays[f"W{i}"], weight)
            assert np.array_equal(arrays[f"b{i}"], bias)


def test_what_fails_in_a_worker_is_said(tmp_path):
    with closing(Process(sys.executable, "ours")) as process, pytest.raises(PeerError, match="ours: KeyError: 'W9'"):
        process.ask("check", workload="W9", epochs=1, path=str(tmp_path / "x.npz"))
    with closing(Process(sys.executable, "nobody")) as process, pytest.raises(PeerError, match="nobody: KeyError"):
        process.ask("prepare", workload="W1")


@pytest.mark.parametrize("w", ALL.values(), ids=lambda w: w.name)
def test_data_fits_the_network_and_cannot_be_learned_by_heart(w):
    x, y = data(w)
    assert x.shape == (w.examples, w.sizes[0])
    assert x.dtype == w.dtype
    assert [weight.shape for weight, _ in start(w)] == list(zip(w.sizes[1:], w.sizes[:-1], strict=True))
    assert w.parameters == sum(weight.size + bias.size for weight, bias in start(w))
    if w.name != "W1":
        half = -(-w.examples // 2)
        assert np.array_equal(x[:half][: w.examples - half], x[half:])
        assert (y[: w.examples - half] != y[half:]).mean() > 0.3


def test_seconds_are_of_one_call():
    calls = {"a": 0, "b": 0}

    def count(name):
        calls[name] += 1

    seconds = seconds_of({name: lambda name=name: count(name) for name in calls}, rounds=3, least=1e-4)
    assert {name: len(each) for name, each in seconds.items()} == {"a": 3, "b": 3}
    assert all(0 < s < 1e-3 for each in seconds.values() for s in each)


# The report.

RESULTS = {
    "processor": "2 cores",
    "versions": {"numpy": "2.4"},
    "table": {
        "W1": {
            "steps": {"ours": [8.0, 7.0, 9.0]},
            "ratios": {"PyTorch": [25.0, 21.0, 29.0], "JAX": [1.1, 1.0, 1.2]},
            "rounds": 7,
            "disturbed": 1,
            "slices": 14,
            "threads": {"ours": 1},
            "differences": {"JAX": 1e-12},
        }
    },
}


def test_bars_that_are_missed_are_named():
    assert report.below(RESULTS) == ["W1, JAX: 1.10, at least 1.3"]
    assert "| 25 [21..29] (≥ 20) |" in report.markdown(RESULTS)
    assert "**1.1 [1..1.2]** (≥ 1.3: missed)" in report.markdown(RESULTS)


def test_the_readme_keeps_what_people_wrote(tmp_path, monkeypatch):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(report, "README", readme)
    report.write(RESULTS)
    report.write(RESULTS)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{report.BEGIN}\n")
    assert text.endswith(f"\n{report.END}\nafter\n")
    assert text.count("### Time per training step") == 1
    assert "old" not in text


def test_the_readme_has_the_results_that_are_kept():
    kept = report.README.parent / "results.json"
    text = report.README.read_text(encoding="utf-8")
    assert report.markdown(json.loads(kept.read_text(encoding="utf-8"))) in text


def test_a_row_that_is_measured_anew_takes_the_place_of_the_old_one():
    new = {"processor": "4 cores", "versions": {"numpy": "2.5"}, "table": {"W2": {"rounds": 1}}}
    both = merged(RESULTS, new)
    assert list(both["table"]) == ["W1", "W2"]
    assert both["processor"] == "4 cores"
    assert both["table"]["W1"] is RESULTS["table"]["W1"]


def test_every_bar_has_its_workload_and_its_peer():
    assert list(steps.BARS) == list(WORKLOADS)
    assert all(list(bars) == list(steps.PEERS) for bars in steps.BARS.values())
