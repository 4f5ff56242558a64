"""What a float32 program cannot hold is refused by name; nothing is made infinite behind one's back, or warned of."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tui_nn.engine.build import build
from tui_nn.engine.feed import Feed
from tui_nn.engine.machine import Machine
from tui_nn.errors import UserError
from tui_nn.lang.parse import parse_expression, parse_page
from tui_nn.nn.optimizers import optimizer

LARGE = 1e39  # beyond float32, within float64


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def machine(text="J = (w * x)**2", dtype="float32", values=None, **settings):
    update = optimizer(settings.pop("optimizer", "adagrad"), settings)
    given = {"w": 1.0, "x": 1.0, **(values or {})}
    program = build(parse_page(text), {n: np.shape(v) for n, v in given.items()}, ["w"], update=update, dtype=dtype)
    return Machine(program, given)


REFUSED = {
    "in an equation": (lambda dtype: machine("J = w * x * 1e39", dtype), r"`J = w \* x \* 1e39`: 1e\+39"),
    "a value": (lambda dtype: machine(dtype=dtype, values={"x": LARGE}), r"`x`: 1e\+39"),
    "an entry": (lambda dtype: machine("J = w * sum(x)", dtype, {"x": [1, -LARGE]}), r"`x`: -1e\+39"),
    "the rate": (lambda dtype: machine(dtype=dtype, lr=LARGE), r"`lr` of adagrad: 1e\+39"),
    "a state": (lambda dtype: machine(dtype=dtype, initial=LARGE), r"`r` of adagrad: 1e\+39"),
    "a later rate": (lambda dtype: machine(dtype=dtype).write("lr", LARGE), r"`lr`: 1e\+39"),
    "a later entry": (lambda dtype: machine(dtype=dtype).write_entry("w", (), LARGE), r"`w`: 1e\+39"),
    "rows": (
        lambda dtype: Feed(lambda size: machine("J = w * sum(x)", dtype, {"x": [[1, 2]]}), {"x": [[LARGE], [1]]}, 2),
        r"`x`: 1e\+39",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_number_beyond_float32_is_refused_with_its_place(case):
    make, said = REFUSED[case]
    with pytest.raises(UserError, match=said + " is beyond float32, whose largest number is 3.4e"):
        make("float32")
    make("float64")


def test_an_infinity_that_was_given_is_one():
    m = machine(values={"x": np.inf})
    m.run(1)
    assert m.number("J") == np.inf


def test_what_is_computed_may_become_infinite():
    m = machine("J = (w * x)**2", values={"x": 3e38}, optimizer="sgd", lr=3e38)
    m.run(2)
    assert not m.is_finite()
    assert m.probe(parse_expression("J > 1e39")).value() == 0  # an expression to look at may name any number


def test_single_numbers_that_grow_beyond_it_are_infinite():
    m = machine(optimizer="adam")
    m.write("beta1", 3.0)  # 1 - beta1**t leaves float32 after 81 iterations
    m.run(100)
    assert m.iteration == 100
