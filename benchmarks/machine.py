"""What the machine is, and whether somebody else was using it while we measured."""

from __future__ import annotations

import os
import platform
import resource
import sys
from pathlib import Path

LIBRARIES = ("numpy", "tui-nn", "torch", "scikit-learn", "jax", "llvmlite")
_STAT, _STATUS = Path("/proc/stat"), Path("/proc/self/status")
_IDLE = (3, 4)  # of the columns of /proc/stat: idle, and waiting for a disk
_GUEST = 8  # columns from here on are contained in earlier ones


def busy() -> float | None:
    """Seconds that all cores together have worked since the machine started; None where it is not told."""
    if not _STAT.exists():
        return None
    ticks = [int(word) for word in _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:]]
    return sum(n for i, n in enumerate(ticks[:_GUEST]) if i not in _IDLE) / os.sysconf("SC_CLK_TCK")


def own() -> float:
    """Seconds of all cores that this process has used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_memory() -> int:
    """Bytes of memory that this process has held at most."""
    if _STATUS.exists():  # getrusage would count what the process that started this one held
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def versions() -> dict[str, str]:
    """Python's and the libraries', of those that are installed."""
    from importlib import metadata  # a tenth of a small network's whole process

    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """Cores and their name."""
    name = platform.processor()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text(encoding="utf-8").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    return f"{os.cpu_count()} cores, {name or platform.machine()}"
