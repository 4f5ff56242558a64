"""What `step` and `explain` look at: a session at its start, and what a heading says of it.

It comes from a lesson, a file, equation text (a *problem*), or from a training run, opened at one of its iterations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui_nn.cli.diagnostics import say
from tui_nn.cli.option_values import hypers, pairs, value_of
from tui_nn.cli.options import Asked, AskedToLearn
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.cli.span import Span
    from tui_nn.lang.page import Update
    from tui_nn.lessons.problem import Problem, Settings
    from tui_nn.session.course import Course
    from tui_nn.session.run_folder import RunFolder
    from tui_nn.session.session import Session

RATE = "lr"


@dataclass(frozen=True)
class Subject:
    """A session and its heading.

    Attributes:
        target: as it was asked for. title: a line to show above the listing.
        optimizer: its name, hyper-parameters and conventions; None without one.
    """

    target: str
    title: str
    session: Session
    seed: int
    dtype: str
    optimizer: Mapping[str, float | str] | None

    def heading(self) -> dict[str, Any]:
        """What a JSON document says of it as a whole."""
        return {
            "target": self.target,
            "seed": self.seed,
            "dtype": self.dtype,
            "optimizer": self.optimizer,
        }


def optimizer_of(update: Update | None) -> dict[str, float | str] | None:
    """An optimiser as a heading has it."""
    return {"name": update.name, **update.hyper, **update.choices} if update else None


def of_problem(asked: AskedToLearn, *, learns: bool, quiet: bool) -> Subject:
    """A lesson, a file or equation text, at its first iteration. Raises UserError, which names a run that is near."""
    problem, _ = find_beside_runs(asked, learns=learns, quiet=quiet)
    return Subject(
        problem.target, problem.title, problem.session(), problem.seed, problem.dtype, optimizer_of(problem.update)
    )


def of_run(asked: AskedToLearn, run: RunFolder, span: Span, *, quiet: bool) -> Subject:
    """A training run that stands at the first line of a span. Raises UserError for what a run does not take."""
    from tui_nn.session.open_run import open_run, title

    if extra := asked.beside_the_target():
        raise UserError(f"{extra[0]}: a run is stepped with the numbers that it was trained with; leave it out")
    session = open_run(run, span.first, (lambda line: None) if quiet else say)
    course, optimizer = session.course, optimizer_of(session.program.update)
    if optimizer and RATE in optimizer:
        optimizer[RATE] = course.rate_at(span.first)
    if not quiet:
        for note in _notes(course, span):
            say(f"note: {note}")
    return Subject(asked.target, title(run, course), session, session.seed, session.program.dtype, optimizer)


def _notes(course: Course, span: Span) -> Iterator[str]:
    """What is to be known of a span of a run."""
    if span.remark:
        yield span.remark
    first, last = course.rate_at(span.first), course.rate_at(span.last)
    if first != last and RATE in course.machines.owner.program.update_roles:
        yield f"the learning rate goes from {first:.6g} to {last:.6g} over these iterations"


def run_meant(target: str, option: str | None = None) -> RunFolder | None:
    """The run that `target` names; None where it is a lesson, a file or equation text.

    Args:
        option: the one that only runs have, where it was given.

    Raises:
        UserError: with that option, where `target` is no run.
    """
    from tui_nn.lessons.problem import is_text
    from tui_nn.session.run_folder import find_run, run_of

    lesson = is_text(target) or _is_lesson(target)
    found = None if is_text(target) else run_of(target)
    if option is None:
        return None if lesson else found
    if found is None and lesson:
        raise UserError(f"{option} is for training runs, and {target} is none; it begins with iteration 1")
    return found or find_run(target)


def settings_of(asked: Asked) -> Settings:
    """What the options change of the target."""
    from tui_nn.lessons.problem import Settings

    values = {name: value_of(name, text) for name, text in pairs("--at", asked.at).items()}
    if not isinstance(asked, AskedToLearn):
        return Settings(values, asked.parameter, seed=asked.seed)
    hyper = hypers(asked.hyper, vars(asked))
    if asked.lr is not None:
        hyper[RATE] = asked.lr
    return Settings(values, asked.parameter, asked.optimizer, hyper, asked.seed, asked.dtype or "float64")


def find_problem(asked: Asked, *, learns: bool = False, quiet: bool = False) -> tuple[Problem, Settings]:
    """The problem that the options mean, and the settings with which `find` finds it again.

    Args:
        learns: whether an update is needed: then a target without an optimiser gets plain gradient descent.
        quiet: whether what was assumed is left unsaid.
    """
    from tui_nn.lessons.to_learn import find_to_learn

    asked_for = settings_of(asked)
    problem, settings = find_to_learn(asked.target, asked_for, learns=learns)
    if problem.remark and not quiet:
        choose = "; --optimizer and --lr choose" if settings.optimizer != asked_for.optimizer else ""
        say(f"note: {problem.remark}{choose}")
    return problem, settings


def find_beside_runs(asked: Asked, *, learns: bool = False, quiet: bool = False) -> tuple[Problem, Settings]:
    """`find_problem` for a command that takes runs too: that there is no run of that name either is said."""
    from tui_nn.lessons.problem import is_text

    try:
        return find_problem(asked, learns=learns, quiet=quiet)
    except UserError as error:
        from tui_nn.session.run_folder import near_run

        if not asked.target or is_text(asked.target) or _is_lesson(asked.target):
            raise
        near = near_run(asked.target) or " `tui-nn runs list` lists them."
        raise UserError(f"{error}; nor is there a run of that name.{near}") from None


def _is_lesson(target: str) -> bool:
    """Whether a lesson has that name, or there is a file of that name."""
    from tui_nn.lessons.catalogue import all_lessons, is_file_name

    return is_file_name(target) or any(target.lower() in (each.slug, each.code.lower()) for each in all_lessons())
