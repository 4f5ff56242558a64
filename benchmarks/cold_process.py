"""The process that `cold_training` times: `python -m benchmarks.cold_process CONTESTANT WORKLOAD EPOCHS`.

It builds, trains, prints the last loss, and imports nothing that is not needed for that.
"""

from __future__ import annotations

import sys

from benchmarks.peers import trainer
from benchmarks.workloads import ALL

if __name__ == "__main__":
    contestant, workload, epochs = sys.argv[1:]
    print(trainer(contestant, ALL[workload]).epochs(int(epochs)))
