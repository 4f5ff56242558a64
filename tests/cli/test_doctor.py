"""`tui-nn doctor`: the facts of this machine, by other ways to get at them, and advice where something is amiss."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys

import numpy as np
import pytest

from tests.engine.c_compiler import needs_compiler
from tests.engine.strict import StrictCupy
from tui_nn import __version__
from tui_nn.cli.diagnostics import ExitCode
from tui_nn.engine import cupy_backend
from tui_nn.session import threads


@pytest.fixture
def facts(cli):
    def ask():
        outcome = cli("doctor", "--format", "json")
        assert outcome.code == ExitCode.OK
        assert outcome.err == ""
        return json.loads(outcome.out)

    return ask


def test_facts(facts, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    found = facts()
    assert found["program"]["version"] == __version__
    assert platform.python_version() in found["program"]["python"]
    assert found["backends"]["auto"] == "numpy"
    assert "CuPy is not installed" in found["backends"]["because"]
    assert found["backends"]["numpy"] == found["versions"]["numpy"] == np.__version__
    assert found["backends"]["cupy"] is None
    assert 1 <= found["blas"]["cores"] <= os.cpu_count()
    assert all(n >= 1 for n in found["blas"]["threads_of_library"])
    assert found["terminal"]["size"] == "80x24"
    assert found["terminal"]["is_terminal"] == []
    assert {"rich", "textual", "typer", "plotext"} <= found["versions"].keys()
    assert "pytest" not in found["versions"]


def test_every_fact_is_in_the_text_too(cli, facts):
    outcome = cli("doctor")
    assert outcome.code == ExitCode.OK
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) < 160
    for section, named in facts().items():
        if section == "advice":
            continue
        assert section in lines
        for name in named:
            shown = name if name.isupper() else name.replace("_", " ")
            assert any(line.startswith(f"  {shown} ") for line in lines), name


def test_the_blas_that_numpy_has(facts):
    """NumPy tells itself what it was built with."""
    built = np.show_config("dicts")["Build Dependencies"]["blas"]["name"]
    library = facts()["blas"]["library"]
    if "openblas" in built:
        assert any(each.startswith("openblas ") for each in library)


def test_the_surroundings(facts, monkeypatch, tmp_path):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("TUI_NN_DATA", str(tmp_path / "missing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = facts()
    assert found["terminal"]["no_color"]
    assert found["terminal"]["colours"] == "none"
    assert found["terminal"]["glyphs"] == "ascii"
    assert found["data"]["TUI_NN_DATA"] == str(tmp_path / "missing")
    assert any(f"{tmp_path / 'missing'} is no folder" in line for line in found["advice"])


def test_a_small_terminal(cli, monkeypatch):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((90, 12)))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "the app needs 60x18, this is 90x12" in cli("doctor").out


def test_busy_cores(facts, monkeypatch, tmp_path):
    load = tmp_path / "loadavg"
    own = tmp_path / "task" / "1"
    own.mkdir(parents=True)
    (own / "stat").write_text("1 (tui-nn) R 1", encoding="ascii")
    monkeypatch.setattr(threads, "LOAD", load)
    monkeypatch.setattr(threads, "OWN", own.parent)
    load.write_text(f"0.0 0.0 0.0 {threads.cores() + 4}/99 1\n", encoding="ascii")
    found = facts()
    assert found["blas"]["cores_busy"] == threads.cores() + 3
    assert any(line.startswith("cores: all are busy") for line in found["advice"])
    load.write_text("9.0 9.0 9.0 1/99 1\n", encoding="ascii")
    found = facts()
    assert f"else {threads.cores()}" in found["blas"]["threads_in_training"]
    assert not any(line.startswith("cores") for line in found["advice"])


def test_a_cache_that_cannot_be_written(facts, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    if sys.platform == "linux":
        assert any(line.startswith("data: nothing can be written to") for line in facts()["advice"])


@needs_compiler
def test_a_gpu(facts, cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", StrictCupy())
    found = facts()
    backends = found["backends"]
    assert backends["auto"] == "cupy"
    assert backends["because"] == "CuPy 0.0 on A stand-in"
    assert backends["gpu_memory"] == "1.5 GiB"
    assert backends["gpu_capability"] == "9.0"
    assert backends["cuda_of_driver"] == "13.0"
    assert "cuBLAS API during stream capture" in backends["trial"]
    assert any(line.startswith("cupy: matrix products are CuPy's") for line in found["advice"])
    assert "A stand-in" in cli("doctor").out


@needs_compiler
def test_a_gpu_that_computes_something_else(facts, monkeypatch):
    cupy = StrictCupy()
    monkeypatch.setattr(cupy_backend, "is_elementwise", lambda e: False)
    cupy.__dict__["tanh"] = cupy.sqrt
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    assert "disagrees with NumPy about J, W1" in facts()["backends"]["trial"]


def test_a_gpu_without_a_driver(facts, monkeypatch):
    cupy = StrictCupy()

    def none(device):
        raise cupy.cuda.runtime.CUDARuntimeError("no CUDA-capable device is detected")

    cupy.cuda.runtime.getDeviceProperties = none
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    found = facts()["backends"]
    assert found["auto"] == "numpy"
    assert found["because"] == "CuPy finds no GPU: no CUDA-capable device is detected"
