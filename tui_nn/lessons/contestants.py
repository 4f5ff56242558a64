"""Who takes part in a lockstep: the same problem under several optimisers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui_nn.errors import UserError
from tui_nn.lessons.problem import Problem, Settings, find
from tui_nn.nn.optimizers import OPTIMIZERS

USUAL = ("sgd", "momentum", "adagrad", "rmsprop", "adam")

Contestants = dict[str, tuple[Problem, Settings]]
"""By the optimiser's name: the problem, and the settings with which `find` finds it again."""


def contestants(target: str, settings: Settings) -> Contestants:
    """The problem under each optimiser that its lesson names; under the usual five where that is fewer than two.

    What was set of an optimiser holds for that one, which is the first of them where it is not among them anyway.

    Raises:
        UserError: for a problem without anything to learn.
    """
    first = _to_optimise(target, settings)
    if first.lesson is not None and first.update is None:
        raise _nothing(target)
    names = _usual(first)
    own = first.update.name if first.update else ""
    if settings.optimizer and own not in names:
        names = (own, *names)
    hypers = {own: settings.hyper or {}}
    return _each(target, settings, {name: hypers.get(name, {}) for name in names})


def contestants_named(target: str, settings: Settings, names: Sequence[str]) -> Contestants:
    """The problem under these optimisers, or where none is named, under those of `contestants`.

    A hyper-parameter that is set holds for each of them that has it.

    Raises:
        UserError: for a problem without anything to learn, an optimiser that is not there, and for a hyper-parameter
            that none of them has.
    """
    shared = settings.hyper or {}
    settings = replace(settings, hyper=None)
    if names:
        _to_optimise(target, replace(settings, optimizer=names[0]))
    else:
        names = tuple(contestants(target, settings))
    each = {name: {k: v for k, v in shared.items() if _has(name, k)} for name in names}
    for key in shared:
        if not any(key in hyper for hyper in each.values()):
            raise UserError(f"none of {', '.join(names)} has a setting `{key}`")
    return _each(target, settings, each)


def _each(target: str, settings: Settings, hypers: Mapping[str, Mapping[str, float | str]]) -> Contestants:
    each = {n: replace(settings, optimizer=n, hyper=hyper or None) for n, hyper in hypers.items()}
    return {name: (find(target, one), one) for name, one in each.items()}


def _to_optimise(target: str, settings: Settings) -> Problem:
    """The problem. Raises UserError where it has nothing to learn."""
    found = find(target, settings)
    if not found.parameters or found.program().loss is None:
        raise _nothing(target)
    return found


def _nothing(target: str) -> UserError:
    return UserError(f"{target} has nothing to optimise; lockstep needs a loss and parameters")


def _usual(problem: Problem) -> tuple[str, ...]:
    lesson = problem.lesson
    named = (lesson.optimizer.name, *lesson.optimizers) if lesson and lesson.optimizer else ()
    return named if len(named) > 1 else USUAL


def _has(name: str, key: str) -> bool:
    """Whether an optimiser has a hyper-parameter or a convention of that name."""
    row = OPTIMIZERS.get(name)
    return row is not None and (key in row.hyper or key in row.choices or (key == "initial" and bool(row.states)))
