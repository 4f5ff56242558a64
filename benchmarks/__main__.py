"""Measure all of the table: `python -m benchmarks`. The results go to results.json and into README.md.

    python -m benchmarks [--only table,cold,...] [--workloads W1,W2,...] [--rounds 7] [--python PEERS/bin/python]

Exit code 1 where a bar is not met.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import cold_training, memory, report, stepping, steps
from benchmarks.contest import PeerError, say
from benchmarks.machine import processor, versions
from benchmarks.workloads import DEPTHS, WIDTHS, WORKLOADS

RESULTS = Path(__file__).parent / "results.json"
PEERS = "TUI_NN_PEERS"


def sections(options: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
    """What can be measured, by name."""
    python, rounds, seconds = options.python, options.rounds, options.seconds
    few = max(rounds // 2, 1)
    return {
        "table": lambda: steps.table(python, options.workloads, rounds, seconds),
        "cold": lambda: cold_training.measure(python, options.workloads, rounds),
        "stepping": lambda: stepping.measure(rounds),
        "widths": lambda: steps.growth(python, WIDTHS, few, seconds / 2),
        "depths": lambda: steps.growth(python, DEPTHS, few, seconds / 2),
        "memory": lambda: memory.measure(python),
    }


def main() -> int:
    """Measure, write, and judge."""
    options = arguments()
    measured: dict[str, Any] = {"processor": processor(), "versions": versions()}
    for name, measure in sections(options).items():
        if name in options.only:
            say(f"== {name}")
            try:
                measured[name] = measure()
            except PeerError as error:
                say(f"{name} cannot be measured: {error}")
                return 1
    for each in measured.get("table", {}).values():
        measured["versions"] |= each.pop("versions")
    if options.json:
        print(json.dumps(measured, indent=2))
    if options.keep:
        known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        results = merged(known, measured)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        report.write(results)
    missed = report.below(measured)
    for text in missed:
        say(f"below the bar: {text}")
    return int(bool(missed))


def merged(known: dict[str, Any], measured: dict[str, Any]) -> dict[str, Any]:
    """What was measured now in front of what was measured before, workload by workload."""
    both = {**known, **measured}
    for name in ("table", "cold", "versions"):
        both[name] = dict(sorted({**known.get(name, {}), **measured.get(name, {})}.items()))
    return both


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure tui-nn against its peers.")
    known = ("table", "cold", "stepping", "widths", "depths", "memory")
    parser.add_argument("--only", type=_names(known), default=known, metavar="NAMES", help=f"of {', '.join(known)}")
    parser.add_argument("--workloads", type=_names(WORKLOADS), default=tuple(WORKLOADS), metavar="NAMES")
    parser.add_argument("--rounds", type=int, default=7, help="slices of each contestant (default: 7)")
    parser.add_argument("--seconds", type=float, default=0.4, help="of a slice (default: 0.4)")
    parser.add_argument(
        "--python",
        default=os.environ.get(PEERS, sys.executable),
        help=f"interpreter that has the extra `bench` (default: ${PEERS}, else this one)",
    )
    parser.add_argument("--json", action="store_true", help="print the results")
    parser.add_argument("--no-write", dest="keep", action="store_false", help="leave results.json and README.md alone")
    return parser.parse_args()


def _names(known: Any) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"there is no {name}; there are {', '.join(known)}")
        return names

    return read


if __name__ == "__main__":
    sys.exit(main())
