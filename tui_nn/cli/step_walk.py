"""The walk of `tui-nn step`: over how many iterations, a record for each value on the way, and why it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tui_nn.cli.diagnostics import Progress
from tui_nn.cli.options import of_option
from tui_nn.cli.span import Span
from tui_nn.errors import UserError

if TYPE_CHECKING:
    from tui_nn.cli.step_choice import Chosen
    from tui_nn.cli.step_watch import Watch
    from tui_nn.engine.program import Line
    from tui_nn.session.frame import Stop
    from tui_nn.session.session import Session


class Walk:
    """Steps a session and yields a record for each chosen value; knows afterwards why it stopped.

    Attributes:
        stop: a condition that holds, or a number that is not finite; None where it came to the end of the span.
    """

    def __init__(
        self,
        session: Session,
        chosen: Chosen,
        watches: Sequence[Watch],
        span: Span,
        until: str | None,
        progress: Progress,
    ) -> None:
        self.session = session
        self.chosen = chosen
        self.watches = watches
        self.span = span
        self.progress = progress
        self.stop: Stop | None = None
        if until is not None:
            try:
                session.break_when(until)
            except UserError as error:
                raise of_option("--until", error) from None

    @property
    def held(self) -> bool:
        """Whether what was waited for came."""
        return self.stop is not None and self.stop.kind == "condition"

    def records(self) -> Iterator[dict[str, Any]]:
        """The records, as their lines are computed."""
        session, span = self.session, self.span
        for iteration in range(span.first, span.last + 1):
            self.progress.show(f"iteration {iteration:,} of {span.last:,}")
            for number in range(1, session.length + 1):
                session.step()
                line = session.program.lines[number - 1]  # of this batch: the last one of an epoch may be smaller
                if number in self.chosen.lines:
                    self.progress.clear()
                    yield from filter(self.chosen.wants, line_records(session, line))
                yield from (_watch_record(session, line, watch) for watch in self.watches if watch.line == number)
                self.stop = session.stopped()
                if self.stop is not None:
                    return


def line_records(session: Session, line: Line) -> Iterator[dict[str, Any]]:
    """The records of a line that was just computed: one, or one for each parameter."""
    equation = str(line)
    for parameter, value in session.line_values(line):
        yield {
            "iteration": session.position.iteration,
            "phase": line.phase,
            "line": line.number,
            "name": line.name,
            "parameter": parameter,
            "equation": equation,
            "shape": list(value.shape),
            "value": value,
        }


def _watch_record(session: Session, line: Line, watch: Watch) -> dict[str, Any]:
    """The record of a watch, right after the line: it has no equation."""
    value = session.machine.probe(watch.expression).value()
    return {
        "iteration": session.position.iteration,
        "phase": line.phase,
        "line": line.number,
        "name": watch.text,
        "parameter": None,
        "equation": None,
        "shape": list(value.shape),
        "value": value,
    }
