"""Over which iterations `tui-nn step` walks: of a problem from the first on, of a training run anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_nn.cli.options import of_option
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.session.run_folder import RunFolder

LIMIT = 10_000  # iterations that --until waits at most, unless --iterations says otherwise


@dataclass(frozen=True)
class Span:
    """Iterations to walk over: the first, how many, and the last that a run is known to have come to."""

    first: int
    count: int
    known: int | None = None

    @property
    def last(self) -> int:
        """The last one."""
        return self.first + self.count - 1

    @property
    def remark(self) -> str:
        """That it goes beyond the end of the run, if it does."""
        if self.known is None or self.last <= self.known:
            return ""
        return f"the run ends with iteration {self.known:,}; what follows is what it would have computed next"


def span_of_problem(iterations: int | None, until: str | None) -> Span:
    """One iteration unless said; with a condition to wait for, many."""
    return Span(1, iterations or (LIMIT if until else 1))


def span_of_run(
    run: RunFolder, at: int | None, iterations: int | None, until: str | None, option: str = "--at-iteration"
) -> Span:
    """From iteration `at`; unless said, so that the run's last one comes last, or with a condition from the first.

    Raises UserError for an iteration that cannot be reached.
    """
    from tui_nn.session.open_run import check_reached, last_iteration

    last = last_iteration(run)
    if at is None:
        at = 1 if until or not last else max(1, last + 1 - (iterations or 1))
    try:
        check_reached(run, at, last)
    except UserError as error:
        raise of_option(option, error) from None
    return Span(at, iterations or (max(1, last + 1 - at) if until else 1), last)


def end_of_run(run: RunFolder, iteration: int | None, option: str) -> Span:
    """One iteration of a run, the last unless said. Raises UserError for one that cannot be reached."""
    return span_of_run(run, iteration, None, None, option)
