"""Expressions as Python that needs only NumPy, of the same value: `np.tanh(X @ W1 + b1)`."""

from __future__ import annotations

from collections.abc import Mapping

from tui_nn.lang.expression import Call, Expression, Index, Name, Number, names
from tui_nn.lang.primitives import OPERATORS, PRIMITIVES
from tui_nn.lang.write import COMPARISONS, brackets, write_number

_CONDITIONS = {*COMPARISONS, "and", "or", "not", "isnan", "isinf", "isfinite", "any", "all"}
_COUNT_BOOLEANS = {*_CONDITIONS, "where", "sum", "mean"} - set(COMPARISONS)
_PYTHON_RAISES = {"divide": "np.divide", "power": "np.float_power"}
"""What Python's own numbers do not do as NumPy's: 1 / 0, 0**-1, (-8)**0.5."""


def numpy_expression(e: Expression, rename: Mapping[str, str] | None = None, purpose: str = "") -> str:
    """The right side of a line as Python. Functions that NumPy has not are called by their name: `numpy_helpers`.

    Args:
        rename: names to Python variables, where they differ.
        purpose: the name of the line, which a dropout mask depends on.
    """
    return _Python(rename or {}, purpose).number(e)


class _Python:
    """Expressions to Python text."""

    def __init__(self, rename: Mapping[str, str], purpose: str) -> None:
        self.rename = rename
        self.purpose = purpose

    def number(self, e: Expression) -> str:
        """`e`, as numbers also where it is a condition."""
        return f"1.0 * {self.bracketed(e)}" if _is_condition(e) else self.write(e)

    def bracketed(self, e: Expression) -> str:
        text = self.write(e)
        return f"({text})" if isinstance(e, Call) and e.op in COMPARISONS else text

    def write(self, e: Expression) -> str:
        match e:
            case Number(value=value):
                return write_number(value)
            case Name(id=name):
                return self.rename.get(name, name)
            case Index(target=target, indices=indices):
                return f"{self.atom(target)}[{', '.join(map(str, indices))}]"
            case Call(op="transpose", args=(a,)):
                return f"{self.atom(a)}.T" if names(a) else self.write(a)
            case Call(op=op, args=(a, b)) if op in _PYTHON_RAISES and not names(e) and not _is_safe(e):
                return f"{_PYTHON_RAISES[op]}({self.write(a)}, {self.write(b)})"
            case Call(op="negative"):
                return f"-{self.argument(e, 0)}"
            case Call(op="power"):
                return f"{self.argument(e, 0)}**{self.argument(e, 1)}"
            case Call(op=op) if op in OPERATORS and not PRIMITIVES[op].numpy:
                return f"{self.argument(e, 0)} {OPERATORS[op]} {self.argument(e, 1)}"
        assert isinstance(e, Call)
        return self.call(e)

    def atom(self, e: Expression) -> str:
        return self.write(e) if isinstance(e, Name | Index) else f"({self.write(e)})"

    def argument(self, e: Call, i: int) -> str:
        """Argument `i` of an operator. Booleans become numbers where NumPy would not count with them."""
        arg = e.args[i]
        if _is_condition(arg) and e.op not in COMPARISONS:
            alone = e.op == "multiply" and not (i == 0 and _is_condition(e.args[1]))
            return self.bracketed(arg) if alone else f"({self.number(arg)})"
        return f"({self.write(arg)})" if brackets(e, i) else self.write(arg)

    def call(self, e: Call) -> str:
        function = PRIMITIVES[e.op].numpy or e.op
        parts = [self.write(a) if e.op in _COUNT_BOOLEANS else self.number(a) for a in e.args]
        axis = -1 if e.op == "expand" and e.axis is None else e.axis
        if axis is not None:
            parts.append(f"axis={axis}")
        if e.keepdims:
            parts.append("keepdims=True")
        if e.op == "dropout_mask":
            parts += [f'"{self.purpose}"', "t"]
        return f"{function}({', '.join(parts)})"


def _is_safe(e: Call) -> bool:
    """Whether Python computes a quotient or power of plain numbers as NumPy would."""
    match e:
        case (
            Call(op="divide", args=(Number(), Number(value=value)))
            | Call(op="power", args=(Number(value=value), Number()))
        ):
            return value > 0
    return False


def _is_condition(e: Expression) -> bool:
    """Whether NumPy gives booleans for `e`."""
    if isinstance(e, Call) and e.op in ("transpose", "expand", "like"):
        return _is_condition(e.args[0])
    return isinstance(e, Call) and e.op in _CONDITIONS
