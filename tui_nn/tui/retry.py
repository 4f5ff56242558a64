"""Another try at the same problem: drawn anew, or with its gradient clipped after numbers have run away."""

from __future__ import annotations

from dataclasses import replace

from tui_nn.errors import UserError
from tui_nn.lang.expression import Expression, Name, substitute
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.parse import parse_expression
from tui_nn.lessons.problem import Problem, Settings, find

LIMIT = 1.0  # the longest gradient, over all parameters together


def clipped(problem: Problem, limit: float = LIMIT) -> Problem:
    """The problem with the gradient scaled down to a length of at most `limit`, as `clip_grad_norm_` of PyTorch does.

    The two lines for it stand first in the update, where everyone can see them.
    """
    update = problem.update
    assert update is not None, "a problem without an update has nothing that runs away"
    swap: dict[str, Expression] = {"g": Name("g_clip")}
    lines = {
        "g_norm": parse_expression("norm(g)"),
        "g_clip": parse_expression("g * minimum(1, clip / (g_norm + 1e-6))"),
    }
    first = tuple(Equation(name, e, "update") for name, e in lines.items())
    rest = tuple(replace(e, expression=substitute(e.expression, swap)) for e in update.equations)
    page = Update(
        update.name,
        (*first, *rest),
        {**update.hyper, "clip": limit},
        update.states,
        {**update.choices, "clip": f"{limit:g}"},
        update.source,
    )
    return replace(problem, title=f"{problem.title} (gradient clipped)", update=page)


def reseeded(problem: Problem, settings: Settings) -> tuple[Problem, Settings]:
    """The problem under the next seed, and how it was asked for. Raises UserError where chance has no part in it."""
    settings = replace(settings, seed=problem.seed + 1)
    other = find(problem.target, settings)
    if all((other.values[n] == before).all() for n, before in problem.values.items()):
        raise UserError("nothing here is drawn by chance: another seed gives the same numbers")
    return other, settings
