"""How the layers of a network are doing while it trains: gradient norms, steps against weights, units that are dead.

Read from host copies after an iteration, as often as someone looks, never within the training step.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui_nn.lang.differentiate import gradient_name
from tui_nn.session.course import Course
from tui_nn.session.frame import Host

if TYPE_CHECKING:
    from tui_nn.session.trainer import Trainer


@dataclass(frozen=True, slots=True, eq=False)
class ParameterFigures:
    """One parameter after an iteration.

    Attributes:
        name, layer: `W1` of `dense1`.
        values: the parameter itself.
        weight: its Euclidean norm. gradient: the norm of the loss's gradient by it.
        ratio: the norm of the iteration's change over the norm of what was changed; NaN where that was 0.
        dead: of the units that the layer gives out, the share that said the same for each example of the batch; NaN
            for a batch of one, and for a layer without an activation.
    """

    name: str
    layer: str
    values: Host
    weight: float
    gradient: float
    ratio: float
    dead: float


def parameters_of(course: Course) -> dict[str, Host]:
    """Copies of the parameters."""
    owner = course.machines.owner
    return {p.name: owner.read(p.name) for p in course.machines.network.parameters}


def figures_after(course: Course, iteration: int) -> tuple[ParameterFigures, ...]:
    """The figures of an iteration that is still to come; the course goes there."""
    course.go(iteration - 1)
    before = parameters_of(course)
    course.go(iteration)
    return layer_figures(course, before)


def last_figures(trainer: Trainer) -> tuple[ParameterFigures, ...]:
    """Those of the last iteration, also where nobody looked while it was trained; () where no moment before it is kept.

    A look needs the parameters before the iteration as well: a twin of the run computes it again.
    """
    last, recent = trainer.course.iteration, trainer.recent
    if recent.iteration >= last:
        return ()
    twin = trainer.course.twin()
    twin.machines.owner.restore(recent)
    twin.stand_at(recent.iteration)
    return figures_after(twin, last)


@np.errstate(all="ignore")
def layer_figures(course: Course, before: Mapping[str, Host]) -> tuple[ParameterFigures, ...]:
    """The figures of the iteration that was computed last; `before` holds the parameters before it."""
    machine = course.machines.training(course.size_of(course.iteration))
    dead = _dead(course)
    found = []
    for p in course.machines.network.parameters:
        now, was = machine.read(p.name), before[p.name]
        size = norm(was)
        ratio = norm(now - was) / size if size else math.nan
        # A layer's share stands beside its first parameter only.
        share = dead.pop(p.layer, math.nan)
        found.append(
            ParameterFigures(p.name, p.layer, now, norm(now), norm(machine.read(gradient_name(p.name))), ratio, share)
        )
    return tuple(found)


@np.errstate(all="ignore")
def norm(values: Host) -> float:
    """The Euclidean norm of all entries, in double precision; inf or NaN where numbers have run away."""
    flat = np.ravel(values).astype(np.float64)
    return float(np.sqrt(flat @ flat))


def _dead(course: Course) -> dict[str, float]:
    """By layer with weights: the share of its activation's units that gave the same number for the whole batch.

    A rectifier that is never above 0 does so, and a saturated sigmoid. The output layer has no such units.
    """
    machine = course.machines.training(course.size_of(course.iteration))
    owners = [p.layer for p in course.machines.network.parameters if p.name.startswith("W")]
    found: dict[str, float] = {}
    opened = ""
    for line in machine.program.lines:
        if line.phase != "forward":
            break
        opened = line.equation.layer if line.equation.layer in owners else opened
        if not re.fullmatch(r"A\d+", line.name) or opened == owners[-1]:
            continue
        values = machine.read(line.name)
        if values.ndim == 2 and values.shape[1] > 1:
            found[opened] = float(np.mean(values.max(axis=1) == values.min(axis=1)))
    return found
