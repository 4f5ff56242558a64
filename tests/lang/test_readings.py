"""What the mathematical writers write has one reading: where two expressions look alike, they are worth the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest

from tests.lang.expressions import CHANCE, evaluated
from tui_nn.lang import shape_rules as rule
from tui_nn.lang.expression import Call, Expression, Index, Name, Number
from tui_nn.lang.latex import latex
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.unicode import unicode, unicode_block

UNWRITTEN = ("like", "expand")  # what only repeats entries
ENTRYWISE = [
    name
    for name, row in PRIMITIVES.items()
    if row.shape in (rule.elementwise, rule.first) and name not in (*UNWRITTEN, *CHANCE)
]
GIVEN = "abcuv"
_RNG = np.random.default_rng(5)
VALUES = {name: _RNG.uniform(-1.7, 1.7, (3, 3)) for name in GIVEN}  # of either sign: √(a²) is not (√a)²
SHAPES = {name: value.shape for name, value in VALUES.items()}


def calls(names: str) -> Iterator[Expression]:
    """Each operation on single names, and what is written as if it were one."""
    given = [Name(name) for name in names]
    yield from (Call(op, tuple(given[: PRIMITIVES[op].arity])) for op in ENTRYWISE)
    yield Call("transpose", (given[0],))
    for number in (2, 3, -1, 0.5, 1e-8):
        yield Call("power", (given[0], Number(number)))
        yield Call("multiply", (Number(number), given[0]))
    yield from (Number(value) for value in (2, -2, 1e-8, 1.4142135623730951, 2.5066282746310002, 1.1283791670955126))


def nested() -> Iterator[Expression]:
    """Each operation on each other one, as each of its arguments."""
    inner = list(calls("abc"))
    for op in [*ENTRYWISE, "transpose"]:
        arity = PRIMITIVES[op].arity
        for i in range(arity):
            rest = [Name("u"), Name("v")][: arity - 1]
            for e in inner:
                if not (op == "negative" and isinstance(e, Number)):  # -2 is a number
                    yield Call(op, (*rest[:i], e, *rest[i:]))
    for e in inner:
        if not isinstance(e, Number):
            yield Index(e, (0, 1))
        yield from (Call("power", (e, Number(number))) for number in (2, -1, 0.5))


NESTED = list(nested())


LOGIC = {"and": np.logical_and, "or": np.logical_or, "not": np.logical_not}


def value(e: Expression) -> np.ndarray:
    """By NumPy, an operation at a time: Python's `and` takes no arrays."""
    if isinstance(e, Number):
        return np.float64(e.value)
    if isinstance(e, Name):
        return VALUES[e.id]
    with np.errstate(all="ignore"):
        if isinstance(e, Index):
            return value(e.target)[e.indices]
        args = [value(a) for a in e.args]
        if e.op in LOGIC:
            return LOGIC[e.op](*args).astype(float)
        names = [f"p{i}" for i in range(len(args))]
        return evaluated(Call(e.op, tuple(map(Name, names))), dict(zip(names, args, strict=True)))


@pytest.mark.parametrize(
    "written",
    [
        lambda e: unicode(e, shapes=SHAPES),
        lambda e: unicode_block(e, shapes=SHAPES).rows,
        lambda e: latex(e, shapes=SHAPES),
    ],
    ids=["line", "block", "latex"],
)
def test_what_looks_alike_is_worth_the_same(written):
    alike: dict[object, list[Expression]] = defaultdict(list)
    for e in NESTED:
        alike[written(e)].append(e)
    assert len(alike) > 0.9 * len(NESTED)
    for shown, (first, *others) in alike.items():
        for other in others:
            assert np.allclose(value(first), value(other), equal_nan=True), shown


def test_no_letter_of_latex_has_two_exponents():
    for e in NESTED:
        text = latex(e, shapes=SHAPES)
        at = text.find("^{")
        while at >= 0:
            end = group_end(text, at + 1)
            while text[end : end + 2] == "_{":
                end = group_end(text, end + 1)
            assert text[end : end + 1] not in ("^", "'"), text
            at = text.find("^{", at + 1)


def group_end(text: str, start: int) -> int:
    """The place after the brace that closes the one at `start`."""
    depth = 0
    for i in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if not depth:
            return i + 1
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("op", "inner", "line", "tex"),
    [
        ("power", Call("square", (Name("a"),)), "(a²)²", "(a^{2})^{2}"),
        ("square", Call("square", (Name("a"),)), "(a²)²", "(a^{2})^{2}"),
        ("square", Call("sqrt", (Name("a"),)), "(√a)²", r"\sqrt{a}^{2}"),
        ("sqrt", Call("square", (Name("a"),)), "√(a²)", r"\sqrt{a^{2}}"),
        ("transpose", Call("square", (Name("a"),)), "(a²)ᵀ", r"(a^{2})^{\top}"),
        ("square", Number(1.4142135623730951), "(√2)²", r"\sqrt{2}^{2}"),
    ],
)
def test_powers_and_roots(op, inner, line, tex):
    e = Call(op, (inner, Number(2)) if op == "power" else (inner,))
    assert (unicode(e), latex(e)) == (line, tex)
