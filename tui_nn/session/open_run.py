"""A run from its folder into the stepper: `open_run(find_run("iris-1"), 1234)` stands where training stood."""

from __future__ import annotations

from operator import itemgetter

from tui_nn.data.text import counted
from tui_nn.engine.machine import Checkpoint
from tui_nn.errors import UserError
from tui_nn.session import assemble, plan
from tui_nn.session.begun import Say, began_on, prepare_again
from tui_nn.session.checkpoint_file import newest
from tui_nn.session.course import Course
from tui_nn.session.plan import network_from
from tui_nn.session.preparation import Prepared
from tui_nn.session.replay import CourseSession
from tui_nn.session.run_folder import RunFolder
from tui_nn.session.threads import hold
from tui_nn.session.trainer import BEST
from tui_nn.session.ways import Way, whole

BEHIND = 64  # iterations before the one asked for that the session remembers from the beginning
LONG = 1_000  # iterations of a replay that are worth a word


def open_run(folder: RunFolder, iteration: int = 1, say: Say = lambda line: None) -> CourseSession:
    """A session that stands at the first line of an iteration of a run, with the very numbers that training used.

    It steps forward and back, to any iteration: what memory does not hold is replayed from the run's checkpoints.
    Raises UserError for an iteration that the run has not reached, and where its data has changed.
    """
    return whole(opening(folder, iteration, say))


def opening(folder: RunFolder, iteration: int = 1, say: Say = lambda line: None) -> Way[CourseSession]:
    """`open_run` in slices: the way from the nearest checkpoint may be long."""
    check_reached(folder, iteration, last_iteration(folder))
    course, prepared = course_of(folder, say)
    start = yield from state_at(folder, course, iteration - 1, say)
    image = prepared.dataset.image
    return CourseSession(course, start, lambda at: state_at(folder, course.twin(), at - BEHIND), image=image)


def course_after(folder: RunFolder, iteration: int, say: Say = lambda line: None) -> tuple[Course, Prepared]:
    """A run's course where it stood at the end of an iteration (0: before the first), and its data."""
    course, prepared = course_of(folder, say)
    whole(state_at(folder, course, iteration, say))
    return course, prepared


def course_of(folder: RunFolder, say: Say = lambda line: None) -> tuple[Course, Prepared]:
    """A run's course, with the learning rates that it has had, and its data. Raises UserError where that has changed.

    Where the course stands is still to be said.
    """
    description, settings = folder.description(), folder.settings()
    prepared = prepare_again(settings, description, say)
    hold(description.get("machine", {}).get("threads", 1))
    read = assemble.reader(
        network_from(description.get("network", {})), len(prepared.dataset.classes), prepared.target_scaling
    )
    train = assemble.examples(prepared, "train", settings.dtype)
    assert train is not None
    course = assemble.course(settings, read, train, backend=began_on(description, say))
    stored, complaints = newest(folder.checkpoints)
    for complaint in complaints:
        say(complaint)
    if stored is not None:
        course.know(stored.iteration, [(int(start), float(rate)) for start, rate in stored.facts["rates"]])
    if plan.plateau(settings):
        _fall(folder, course, stored.iteration if stored else 0)
    return course, prepared


def title(folder: RunFolder, course: Course) -> str:
    """A line to show above what is stepped."""
    each = counted(course.per_epoch, "iteration")
    return f"The run {folder.name}: {folder.description()['data'].get('name')}, {each} an epoch"


def check_reached(folder: RunFolder, iteration: int, last: int) -> None:
    """Raise UserError for an iteration that is neither one up to the last, nor the one that would come next."""
    if 1 <= iteration <= last + 1:
        return
    reach = f"it can be opened at 1 to {last:,}, and at {last + 1:,}, which would come next" if last else "1 comes next"
    raise UserError(f"The run {folder.name} has {last:,} iterations; {iteration:,} is none of them: {reach}.")


def last_iteration(folder: RunFolder) -> int:
    """The last iteration that the run is known to have reached."""
    stored, _ = newest(folder.checkpoints)
    reached = [int(record["iteration"]) for record in folder.records()[-1:]]
    return max([stored.iteration if stored else 0, *reached])


def _fall(folder: RunFolder, course: Course, known: int) -> None:
    """Add the learning rates that a plateau has set after the newest checkpoint: each epoch has its own on record."""
    for record in folder.records():
        end = int(record["iteration"])
        if end > known and course.rate_at(end) != record["lr"]:
            course.rates = sorted([(end - course.per_epoch + 1, record["lr"]), *course.rates], key=itemgetter(0))


def state_at(folder: RunFolder, course: Course, iteration: int, say: Say = lambda line: None) -> Way[Checkpoint]:
    """The way to the state at the end of an iteration (0, or below: before the first)."""
    iteration = max(iteration, 0)
    stored, _ = newest(folder.checkpoints, at_most=iteration)
    if stored is None:
        course.machines.reset()
        course.stand_at(0)
    else:
        course.machines.load({n: v for n, v in stored.tensors.items() if not n.startswith(BEST)})
        course.stand_at(stored.iteration)
    behind = stored.iteration if stored else 0
    if iteration - behind >= LONG:
        say(f"replaying {iteration - behind:,} iterations, from the checkpoint of {behind:,} on")
    yield from course.going(iteration)
    return course.machines.owner.save()
