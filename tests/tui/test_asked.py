"""Questions take names as the screen writes them, and as they are typed."""

from __future__ import annotations

import pytest

from tui_nn.errors import UserError
from tui_nn.lessons.catalogue import all_lessons
from tui_nn.lessons.problem import Settings, find
from tui_nn.nn.optimizers import OPTIMIZERS
from tui_nn.session.expressions import checked
from tui_nn.tui.asked import place_of
from tui_nn.tui.notation import Notation


@pytest.mark.parametrize("lesson", [lesson.code for lesson in all_lessons()])
def test_each_line_is_found_by_the_name_that_the_screen_gives_it(lesson):
    program = find(lesson).program()
    notation = Notation(program)
    for line in program.lines:
        for name in (line.name, notation.name(line.name)):
            assert place_of(name, program, 3) == (3, line.number)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_so_is_each_line_of_an_update_and_each_value_of_it(optimizer):
    program = find("S6", Settings({}, optimizer=optimizer)).program()
    notation = Notation(program)
    for line in program.lines:
        assert place_of(notation.name(line.name), program, 1) == (1, line.number)
    for stem in program.update_names:
        assert checked(program, notation.name(f"{stem}.w1"))[0] == checked(program, f"{stem}.w1")[0]


def test_a_place_by_number_is_what_it_was():
    program = find("S5").program()
    assert place_of(" 12 : 7 ", program, 1) == (12, 7)
    assert place_of("12", program, 1) == (12, None)
    with pytest.raises(UserError, match=r"no name of a line \(dw1\)"):
        place_of("∂L/∂w₉", program, 1)


def test_a_condition_is_read_as_it_is_written():
    session = find("S5").session()
    assert session.run_until("abs(∂L/∂w₁) < 2", 50).kind == "condition"
    assert abs(session.value("dw1")) < 2
    assert session.evaluate("∂L/∂w₁ + w₁") == session.value("dw1") + session.value("w1")


def test_explain_takes_what_the_screen_shows(cli):
    shown, typed = cli("explain", "S5", "∂L/∂w₁"), cli("explain", "S5", "dw1")
    assert shown.code == 0
    assert shown.out == typed.out
