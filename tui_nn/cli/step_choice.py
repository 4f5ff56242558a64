"""What of a listing `tui-nn step` prints: the lines of some names (`--only`), of some phases (`--phase`)."""

from __future__ import annotations

from typing import Any

from tui_nn.cli.options import listed
from tui_nn.errors import UserError
from tui_nn.lang.errors import suggestion
from tui_nn.lang.page import PHASES
from tui_nn.nn.optimizers import computing
from tui_nn.session.session import Session


class Chosen:
    """What `--only` and `--phase` let through.

    Attributes:
        lines: the numbers of the lines of which something may be wanted.
    """

    def __init__(self, session: Session, names: list[str], phases: set[str]) -> None:
        self.names = set(names)
        self.program = program = session.program
        known = {line.name for line in program.lines} | set(program.parameters)
        known |= {f"{n}.{p}" for n in program.update_names for p in program.parameters}
        for name in names:
            if name in known:
                continue
            if name in program.roles or program.update_roles.get(name) == "hyper":
                raise UserError(f"--only: `{name}` is given; it has no line of its own")
            raise UserError(f"--only: no line computes `{name}`{_where_it_is(name, known)}")
        stems = {name.partition(".")[0] for name in names}
        stems |= {"theta"} if self.names & set(program.parameters) else set()
        self.lines = {
            line.number for line in program.lines if line.phase in phases and (not names or line.name in stems)
        }

    def singles(self) -> list[str]:
        """The names of the values that an iteration lets through, where each of them is a single number; else none."""
        program, found = self.program, []
        for line in program.lines:
            each = program.parameters if program.per_parameter(line) else (None,)
            for p in each if line.number in self.lines else ():
                record = {"name": line.name, "parameter": p}
                if self.wants(record):
                    if (program.shapes[p] if p else line.shape) != ():
                        return []
                    found.append(short_name(record))
        return found

    def wants(self, record: dict[str, Any]) -> bool:
        """Whether a record of one of the lines is among the names."""
        name, parameter = record["name"], record["parameter"]
        own = parameter if name == "theta" else None
        return not self.names or bool(self.names & {name, f"{name}.{parameter}", own})


def short_name(record: dict[str, Any]) -> str:
    """`L`, `v_hat.w1`, and w1 for what the update makes of it."""
    name, parameter = record["name"], record["parameter"]
    return str(name if parameter is None else parameter if name == "theta" else f"{name}.{parameter}")


def _where_it_is(name: str, known: set[str]) -> str:
    """A clause on the optimisers that compute such a name, or on names near to it."""
    having = computing(name.partition(".")[0])
    return f" here; with --optimizer {' or '.join(having)} one does" if having else suggestion(name, known)


def phases_of(text: str | None) -> set[str]:
    """The phases between the commas; all of them where none is named. Raises UserError."""
    phases = set(listed(text)) or set(PHASES)
    for phase in sorted(phases - set(PHASES)):
        raise UserError(f"--phase: `{phase}` is not a phase; they are {', '.join(PHASES)}")
    return phases
