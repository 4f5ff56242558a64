"""Gradients two ways: by the derived page, run by NumPy, and by finite differences of the forward page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tests.engine import oracle
from tui_nn.lang.differentiate import differentiate
from tui_nn.lang.expression import Call, Expression, Number, call, rebuild
from tui_nn.lang.page import Equation
from tui_nn.lang.parse import parse_page
from tui_nn.lang.shapes import infer
from tui_nn.lang.write import COMPARISONS, write

Array = np.ndarray[Any, Any]
STEP = 1e-3


def countable(e: Expression) -> Expression:
    """`e` with comparisons as numbers: NumPy does not count with booleans."""
    inner = rebuild(e, countable)
    return call("multiply", Number(1.0), inner) if isinstance(e, Call) and e.op in COMPARISONS else inner


def derived(text: str, shapes: Mapping[str, tuple[int, ...]], wanted: Iterable[str]) -> tuple[Equation, ...]:
    """The backward page of a page whose last line is the loss; its shapes are checked on the way."""
    page = parse_page(text)
    known = infer(page, shapes, text.splitlines())
    backward = differentiate(page, known, page[-1].name, wanted)
    after = infer(backward, known)
    for e in backward:
        if e.gradient_of in after:
            assert after[e.name] == after[e.gradient_of], f"{e.name} has another shape than {e.gradient_of}"
    return backward


def gradients(text: str, values: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Array]:
    """The gradient by each wanted name, as the derived page gives it."""
    wanted = tuple(wanted)
    lines = derived(text, {n: np.shape(v) for n, v in values.items()}, wanted)
    run = oracle.run(
        "\n".join([text.strip(), *(f"{e.name} = {write(countable(e.expression))}" for e in lines)]), values
    )
    return {name: run[f"d{name}"] for name in wanted}


def differences(text: str, values: Mapping[str, Any], name: str, step: float = STEP) -> Array:
    """The gradient of the last line by `name`, by central differences of the fourth order."""
    loss = text.strip().splitlines()[-1].split("=")[0].strip()
    start = np.asarray(values[name], dtype=np.float64)
    found = np.zeros(start.shape)
    for index in np.ndindex(start.shape):

        def at(offset: float, index: tuple[int, ...] = index) -> float:
            moved = start.copy()
            moved[index] += offset
            return float(oracle.run(text.strip(), {**values, name: moved})[loss])

        near, far = at(step) - at(-step), at(2 * step) - at(-2 * step)
        found[index] = (8 * near - far) / (12 * step)
    return found


def assert_gradients(text: str, values: Mapping[str, Any], wanted: Iterable[str], tolerance: float = 1e-7) -> None:
    """The derived gradients are those of finite differences."""
    for name, gradient in gradients(text, values, wanted).items():
        expected = differences(text, values, name)
        assert gradient.shape == expected.shape, name
        scale = max(1.0, np.abs(expected).max(initial=0))
        np.testing.assert_allclose(
            gradient / scale, expected / scale, rtol=0, atol=tolerance, err_msg=f"d{name}\n{text}"
        )
