"""Files with mistakes: each told with file, line and remedy, on one screen, for someone who does not program."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.errors import UserError
from tui_nn.lessons.reader import read_lesson

GOOD = '''\
title = "A line"
equations = """
yhat = w * x + b
L = 0.5 * mean((yhat - y)**2)
"""
parameters = ["w", "b"]

[values]
x = [1, 2, 3]
y = [2, 4, 6]
w = 0.5
b = {init = "zeros", shape = []}

[optimizer]
name = "sgd"
lr = 0.1

[[figures]]
name = "dw"
printed = 0.33
verdict = "rounded"
note = "why"
'''


def error_of(text: str) -> str:
    with pytest.raises(UserError) as caught:
        read_lesson(text, "mine.toml")
    message = str(caught.value)
    assert len(message.splitlines()) <= 20
    assert max(map(len, message.splitlines())) <= 240
    return message


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_the_file_without_mistakes() -> None:
    lesson = read_lesson(GOOD, "mine.toml")
    assert lesson.loss == "L"
    assert lesson.equations_line == 3
    assert lesson.values["x"] == (1.0, 2.0, 3.0)


MISTAKES = [
    # equations: the line of the file, and a caret
    ("w * x + b\n", "w * x + \n", "mine.toml, line 3", "the line stops where a value should follow"),
    ("w * x + b\n", "2w * x + b\n", "mine.toml, line 3", "a product needs its sign: 2 * x, not 2x"),
    ("mean((yhat", "maen((yhat", "mine.toml, line 4", "there is no function `maen`; did you mean mean"),
    ("((yhat - y)", "((yhta - y)", "mine.toml, line 4", "`yhta` has no value; did you mean yhat"),
    ("w * x + b\n", "w * x + c0\n", "mine.toml, line 3", "`c0` has no value; add a line `c0 = ...` under [values]"),
    ("y = [2, 4, 6]", "y = [2, 4]", "mine.toml, line 4", "yhat is a vector of 3, y is a vector of 2"),
    (
        "0.5 * mean((yhat - y)**2)",
        "(yhat - y)**2",
        "mine.toml",
        "the loss `L` is not a single number; sum(L) or mean(L)",
    ),
    ("yhat = w * x + b\nL =", "L = yhat\nyhat =", "mine.toml, line 3", "`yhat` is set further down; move"),
    ("yhat = w * x", "yhat = w * yhat", "mine.toml, line 3", "`yhat` stands on both sides; give the new value"),
    ("mean((yhat", "mean(sum * (yhat", "mine.toml, line 4", "`sum` is a function and wants its argument: sum("),
    ("L = 0.5", "step = 0.5", "mine.toml, line 4", "`step` is a function of the language; choose another name"),
    # keys
    ("parameters =", "paramters =", "mine.toml, line 6", "no key `paramters`; did you mean parameters"),
    ('parameters = ["w", "b"]\n', "", "mine.toml", "what is to be learned: add parameters ="),
    ('["w", "b"]', '["w", "B"]', "mine.toml, line 6", "no equation uses `B`; did you mean b"),
    ('["w", "b"]', '["w", "w"]', "mine.toml, line 6", "`w` stands there twice"),
    ('["w", "b"]', '["w", "yhat"]', "mine.toml, line 6", "`yhat` is computed by an equation"),
    ('["w", "b"]', '"w, b"', "mine.toml, line 6", 'a list of names in quotes: ["W1", "b1"]'),
    ('["w", "b"]\n', '["w", "b"]\nloss = "l"\n', "mine.toml, line 7", "no equation computes `l`; did you mean L"),
    ('["w", "b"]\n', '["w", "b"]\nseed = -1\n', "mine.toml, line 7", "a whole number from 0"),
    ('title = "A line"', "title = 5", "mine.toml, line 1", "a text in quotes"),
    # values
    ("w = 0.5", 'w = "0.5"', "mine.toml, line 11, [values] w", '"0.5" is a text; a value is a number'),
    ("w = 0.5", "w = [[1, 2], [3]]", "mine.toml, line 11, [values] w", "the rows are not equally long"),
    ("w = 0.5", "w = [1, true]", "mine.toml, line 11, [values] w", "a number is wanted here"),
    ("w = 0.5", "w = []", "mine.toml, line 11, [values] w", "the list is empty"),
    ("w = 0.5", "w = 1e999", "mine.toml, line 11, [values] w", "the number is too large"),
    ("w = 0.5", "w = 0.5\nstep = 1", "mine.toml, line 12", "`step` is a function of the language"),
    ("w = 0.5", 'w = 0.5\n"a b" = 1', "mine.toml, line 12", "names have letters, digits and _"),
    ("w = 0.5", 'w = 0.5\nloss = "L"', "mine.toml, line 12", "`loss =` belongs to the top of the file, above [values]"),
    ('init = "zeros"', 'init = "zeroes"', "mine.toml, line 12, [values] b", "did you mean zeros"),
    ('init = "zeros"', 'init = "normal", std = 1', "mine.toml, line 12", 'init = "normal" takes no `std`'),
    ("shape = []", "shape = 3", "mine.toml, line 12", "needs its shape: shape = [3, 4]"),
    # optimiser
    ('name = "sgd"\n', "", "mine.toml, line 14, [optimizer] name", 'is wanted here, in quotes: name = "sgd"'),
    ('name = "sgd"', "name = 5", "mine.toml, line 15, [optimizer] name", 'is wanted here, in quotes: name = "sgd"'),
    ("lr = 0.1", "lr = [1]", "mine.toml, line 16, [optimizer] lr", "a number is wanted here"),
    # figures
    ('name = "dw"', 'nmae = "dw"', "mine.toml, line 19, figure 1, nmae", "did you mean name"),
    ('name = "dw"\n', "", "mine.toml, line 18, figure 1", "`name` is missing"),
    ('name = "dw"', 'name = "dw +"', "mine.toml, line 19, figure 1, name", "`dw +`"),
    ('name = "dw"', 'name = ["dw", "db"]', "mine.toml, line 18, figure 1", "laid out alike: name is 2, printed is one"),
    (
        'name = "dw"',
        'name = "g"\nparameter = "W"',
        "line 20, figure 1, parameter",
        "`W` is no parameter; did you mean w",
    ),
    ('name = "dw"', 'name = "m / 2"\nparameter = "w"', "line 19, figure 1, name", "goes the name of an update line"),
    ('name = "dw"', 'name = "dw"\noptimizer = "adam"', "line 20, figure 1", "the file sets up no optimiser `adam`"),
    ('name = "dw"', 'name = "dw"\niteration = 0', "mine.toml, line 20, figure 1, iteration", "a whole number from 1"),
    ('"rounded"', '"round"', "mine.toml, line 21, figure 1, verdict", "did you mean rounded"),
    ('verdict = "rounded"\n', "", "mine.toml, line 18, figure 1", "a printed figure needs its verdict"),
    ("printed = 0.33\n", "", "mine.toml, line 18, figure 1", "nothing to hold it against"),
    ("printed = 0.33\n", "right = 0.33\n", "mine.toml, line 18, figure 1", "`printed` is missing"),
    ('"rounded"\nnote = "why"', '"erratum"', "mine.toml, line 18, figure 1", "an erratum needs a `note`"),
    (
        "printed = 0.33",
        "printed = 0.33\nbetween = [2, 1]",
        "line 21, figure 1, between",
        "the smaller number comes first",
    ),
    ("printed = 0.33", 'printed = 0.33\nindex = "0,0"', "line 21, figure 1, index", "a list of whole numbers from 0"),
    ("[[figures]]", "[figures]", "mine.toml, line 18", "double brackets: [[figures]]"),
    ("[[figures]]", "[[errata]]", "mine.toml, line 19, erratum 1, name", "no key `name`"),
    # TOML itself
    (
        'title = "A line"',
        'title = "A line',
        "mine.toml, line 1",
        "a text in single or double quotes ends on its own line",
    ),
    ("w = 0.5", "w = 0,5", "mine.toml, line 11", "numbers are written 0.5 (a point)"),
    ("w = 0.5", "w = .5", "mine.toml, line 11", "not .5"),
    ("w = 0.5", "w 0.5", "mine.toml, line 11", "a line is `key = value`"),
    ("w = 0.5", "w = 0.5\nw = 1", "mine.toml, line 12", "the key stands there twice"),
    ("y = [2, 4, 6]", "y = [2, 4, 6", "mine.toml, line 11", "list"),
    ('name = "sgd"', 'name = "C:\\dir"', "mine.toml, line 15", "between single quotes"),
]


@pytest.mark.parametrize(("old", "new", "place", "remedy"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_remedy(old: str, new: str, place: str, remedy: str) -> None:
    message = error_of(changed(old, new))
    assert place in message
    assert remedy in message


def test_an_error_in_an_equation_points_at_the_place() -> None:
    message = error_of(changed("w * x + b\n", "w * x + bb\n"))
    head, line, caret = message.splitlines()
    assert head.startswith("mine.toml, line 3: `bb` has no value; did you mean b")
    assert line[caret.index("^") :].startswith("bb")


def test_an_equation_on_the_line_of_its_key_is_found_there() -> None:
    text = 'title = "x"\nequations = "L = (w - q)**2"\nparameters = ["w"]\n[values]\nw = 1\n'
    assert error_of(text).startswith("mine.toml, line 2: `q` has no value")


@pytest.mark.parametrize("text", ["", "title = 'x'", "equations = 5", "equations = ''", 'equations = "# nothing"'])
def test_a_file_without_equations_says_how_to_write_them(text: str) -> None:
    assert "equation" in error_of(text)


def test_hostile_files_are_user_errors() -> None:
    error_of("x = " + "[" * 100_000)
    error_of("#" * 2_000_000)
    error_of("x = " + "9" * 10_000)
    error_of('equations = "L = ' + "(" * 5_000 + '"')
    error_of("[values]\nx = 1979-05-27")
    error_of(changed("w = 0.5", "w = " + "[" * 200 + "1" + "]" * 200))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 12), st.text(alphabet='abwxyL=[]{}"#.,\n015*+-()', max_size=4))
def test_any_edit_is_read_or_refused(start: int, length: int, insert: str) -> None:
    with contextlib.suppress(UserError):
        assert read_lesson(GOOD[:start] + insert + GOOD[start + length :], "mine.toml").page


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(UserError):
        read_lesson(text, "mine.toml")
