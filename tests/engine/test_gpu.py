"""The engine on a GPU, where there is one: CuPy itself, held against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.device import SameMasks, names_of, trained
from tests.engine.lessons import LESSONS, lesson_problem
from tui_nn.engine.backend import NUMPY, choose
from tui_nn.engine.machine import Machine


@pytest.mark.gpu
@pytest.mark.parametrize("lesson", LESSONS)
def test_lessons_on_a_gpu(lesson):
    pytest.importorskip("cupy")
    backend, why = choose("auto")
    if backend is NUMPY:
        pytest.skip(why)
    problem = lesson_problem(lesson, "adam")
    program = problem.program()
    want = Machine(program, problem.values)
    want.run(20)
    machine = Machine(program, problem.values, backend=backend)
    machine.run(20)
    assert not backend.remarks
    for name in names_of(program):
        np.testing.assert_allclose(machine.read(name), want.read(name), 1e-8, 1e-10, err_msg=name)


@pytest.mark.gpu
def test_training_on_a_gpu():
    pytest.importorskip("cupy")
    backend, why = choose("auto")
    if backend is NUMPY:
        pytest.skip(why)
    want, want_losses = trained(SameMasks(), 5)
    machines, losses = trained(backend, 5)
    assert not backend.remarks
    np.testing.assert_allclose(losses, want_losses, rtol=1e-8)
    for name, value in want.tensors().items():
        np.testing.assert_allclose(machines.owner.read(name), value, 1e-7, 1e-9, err_msg=name)
