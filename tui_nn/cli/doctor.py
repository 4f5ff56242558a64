"""`tui-nn doctor`: what the program finds on this machine, and what would be better otherwise."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui_nn import __version__
from tui_nn.cli.output import safe_cell, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

app = typer.Typer(add_completion=False)

Facts = dict[str, Any]
SMALLEST = (60, 18)  # columns and lines that the app needs
DISTRIBUTION = "tui-nn"


@app.command()
def doctor(
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")] = "text",
) -> None:
    """Show backends, GPU, BLAS, terminal, folders and versions, and what is amiss."""
    advice: list[str] = []
    found = {section: facts(advice.append) for section, facts in SECTIONS.items()}
    if form == "json":
        write_json({**found, "advice": advice})
    else:
        _print(found, advice)


def _print(found: dict[str, Facts], advice: list[str]) -> None:
    width = max(len(name) for facts in found.values() for name in facts)
    for section, facts in found.items():
        print(section)
        for name, value in facts.items():
            label = name if name.isupper() else name.replace("_", " ")
            print(f"  {label:<{width}}  {safe_cell(_shown(value))}".rstrip())
    print("advice" if advice else "nothing is amiss")
    for line in advice:
        print(f"  {safe_cell(line)}")


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _program(advise: Callable[[str], None]) -> Facts:
    return {
        "version": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _backends(advise: Callable[[str], None]) -> Facts:
    import numpy as np

    from tui_nn.engine.backend import choose
    from tui_nn.engine.jit import installed

    backend, why = choose("auto")
    facts: Facts = {"auto": backend.name, "because": why, "numpy": np.__version__, "compiled_lines": installed()}
    return facts | (_gpu(backend, advise) if backend.name == "cupy" else {"cupy": None})


def _gpu(backend: Any, advise: Callable[[str], None]) -> Facts:
    """The GPU that CuPy has, and how a small network fares on it."""
    from tui_nn.engine.trial import try_out

    cupy, runtime = backend.xp, backend.xp.cuda.runtime
    device = runtime.getDeviceProperties(0)
    trouble = try_out(backend)
    if trouble:
        advise(f"cupy: {trouble}")
    return {
        "cupy": cupy.__version__,
        "gpu": device["name"].decode(),
        "gpu_memory": f"{device['totalGlobalMem'] / 2**30:.1f} GiB",
        "gpu_capability": f"{device['major']}.{device['minor']}",
        "cuda": _cuda_version(runtime.runtimeGetVersion()),
        "cuda_of_driver": _cuda_version(runtime.driverGetVersion()),
        "trial": trouble or "agrees with NumPy; a step is one CUDA graph",
    }


def _cuda_version(number: int) -> str:
    return f"{number // 1000}.{number % 1000 // 10}"


def _blas(advise: Callable[[str], None]) -> Facts:
    import numpy as np  # noqa: F401 - its BLAS is what is looked at
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

    from tui_nn.session.threads import SMALL, busy, cores

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    if not pools:
        advise("BLAS: threadpoolctl finds no library whose threads it can set; they are left to chance")
    used = busy()
    if used >= cores():
        advise("cores: all are busy; timings will be uneven, and matrix products are best left on one thread")
    return {
        "library": [f"{pool['internal_api']} {pool['version'] or ''}".strip() for pool in pools],
        "kernels": [pool["architecture"] for pool in pools if pool.get("architecture")],
        "threads_of_library": [pool["num_threads"] for pool in pools],
        "threads_in_training": f"1 below {SMALL / 1e6:g} MFLOP a step, else {max(1, cores() - used)}",
        "cores": cores(),
        "cores_busy": used,
    }


def _terminal(advise: Callable[[str], None]) -> Facts:
    import shutil

    from tui_nn.view.look import detect

    look = detect(os.environ)
    columns, lines = shutil.get_terminal_size()
    ttys = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name).isatty()]
    if "stdout" in ttys:
        if columns < SMALLEST[0] or lines < SMALLEST[1]:
            advise(f"terminal: the app needs {SMALLEST[0]}x{SMALLEST[1]}, this is {columns}x{lines}")
        if look.ascii_only:
            advise("terminal: no UTF-8 (see LC_ALL, LC_CTYPE, LANG); formulas and pictures are drawn in ASCII")
    return {
        "is_terminal": ttys,
        "size": f"{columns}x{lines}",
        "term": os.environ.get("TERM"),
        "colours": look.colours.value,
        "no_color": bool(os.environ.get("NO_COLOR")),
        "glyphs": "ascii" if look.ascii_only else "unicode",
        "encoding": sys.stdout.encoding,
    }


def _versions(advise: Callable[[str], None]) -> Facts:
    """Every dependency, and those of the extras that people install, with its version or None."""
    from importlib.metadata import PackageNotFoundError, version

    facts: Facts = {}
    for name in dict.fromkeys(_requirements()):
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            facts[name] = None
    return facts


def _requirements() -> Iterator[str]:
    import re
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:  # run from a folder that was never installed
        return
    for line in lines:
        extra = re.search(r"extra == ['\"](\w+)['\"]", line)
        if extra is None or extra[1] not in ("test", "lint", "bench"):
            yield re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]


def _data(advise: Callable[[str], None]) -> Facts:
    from pathlib import Path

    from tui_nn.data.fetch import DATA_FOLDER, cache_folder

    cache, own = cache_folder(), os.environ.get(DATA_FOLDER)
    if own is not None and not Path(own).is_dir():
        advise(f"{DATA_FOLDER}: {own} is no folder")
    if not _is_writable(cache):
        advise(f"data: nothing can be written to {cache}; {DATA_FOLDER} can name a folder that has the data sets")
    return {"cache": str(cache), "cache_exists": cache.is_dir(), DATA_FOLDER: own}


def _is_writable(folder: Path) -> bool:
    """Whether the folder, or where it would be made, takes files."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK)


SECTIONS: dict[str, Callable[[Callable[[str], None]], Facts]] = {
    "program": _program,
    "backends": _backends,
    "blas": _blas,
    "terminal": _terminal,
    "data": _data,
    "versions": _versions,
}
"""What is looked at, in the order of the page. Each gives facts by name, and tells what would be better otherwise."""
