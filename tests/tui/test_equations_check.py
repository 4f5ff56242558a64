"""The three texts of "Your equations": what they come to, or what is wrong in each, at its place. No app."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_nn.lessons.typed_values import Unread
from tui_nn.tui.drawing.derived import derived
from tui_nn.tui.drawing.marks import mark_lines
from tui_nn.tui.equations_check import check, read_optimizer
from tui_nn.tui.screens.equations import FIRST_OPTIMIZER, FIRST_PAGE, FIRST_VALUES
from tui_nn.view.look import Look

GIVEN = "w = 1\nx = 2\ny = 3"
LOSS = "L = (y - w*x)**2"


def said(equations, values=GIVEN, optimizer="sgd"):
    """(field, line, column, words) of all that is wrong."""
    found = check(equations, values, optimizer)
    assert (found.settings is None) == (found.program is None) == bool(found.wrong)
    return [(mark.field, mark.line, mark.column, mark.text) for mark in found.wrong]


def test_the_first_page_is_whole():
    found = check(FIRST_PAGE, FIRST_VALUES, FIRST_OPTIMIZER)
    assert found.marks == ()
    assert found.settings.optimizer == "sgd"
    listing = "\n".join(derived(found.program, found.remark, Look(), 36))
    assert "backward\n   3 δ₁ = w₂ · a − y\n   4 ∂L/∂w₂ = δ₁ · a\n" in listing


@pytest.mark.parametrize(
    ("equations", "line", "column", "words"),
    [
        ("L = (y - w*x", 0, 4, "bracket"),
        ("a = w*x\nL = (y - a)**2 +", 1, 16, "value should follow"),
        ("\n\n  a = w*x # one; two\n  L = (y - aa)**2", 3, 11, "`aa` has no value; did you mean a?"),
        ("a = w*x;\nL = (y - wx)**2", 1, 9, "a product is written w * x"),
        ("L = tanhh(w*x) + y", 0, 4, "tanh"),
        ("L = w*tanh + x + y", 0, 6, "wants its argument"),
        ("a = w*b\nb = x*y", 0, 6, "further down"),
        ("L = (y @ w - x)**2", 0, 7, "single number"),
        ("", 0, None, "there is no equation yet"),
        ("# nothing", 0, None, "there is no equation yet"),
    ],
)
def test_an_error_in_an_equation_has_its_place(equations, line, column, words):
    [(field, *place, text)] = said(equations)
    assert (field, *place) == ("equations", line, column)
    assert words in text
    assert "--at" not in text


def test_what_an_equation_says_of_a_shape_stands_under_the_equation_and_does_not_repeat_it():
    [mark] = said("Z = X @ w\nL = mean(Z**2)", "X = [[1, 2],\n     [3, 4]]\nw = [1, 2, 3]")
    assert mark[:3] == ("equations", 0, 6)
    assert mark[3].startswith("X is 2x2, w is a vector of 3")


@pytest.mark.parametrize(
    ("values", "line", "column", "words"),
    [
        ("w = 1\nx = one\ny = 3", 1, 4, "a name cannot stand for one"),
        ("w = [[1, 2],\n     [3]]\nx = 2\ny = 3", 1, 5, "equally long"),
        ("w = 1\nx = 2\ny = 3\nL = 4", 3, 0, "line 1 of the equations computes `L`"),
        ("w = 1\n\n", 0, None, "y, x have no value yet: add y = 1"),
        ("", 0, None, "y, w, x have no value yet"),
    ],
)
def test_an_error_in_a_value_has_its_place(values, line, column, words):
    [(field, *place, text)] = said(LOSS, values)
    assert (field, *place) == ("values", line, column)
    assert words in text


def test_what_a_loss_says_of_its_targets_stands_under_them():
    [mark] = said("L = softmax_cross_entropy(w, y)", "w = [1, 2]\ny = [1,\n 1]")
    assert mark[:3] == ("values", 1, 0)
    assert mark[3].startswith("`y` adds up to 2")


def test_one_more_parameter_is_no_slip_of_another():
    [mark] = said("L = (y - w*x - b1 - b2)**2", GIVEN + "\nb1 = 0")
    assert mark[0] == "values"
    assert mark[3].startswith("b2 has no value yet")


def test_many_names_are_counted():
    page = "L = " + " + ".join(f"w{i}" for i in range(9))
    assert "w0, w1, w2, w3 and 5 more have no value yet" in said(page, "")[0][3]


def test_a_value_that_nothing_uses_is_worth_a_word_but_stops_nothing():
    found = check(LOSS, GIVEN + "\nq = 1", "sgd")
    assert found.program is not None
    assert [(mark.text, mark.wrong) for mark in found.marks] == [("no equation uses q", False)]


@pytest.mark.parametrize(
    ("optimizer", "column", "words"),
    [
        ("adm lr=0.1", 0, "did you mean adam"),
        ("lr=0.1", 0, "name comes first"),
        ("adam lr", 5, "lr=0.1"),
        ("adam beta1=0.8  lrr=1", 16, "adam has no `lrr`; did you mean lr?"),
        ("adam lr=x", 5, "takes a number"),
        ("adam lr=1, lr=2", 11, "twice"),
    ],
)
def test_an_error_in_the_optimiser_has_its_place(optimizer, column, words):
    [mark] = said(LOSS, optimizer=optimizer)
    assert mark[:3] == ("optimizer", 0, column)
    assert words in mark[3]


def test_an_optimiser_with_nothing_to_learn():
    assert [mark[0] for mark in said("L = 3 * 2")] == ["optimizer"]
    assert said("L = 3 * 2", optimizer="") == []


def test_what_is_wrong_in_one_field_hides_nothing_of_the_others():
    assert [mark[0] for mark in said("L = (y - w @ x)**2", optimizer="adm")] == ["optimizer", "equations"]
    assert [mark[0] for mark in said("L = (y - w", "w = one", "adm")] == ["equations", "values", "optimizer"]


def test_optimizers():
    assert read_optimizer("adam lr = 0.1, eps_place=inside") == ("adam", {"lr": 0.1, "eps_place": "inside"})
    assert read_optimizer("adam(lr=0.1)") == ("adam", {"lr": 0.1})
    assert read_optimizer(" ") == ("", {})
    with pytest.raises(Unread):
        read_optimizer("adam lr")


def test_where_no_optimiser_is_named_one_is_assumed_and_said():
    found = check(LOSS, GIVEN, "")
    assert "gradient descent (sgd)" in found.remark
    assert derived(found.program, found.remark, Look(), 80)[0] == found.remark


# -- marks


def test_words_stand_beside_the_sign_or_below_it():
    assert mark_lines("no", 3, 20) == ["   ^ no"]
    assert mark_lines("a longer reason", 10, 16) == ["          ^", "  a longer", "  reason"]
    assert mark_lines("a longer reason", 0, 12) == ["^ a longer", "  reason"]


def test_what_is_out_of_sight_is_pointed_to():
    assert mark_lines("no", 3, 20, scrolled=5) == ["< no"]
    assert mark_lines("a reason", 30, 20, scrolled=5) == [" " * 19 + ">", "  a reason"]


@given(st.text("ab 界", min_size=1), st.integers(0, 50), st.integers(20, 60), st.integers(0, 60))
def test_marks_fit_and_scrolling_changes_no_row(text, column, width, scrolled):
    lines = mark_lines(text, column, width, scrolled)
    assert len(lines) == len(mark_lines(text, column, width))
    assert max(map(cell_len, lines)) <= width
