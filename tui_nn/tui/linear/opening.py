"""What a name opens in plain lines: a lesson, a file, equations; or else a training run, at its last iteration."""

from __future__ import annotations

from collections.abc import Callable

from tui_nn.errors import UserError
from tui_nn.lessons.catalogue import is_file_name
from tui_nn.lessons.problem import Problem, Settings, is_text
from tui_nn.lessons.to_learn import find_to_learn
from tui_nn.session.run_folder import RunFolder, near_run, run_of
from tui_nn.tui.batch_problem import problem_of


def found(target: str, say: Callable[[str], None]) -> tuple[Problem, Settings]:
    """The problem of that name, and its settings; `say` is told what is to be known of it. Raises UserError.

    As on the command line, a lesson comes before a run of the same name.
    """
    try:
        problem, settings = find_to_learn(target, Settings({}))
    except UserError as error:
        run = None if is_text(target) else run_of(target)
        if run is not None:
            return of_run(run, say), Settings({})
        known = is_text(target) or is_file_name(target)
        near = "" if known else near_run(target)
        if not near:
            raise
        raise UserError(f"{error}; nor is there a run of that name.{near}") from None
    if problem.remark:
        say(f"note: {problem.remark}")
    return problem, settings


def of_run(run: RunFolder, say: Callable[[str], None]) -> Problem:
    """A run at the first line of its last iteration."""
    from tui_nn.session.open_run import last_iteration, open_run, title

    session = open_run(run, max(last_iteration(run), 1), say)
    return problem_of(title(run, session.course), session)
