"""A page as a program that needs only NumPy: its helper functions, its values, and its lines in their order.

It gives the values that the page gives, dropout masks included; it trains where there is an optimiser.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from tui_nn.lang.expression import Call, Expression, Name, Number, call, children, rebuild, walk
from tui_nn.lang.numpy_code import numpy_expression
from tui_nn.lang.numpy_helpers import HELPERS, RESERVED, needed
from tui_nn.lang.page import PHASES, Equation, Update

_JOINED = {"sum": "add", "max": "maximum", "min": "minimum", "any": "or", "all": "and"}
"""A reduction in an update line runs over all parameters: what joins the parts."""

_WIDTH = 100  # characters of a line of numbers


def numpy_module(
    equations: Iterable[Equation],
    values: Mapping[str, Any],
    *,
    parameters: Sequence[str] = (),
    update: Update | None = None,
    iterations: int = 1,
    seed: int = 0,
    title: str = "",
) -> str:
    """A program that computes the page and trains where there is an update; it prints the loss and the parameters.

    Args:
        equations: forward, loss and backward lines, in order.
        values: for each leaf a number or nested lists of numbers.
        parameters: the leaves that the update changes.
        update: the optimiser's page.
        iterations: how often the loop runs.
        seed: what dropout masks depend on.
        title: the first line of the docstring.
    """
    return _Module(tuple(equations), dict(values), tuple(parameters), update, iterations, seed, title).text()


class _Module:
    def __init__(
        self,
        equations: tuple[Equation, ...],
        values: dict[str, Any],
        parameters: tuple[str, ...],
        update: Update | None,
        iterations: int,
        seed: int,
        title: str,
    ) -> None:
        self.equations = equations
        self.values = values
        self.parameters = parameters
        self.update = update
        self.iterations = iterations
        self.seed = seed
        self.title = title
        self.taken: set[str] = {*RESERVED, *HELPERS}
        self.rename: dict[str, str] = {}
        for name in (*values, *(e.name for e in equations), *(f".{h}" for h in (update.hyper if update else ()))):
            self.variable(name)

    def variable(self, name: str) -> str:
        """The Python variable for a name: the name, or that with `_` behind it where it is taken.

        `.lr` is a single number of the update, which may share its name with one of the page.
        """
        if name not in self.rename:
            variable = name.lstrip(".").replace(".", "_")
            while variable in self.taken:
                variable += "_"
            self.taken.add(variable)
            self.rename[name] = variable
        return self.rename[name]

    def text(self) -> str:
        used = {f for e in (*self.equations, *(self.update.equations if self.update else ())) for f in _calls(e)}
        helpers = [name for name in HELPERS if name in needed(used)]
        modules = [m for m, wanted in (("hashlib", "dropout_mask"), ("math", "erf")) if wanted in helpers]
        parts = [f'"""{_plain(self.title)}"""\n'] if self.title else []
        parts += [f"import {m}" for m in modules] + [""] * bool(modules) + ["import numpy as np\n"]
        parts += ['np.seterr(all="ignore")  # what is not finite shows in the values\n']
        parts += [f"\n{HELPERS[name].strip()}\n" for name in helpers] + [""] * bool(helpers)
        return "\n".join([*parts, self.given("dropout_mask" in used), "", self.loop(used), "", self.printed(), ""])

    def given(self, random: bool) -> str:
        rows = [f"{self.rename[name]} = {_literal(value)}" for name, value in self.values.items()]
        if self.update:
            rows += [f"{self.variable('.' + name)} = {_float(value)}" for name, value in self.update.hyper.items()]
            for name, start in self.update.states.items():
                rows += [
                    f"{self.variable(f'{name}.{p}')} = np.full_like({self.rename[p]}, {_float(start)})"
                    for p in self.parameters
                ]
        if random:
            rows.append(f"seed = {self.seed}")
        return "\n".join(rows)

    def loop(self, used: set[str]) -> str:
        rows: list[str] = []
        for phase in PHASES:
            lines = [e for e in self.equations if e.phase == phase]
            rows += [f"# {phase}"] * bool(lines)
            rows += [f"{self.rename[e.name]} = {numpy_expression(e.expression, self.rename, e.name)}" for e in lines]
        if self.update is None:
            return "\n".join(["t = 1"] * ("dropout_mask" in used) + rows)
        rows += ["# update", *self.updates(self.update)]
        return "\n".join([f"for t in range(1, {self.iterations + 1}):", *(f"    {row}" for row in rows)])

    def updates(self, update: Update) -> list[str]:
        """Each line of the optimiser for each parameter; a line whose value is a single number once for all."""
        rows, single = [], {"t", *update.hyper}
        for e in update.equations:
            once = _is_single(e.expression, single)
            if once:
                single.add(e.name)
            for p in self.parameters[:1] if once else self.parameters:
                expression = self.applied(e.expression, p, single)
                rows.append(f"{self.scoped(e.name, p, single)} = {numpy_expression(expression)}")
        return rows

    def applied(self, e: Expression, parameter: str, single: set[str]) -> Expression:
        """An update expression for one parameter; a reduction runs over all of them."""
        match e:
            case Name(id=name):
                return Name(self.scoped(name, parameter, single))
            case Call(op="norm", args=(a,)):
                return self.applied(call("sqrt", call("sum", call("power", a, Number(2)))), parameter, single)
            case Call(op=op, args=(a,)) if op in _JOINED:
                parts: list[Expression] = [call(op, self.applied(a, p, single)) for p in self.parameters]
                return reduce(lambda x, y: call(_JOINED[op], x, y), parts)
        return rebuild(e, lambda child: self.applied(child, parameter, single))

    def scoped(self, name: str, parameter: str, single: set[str]) -> str:
        """The variable of what an update line calls `name`, when it is applied to `parameter`."""
        if name == "t":
            return "t"
        if name in single:
            return self.variable("." + name)
        return self.variable({"theta": parameter, "g": f"d{parameter}"}.get(name, f"{name}.{parameter}"))

    def printed(self) -> str:
        shown = [*([self.equations[-1].name] if not self.parameters else self.losses()), *self.parameters]
        return "\n".join(f'print("{self.rename[name]} =", {self.rename[name]})' for name in shown)

    def losses(self) -> list[str]:
        return [e.name for e in self.equations if e.phase == "loss"]


def _is_single(e: Expression, single: set[str]) -> bool:
    """Whether an update expression is one number for all parameters."""
    match e:
        case Name(id=name):
            return name in single
        case Call(op=op) if op in _JOINED or op == "norm":
            return True
    return all(_is_single(child, single) for child in children(e))


def _calls(e: Equation) -> set[str]:
    return {node.op for node in walk(e.expression) if isinstance(node, Call)}


def _plain(title: str) -> str:
    """A title that stays within its docstring."""
    return "".join(c for c in title if c.isprintable()).replace("\\", "/").replace('"', "'")


def _literal(value: Any) -> str:
    """A number or nested lists of numbers as NumPy source, in lines of _WIDTH characters."""
    if not isinstance(value, list | tuple):
        return f"np.float64({_float(value)})"
    text = f"np.array({_rows(value)})"
    return text if len(text) <= _WIDTH else f"np.array({_rows(value, broken=True)})"


def _rows(value: Any, *, broken: bool = False, indent: int = 4) -> str:
    if not isinstance(value, list | tuple):
        return _float(value)
    parts = [_rows(part, broken=broken, indent=indent + 4) for part in value]
    if not broken:
        return f"[{', '.join(parts)}]"
    pad, flat = " " * indent, not any(isinstance(part, list | tuple) for part in value)
    text = ", ".join(parts) if flat else f",\n{pad}".join(parts)
    lines = textwrap.wrap(text, _WIDTH - indent, break_long_words=False) if flat else [text]
    return (
        "[\n" + "\n".join(pad + line for line in lines) + f"\n{' ' * (indent - 4)}]"
        if not flat or len(lines) > 1
        else f"[{text}]"
    )


def _float(value: float) -> str:
    number = float(value)
    return repr(number) if math.isfinite(number) else {"nan": "np.nan", "inf": "np.inf"}.get(str(number), "-np.inf")
