"""The forward page as a network: which example's numbers the neurons have."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tui_nn.lessons.problem import find
from tui_nn.tui.drawing.graph import arrays_of, network_drawing
from tui_nn.tui.subject import subject
from tui_nn.view.look import Look


def drawn(lesson, focus):
    """The drawing after the first iteration, and the values of the last hidden layer."""
    session = find(lesson).session()
    session.next_iteration()
    about = subject(session.program, ascii_only=False)
    arrays = {name: session.value(name) for name in arrays_of(about.stages, gradients=False)}
    text = network_drawing(about.stages, arrays, about.notation, Look(), 80, 24, gradients=False, focus=focus)
    return "\n".join("".join(s.text for s in line) for line in text.lines), arrays[about.stages[1].name]


@pytest.mark.parametrize(("lesson", "name", "by_rows"), [("N3", "l1", True), ("B6", "A1", False)])
@pytest.mark.parametrize("example", [0, 1, 3])
def test_the_example_of_the_entry_in_focus_is_drawn(lesson, name, by_rows, example):
    text, values = drawn(lesson, (name, (example, 0) if by_rows else (0, example)))
    assert f"weights, example {example}" in text
    own = values[example] if by_rows else values[:, example]
    others = np.delete(values, example, axis=0 if by_rows else 1)
    assert not np.isclose(others, own if by_rows else own[:, None]).all(axis=1 if by_rows else 0).any()
    shown = [float(found) for found in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text.replace("−", "-"))]
    for value in own:
        assert np.isclose(shown, value, rtol=0, atol=6e-4).any()


@pytest.mark.parametrize("focus", [None, ("W1", (1, 0)), ("A1", (0, 10**6))])
def test_there_always_is_one(focus):
    text, values = drawn("B6", focus)
    assert f"weights, example {values.shape[1] - 1 if focus and focus[0] == 'A1' else 0}" in text


def test_a_single_example_needs_no_number():
    text, _ = drawn("B2", None)
    assert "weights" in text
    assert "example" not in text


@pytest.mark.parametrize("width", [39, 80])
def test_without_gradients_it_says_why(width):
    session = find("B6").session()
    about = subject(session.program, ascii_only=False)
    names = arrays_of(about.stages, gradients=True)
    said = []
    for line in range(session.length + 1):
        session.goto(1, line)
        arrays = dict(session.frame(names).values)
        drawing = network_drawing(about.stages, arrays, about.notation, Look(), width, 9, gradients=True)
        said.append(drawing.plain.splitlines()[-1].rstrip())
    first, second = (session.program.line_of(f"dW{i}").number for i in (2, 1))
    assert all(line.startswith("gradients: not computed yet") for line in said[:first])
    assert ("the backward pass computes them" in said[0]) == (width == 80)
    assert all(line.startswith("gradients so far, example 0") for line in said[first:second])
    assert all(line.startswith("gradients, example 0") for line in said[second:])
