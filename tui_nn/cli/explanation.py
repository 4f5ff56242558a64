"""Explanations as records, and as a tree of text: what `explain` and `autopsy` print of a number."""

from __future__ import annotations

from typing import Any

from tui_nn.cli.layout import can_print, formula_rows, mathematics, number, pad, room
from tui_nn.cli.output import safe_cell
from tui_nn.session.explain import Explanation, Operand, explain
from tui_nn.session.session import Session


class Tree:
    """Explanations of explanations, each number once: a network's weights feed many."""

    def __init__(self, session: Session, digits: int) -> None:
        self.session = session
        self.digits = digits
        self.seen: set[tuple[Any, ...]] = set()

    def explain(self, name: str, index: tuple[int, ...], at: Any, depth: int) -> dict[str, Any]:
        """The record of a number, and those of its operands down to `depth`."""
        return self.of(explain(self.session, name, index, at, self.digits), depth)

    def of(self, card: Explanation, depth: int) -> dict[str, Any]:
        """The same of a number whose card is there already."""
        self.seen.add((card.name, card.index, card.position))
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


class Writer:
    """Writes a record as text: a head, what it is made of, and its operands below it, along a line at the left."""

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.width = room()
        self.trunk, self.branch, self.last = ("│ ", "├ ", "└ ") if can_print("│├└") else ("| ", "+ ", "+ ")

    def write(self, found: dict[str, Any], first: str = "", rest: str = "") -> None:
        """Write the record; its head begins with `first`, the rows below it with `rest`."""
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
