"""Random well-shaped pages for properties: text, values and parameters, from Hypothesis.

Shapes fit by construction: each line takes names that are there already and what can be done with them. Values stay
small, so that a central difference means something: what grows goes through a squashing function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tui_nn.engine.build import build
from tui_nn.engine.program import Dtype, Program
from tui_nn.lang.page import Update
from tui_nn.lang.parse import parse_page

Shape = tuple[int, ...]
Values = dict[str, np.ndarray[Any, Any]]

SMOOTH = (
    "tanh({a})", "sigmoid({a})", "softplus({a})", "gelu({a})", "swish({a})", "exp(-square({a}))", "log(1 + {a}**2)",
    "sqrt(1 + square({a}))", "log1p({a}**2)", "erf({a})", "-{a}", "0.5 * {a}", "{a} - mean({a}) * {a}",
)  # fmt: skip
BENT = ("relu({a})", "abs({a})", "leaky_relu({a})", "leaky_relu({a}, 0.2)", "elu({a})", "clip({a}, -1, 0.75)")
PAIRS = (
    "{a} + {b}", "{a} - {b}", "{a} * {b}", "tanh({a}) * sigmoid({b})", "{a} / (1 + {b}**2)", "(1 + {a}**2)**tanh({b})",
    "2 * {a} - {b} / 4", "(a0 + {a}) * ({a} + {b})",
)  # fmt: skip
BENT_PAIRS = ("maximum({a}, {b})", "minimum({a}, {b})", "where({a} > {b}, {a}, 2 * {b})")
REDUCTIONS = ("sum(tanh({a}){axis})", "mean({a}{axis})", "norm({a}{axis})")
BENT_REDUCTIONS = ("max({a}{axis})", "min({a}{axis})")
ROWS = ("softmax({a}{axis})", "log_softmax({a}{axis})", "{a} * softmax({a}{axis})")
PRODUCTS = ("{a} @ {b}", "tanh({a} @ {b})", "({a} @ {b}) / 2")


@dataclass(frozen=True)
class RandomPage:
    """A page, numbers for its leaves, and those of them that are parameters."""

    text: str
    values: Values
    parameters: tuple[str, ...]

    def program(self, update: Update | None = None, dtype: Dtype = "float64") -> Program:
        shapes = {n: v.shape for n, v in self.values.items()}
        return build(parse_page(self.text), shapes, self.parameters, update=update, dtype=dtype, source=self.text)

    def __repr__(self) -> str:
        shapes = ", ".join(f"{n}: {v.shape}" for n, v in self.values.items())
        return f"<{shapes}; parameters {self.parameters}>\n{self.text}"


@st.composite
def pages(draw: st.DrawFn, *, bent: bool = True, lines: int = 6) -> RandomPage:
    """A page whose last line is a single number, `J`; without kinks where `bent` is False."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=3))
    shape = st.lists(st.sampled_from([*sizes, 1]), max_size=2).map(tuple)
    shapes: dict[str, Shape] = {f"a{i}": draw(shape) for i in range(draw(st.integers(2, 4)))}
    shapes["a0"] = ()
    leaves = tuple(shapes)
    text = []
    for i in range(draw(st.integers(1, lines))):
        line, shapes[f"h{i}"] = draw(_line(dict(shapes), bent))
        text.append(f"h{i} = {line}")
    unread = [n for n in shapes if n not in leaves and not any(n in part.split("=", 1)[1] for part in text)]
    text.append(f"J = {draw(_loss(unread, leaves))}")
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    page = "\n".join(text)
    read = [n for n in leaves if any(n in part for part in text)]
    values = {n: rng.normal(size=shapes[n]) for n in read}
    parameters = read if draw(st.booleans()) else draw(st.lists(st.sampled_from(read), min_size=1, unique=True))
    return RandomPage(page, values, tuple(parameters))


@st.composite
def _line(draw: st.DrawFn, shapes: Mapping[str, Shape], bent: bool) -> tuple[str, Shape]:
    """The right side of a line, and its shape."""
    kind = draw(st.sampled_from(["one", "two", "product", "reduction", "row", "transpose", "losses", "nested"]))
    if kind == "nested":
        return draw(_nested(shapes, bent))
    a = draw(st.sampled_from(list(shapes)))
    shape = shapes[a]
    if kind == "product":
        fits = [b for b, s in shapes.items() if s and shape and s[0] == shape[-1]]
        if fits:
            b = draw(st.sampled_from(fits))
            return draw(st.sampled_from(PRODUCTS)).format(a=a, b=b), shape[:-1] + shapes[b][1:]
    if kind == "reduction" and shape:
        return draw(_reduction(a, shape, REDUCTIONS + BENT_REDUCTIONS * bent))
    if kind == "row" and shape:
        axis = draw(st.sampled_from([None, *range(len(shape))]))
        return draw(st.sampled_from(ROWS)).format(a=a, axis="" if axis is None else f", axis={axis}"), shape
    if kind == "transpose" and len(shape) == 2:
        return f"tanh({a}.T) + 1", shape[::-1]
    if kind == "losses" and shape:
        same = [b for b, s in shapes.items() if s == shape]
        b = draw(st.sampled_from(same))
        loss = draw(st.sampled_from(["softmax", "sigmoid"]))  # targets of the first add up to 1, as probabilities do
        return f"{loss}_cross_entropy({a}, {loss}({b}))", ()
    if kind == "two":
        fits = [b for b, s in shapes.items() if _fit(shape, s)]
        b = draw(st.sampled_from(fits))
        both = np.broadcast_shapes(shape, shapes[b])
        return draw(st.sampled_from(PAIRS + BENT_PAIRS * bent)).format(a=a, b=b), both
    return draw(st.sampled_from(SMOOTH + BENT * bent)).format(a=a), shape


@st.composite
def _nested(draw: st.DrawFn, shapes: Mapping[str, Shape], bent: bool) -> tuple[str, Shape]:
    """Two right sides in one, or a function of one."""
    (left, a), (right, b) = draw(_line(shapes, bent)), draw(_line(shapes, bent))
    if _fit(a, b) and draw(st.booleans()):
        form = draw(st.sampled_from(["({}) + ({})", "({}) - ({})", "tanh({}) * ({})"]))
        return form.format(left, right), np.broadcast_shapes(a, b)
    return draw(st.sampled_from(SMOOTH + BENT * bent)).format(a=f"({left})"), a


@st.composite
def _reduction(draw: st.DrawFn, a: str, shape: Shape, forms: tuple[str, ...]) -> tuple[str, Shape]:
    axis = draw(st.sampled_from([None, *range(-len(shape), len(shape))]))
    keep = draw(st.booleans())
    text = ("" if axis is None else f", axis={axis}") + (", keepdims=True" if keep else "")
    out = np.sum(np.empty(shape), axis=axis, keepdims=keep).shape
    return draw(st.sampled_from(forms)).format(a=a, axis=text), out


@st.composite
def _loss(draw: st.DrawFn, unread: list[str], leaves: tuple[str, ...]) -> str:
    """A sum over all that no line reads: every line is on the way to the loss; with a weight decay now and then."""
    forms = st.sampled_from(["mean(tanh({})**2)", "sum(tanh({})**2)", "sum({}**2) / 8"])
    terms = [draw(forms).format(n) for n in unread]
    if draw(st.booleans()):
        terms.append(f"0.05 * sum({draw(st.sampled_from(leaves))}**2)")
    return " + ".join(terms)


def _fit(a: Shape, b: Shape) -> bool:
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return False
    return True
