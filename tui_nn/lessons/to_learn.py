"""What is learned where nobody says how: plain gradient descent."""

from __future__ import annotations

from dataclasses import replace

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Problem, Settings, find

PLAIN, RATE = "sgd", "lr"


def find_to_learn(target: str, settings: Settings, *, learns: bool = True) -> tuple[Problem, Settings]:
    """The problem, with gradient descent where there is something to learn and nobody named an optimiser.

    The problem's remark says what was assumed; the settings are those with which `find` finds it again.

    Args:
        learns: whether an update is needed. If not, one is only there where it is named, or a hyper-parameter is.

    Raises:
        UserError: see `find`; and for hyper-parameters where there is nothing to learn.
    """
    if settings.optimizer is not None:
        return find(target, settings), settings
    problem = find(target, replace(settings, hyper=None))
    if problem.update is not None:
        return find(target, settings) if settings.hyper else problem, settings
    if settings.hyper and not problem.parameters:
        raise UserError(f"{problem.name} has no parameters; there is nothing for an optimizer to learn")
    if not (problem.parameters and (learns or settings.hyper)) or problem.program().loss is None:
        return problem, settings
    settings = replace(settings, optimizer=PLAIN)
    problem = find(target, settings)
    assert problem.update is not None
    assumed = f"no optimizer was named; gradient descent ({PLAIN}) with {RATE} = {problem.update.hyper[RATE]:g}"
    return replace(problem, remark=assumed), settings
