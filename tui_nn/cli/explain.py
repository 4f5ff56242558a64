"""`tui-nn explain`: why a number is what it is, down to what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui_nn.cli.diagnostics import Progress
from tui_nn.cli.options import AskedToLearn, Digits, Quiet, asks, of_option
from tui_nn.cli.span import end_of_run
from tui_nn.cli.subject import Subject, of_problem, of_run, run_meant

if TYPE_CHECKING:
    from tui_nn.session.explain import Explanation, Operand
    from tui_nn.session.session import Session

app = typer.Typer(add_completion=False)

CHUNK = 1_000  # iterations between two looks at the clock


def complete_entry(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the target, for the shell."""
    from tui_nn.errors import UserError
    from tui_nn.lessons.problem import Settings, find

    try:
        program = find(context.params.get("target") or "", Settings({})).program()
    except UserError:
        return []
    return [name for name in program.shapes if name.startswith(incomplete)]


Entry = Annotated[
    str,
    typer.Argument(
        metavar="ENTRY",
        help="A number: L, 'dW1\\[0,2]', 'm_hat.W1\\[0,2]'; indices count from 0.",
        show_default=False,
        autocompletion=complete_entry,
    ),
]
Iteration = Annotated[
    int | None,
    typer.Option(
        "--iteration",
        "-i",
        metavar="N",
        min=1,
        help="At the end of which iteration. Unless said, the first; of a training run, the last.",
    ),
]
Depth = Annotated[
    int, typer.Option("--depth", "-d", metavar="K", min=1, max=50, help="How many steps down to explain operands.")
]
Form = Annotated[Literal["text", "json"], typer.Option("--format", "-f", metavar="FORMAT", help="How: text or json.")]


@app.command()
@asks(AskedToLearn)
def explain(
    asked: AskedToLearn,
    *,
    entry: Entry,
    iteration: Iteration = None,
    depth: Depth = 1,
    digits: Digits = 6,
    form: Form = "text",
    quiet: Quiet = False,
) -> None:
    """Say why a number is what it is: formula, numbers, result, operands."""
    from tui_nn.cli.output import write_json
    from tui_nn.lang.errors import EquationError
    from tui_nn.session.explain import parse_entry

    subject, at = _opened(asked, entry, iteration, quiet)
    session = subject.session
    try:
        name, index = parse_entry(session, entry)
    except EquationError as error:
        raise of_option(f"`{entry}`", error) from None
    _go(session, at, quiet)
    found = _Tree(session, digits).explain(name, index, None, depth)
    if form == "json":
        write_json({**subject.heading(), **found})
    else:
        _Writer(digits).write(found)


def _opened(asked: AskedToLearn, entry: str, iteration: int | None, quiet: bool) -> tuple[Subject, int]:
    """What the entry is of, and at the end of which iteration it is explained."""
    run = run_meant(asked.target)
    if run is None:
        at = iteration or 1
        return of_problem(asked, learns=at > 1 or "." in entry, quiet=quiet), at
    span = end_of_run(run, iteration, "--iteration")
    return of_run(asked, run, span, quiet=quiet), span.first


def _go(session: Session, iteration: int, quiet: bool) -> None:
    with Progress(quiet) as progress:
        while session.position.iteration < iteration:
            session.goto(min(session.position.iteration + CHUNK, iteration), session.length)
            progress.show(f"iteration {session.position.iteration:,} of {iteration:,}")
        session.goto(iteration, session.length)


class _Tree:
    """Explanations of explanations, each number once: a network's weights feed many."""

    def __init__(self, session: Session, digits: int) -> None:
        self.session = session
        self.digits = digits
        self.seen: set[tuple[Any, ...]] = set()

    def explain(self, name: str, index: tuple[int, ...], at: Any, depth: int) -> dict[str, Any]:
        """The record of a number, and those of its operands down to `depth`."""
        from tui_nn.session.explain import explain

        card = explain(self.session, name, index, at, self.digits)
        self.seen.add((name, index, card.position))
        return self._record(card) | {
            "operands": [self._operand(o, depth - 1) for o in card.operands],
            "hidden": card.hidden,
        }

    def _operand(self, operand: Operand, depth: int) -> dict[str, Any]:
        known = (operand.name, operand.index, operand.at) in self.seen
        if depth > 0 and operand.at is not None and not known:
            return self.explain(operand.name, operand.index, operand.at, depth)
        return {
            "entry": str(operand),
            "name": operand.name,
            "index": list(operand.index),
            "role": operand.role,
            "value": operand.value,
            "iteration": operand.at.iteration if operand.at else None,
            "line": operand.at.line if operand.at else None,
        }

    def _record(self, card: Explanation) -> dict[str, Any]:
        from tui_nn.cli.layout import mathematics

        return {
            "entry": str(card),
            "name": card.name,
            "index": list(card.index),
            "role": card.role,
            "value": card.value,
            "iteration": card.position.iteration if card.line else None,
            "line": card.line.number if card.line else None,
            "equation": card.equation or None,
            "mathematics": mathematics(self.session.program, card.line) if card.line else None,
            "formula": card.formula or None,
            "numbers": card.numbers or None,
            "note": card.note or None,
        }


class _Writer:
    """Writes a record as text: a head, what it is made of, and its operands below it, along a line at the left."""

    def __init__(self, digits: int) -> None:
        from tui_nn.cli.layout import can_print, room

        self.digits = digits
        self.width = room()
        self.trunk, self.branch, self.last = ("│ ", "├ ", "└ ") if can_print("│├└") else ("| ", "+ ", "+ ")

    def write(self, found: dict[str, Any], first: str = "", rest: str = "") -> None:
        """Write the record; its head begins with `first`, the rows below it with `rest`."""
        from tui_nn.cli.layout import number, pad
        from tui_nn.cli.output import safe_cell

        head = f"{first}{safe_cell(found['entry'])} = {number(found['value'], self.digits)}"
        print(f"{pad(head, self.width // 2)}  {_origin(found)}".rstrip())
        operands = found.get("operands", [])
        below = rest + (self.trunk if operands else "  ")
        for row in self._body(found, self.width - len(below)):
            print(f"{below}{row}")
        for i, operand in enumerate(operands):
            ends = i == len(operands) - 1 and not found["hidden"]
            self.write(operand, rest + (self.last if ends else self.branch), rest + ("  " if ends else self.trunk))
        if found.get("hidden"):
            print(f"{rest}{self.last}… and {found['hidden']} more")

    def _body(self, found: dict[str, Any], width: int) -> list[str]:
        from tui_nn.cli.layout import can_print, formula_rows, number
        from tui_nn.cli.output import safe_cell

        rows = []
        if found.get("mathematics") and can_print(found["mathematics"]):
            rows += formula_rows(safe_cell(found["mathematics"]), width)
        if found.get("formula"):
            result = number(found["value"], self.digits)
            left, _, right = safe_cell(found["formula"]).partition(" = ")
            chain = dict.fromkeys((right, safe_cell(found["numbers"]), result))  # a number copied is not said twice
            margin = len(left) + 1
            for text in chain:
                for row in formula_rows(f"= {text}", width - margin):
                    rows.append(f"{left:<{margin}}{row}")
                    left = ""
        if found.get("note") and found.get("line"):
            rows += formula_rows(safe_cell(found["note"]), width)
        return rows


def _origin(found: dict[str, Any]) -> str:
    """Where a number comes from: the line that set it, or that it was given."""
    if found.get("line"):
        return f"iteration {found['iteration']}, line {found['line']}"
    note = str(found.get("note") or "").removeprefix("a ")
    return note or {"hyper": "hyper-parameter"}.get(found["role"], found["role"])
