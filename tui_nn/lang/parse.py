"""Text to expressions and equations: Python's expression syntax, a subset, read with `ast` against a white list.

Nothing is ever handed to `eval`. Limits keep hostile text from costing time: they are errors that name the line.
"""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Expression, Index, Name, Number, walk
from tui_nn.lang.page import Equation
from tui_nn.lang.primitives import FUNCTIONS
from tui_nn.lang.slips import INSTEAD, no_function, no_plain_name
from tui_nn.lang.source import Source

MAX_LINES = 500
MAX_DEPTH = 100  # levels of nesting
MAX_NUMBER = 1e300
MAX_NODES = 1_000  # operations, names and numbers in one equation

_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
}
_COMPARE: dict[type[ast.AST], str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


def parse_expression(text: str) -> Expression:
    """One expression, as in a condition or a watch: `norm(dW1) > 10`."""
    if not text.strip():
        raise EquationError("an expression is missing")
    source = Source(text.strip().splitlines())
    body = source.tree("eval")
    assert isinstance(body, ast.Expression)
    return _Reader(source).checked(body.body)


def parse_page(text: str) -> tuple[Equation, ...]:
    """Lines `name = expression` to equations (phase not yet told apart); `#` begins a comment."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise EquationError(f"more than {MAX_LINES} lines", line=MAX_LINES + 1)
    source = Source(lines)
    module = source.tree("exec")
    assert isinstance(module, ast.Module)
    for first, second in pairwise(module.body):
        if first.end_lineno == second.lineno:
            raise source.error(second, "one equation on a line")
    reader = _Reader(source)
    return tuple(reader.equation(statement) for statement in module.body)


class _Reader:
    """Turns the nodes of one text into ours."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def equation(self, statement: ast.stmt) -> Equation:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Compare):
            raise self.source.error(statement, "an equation is written with one =, as in L = (y - f)**2")
        if isinstance(statement, ast.Expr):
            raise self.source.error(statement, "a line must give its value a name: name = expression")
        if isinstance(statement, ast.AugAssign):
            raise self.source.error(statement, "write the whole equation: x = x + ..., not x += ...")
        if not isinstance(statement, ast.Assign):
            raise self.source.error(statement, "only equations `name = expression` belong on a page")
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            raise self.source.error(statement, "on the left of = stands one name, as in Z1 = X @ W1 + b1")
        name = statement.targets[0].id
        return Equation(name, self.checked(statement.value), line=statement.lineno)

    def checked(self, node: ast.expr) -> Expression:
        depth = _depth(node)
        if depth > MAX_DEPTH:
            raise self.source.error(node, f"nested more than {MAX_DEPTH} levels deep; split it into several lines")
        e = self.expression(node)
        if sum(1 for _ in walk(e)) > MAX_NODES:
            many = f"more than {MAX_NODES} operations in one equation"
            raise self.source.error(node, f"{many}; split it into several lines")
        return e

    def expression(self, node: ast.expr) -> Expression:
        at = (node.lineno, self.source.column(node))
        match node:
            case ast.Constant(value=bool()):
                raise self.source.error(node, "True and False are written 1 and 0")
            case ast.Constant(value=int() | float() as value):
                return Number(self.finite(node, value), at)
            case ast.Name(id=name):
                return Name(name, at)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if not isinstance(
                value, bool
            ):
                return Number(-self.finite(node, value), at)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Call("negative", (self.expression(operand),), at=at)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.expression(operand)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Call("not", (self.expression(operand),), at=at)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                place = self.source.operator_place(left, right) or at
                return Call(_BINARY[type(op)], (self.expression(left), self.expression(right)), at=place)
            case ast.BinOp(left=left, op=op, right=right):
                wanted = INSTEAD.get(type(op), "this operator is not in the language")
                if isinstance(op, ast.BitXor) and re.search(r"\be\s*\^", self.source.lines[node.lineno - 1]):
                    wanted = "e to the power of x is written exp(x)"
                raise self.source.error(node, wanted, (self.source.operator_place(left, right) or at)[1])
            case ast.BoolOp(op=op, values=values):
                return self.chain("and" if isinstance(op, ast.And) else "or", [self.expression(v) for v in values], at)
            case ast.Compare(left=left, ops=ops, comparators=right):
                return self.comparison(node, [left, *right], ops, at)
            case ast.Attribute(value=value, attr="T"):
                return Call("transpose", (self.expression(value),), at=at)
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                return Name(f"{name}.{attr}", at)
            case ast.Subscript(value=value, slice=index):
                return Index(self.expression(value), self.indices(index), at)
            case ast.Call():
                return self.call(node, at)
        raise self.source.error(node, INSTEAD.get(type(node), "this is not in the language of equations"))

    def call(self, node: ast.Call, at: tuple[int, int]) -> Expression:
        if not isinstance(node.func, ast.Name):
            raise self.source.error(node, no_plain_name(node.func))
        row = FUNCTIONS.get(node.func.id)
        if row is None:
            written = {line.split("=")[0].strip() for line in self.source.lines}
            is_value = len(node.func.id) == 1 or node.func.id in written
            raise self.source.error(node, no_function(node.func.id, is_value))
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise self.source.error(node, "a star does not belong in an equation")
        args = [self.expression(a) for a in node.args]
        missing = row.arity - len(args)
        if missing > len(row.defaults) or missing < 0:
            least = row.arity - len(row.defaults)
            wanted = f"{least}" if least == row.arity else f"{least} to {row.arity}"
            said = (
                f"{row.name} takes {wanted} argument{'s' * (wanted != '1')}, here {'is' if len(args) == 1 else 'are'}"
            )
            comma = re.search(r"\d,\d", self.source.lines[node.lineno - 1])
            point = "; a decimal number is written with a point: 0.5" if missing < 0 and comma else ""
            raise self.source.error(node, f"{said} {len(args)}{point}")
        args += [Number(d) for d in row.defaults[len(row.defaults) - missing :]] if missing else []
        axis, keepdims = None, False
        for keyword in node.keywords:
            if keyword.arg == "axis" and row.takes_axis:
                axis = self.integer(keyword.value, "axis= takes a whole number, such as axis=0")
            elif keyword.arg == "keepdims" and row.reduces:
                if not (isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool)):
                    raise self.source.error(keyword.value, "keepdims= takes True or False")
                keepdims = keyword.value.value
            else:
                allowed = [k for k, on in (("axis=", row.takes_axis), ("keepdims=", row.reduces)) if on]
                hint = f"it takes {' and '.join(allowed)}" if allowed else "it takes none"
                raise self.source.error(keyword.value, f"{row.name} takes no `{keyword.arg}=`; {hint}")
        return Call(row.name, tuple(args), axis, keepdims, at)

    def comparison(
        self, node: ast.expr, sides: list[ast.expr], ops: list[ast.cmpop], at: tuple[int, int]
    ) -> Expression:
        operands = [self.expression(s) for s in sides]
        pairs: list[Expression] = []
        for left, op, right in zip(operands, ops, operands[1:], strict=False):
            if type(op) not in _COMPARE:
                raise self.source.error(node, "comparisons are < <= > >= == !=")
            pairs.append(Call(_COMPARE[type(op)], (left, right), at=at))
        return self.chain("and", pairs, at)

    def chain(self, op: str, parts: list[Expression], at: tuple[int, int]) -> Expression:
        out = parts[0]
        for part in parts[1:]:
            out = Call(op, (out, part), at=at)
        return out

    def indices(self, node: ast.expr) -> tuple[int, ...]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        return tuple(self.integer(p, "an index is a whole number from 0, as in dW1[0, 2]") for p in parts)

    def integer(self, node: ast.expr, wanted: str) -> int:
        match node:
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if not isinstance(value, bool):
                return -value
        raise self.source.error(node, wanted)

    def finite(self, node: ast.expr, value: float) -> int | float:
        if abs(value) > MAX_NUMBER:
            raise self.source.error(node, "the number is too large")
        return value


def _depth(node: ast.AST) -> int:
    """Levels of nesting, found without recursion."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        here, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(here) if isinstance(child, ast.expr))
    return deepest
