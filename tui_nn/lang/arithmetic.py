"""A projected expression with its numbers: written with them in place, and computed from them in Python floats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Protocol

from tui_nn.lang.errors import EquationError
from tui_nn.lang.expression import Call, Entries, Expression, Index, Name, Number
from tui_nn.lang.primitives import OPERATORS
from tui_nn.lang.project import Entry
from tui_nn.lang.templates import definition
from tui_nn.lang.write import brackets, plain_exponent, write


class Values(Protocol):
    """The number at each entry: a dict, or a view of a run's arrays."""

    def __getitem__(self, entry: Entry, /) -> float: ...


def put_numbers(e: Expression, values: Values, digits: int = 4) -> str:
    """A projected expression as text, with a number for each entry: `2 * (-4) + 0.5 * 3`.

    Args:
        e: from `project`; only the entries that are shown are asked for.
        values: the number of each entry.
        digits: significant digits.
    """
    return write(_numbered(e, values, lambda value: plain_exponent(f"{value:.{digits}g}"), bare=True))


def _numbered(e: Expression, values: Values, text: Callable[[float], str], *, bare: bool) -> Expression:
    """`e` with a name that reads as a number for each leaf; `bare` where a sign needs no brackets."""
    if not isinstance(e, Call):
        shown = write(e) if isinstance(e, Number) else text(values[_entry(e)])
        return Name(f"({shown})" if shown.startswith("-") and not bare else shown)
    args = []
    for i, arg in enumerate(e.args):
        own = e.op not in OPERATORS and not (isinstance(e, Entries) and e.op == "sum")  # commas or brackets around it
        leads = i == 0 and bare and e.op not in ("negative", "power", "transpose")
        args.append(_numbered(arg, values, text, bare=own or leads or (isinstance(arg, Call) and brackets(e, i))))
    if isinstance(e, Entries):
        return Entries(e.op, tuple(args), terms=e.terms)
    return Call(e.op, tuple(args))


def _entry(e: Name | Index) -> Entry:
    if isinstance(e, Name):
        return e.id, ()
    assert isinstance(e.target, Name), "a projected expression has entries of names only"
    return e.target.id, e.indices


def evaluate(e: Expression, values: Values) -> float:
    """The value of a projected expression, from all of its terms, also those that are not shown.

    Non-finite numbers follow IEEE 754, as in NumPy: 1 / 0 is inf, log(-1) is nan.

    Raises:
        EquationError: for a dropout mask, whose numbers are drawn and cannot be computed from others.
    """
    match e:
        case Number(value=value):
            return float(value)
        case Name() | Index():
            return float(values[_entry(e)])
        case Entries(op=op, terms=terms):
            return _MANY[op](evaluate(term, values) for term in terms)
    numbers = [evaluate(a, values) for a in e.args]
    if e.op in _FUNCTIONS:
        return float(_FUNCTIONS[e.op](*numbers))
    meaning = definition(Call(e.op, tuple(map(Number, numbers))), {})
    if meaning is None:
        raise EquationError("a dropout mask is drawn at random; its numbers cannot be computed again from a formula")
    return evaluate(meaning, values)


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)


def _power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:
        return math.inf if a == 0 else math.nan


def _exp(a: float) -> float:
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def _log(a: float) -> float:
    return math.log(a) if a > 0 else -math.inf if a == 0 else math.nan


def _sqrt(a: float) -> float:
    return math.sqrt(a) if a >= 0 else math.nan


def _larger(a: float, b: float) -> float:
    return math.nan if math.isnan(a) or math.isnan(b) else max(a, b)


def _smaller(a: float, b: float) -> float:
    return -_larger(-a, -b)


def _sum(numbers: Iterable[float]) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total


def _largest(numbers: Iterable[float]) -> float:
    out = -math.inf
    for number in numbers:
        out = _larger(out, number)
    return out


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": _divide,
    "power": _power,
    "negative": lambda a: -a,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "and": lambda a, b: a != 0 and b != 0,
    "or": lambda a, b: a != 0 or b != 0,
    "not": lambda a: a == 0,
    "exp": _exp,
    "log": _log,
    "log1p": lambda a: math.log1p(a) if a > -1 else _log(1 + a),
    "sqrt": _sqrt,
    "abs": abs,
    "sign": lambda a: a if a != a else (a > 0) - (a < 0),
    "tanh": math.tanh,
    "erf": math.erf,
    "softplus": lambda a: _larger(a, 0) + math.log1p(_exp(-abs(a))),
    "maximum": _larger,
    "minimum": _smaller,
    "where": lambda condition, a, b: a if condition != 0 else b,
    "stop_gradient": lambda a: a,
    "isnan": math.isnan,
    "isinf": math.isinf,
    "isfinite": math.isfinite,
}

_MANY: dict[str, Callable[[Iterable[float]], float]] = {
    "sum": _sum,
    "max": _largest,
    "min": lambda numbers: -_largest(-n for n in numbers),
    "any": lambda numbers: float(any(n != 0 for n in numbers)),
    "all": lambda numbers: float(all(n != 0 for n in numbers)),
}
