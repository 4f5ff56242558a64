"""Notation, rows, layers, the trail and the explanations: what the screen says, without a screen."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.lang.arithmetic import put_numbers
from tui_nn.lang.parse import parse_expression
from tui_nn.lang.primitives import PRIMITIVES
from tui_nn.lang.shape_rules import elementwise
from tui_nn.lang.unicode import unicode
from tui_nn.lessons.catalogue import all_lessons
from tui_nn.lessons.problem import Settings, find
from tui_nn.nn.optimizers import OPTIMIZERS
from tui_nn.session.explain import explain, parse_entry
from tui_nn.session.frame import Position
from tui_nn.tui import examples, why
from tui_nn.tui.asked import edit_of, place_of
from tui_nn.tui.drawing.words import formula, one_line, wrapped
from tui_nn.tui.layers import stages
from tui_nn.tui.notation import Notation, typeset
from tui_nn.tui.rows import key_name, parameter_of, rows
from tui_nn.tui.screens.help import page
from tui_nn.tui.snapshot import Focus
from tui_nn.tui.trail import Trail
from tui_nn.view.look import Look

S5 = find("S5").program()


def test_names_as_on_the_slide_and_as_typed():
    drawn, typed = Notation(S5), Notation(S5, ascii_only=True)
    assert (drawn.name("dw1"), typed.name("dw1")) == ("∂L/∂w₁", "dw1")
    network = Notation(find("B6").program())
    assert network.entry("dW1", (0, 2)) == "∂J/∂W₁[0, 2]"
    assert network.entry("step.W1", (0, 2)) == "step.W₁[0, 2]"


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ("-4 * 1", "−4 · 1"),
        ("2 * (-4)**2", "2 · (−4)²"),
        ("1.5e-07 - 2", "1.5e-07 − 2"),
        ("a**12", "a¹²"),
        ("nan - -inf", "NaN − −∞"),
        ("-log(0.5) * relu(-2) + leaky_relu(-1, 0.1)", "−ln(0.5) · ReLU(−2) + LeakyReLU(−1, 0.1)"),
        ("sqrt(2 * 3) / maximum(1, 2)", "√(2 · 3) / max(1, 2)"),
        ("exp(-sigmoid(log1p(3)))", "exp(−σ(ln(1 + 3)))"),
        ("abs(-2) + 3 * square(4) - square(-1.5)", "|−2| + 3 · 4² − (−1.5)²"),
        ("square(abs(1 - 2) + 1)**2 / sqrt(4)", "((|1 − 2| + 1)²)² / √4"),
        ("square(1.5e-07) + gelu(abs(-1))**3", "(1.5e-07)² + GELU(|−1|)³"),
        ("max(abs(-1), abs(2), …, 3) + dense(4)", "max(|−1|, |2|, …, 3) + dense(4)"),
    ],
)
def test_numbers_in_print(numbers, shown):
    assert typeset(numbers) == shown


@pytest.mark.parametrize(
    "name", [name for name, row in PRIMITIVES.items() if row.shape is elementwise and not row.operator]
)
def test_a_function_of_numbers_is_written_as_the_formula_writes_it(name):
    values = dict(zip("QZK"[: PRIMITIVES[name].arity], (2, 3, 4), strict=False))
    e = parse_expression(f"{name}({', '.join(values)})")
    numbers = put_numbers(e, {(argument, ()): value for argument, value in values.items()})
    assert typeset(numbers) == unicode(e).translate(str.maketrans("QZK", "234"))


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("lesson", [lesson.code for lesson in all_lessons()])
def test_every_lesson_has_rows_notation_and_explanations(lesson, ascii_only):
    program = find(lesson).program()
    notation = Notation(program, ascii_only)
    found = rows(program, notation)
    assert [row.number for row in found if row.number] == [line.number for line in program.lines]
    for row in found:
        if row.kind != "heading":
            program.shape(key_name(program, row.key, program.parameters[0] if program.parameters else ""))
    for line in program.lines:
        text = page(why.of_line(program, notation, line))
        assert notation.line(line) in text
        if ascii_only:
            assert notation.line(line).isascii()


@pytest.mark.parametrize("lesson", [lesson.code for lesson in all_lessons()])
def test_what_prompts_give_as_examples_can_be_typed_as_it_is(lesson):
    session = find(lesson).session()
    program = session.program
    for text in examples.expressions(program):
        assert session.expression(text) is not None
    for text in examples.conditions(program):
        session.break_when(text)
    assert place_of(examples.a_line(program), program, 1)[1]
    name, value = edit_of(f"{examples.an_entry(program)} = 0.5")
    session.set(*parse_entry(session, name), value)


def test_every_name_of_every_optimizer_is_explained():
    for name in OPTIMIZERS:
        program = find("S6", Settings({}, optimizer=name)).program()
        for line in program.lines:
            if line.phase == "update":
                for _, meaning in why.of_line(program, Notation(program), line)[1][1]:
                    assert meaning


def test_each_operation_is_explained_from_its_row():
    sections = dict(why.of_line(S5, Notation(S5), S5.lines[5]))
    assert dict(sections["Operations"])["**"].startswith(PRIMITIVES["power"].sentence)


@pytest.mark.parametrize(
    ("name", "parameter"), [("w1", "w1"), ("dw1", "w1"), ("step.w2", "w2"), ("f1", ""), ("df1", ""), ("x0", "")]
)
def test_the_parameter_of_a_name(name, parameter):
    assert parameter_of(S5, name) == parameter


def test_which_pages_are_networks():
    chains = {lesson.code: [s.name for s in stages(find(lesson.code).program())] for lesson in all_lessons()}
    assert chains["B2"] == ["x", "a1", "yhat"]
    assert chains["B6"] == ["X", "A1", "A2"]
    assert chains["N3"] == ["X", "l1", "l2"]
    assert chains["S5"] == chains["M3"] == []


def test_the_sides_of_a_weight():
    *_, rows_first = stages(find("N3").program())
    *_, columns_first = stages(find("B6").program())
    assert (rows_first.weight, rows_first.size, rows_first.examples_first, rows_first.inputs_first) == (
        "w2",
        1,
        True,
        True,
    )
    assert (columns_first.examples_first, columns_first.inputs_first) == (False, False)


def test_a_page_whose_products_fork_is_no_network():
    values = {"X": np.ones((2, 3)), "U": np.ones((3, 2)), "V": np.ones((3, 2))}
    fork = find("a = X @ U; b = X @ V; L = sum(a * b)", Settings(values, parameters=("U", "V")))
    assert stages(fork.program()) == ()


def test_a_trail_goes_down_and_back_up():
    start, deep = Focus("dw1"), Focus("df2", (), Position(1, 12))
    trail = Trail().open(deep, come_from=start)
    assert trail.foci == (start, deep)
    assert trail.back().focus == start
    assert trail.back().back().focus == start
    assert trail.at_index((2,), None).focus == Focus("df2", (2,), Position(1, 12))
    assert Trail((deep,)).kept().focus == Focus("df2")
    assert Trail().focus is None
    assert Trail().back() == Trail().kept() == Trail()


def test_formulas_break_at_sums_not_within_products():
    session = find("B6").session()
    session.next_iteration()
    card = explain(session, "dW1", (0, 0))
    text = Notation(session.program).formula(card)
    lines = ["".join(s.text for s in line) for line in formula(text, Look(), 36, Look().style("text"))]
    assert " ".join(lines) == text
    assert all(line.endswith("+") for line in lines[:-1])


def test_equations_of_several_lines_in_one():
    assert one_line("a = 2 * w\n\n  L = a**2\n") == "a = 2 * w; L = a**2"


def test_wrapping_keeps_within_the_width():
    for width in (1, 7, 20, 80):
        assert all(len(line) <= width for line in wrapped("a page of equations, " * 9 + "x" * 50, width))
