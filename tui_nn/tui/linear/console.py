"""The loop: a line in, its answer out. What is wrong is said in one line, and the next command is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tui_nn.errors import UserError
from tui_nn.lang.errors import EquationError
from tui_nn.lessons.catalogue import all_lessons
from tui_nn.lessons.problem import Problem, Settings
from tui_nn.tui.batch_problem import REFUSED, BatchProblem
from tui_nn.tui.linear.opening import found
from tui_nn.tui.linear.stepping import DEEDS, Stepping
from tui_nn.tui.linear.walking import Patient
from tui_nn.tui.linear.words import OWN, Said, read, rows
from tui_nn.view.text import clean

WELCOME = "Commands, one a line: n computes the next line, ? lists them all, q leaves."
LEAVING = ("close", "quit", "interrupt")
HELP = {
    "run": "run on to a breakpoint or a condition that was set (break); Ctrl-C ends it sooner",
    "open": "why a number is what it is: that of the current line, of a name (explain dw1), or operand 2 (explain 2)",
    "break_when": "a breakpoint on a line (break 13) or on a condition, or no longer",
    "break_line": "a breakpoint on a line, or no longer",
    "list": "all lines with their values",
    "changes": "what the changes of this branch have led to, beside the original",
    "explain": "these commands; with a name, what it stands for",
    "origin": "after autopsy: go to where the growth began",
    "smaller": "a branch with a tenth of the learning rate from the start on; autopsy says whether it helps",
    "clip": "a branch with a clipped gradient from the start on; likewise",
    "lessons": "the lessons there are",
    "open_target": "open a lesson, a file, equations or a training run: open S5",
    "close": "leave",
}
"""What the key table says otherwise, since there it speaks of panes and pointers."""


class Console:
    """Obeys lines of text.

    Args:
        say: is given each line of an answer, without control characters.
        complain: is told, in one line, what is wrong.
        patient: a context in which Ctrl-C is noted, and how far a long command is can be shown.

    Attributes:
        has_failed: whether a command could not be done.
    """

    def __init__(self, say: Callable[[str], object], complain: Callable[[str], object], patient: Patient) -> None:
        self._say, self._complain, self._patient = say, complain, patient
        self._stepping: Stepping | None = None
        self.has_failed = False

    def begin(self, problem: Problem, settings: Settings) -> None:
        """Step a problem."""
        self._stepping = Stepping(problem, settings, self._patient)
        self._print(self._stepping.place(Said("place", 1)))

    def run(self, lines: Iterable[str]) -> None:
        """Obey line after line, until one leaves or there are no more."""
        self._say(WELCOME)
        for line in lines:
            if not self.obey(line):
                return

    def obey(self, line: str) -> bool:
        """Do what a line says; False where it leaves."""
        try:
            said = read(line)
            if said is None:
                return True
            if said.action in LEAVING:
                return False
            self._obey(said)
        except UserError as error:
            self.has_failed = True
            reason = error.reason if isinstance(error, EquationError) else str(error)
            self._complain(" ".join(reason.split()))
        return True

    def _obey(self, said: Said) -> None:
        if said.action == "lessons":
            self._print(f"{lesson.code} {lesson.title}" for lesson in all_lessons())
        elif said.action == "open_target":
            if not said.text:
                raise UserError("say what to open, as in: open S5; lessons lists the lessons")
            self.begin(*found(said.text, lambda line: self._print([line])))
        elif said.action == "explain" and not said.text:
            self._print(summary())
        elif said.action not in DEEDS:
            raise UserError("this needs the screen, and is not to be had in plain lines; ? lists what is")
        elif self._stepping is None:
            raise UserError("nothing is open yet: lessons lists the lessons, and open S5 opens one")
        elif said.action in REFUSED and isinstance(self._stepping.problem, BatchProblem):
            raise UserError(REFUSED[said.action])
        else:
            deed = DEEDS[said.action]
            if not said.text and deed.takes and not deed.takes.startswith("["):
                raise UserError(f"it wants more to be said, as in: {key_of(said.action)} {deed.takes}")
            self._print(deed.does(self._stepping, said))

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._say(clean(line))


def key_of(action: str) -> str:
    """The key that stands for an action, as it is typed."""
    return next(row.shown for row in rows() if row.action == action)


def summary() -> Iterator[str]:
    """All commands: key, word, what may come after it, what it does."""
    said: set[str] = set()
    for row in rows():
        if row.action in DEEDS and row.action != "open":
            said.add(row.action)
            words = dict.fromkeys([row.shown, row.label])
            takes = f" {DEEDS[row.action].takes}" if DEEDS[row.action].takes else ""
            counted = f"; 10{row.shown} does it ten times" if row.count else ""
            yield f"{takes.join((' or '.join(words), ''))}: {HELP.get(row.action, row.help)}{counted}"
    for word, action in OWN.items():
        if action not in said and word != "exit":
            takes = f" {DEEDS[action].takes}" if action in DEEDS and DEEDS[action].takes else ""
            yield f"{word}{takes}: {HELP[action]}"
    yield f"q: {HELP['close']}"
