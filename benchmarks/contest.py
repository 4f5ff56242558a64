"""A contest: each contestant in a process of its own, kept alive, in slices of equal length, A B C and then C B A.

What counts is the ratio within a round. A slice in which other processes used the cores is done again, a few times; the
least disturbed one is taken, and it is counted as disturbed.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
DISTURBED = 0.04  # of a slice's seconds, used by other processes
TRIES = 5  # of a slice, as long as they take no more than
PATIENCE = 4.0  # seconds
PAUSE = 0.05  # seconds before a slice; longer before it is done again


class Spread(NamedTuple):
    """Median and range of a few numbers."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Spread:
        return cls(statistics.median(numbers), min(numbers), max(numbers))


class PeerError(Exception):
    """A peer cannot be measured: it is not installed, or its process came to an end."""


class Process:
    """A worker's process, asked by calling `ask`."""

    def __init__(self, python: str, contestant: str) -> None:
        self.contestant = contestant
        self._talk = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  closed with the process
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", contestant],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._talk,
            text=True,
            encoding="utf-8",
            env=environment(),
        )

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer. Raises PeerError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer: dict[str, Any] = json.loads(line) if line else {"error": self._last_words()}
        if "error" in answer:
            raise PeerError(f"{self.contestant}: {answer['error']}")
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._talk.close()

    def _last_words(self) -> str:
        self._process.wait()
        self._talk.seek(0)
        lines = self._talk.read().strip().splitlines()
        return lines[-1] if lines else "its process came to an end"


def environment() -> dict[str, str]:
    """This process's, without what would choose threads for the libraries."""
    chosen = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {name: value for name, value in os.environ.items() if name not in chosen}


@dataclass
class Slices:
    """What a contestant took, a number for each round.

    Attributes:
        steps: microseconds a step.
        disturbed: rounds in which no undisturbed slice was to be had.
        about: what the worker told when it was ready.
    """

    steps: list[float]
    disturbed: int
    about: dict[str, Any]


def compete(
    python: str, contestants: Sequence[str], workload: str, rounds: int, seconds: float
) -> tuple[dict[str, Slices], list[str]]:
    """Interleaved slices of about `seconds` each; and why a contestant is missing."""
    missing: list[str] = []
    with ExitStack() as stack:
        processes: dict[str, Process] = {}
        ready: dict[str, dict[str, Any]] = {}
        for name in contestants:
            process = stack.enter_context(closing(Process(python, name)))
            try:
                ready[name] = process.ask("prepare", workload=workload)
                processes[name] = process
            except PeerError as error:
                missing.append(str(error))
        return _rounds(processes, ready, rounds, seconds), missing


def _rounds(
    processes: Mapping[str, Process], ready: Mapping[str, dict[str, Any]], rounds: int, seconds: float
) -> dict[str, Slices]:
    results = {name: Slices([], 0, ready[name]) for name in processes}
    names = list(processes)
    for turn in range(rounds):
        for name in names if turn % 2 == 0 else reversed(names):
            about = ready[name]
            epochs = max(round(seconds / about["epoch"]), 1)
            taken, disturbed = _slice(processes[name], epochs)
            results[name].steps.append(1e6 * taken / (epochs * about["steps"]))
            results[name].disturbed += disturbed
    return results


def _slice(process: Process, epochs: int) -> tuple[float, bool]:
    """Seconds of the least disturbed try, and whether it was disturbed all the same."""
    best, share = math.inf, math.inf
    begin = time.monotonic()
    for attempt in range(TRIES):
        time.sleep(PAUSE if attempt == 0 else 10 * PAUSE)
        answer = process.ask("slice", epochs=epochs)
        disturbance = answer["foreign"] / answer["seconds"]
        if math.isnan(disturbance) or disturbance < DISTURBED:
            return answer["seconds"], False
        if disturbance < share:
            best, share = answer["seconds"], disturbance
        if time.monotonic() - begin > PATIENCE:
            break
    return best, True


def ratios(peers: Sequence[Sequence[float]], ours: Sequence[float]) -> Spread:
    """The fastest peer's time over ours, round by round."""
    return Spread.of([min(each) / own for own, *each in zip(ours, *peers, strict=True)])


def say(text: str) -> None:
    """Talk goes to stderr."""
    print(text, file=sys.stderr, flush=True)
