"""`tui-nn explain`: the numbers shown really give the number asked for, down to what was given; text and JSON."""

from __future__ import annotations

import json
import math

import pytest

from tui_nn.cli.diagnostics import ExitCode

FUNCTIONS = {
    "__builtins__": {},
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "relu": lambda x: max(x, 0.0),
    "maximum": max,
    "sign": lambda x: float((x > 0) - (x < 0)),
}
LESSON_ENTRIES = [
    ("M3", "J"), ("M3", "dW"), ("M3", "W"), ("B2", "z1[1,0]"), ("B2", "dW1[0,2]"), ("B6", "J"), ("B6", "dW1[3,1]"),
    ("B6", "W1[0,0]"), ("S1", "hinge[1,0]"), ("S1", "dW[0,1]"), ("S5", "dw1"), ("S5", "L"), ("N3", "C"),
    ("N3", "dw1[0,2]"), ("A1", "A2[0,1]"), ("A1", "Z[0,-1]"),
]  # fmt: skip


def explained(cli, *arguments):
    outcome = cli("explain", *arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def everything(card):
    yield card
    for operand in card.get("operands", []):
        yield from everything(operand)


@pytest.mark.parametrize(("lesson", "entry"), LESSON_ENTRIES)
def test_the_numbers_shown_give_the_result(cli, lesson, entry):
    found = explained(cli, lesson, entry, "--depth", "20", "--digits", "17")
    with_numbers = [card for card in everything(found) if card.get("numbers")]
    assert with_numbers
    for card in with_numbers:
        if "…" not in card["numbers"]:
            value = float(eval(card["numbers"], FUNCTIONS))
            assert value == pytest.approx(card["value"], rel=1e-12, abs=1e-15), card["entry"]
        assert card["formula"].startswith(f"{card['entry']} = ")


def test_it_goes_down_to_what_was_given(cli):
    found = explained(cli, "S5", "dw1", "--depth", "50")
    leaves = {c["entry"]: c["role"] for c in everything(found) if not c.get("formula")}
    assert {"x0", "x1", "y"} <= {entry for entry, role in leaves.items() if role == "given"}
    assert {entry for entry, role in leaves.items() if role == "parameter"} == {"w0", "w1", "w2", "w3"}
    assert set(leaves.values()) == {"given", "parameter"}


def test_depth_counts_the_steps_down(cli):
    assert [len(list(everything(explained(cli, "S5", "dw1", "--depth", d)))) for d in (1, 2, 3)] == [3, 5, 6]
    first = explained(cli, "S5", "dw1")
    assert [operand["entry"] for operand in first["operands"]] == ["df2", "x1"]
    assert "formula" not in first["operands"][0]


def test_the_record_in_json(cli):
    found = explained(cli, "S5", "dw1")
    assert found == {
        "target": "S5", "seed": 0, "dtype": "float64", "optimizer": {"name": "sgd", "lr": 0.1},
        "entry": "dw1", "name": "dw1", "index": [], "role": "gradient", "value": -4.0, "iteration": 1, "line": 13,
        "equation": "dw1 = df2 * x1", "mathematics": "∂L/∂w₁ = ∂L/∂f₂ · x₁", "formula": "dw1 = df2 * x1",
        "numbers": "-4 * 1", "note": None,
        "operands": [
            {"entry": "df2", "name": "df2", "index": [], "role": "gradient", "value": -4.0, "iteration": 1, "line": 12},
            {"entry": "x1", "name": "x1", "index": [], "role": "given", "value": 1.0, "iteration": None, "line": None},
        ],
        "hidden": 0,
    }  # fmt: skip


def test_the_text(cli):
    assert cli("explain", "S5", "dw1", "--depth", "2").out == (
        "dw1 = -4                                  iteration 1, line 13\n"
        "│ ∂L/∂w₁ = ∂L/∂f₂ · x₁\n"
        "│ dw1 = df2 * x1\n"
        "│     = -4 * 1\n"
        "│     = -4\n"
        "├ df2 = -4                                iteration 1, line 12\n"
        "│ │ ∂L/∂f₂ = ∂L/∂f₄ · w₃\n"
        "│ │ df2 = df4 * w3\n"
        "│ │     = -2 * 2\n"
        "│ │     = -4\n"
        "│ ├ df4 = -2                              iteration 1, line 8\n"
        "│ └ w3 = 2                                parameter\n"
        "└ x1 = 1                                  given\n"
    )


def test_a_long_sum_breaks_before_its_signs(cli):
    out = cli("explain", "N3", "dw1[0,2]").out
    body = [row for row in out.splitlines() if row.startswith("│ ")]
    assert max(map(len, body)) <= 80
    assert sum(row.startswith("│           + ") for row in body) == 6
    assert body[-1].startswith("│           = ")


@pytest.mark.parametrize(("lesson", "entry"), LESSON_ENTRIES)
def test_text_fits_eighty_columns(cli, lesson, entry):
    assert max(map(len, cli("explain", lesson, entry, "--depth", "3").out.splitlines())) <= 80


def test_what_stands_far_to_the_right_runs_over_the_edge(cli):
    """Each step down takes two columns: 45 of them are wider than the terminal."""
    out = cli("explain", "S5", "w1", "--iteration", "60", "--depth", "45").out
    assert max(len(row) - len(row.lstrip("│├└ ")) for row in out.splitlines()) > 80


def test_the_optimiser_is_explained_too(cli):
    found = explained(cli, "S6", "theta.w1", "--optimizer", "adam", "--depth", "3", "--digits", "17")
    cards = {card["entry"]: card for card in everything(found) if card.get("formula")}
    assert cards["v_hat.w1"]["formula"] == "v_hat.w1 = v.w1 / (1 - beta2**t)"
    assert cards["v_hat.w1"]["value"] == pytest.approx(16, rel=1e-12)
    assert cards["v_hat.w1"]["mathematics"] == "v̂ = v / (1 − β₂ᵗ)"
    assert {o["role"] for o in cards["v_hat.w1"]["operands"]} == {"state", "hyper"}
    assert cards["theta.w1"]["value"] == pytest.approx(-0.9, abs=1e-6)


def test_an_iteration_is_explained_at_its_end(cli):
    """w1 after two steps, each by hand; the operands are the numbers of the second one."""
    w, x, history = [1.0, -1.0, 1.0, 2.0], 1.0, []
    for _ in range(2):
        f = x * w[0] * w[2] + x * w[1] * w[3]
        gradient = [(f - 1) * w[2], (f - 1) * w[3], (f - 1) * w[0], (f - 1) * w[1]]
        w = [a - 0.1 * g for a, g in zip(w, gradient, strict=True)]
        history.append((w, gradient))
    found = explained(cli, "S5", "w1", "--iteration", "2")
    assert (found["iteration"], found["line"]) == (2, 17)
    assert found["value"] == pytest.approx(history[1][0][1], rel=1e-14)
    before, step = found["operands"]
    assert (before["entry"], before["iteration"]) == ("w1", 1)
    assert before["value"] == pytest.approx(history[0][0][1], rel=1e-14)
    assert step["value"] == pytest.approx(0.1 * history[1][1][1], rel=1e-14)


def test_text_of_one_s_own(cli):
    found = explained(cli, "L = (y - w*x)**2", "dw", "--at", "y=1", "--at", "w=2", "--at", "x=3")
    assert found["value"] == 30.0
    assert found["optimizer"] is None


def test_a_line_of_the_update_brings_an_optimiser_along(cli):
    given = ["--at", "y=1", "--at", "w=2", "--at", "x=3"]
    outcome = cli("explain", "L = (y - w*x)**2", "theta.w", *given, "--format", "json")
    assert json.loads(outcome.out)["value"] == 2 - 0.01 * 30
    assert outcome.err.startswith("note: no optimizer was named")


def test_what_is_given_needs_no_reason(cli):
    assert cli("explain", "S5", "x1").out == "x1 = 1                                    given\n"
    assert cli("explain", "S5", "lr").out == "lr = 0.1                                  hyper-parameter\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["S5"], "Missing argument"),
        (["S5", "dw9"], "there is no value named `dw9`; did you mean"),
        (["S5", "dw1[0]"], "dw1 is a single number; write dw1, without an index"),
        (["N3", "w1"], "w1 is 3x4; write w1[0…2, 0…3], such as w1[0, 0]"),
        (["N3", "w1[3,0]"], "w1 is 3x4; write w1[0…2, 0…3]"),
        (["N3", "w1[0.5,1]"], "an index is a whole number from 0, as in dW1[0, 2]"),
        (["N3", "w1[0,2"], "a bracket is opened here and never closed"),
        (["S5", "dw1 + 1"], "is not an entry; write a name with its indices"),
        (["S5", ""], "an expression is missing"),
        (["S5", "\x1b[31m"], r"`\x1b[31m`"),
        (["S5", "v_hat.w1"], "there is no value named `v_hat.w1` here; with --optimizer adam or adamw there is"),
        (["S5", "theta.w9"], "`theta.w9`: `w9` is no parameter; they are w0, w1, w2, w3"),
        (["S6", "v_hat", "--optimizer", "adam"], "exists once for each parameter; write v_hat.w0"),
        (["S5", "dw1", "--iteration", "0"], "0 is not in the range"),
        (["S5", "dw1", "--depth", "0"], "0 is not in the range"),
        (["S9", "dw1"], "there is no lesson `S9`"),
        (["S5", "dw1", "--format", "csv"], "'csv' is not one of 'text', 'json'"),
    ],
)
def test_wrong_input(cli, arguments, said):
    outcome = cli("explain", *arguments)
    assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert "\x1b" not in outcome.err
