"""`tui-nn explain`: why a number is what it is, down to what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tui_nn.cli.options import At, DtypeName, Hyper, OptimizerName, Parameters, Rate, Seed, Target, find_problem

if TYPE_CHECKING:
    from tui_nn.session.explain import Explanation, Operand
    from tui_nn.session.session import Session

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    target: Target,
    entry: Annotated[
        str, typer.Argument(metavar="ENTRY", help="A number: L, 'dW1\\[0,2]', 'm_hat.W1\\[0,2]'.", show_default=False)
    ],
    iteration: Annotated[int, typer.Option("--iteration", min=1, help="At the end of which iteration.")] = 1,
    depth: Annotated[
        int, typer.Option("--depth", min=1, max=50, help="How many steps down to explain its operands.")
    ] = 1,
    optimizer: OptimizerName = None,
    lr: Rate = None,
    hyper: Hyper = [],  # noqa: B006 - Typer reads the default and never changes it
    at: At = [],  # noqa: B006
    parameter: Parameters = [],  # noqa: B006
    seed: Seed = None,
    dtype: DtypeName = "float64",
    digits: Annotated[int, typer.Option("--digits", min=1, max=17, help="Significant digits, in text.")] = 6,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")] = "text",
) -> None:
    """Say why a number is what it is: formula, numbers, result, operands."""
    from tui_nn.cli.output import write_json
    from tui_nn.session.explain import parse_entry

    problem = find_problem(
        target, at=at, parameters=parameter, optimizer=optimizer, lr=lr, hyper=hyper, seed=seed, dtype=dtype,
        learns=iteration > 1,
    )  # fmt: skip
    session = problem.session()
    name, index = parse_entry(session, entry)
    session.goto(iteration, session.length)
    tree = _Tree(session, digits)
    found = tree.explain(name, index, None, depth)
    if form == "json":
        write_json({"target": problem.target, "seed": problem.seed, "dtype": problem.dtype, **found})
    else:
        _print(found, digits, 0)


class _Tree:
    """Explanations of explanations, each number once: a network's weights feed many."""

    def __init__(self, session: Session, digits: int) -> None:
        self.session = session
        self.digits = digits
        self.seen: set[tuple[Any, ...]] = set()

    def explain(self, name: str, index: tuple[int, ...], at: Any, depth: int) -> dict[str, Any]:
        from tui_nn.session.explain import explain

        card = explain(self.session, name, index, at, self.digits)
        self.seen.add((name, index, card.position))
        return _record(card) | {"operands": [self._operand(o, depth - 1) for o in card.operands], "hidden": card.hidden}

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


def _record(card: Explanation) -> dict[str, Any]:
    return {
        "entry": str(card),
        "name": card.name,
        "index": list(card.index),
        "role": card.role,
        "value": card.value,
        "iteration": card.position.iteration if card.line else None,
        "line": card.line.number if card.line else None,
        "equation": card.equation or None,
        "formula": card.formula or None,
        "numbers": card.numbers or None,
        "note": card.note or None,
    }


def _print(found: dict[str, Any], digits: int, level: int) -> None:
    from tui_nn.cli.output import safe_cell
    from tui_nn.cli.step_formats import number

    margin = "    " * level
    value = number(found["value"], digits)
    when = f"iteration {found['iteration']}, line {found['line']}" if found.get("line") else found["role"]
    print(f"{margin}{safe_cell(found['entry'])} = {value}    ({when})")
    if found.get("formula"):
        print(f"{margin}  {safe_cell(found['formula'])}")
        print(f"{margin}  {'=':>{len(found['entry']) + 1}} {safe_cell(found['numbers'])}")
        print(f"{margin}  {'=':>{len(found['entry']) + 1}} {value}")
    if found.get("note") and found["note"] != found["role"]:
        print(f"{margin}  {safe_cell(found['note'])}")
    for operand in found.get("operands", ()):
        _print(operand, digits, level + 1)
    if found.get("hidden"):
        print(f"{margin}    … and {found['hidden']} more")
