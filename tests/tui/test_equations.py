"""Your equations: checked as they are typed, with the error under its line; then stepped like a lesson."""

from __future__ import annotations

import pytest

from tests.tui.driving import opened
from tui_nn.errors import UserError
from tui_nn.tui.screens.equations import FIRST_OPTIMIZER, FIRST_PAGE, FIRST_VALUES, check, read_optimizer, read_values


def test_the_first_page_is_whole():
    found = check(FIRST_PAGE, FIRST_VALUES, FIRST_OPTIMIZER)
    assert found.complaint == ""
    assert "∂L/∂w₁" in found.derived
    assert found.settings.optimizer == "sgd"


@pytest.mark.parametrize(
    ("equations", "line", "column", "complaint"),
    [
        ("L = (y - w*x", 0, None, "bracket"),
        ("a = w*x\nL = (y - a)**2 +", 1, 16, "value should follow"),
        ("a = w*x\nL = (y - aa)**2", 1, 9, "did you mean a"),
        ("L = tanhh(w*x) + y", 0, 4, "tanh"),
    ],
)
def test_an_error_has_its_place(equations, line, column, complaint):
    found = check(equations, "w = 1\nx = 2\ny = 3", "sgd")
    assert found.settings is None
    assert found.line == line
    assert complaint in found.complaint
    if column is not None:
        assert found.column == column


@pytest.mark.parametrize("equations", ["", "\n  \n", "# nothing"])
def test_an_empty_page_is_no_lessons_name(equations):
    found = check(equations, FIRST_VALUES, FIRST_OPTIMIZER)
    assert found.settings is None
    assert found.complaint.startswith("there is no equation yet")


def test_a_value_that_is_missing_is_named():
    found = check("L = (y - w*x)**2", "w = 1", "sgd")
    assert found.line is None
    assert "y, x: no value yet" in found.complaint or "x, y: no value yet" in found.complaint


@pytest.mark.parametrize("text", ["x = one", "x", "= 1", "1x = 2", "x = [1, 2"])
def test_values_that_cannot_be_read_say_the_line(text):
    with pytest.raises(UserError, match="values, line 2"):
        read_values("y = 1\n" + text)


def test_values_and_optimizers():
    assert read_values("x = .5 # half\n\nX = [[1, 2], [-3, 4e-1]]") == {"x": 0.5, "X": [[1, 2], [-3, 0.4]]}
    assert read_optimizer("adam lr=0.1, eps_place=inside") == ("adam", {"lr": 0.1, "eps_place": "inside"})
    assert read_optimizer("") == ("", {})
    with pytest.raises(UserError, match=r"lr=0\.1"):
        read_optimizer("adam lr")


async def test_the_error_stands_under_its_line_while_it_is_there():
    async with opened() as driver:
        await driver.to("EquationsScreen", "e")
        await driver.press("end", "asterisk")
        text = driver.text().splitlines()
        at = next(i for i, line in enumerate(text) if "b1)*" in line)
        assert text[at + 1][: text[at].rindex("*") + 2].rstrip().endswith("^")
        below = next(i for i, line in enumerate(text) if "L = 0.5" in line)
        assert below > at + 1, "the lines below move down"
        await driver.press("f5")
        assert type(driver.screen).__name__ == "EquationsScreen"
        await driver.press("backspace")
        assert driver.screen.checked.complaint == ""
        assert "^" not in driver.text()


async def test_equations_are_stepped_like_a_lesson():
    async with opened() as driver:
        await driver.to("EquationsScreen", "e")
        await driver.to("StepperScreen", "f5")
        await driver.press("i")
        assert driver.snapshot.position == (1, 10)
        assert driver.text().startswith(" a = tanh(w1 * x + b1); L = 0.5")
        await driver.to("EquationsScreen", "q")
        await driver.to("LessonsScreen", "escape")
