"""Conditions on which a training run stops: expressions over the listing's names, looked at after each iteration."""

from __future__ import annotations

from collections.abc import Sequence

from tui_nn.engine.probe import Probe
from tui_nn.errors import UserError
from tui_nn.lang.expression import names
from tui_nn.session import expressions
from tui_nn.session.course import Course


class Conditions:
    """The conditions of a run, compiled for the machine of each size of batch. False where there is none."""

    def __init__(self, course: Course, texts: Sequence[str]) -> None:
        self._course = course
        self._probes: dict[int, list[tuple[str, Probe]]] = {}
        if not texts:
            return
        for size in dict.fromkeys(course.feed.sizes):
            machine = course.machines.training(size)
            self._probes[size] = []
            for text in texts:
                e = expressions.condition(machine.program, text)
                for name in names(e):
                    if name.partition(".")[0] in machine.read_through and "." in name:
                        raise UserError(
                            f"the condition `{text}` reads {name}, which a fast run of so many parameters never "
                            f"computes; a gradient, a state or a parameter it does"
                        )
                self._probes[size].append((text, machine.probe(e)))

    def __bool__(self) -> bool:
        return bool(self._probes)

    def held(self) -> str | None:
        """The first one that holds now, after an iteration; None where none does."""
        if not self._probes:
            return None
        probes = self._probes[self._course.size_of(self._course.iteration)]
        return next((text for text, probe in probes if probe.value()), None)
