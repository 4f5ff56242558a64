"""A step as a CUDA graph: captured the second time, launched from then on, with the values of single calls."""

from __future__ import annotations

import pytest

from tests.engine.c_compiler import needs_compiler
from tests.engine.device import names_of, run, same_values, step_through, trained, with_blas
from tests.engine.lessons import lesson_problem
from tests.engine.strict import StrictCupy
from tui_nn.engine.cupy_backend import CupyBackend
from tui_nn.engine.machine import Machine
from tui_nn.nn.optimizers import OPTIMIZERS


@needs_compiler
def test_a_step_is_captured_the_second_time_and_launched_from_then_on():
    problem = lesson_problem("network-from-scratch", "adam")
    want = Machine(problem.program(), problem.values)
    want.run(20)
    backend, cupy, blas = with_blas()
    machine = Machine(problem.program(), problem.values, backend=backend)
    run(machine, 1)
    assert not cupy.graphs
    eager = blas.products
    run(machine, 1)
    assert [graph.launches for graph in cupy.graphs] == [1]
    assert blas.products == 2 * eager  # of them, half were recorded
    before = cupy.launches
    run(machine, 18)
    assert [graph.launches for graph in cupy.graphs] == [19]
    assert cupy.launches - before <= 18 + 1  # the row of single numbers is all that is launched beside the graph
    assert set(blas.streams) == {0, 1}
    assert not backend.remarks
    same_values(machine, want)


@needs_compiler
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_stepping_and_capturing_give_the_same_bits(name):
    problem = lesson_problem("network-from-scratch", name)
    machine = run(Machine(problem.program(), problem.values, backend=with_blas()[0]), 8)
    stepped = step_through(Machine(problem.program(), problem.values, backend=with_blas()[0]), 8)
    for name in names_of(problem.program()):
        assert stepped.read(name).tobytes() == machine.read(name).tobytes(), name


@needs_compiler
def test_each_size_of_batch_has_a_graph_of_its_own():
    backend, cupy, _ = with_blas()
    trained(backend, 4)
    assert sorted(graph.launches for graph in cupy.graphs) == [3, 7]


@needs_compiler
def test_what_cannot_be_captured_is_run_call_by_call_and_said():
    problem = lesson_problem("network-from-scratch", "adam")
    want = Machine(problem.program(), problem.values)
    want.run(7)
    cupy = StrictCupy()
    backend = CupyBackend(cupy)  # products by CuPy
    machine = run(Machine(problem.program(), problem.values, backend=backend), 7)
    assert not any(graph.launches for graph in cupy.graphs)
    assert cupy.recording is None
    assert not cupy.streams
    (remark,) = backend.remarks
    assert "not captured as a CUDA graph: calling cuBLAS API during stream capture" in remark
    same_values(machine, want)
