"""Every lesson under any optimiser: those that learn nothing take none."""

from __future__ import annotations

from tui_nn.engine.program import Dtype
from tui_nn.lessons.catalogue import all_lessons, load
from tui_nn.lessons.problem import Problem, Settings, find

LESSONS = [lesson.slug for lesson in all_lessons()]


def lesson_problem(slug: str, optimizer: str | None = None, dtype: Dtype = "float64") -> Problem:
    return find(slug, Settings({}, optimizer=optimizer if load(slug).parameters else None, dtype=dtype))
