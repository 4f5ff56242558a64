"""Every displayed number re-evaluates from its own displayed formula; what it came from can be explained in turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine import oracle
from tests.engine.lessons import LESSONS, lesson_problem
from tests.engine.pages import RandomPage, pages
from tui_nn.engine.build import build
from tui_nn.errors import UserError
from tui_nn.lang.arithmetic import evaluate
from tui_nn.lang.page import Equation, Update
from tui_nn.lang.parse import parse_page
from tui_nn.lessons.problem import Settings, find
from tui_nn.nn.optimizers import OPTIMIZERS, optimizer
from tui_nn.nn.transforms import clip_by_norm
from tui_nn.session.explain import explain, parse_entry
from tui_nn.session.session import Session

SCALARS = {
    **{name: np.vectorize(f) for name, f in oracle.FUNCTIONS.items()},
    "max": lambda *a: np.max(a), "min": lambda *a: np.min(a), "any": lambda *a: any(a), "all": lambda *a: all(a),
    "inf": np.inf, "nan": np.nan,
}  # fmt: skip


class Before:
    """The number at each entry, as the session has it where it stands."""

    def __init__(self, session):
        self.session = session
        self.read = {}

    def __getitem__(self, entry):
        name, index = entry
        if name not in self.read:
            self.read[name] = self.session.value(name)
        return float(self.read[name][index])


def entries(session, line):
    """(name, index, value) of every number that the line computed last has given."""
    for parameter, value in session.line_values(line):
        name = line.name if parameter is None else parameter if line.name == "theta" else f"{line.name}.{parameter}"
        for index in np.ndindex(value.shape):
            yield name, index, value[index]


def assert_close(found, expected, tolerance, text):
    """As `np.testing.assert_allclose`, which takes longer than what it judges here."""
    near = math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance / 10)
    assert near or (math.isnan(found) and math.isnan(expected)), f"{text}: {found}, not {expected}"


def every_number_re_evaluates(session, iteration, tolerance=1e-12):
    """Checks all numbers of an iteration; returns how many."""
    count = 0
    for line in session.program.lines:
        session.goto(iteration, line.number - 1)
        before = Before(session)
        before.read = {n: session.value(n) for n in session.program.shapes if session.is_computed(n)}
        session.goto(iteration, line.number)
        cards = [(explain(session, name, index, digits=17), value) for name, index, value in entries(session, line)]
        session.goto(iteration, line.number - 1)
        for card, value in cards:
            assert card.value == value
            assert card.position == (iteration, line.number)
            assert_close(evaluate(card.projected, before), value, tolerance, card.formula)
            if "…" not in card.numbers:
                with np.errstate(all="ignore"):
                    shown = float(eval(card.numbers, {"__builtins__": {}, **SCALARS}))
                assert_close(shown, value, tolerance, card.numbers)
            for operand in card.operands:
                assert operand.value == before[operand.name, operand.index]
        count += len(cards)
    return count


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_number_of_a_lesson(lesson, name):
    session = lesson_problem(lesson, name).session()
    for iteration in (1, 3):
        assert every_number_re_evaluates(session, iteration) >= session.length


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_number_of_a_lesson_in_single_precision(lesson):
    """To single precision: the formula is evaluated in double."""
    session = lesson_problem(lesson, "adam", "float32").session()
    every_number_re_evaluates(session, 2, tolerance=1e-4)


@settings(max_examples=30)
@given(pages(), st.sampled_from(list(OPTIMIZERS)))
def test_every_number_of_a_random_page(page, name):
    session = Session(page.program(optimizer(name)), page.values)
    every_number_re_evaluates(session, 2, tolerance=1e-10)


def session_of(text, parameters, update=None, **values):
    values = {n: np.asarray(v, float) for n, v in values.items()}
    return Session(RandomPage(text, values, tuple(parameters)).program(update), values)


def test_a_formula_with_its_numbers():
    session = session_of("z = w @ x + b\nJ = (z - 1)**2", ["w", "b"], optimizer("sgd"), w=[2, -1], x=[3, 5], b=0.5)
    session.goto(1, 1)
    card = explain(session, "z", ())
    assert card.equation == "z = w @ x + b"
    assert card.formula == "z = w[0] * x[0] + w[1] * x[1] + b"
    assert card.numbers == "2 * 3 + (-1) * 5 + 0.5"
    assert [(str(o), o.value, o.role, o.at) for o in card.operands] == [
        ("w[0]", 2, "parameter", None), ("x[0]", 3, "given", None), ("w[1]", -1, "parameter", None),
        ("x[1]", 5, "given", None), ("b", 0.5, "parameter", None),
    ]  # fmt: skip
    assert card.value == 1.5


def test_operands_are_explained_in_turn_down_to_what_is_given():
    session = find("S6", Settings({}, optimizer="adam")).session()
    session.goto(3, session.length)
    here = session.position
    seen, todo, given = set(), [("m_hat.w1", (), None)], set()
    while todo:
        name, index, at = todo.pop()
        card = explain(session, name, index, at)
        assert session.position == here
        seen.add((name, card.position))
        for operand in card.operands:
            if operand.at is None:
                given.add(operand.name)
                assert operand.role in ("given", "parameter", "state", "hyper")
            elif (operand.name, operand.at) not in seen:
                assert operand.at < card.position
                assert explain(session, operand.name, operand.index, operand.at).value == operand.value
                todo.append((operand.name, operand.index, operand.at))
    assert given == {"m.w1", "v.w0", "v.w2", "v.w3", "m.w0", "m.w2", "m.w3", "v.w1", "w0", "w1", "w2", "w3", "x0", "x1",
                     "y", "t", "beta1", "beta2", "eps", "lr"}  # fmt: skip
    assert len(seen) > 50


def test_a_long_sum_lists_its_first_operands_and_counts_the_others():
    x = np.arange(100.0)
    session = session_of("z = w @ x\nJ = z**2", ["w"], w=np.ones(100), x=x)
    session.goto(1, 1)
    card = explain(session, "z", ())
    assert "…" in card.formula
    assert len(card.operands) + card.hidden == 200
    assert evaluate(card.projected, Before(session)) == x.sum()


def test_a_parameter_before_and_after_its_update():
    session = session_of("J = (w - 3)**2", ["w"], optimizer("sgd", {"lr": 0.25}), w=1.0)
    session.goto(1, 2)
    assert explain(session, "w", ()).note == "where the parameter starts"
    session.goto(2, 1)
    card = explain(session, "w", ())
    assert (card.position, card.formula, card.numbers) == ((1, 4), "w = w - step.w", "1 - (-1)")
    assert explain(session, "theta.w", ()).numbers == "1 - (-1)"


def test_what_is_made_of_all_parameters_says_so():
    update = clip_by_norm(optimizer("sgd", {"lr": 0.1}), 1.0)
    session = session_of("J = sum(a**2) + b**2", ["a", "b"], update, a=[3.0, 4.0], b=1.0)
    session.goto(1, session.length)
    assert explain(session, "g_scale", ()).note == "made of all parameters together"
    assert explain(session, "g_clipped.a", (1,)).formula == "g_clipped.a[1] = da[1] * g_scale"
    shared = parse_page("step = lr * g / norm(g)\ntheta = theta - step")
    lines = tuple(Equation(e.name, e.expression, "update") for e in shared)
    session = session_of("J = sum(a**2) + b**2", ["a", "b"], Update("", lines, {"lr": 0.1}), a=[3.0, 4.0], b=1.0)
    session.goto(1, session.length)
    assert explain(session, "step.a", (0,)).note == "made of all parameters together"


def test_one_number_for_all_parameters():
    lines = tuple(
        Equation(e.name, e.expression, "update") for e in parse_page("rate = lr / t\ntheta = theta - rate * g")
    )
    session = session_of("J = w**2", ["w"], Update("", lines, {"lr": 0.5}), w=2.0)
    session.goto(3, session.length)
    card = explain(session, "rate", ())
    assert (card.formula, card.numbers, card.value) == ("rate = lr / t", "0.5 / 3", 0.5 / 3)
    assert explain(session, "w", ()).numbers.endswith("0.166667 * 0")


def test_buffers():
    text, shapes = "mu = mean(x) * w\nJ = (mu - 1)**2", {"x": (2,), "w": (), "kept": ()}
    line = [Equation(e.name, e.expression, "update") for e in parse_page("kept = 0.9 * kept + 0.1 * mu")]
    program = build(parse_page(text), shapes, ["w"], update=optimizer("sgd"), buffers=line)
    session = Session(program, {"x": np.array([1.0, 3.0]), "w": 1.0, "kept": 5.0})
    assert session.value("kept") == 5
    session.goto(1, session.length)
    assert explain(session, "kept", ()).numbers == "0.9 * 5 + 0.1 * 2"
    session.goto(2, 1)
    assert session.value("kept") == pytest.approx(4.7)
    assert explain(session, "kept", ()).position == (1, session.length)


def test_names_that_page_and_optimiser_share():
    """`eps` on the page and `eps` in Adam's page are two numbers."""
    update = optimizer("rmsprop", {"eps": 0.25, "lr": 0.5, "rho": 0.0})
    session = session_of("L = eps * (w - 1)**2", ["w"], update, w=3.0, eps=4.0)
    every_number_re_evaluates(session, 2)
    session.goto(1, session.length)
    card = explain(session, "step.w", ())
    assert card.numbers == "0.5 * 16 / (sqrt(256) + 0.25)"
    assert [o.name for o in card.operands] == ["lr", "dw", "r.w", "update.eps"]
    session.set("update.eps", (), 0.0)
    assert session.value("step.w") == 0.5
    assert session.value("eps") == 4
    session.set("eps", (), 1.0)
    assert session.value("dw") == 4


@pytest.mark.parametrize(("text", "message"), [
    ("z[0]", "z is a single number; write z, without an index"),
    ("w", r"w is a vector of 2; write w\[0…1]"),
    ("w[2]", r"w is a vector of 2; write w\[0…1]"),
    ("w[0, 0]", "is a vector of 2"),
    ("w + 1", "is not an entry"),
    ("q", "no value named `q`"),
])  # fmt: skip
def test_what_is_no_entry(text, message):
    session = session_of("z = w @ x\nJ = z**2", ["w"], w=[1, 2], x=[1, 2])
    with pytest.raises(UserError, match=message):
        parse_entry(session, text)
    assert parse_entry(session, "w[-1]") == ("w", (1,))


def test_what_is_not_computed_yet_has_no_reason_yet():
    session = session_of("z = w * x\nJ = z**2", ["w"], w=1, x=2)
    with pytest.raises(
        UserError, match=r"`J` is not computed yet: iteration 1 stands at line 0, and `J = z\*\*2` is line 2"
    ):
        explain(session, "J", ())
    assert session.position == (1, 0)
