"""How long `tui-nn --help` takes against a bare Typer program with one command, as whole processes.

    python -m benchmarks.cold_start [--rounds 21] [--json]

Exit code 1 where the ratio of the medians is above the bar. The bare interpreter and `tui-nn --version` are there to
compare with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import sysconfig
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.cold_training import as_installed
from benchmarks.timing import Timing, interleaved

BAR = 1.5
BARE, OURS = "bare Typer program, --help", "tui-nn --help"

BARE_PROGRAM = '''\
import typer

app = typer.Typer()


@app.command()
def hello(name: str, count: int = 1) -> None:
    """Say hello."""
    for _ in range(count):
        print(f"Hello {name}")


if __name__ == "__main__":
    app()
'''


def measure(rounds: int) -> dict[str, Timing]:
    """Time each program, the same interpreter running all of them."""
    script = Path(sysconfig.get_path("scripts")) / "tui-nn"
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE_PROGRAM, encoding="utf-8")
        programs = {
            "python -c pass": ["-c", "pass"],
            "tui-nn --version": [str(script), "--version"],
            BARE: [str(bare), "--help"],
            OURS: [str(script), "--help"],
        }
        return interleaved({name: partial(_run, words) for name, words in programs.items()}, rounds)


def _run(words: list[str]) -> None:
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, env=as_installed(), check=True)


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description="Cold start of tui-nn against a bare Typer program.")
    parser.add_argument("--rounds", type=int, default=21, help="processes of each kind (default: 21)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    timings = measure(options.rounds)
    ratio = timings[OURS].median / timings[BARE].median
    if options.json:
        seconds = {name: timing._asdict() for name, timing in timings.items()}
        print(json.dumps({"rounds": options.rounds, "seconds": seconds, "ratio": ratio, "bar": BAR}, indent=2))
    else:
        print(f"{'':28}{'median':>10}{'p95':>10}{'least':>10}   ms, {options.rounds} rounds")
        for name, timing in timings.items():
            print(f"{name:28}" + "".join(f"{1e3 * seconds:10.1f}" for seconds in timing))
        print(f"\n{OURS} / {BARE}: {ratio:.2f} (bar: at most {BAR})")
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
