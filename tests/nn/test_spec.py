"""The one notation for a row and its settings."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.errors import UserError
from tui_nn.nn.spec import complement, pick, split


@dataclass(frozen=True)
class Row:
    settings: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)


TABLE = {"plain": Row(), "full": Row({"a": 1.0, "b": 2.0}, {"how": {"one": "1", "two": "2"}})}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("full", ("full", {})),
        (" full ( ) ", ("full", {})),
        ("full(3)", ("full", {0: "3"})),
        ("full(3, b = 4e-1)", ("full", {0: "3", "b": "4e-1"})),
        ("dense(10, leaky_relu(0.2), penalty=l2(0.1, form=sum))",
         ("dense", {0: "10", 1: "leaky_relu(0.2)", "penalty": "l2(0.1, form=sum)"})),
    ],
)  # fmt: skip
def test_a_text_is_taken_apart(text, wanted):
    assert split(text, "thing") == wanted


def test_a_row_gets_its_settings_and_choices():
    assert pick(TABLE, "full(3, how=two)", "thing")[2:] == ({"a": 3.0, "b": 2.0}, {"how": "two"})
    assert pick(TABLE, "plain", "thing", {"more": {"x": "", "y": ""}})[2:] == ({}, {"more": "x"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ful", "there is no thing `ful`; did you mean full.*there are plain, full"),
        ("full(1, 2, 3)", "takes a, b"),
        ("plain(1)", "takes no settings"),
        ("full(c=1)", "has no `c`.*it has a, b, how"),
        ("full(a=x)", "a takes a number, not `x`"),
        ("full(inf)", "takes a number"),
        ("full(how=three)", "how is one of one, two, not `three`"),
        ("full(a=1, 2)", "unnamed ones first"),
        ("full(1,,2)", "cannot be read"),
        ("full(1", "cannot be read"),
        ("2full", "cannot be read"),
    ],
)
def test_a_slip_is_told(text, said):
    with pytest.raises(UserError, match=said):
        pick(TABLE, text, "thing")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        name, _ = split(text, "thing")
    except UserError:
        return
    assert name.isidentifier()


@given(st.decimals(0, 1, places=6))
def test_a_complement_is_exact_as_written(share):
    assert complement(float(share)) == float(1 - share)
