"""What is taken for a condition: what the table of primitives says holds or does not, and nothing else."""

from __future__ import annotations

import re

import pytest

from tui_nn.errors import UserError
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lessons.problem import Settings, find
from tui_nn.session.expressions import condition


@pytest.mark.parametrize(
    "text", ["L", "w1", "-L", "L + 1", "norm(w1)", "dw1", "step.w1", "where(L > 1, L, 0)", "2 * (L > 1)"]
)
def test_a_number_is_no_condition(text):
    with pytest.raises(UserError) as raised:
        condition(find("S5").program(), text)
    assert f"the condition `{text}` is a single number" in str(raised.value)
    remedies = str(raised.value).partition("one yes or no: ")[2].split(", or ")
    assert remedies == [f"{text} < 0.1", f"any(isnan({text}))"]
    for remedy in remedies:
        condition(find("S5").program(), remedy)


@pytest.mark.parametrize("text", ["l1", "w1 * 2", "theta.w2"])
def test_neither_are_several_numbers(text):
    program = find("network-from-scratch").program()
    with pytest.raises(UserError, match="it must be one yes or no: max") as raised:
        condition(program, text)
    for remedy in str(raised.value).partition("one yes or no: ")[2].split(", or "):
        condition(program, remedy)


@pytest.mark.parametrize(
    "text",
    ["L < 0.1", "not L < 0.1", "L < 0.1 and w1 > 0 or w2 == 1", "any(isnan(L))", "isfinite(L)", "all(w1)", "0 < L < 1"],
)
def test_what_holds_or_does_not_is_one(text):
    condition(find("S5").program(), text)


def test_a_line_that_says_whether_something_holds_is_one_by_its_name():
    at = Settings({"w": 1.0, "x": [1.0, 2.0], "y": 3.0})
    program = find("f = w * x\nlarge = f > 1.5\nany_large = any(large)\nL = sum((y - f)**2)", at).program()
    condition(program, "any_large")
    condition(program, "large[1]")
    with pytest.raises(UserError, match=r"any\(large\) or all\(large\)"):
        condition(program, "large")


def test_training_refuses_it_too(cli):
    done = cli("train", "iris", "--break-when", "W1", "--epochs", "1", "--quiet")
    assert done.code == 2
    assert "it must be one yes or no: max(W1) < 0.1" in done.err


def test_the_table_calls_those_truths_that_it_describes_as_such():
    said = {name for name, row in PRIMITIVES.items() if re.match("1 where|0 where", row.sentence)}
    assert said == {name for name, row in PRIMITIVES.items() if row.truth}
