"""Values as they are typed: what can be said, and where what cannot be read is wrong."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.lessons.fields import MAX_DRAWN
from tui_nn.lessons.lesson import Init
from tui_nn.lessons.typed_values import Unread, line_and_column, value_of, values_of

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ROWS = st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(NUMBERS, min_size=n, max_size=n), min_size=1, max_size=4))


def tuples(value):
    return tuple(map(tuples, value)) if isinstance(value, list) else value


@given(st.one_of(NUMBERS, st.lists(NUMBERS, min_size=1), ROWS), st.sampled_from([None, 1]))
def test_what_json_writes_is_read(value, indent):
    assert value_of(json.dumps(value, indent=indent)) == tuples(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".5", 0.5),
        ("+5", 5),
        ("5.", 5),
        ("-1e-3", -0.001),
        ("Infinity", math.inf),
        ('"-Infinity"', -math.inf),
        ("[1, 2,]", (1, 2)),
        ("[[1, 2],\n # the second row\n [3, 4]]\n", ((1, 2), (3, 4))),
        ('{init = "ones",\n shape = [2]}', Init("ones", (2,), {})),
        ('{init = "normal", shape = [3, 2], scale = 0.1}', Init("normal", (3, 2), {"mean": 0, "scale": 0.1})),
    ],
)
def test_values(text, value):
    assert value_of(text) == value


def test_values_below_one_another():
    text = "x = .5 # half\n\nX = [[1, 2],\n     [-3, 4e-1]]; θ = 1,\nW =\n[1]\n"
    found = values_of(text)
    assert {name: given.value for name, given in found.items()} == {
        "x": 0.5,
        "X": ((1, 2), (-3, 0.4)),
        "θ": 1,
        "W": (1,),
    }
    assert [given.line for given in found.values()] == [0, 2, 3, 4]
    assert values_of("# nothing\n") == {}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("y = 1\nx", (1, 1), "an equals sign"),
        ("= 1", (0, 0), "a name"),
        ("1x = 2", (0, 0), "a name"),
        ("x =\ny = 1", (0, 3), "no value yet"),
        ("w₁ = 2", (0, 0), "plain ones"),
        ("x = one", (0, 4), "a name cannot stand for one"),
        ("x = 0,5", (0, 5), "(0.5)"),
        ("x = 3x + 1", (0, 4), "`3x` is not a number"),
        ("x = [1.2.3]", (0, 5), "`1.2.3` is not a number"),
        ("x = 1/3", (0, 5), "without a calculation"),
        ("x = 3-1", (0, 5), "without a calculation"),
        ("x = −1", (0, 4), "hyphen"),
        ("x = 1e999", (0, 4), "too large"),
        ("x = 1 y = 2", (0, 6), "one value a line"),
        ("x = 1\ny = 2\nx = 3", (2, 0), "already, in line 1"),
        ("X = normal(3, 2)", (0, 4), '{init = "normal", shape'),
        ("X = ones(3)", (0, 4), '{init = "ones", shape'),
        ("X = [[1, 2],\n     [3, 4]\ny = 1", (0, 4), "never closed"),
        ("X = [1, 2\n", (0, 4), "never closed"),
        ("X = [[1, 2],\n     [3]]", (1, 5), "equally long"),
        ("X = [[1, 2],\n     3]", (1, 5), "not both"),
        ("X = [[1 2]]", (0, 8), "comma"),
        ("X = [1, 2; 3, 4]", (0, 9), "each row"),
        ("X = [[[1]]]", (0, 6), "3 axes"),
        ("X = []", (0, 4), "empty list"),
        ("X = [1]]", (0, 7), "without its opening"),
        ("X = {3}", (0, 5), "how to draw"),
        ('X = {init = "normall", shape = [2]}', (0, 4), "did you mean normal"),
        ("X = {init = ones", (0, 4), "never closed"),
        (f"X = {{init = ones, shape = [{MAX_DRAWN}, 2]}}", (0, 4), "2,000,000 entries"),
        ("x = \x1b[31m", (0, 4), "a value is"),
    ],
)
def test_what_cannot_be_read_has_its_place(text, place, reason):
    with pytest.raises(Unread) as caught:
        values_of(text)
    assert reason in caught.value.reason
    assert line_and_column(text, caught.value.at) == place


@given(st.text(alphabet="xX=[]{},;.1-\n #e\"'", max_size=30))
def test_no_text_does_more_than_to_be_unread(text):
    place = 0
    try:
        values_of(text)
    except Unread as unread:
        place = unread.at
    assert 0 <= place <= len(text)
