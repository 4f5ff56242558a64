"""`tui-nn step`: records, formats, options, exit codes, and whatever may be given to it."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from tui_nn.cli.diagnostics import ExitCode

KEYS = ["iteration", "phase", "line", "name", "parameter", "equation", "shape", "value"]
LESSONS = ["M3", "B2", "B6", "S1", "S5", "S6", "N3", "A1"]

# The computation graph of the slide, by hand: x = (1, 1), w = (1, -1, 1, 2), y = 1.
GRAPH = {
    "f1": 1, "f2": -1, "f3": 1, "f4": -2, "f": -1, "L": 2,
    "df": -2, "df4": -2, "df3": -2, "df1": -2, "df2": -4, "dw0": -2, "dw1": -4, "dw2": -2, "dw3": 2,
}  # fmt: skip

TEXT = "y = w*x; L = (y - t)**2"
GIVEN = ("--at", "w=3", "--at", "x=2", "--at", "t=1")


def document(outcome):
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def lines(outcome):
    return document(outcome)["lines"]


def cells(text):
    wide = {"W", "F"}
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in wide) for c in text)


# -- records


def test_the_records_of_the_issue(cli):
    outcome = cli("step", "S5", "--format", "json")
    assert outcome.err == ""
    found = document(outcome)
    assert list(found) == ["target", "seed", "dtype", "optimizer", "lines"]
    assert (found["target"], found["seed"], found["dtype"]) == ("S5", 0, "float64")
    assert found["optimizer"] == {"name": "sgd", "lr": 0.1}
    records = found["lines"]
    assert all(list(record) == KEYS for record in records)
    assert {r["name"]: r["value"] for r in records if r["parameter"] is None} == GRAPH
    assert [r["phase"] for r in records] == ["forward"] * 5 + ["loss"] + ["backward"] * 9 + ["update"] * 8
    assert [r["line"] for r in records] == [*range(1, 16), *[16] * 4, *[17] * 4]
    assert records[6] == {
        "iteration": 1, "phase": "backward", "line": 7, "name": "df", "parameter": None, "equation": "df = f - y",
        "shape": [], "value": -2.0,
    }  # fmt: skip
    assert [(r["parameter"], r["value"]) for r in records[-4:]] == [("w0", 1.2), ("w1", -0.6), ("w2", 1.2), ("w3", 1.8)]


def test_iterations_count_from_one_and_each_keeps_its_own_values(cli):
    records = lines(cli("step", "S5", "--iterations", "3", "--format", "json", "--only", "L,w0"))
    assert [(r["iteration"], r["name"]) for r in records] == [(i, n) for i in (1, 2, 3) for n in ("L", "theta")]
    w = np.array([1.0, -1.0, 1.0, 2.0])
    for i in range(3):
        f = w[0] * w[2] + w[1] * w[3]
        df = f - 1
        assert records[2 * i]["value"] == pytest.approx(0.5 * (1 - f) ** 2, rel=1e-14)
        w = w - 0.1 * df * np.array([w[2], w[3], w[0], w[1]])
        assert records[2 * i + 1]["value"] == pytest.approx(w[0], rel=1e-14)


@pytest.mark.parametrize("lesson", LESSONS)
def test_shapes_say_what_the_values_are(cli, lesson):
    for record in lines(cli("step", lesson, "--format", "json")):
        assert np.shape(record["value"]) == tuple(record["shape"])
        assert record["equation"].startswith(f"{record['name']} = ")


# -- the optimisers' lesson, by hand (the issue's figures)


def adam_by_hand():
    """One step of Adam as on the slide: w, g, lr 0.1, betas 0.9 and 0.999, eps 1e-5 outside the root."""
    after = {}
    for name, w, g in (("w0", 1.0, -2.0), ("w1", -1.0, -4.0), ("w2", 1.0, -2.0), ("w3", 2.0, 2.0)):
        m_hat = (0.1 * g) / (1 - 0.9)
        v_hat = (0.001 * g * g) / (1 - 0.999)
        after[name] = (m_hat, v_hat, w - 0.1 * m_hat / (math.sqrt(v_hat) + 1e-5))
    return after


def test_adam_gives_the_right_v_hat_and_the_new_weights(cli):
    records = lines(cli("step", "optimizers", "--optimizer", "adam", "--format", "json"))
    by_line = {(r["name"], r["parameter"]): r["value"] for r in records if r["phase"] == "update"}
    assert [round(by_line["v_hat", w], 9) for w in ("w0", "w1", "w2", "w3")] == [4, 16, 4, 4]
    for w, (m_hat, v_hat, theta) in adam_by_hand().items():
        assert by_line["m_hat", w] == pytest.approx(m_hat, rel=1e-12)
        assert by_line["v_hat", w] == pytest.approx(v_hat, rel=1e-12)
        assert abs(by_line["theta", w] - theta) < 1e-12


@pytest.mark.parametrize(
    ("name", "line", "of_w1"),
    [
        ("momentum", "v", -0.4),
        ("adagrad", "r", 16.0),
        ("adagrad", "step", -0.4 / (4 + 5e-5)),
        ("rmsprop", "r", 0.16),
        ("rmsprop", "step", -0.4 / (0.4 + 5e-5)),
    ],
)
def test_the_other_optimisers_of_the_lesson(cli, name, line, of_w1):
    records = lines(cli("step", "S6", "--optimizer", name, "--only", f"{line}.w1", "--format", "json"))
    assert [(r["name"], r["parameter"]) for r in records] == [(line, "w1")]
    assert records[0]["value"] == pytest.approx(of_w1, rel=1e-12)


# -- choosing


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--only", "L"], ["L"]),
        (["--only", "dw1, L"], ["L", "dw1"]),
        (["--phase", "loss"], ["L"]),
        (["--phase", "forward,loss"], ["f1", "f2", "f3", "f4", "f", "L"]),
        (["--phase", "update", "--only", "w2"], ["theta"]),
        (["--phase", "update", "--only", "step"], ["step"] * 4),
        (["--phase", "loss", "--only", "dw1"], []),
    ],
)
def test_only_and_phase(cli, options, names):
    assert [r["name"] for r in lines(cli("step", "S5", *options, "--format", "json"))] == names


def test_nothing_chosen_is_said_once(cli):
    outcome = cli("step", "S5", "--phase", "loss", "--only", "dw1")
    assert (outcome.code, outcome.err) == (0, "note: no line is both of these names and of these phases\n")
    assert cli("step", "S5", "--phase", "loss", "--only", "dw1", "-q").err == ""


def test_a_watch_has_its_value_from_the_line_on_at_which_it_can_be_told(cli):
    watches = ("norm(dw1) + dw0", "w1*2", "w1 - dw1", "∂L/∂w₁", "x0")
    options = [word for text in watches for word in ("--watch", text)]
    records = lines(cli("step", "S5", "-n", "2", "--only", "L", *options, "--format", "json"))
    assert all(list(record) == KEYS for record in records)
    found = {(r["iteration"], r["name"]): (r["line"], r["value"]) for r in records if r["equation"] is None}
    w, g = np.array([1.0, -1.0, 1.0, 2.0]), np.array([-2.0, -4.0, -2.0, 2.0])
    assert found[1, "norm(dw1) + dw0"] == (15, 2.0)
    assert found[1, "w1*2"] == (17, pytest.approx(2 * (w - 0.1 * g)[1]))
    assert found[1, "w1 - dw1"] == (13, (w - g)[1])  # as it was when dw1 was computed, before the update
    assert found[1, "∂L/∂w₁"] == (13, -4.0)
    assert found[2, "x0"] == (17, 1.0)
    assert [r["name"] for r in records if r["iteration"] == 2] == [
        "L",
        watches[2],
        watches[3],
        watches[0],
        "w1*2",
        "x0",
    ]


def test_every_format_has_the_watches(cli):
    given = ("step", "S5", "--phase", "loss", "--watch", "∂L/∂w₁ * 2", "--format")
    assert "      ∂L/∂w₁ * 2            -8" in cli(*given, "text").out
    assert r"\frac{\partial L}{\partial w_{1}} \cdot 2 &= -8" in cli(*given, "latex").out
    assert "| 13 | ∂L/∂w₁ \\* 2 |  | -8 |" in cli(*given, "markdown").out
    assert list(csv.reader(io.StringIO(cli(*given, "csv").out)))[2] == [
        "1",
        "backward",
        "13",
        "∂L/∂w₁ * 2",
        "",
        "",
        "-8.0",
    ]
    rows = cli("step", "S5", "-n", "3", "--only", "L", "--watch", "dw1*dw1 + dw0*dw0").out.splitlines()
    assert rows[3].split() == ["iteration", "L", "dw1*dw1", "+", "dw0*dw0"]
    assert [row.split()[0] for row in rows[4:]] == ["1", "2", "3"]
    assert rows[4].split() == ["1", "2", "20"]
    assert len({len(row) for row in rows[3:]}) == 1


def test_until_stops_at_the_line_at_which_it_holds(cli):
    outcome = cli("step", "S5", "--until", "L < 0.1", "--only", "L,w0", "--format", "json")
    records = lines(outcome)
    losses = [r["value"] for r in records if r["name"] == "L"]
    assert [value < 0.1 for value in losses] == [False] * (len(losses) - 1) + [True]
    assert records[-1]["name"] == "L"
    assert outcome.err == f"`L < 0.1` holds: iteration {len(losses)}, line 6\n"


def test_until_that_never_holds_is_a_failed_check(cli):
    outcome = cli("step", "S5", "--until", "L < -1", "--iterations", "3", "--only", "L", "--format", "jsonl")
    assert outcome.code == ExitCode.CHECK_FAILED
    assert len(outcome.out.splitlines()) == 3
    assert outcome.err == "`L < -1` did not hold within 3 iterations\n"


def test_the_first_number_that_is_not_finite_ends_the_run(cli):
    outcome = cli("step", "L = log(w)", "--at", "w=-1", "--iterations", "5", "--format", "jsonl", "-q")
    assert [json.loads(line)["value"] for line in outcome.out.splitlines()] == ["NaN"]
    assert outcome.err == "stopped: iteration 1, line 1: `L = log(w)` gives L = NaN; operands: w = -1\n"


# -- what to compute with


def test_equation_text_with_values(cli):
    records = lines(cli("step", TEXT, *GIVEN, "--format", "json"))
    assert {r["name"]: r["value"] for r in records} == {"y": 6, "L": 25, "dy": 10, "dw": 20}


def test_the_issue_s_own_example(cli):
    equation = "L = (y - sigmoid(w*x + b))**2"
    given = [word for at in ("w=1", "x=2", "b=0.5", "y=1") for word in ("--at", at)]
    records = {r["name"]: r["value"] for r in lines(cli("step", equation, *given, "--format", "json"))}
    s = 1 / (1 + math.exp(-2.5))
    assert records["L"] == pytest.approx((1 - s) ** 2, rel=1e-14)
    assert records["dw"] == pytest.approx(2 * (s - 1) * s * (1 - s) * 2, rel=1e-14)
    assert records["db"] == pytest.approx(2 * (s - 1) * s * (1 - s), rel=1e-14)


def test_parameters_can_be_named(cli):
    records = lines(cli("step", TEXT, *GIVEN, "--parameter", "x", "--parameter", "t", "--format", "json"))
    assert {r["name"]: r["value"] for r in records if r["phase"] == "backward"} == {"dy": 10, "dx": 30, "dt": -10}


def test_hyper_parameters_and_conventions(cli):
    outcome = cli(
        "step", TEXT, *GIVEN, "--optimizer", "adam", "--lr", "0.5", "--hyper", "beta1=0.8", "--hyper",
        "eps_place=inside", "--format", "json",
    )  # fmt: skip
    found = document(outcome)
    assert found["optimizer"] == {
        "name": "adam", "lr": 0.5, "beta1": 0.8, "beta2": 0.999, "eps": 1e-8, "bias_correction": "on",
        "eps_place": "inside", "initial": "0",
    }  # fmt: skip
    assert any(r["equation"] == "step = lr * m_hat / sqrt(v_hat + eps)" for r in found["lines"])
    new = next(r["value"] for r in found["lines"] if r["name"] == "theta")
    assert new == pytest.approx(3 - 0.5 * 20 / math.sqrt(400 + 1e-8), rel=1e-12)


def test_more_iterations_need_an_optimiser_and_say_which(cli):
    outcome = cli("step", TEXT, *GIVEN, "--iterations", "2", "--only", "w", "--format", "jsonl")
    assert outcome.err.startswith("note: no optimizer was named; gradient descent (sgd) with lr = 0.01")
    weights = [json.loads(line)["value"] for line in outcome.out.splitlines()]
    assert weights == pytest.approx([3 - 0.2, 2.8 - 0.01 * 2 * (5.6 - 1) * 2], rel=1e-14)
    assert cli("step", TEXT, *GIVEN, "--iterations", "2", "-q").err == ""


def test_a_page_without_a_loss_is_computed_all_the_same(cli):
    outcome = cli("step", "Z = X @ W", "--at", "X=[[1,2],[3,4]]", "--at", "W=[[5],[6]]", "--format", "json")
    assert [(r["name"], r["value"]) for r in lines(outcome)] == [("Z", [[17], [39]])]
    assert outcome.err.startswith("note: `Z` is 2x1, not a single number: nothing to differentiate")


@pytest.mark.parametrize(
    ("text", "value"),
    [("2", 2.0), (".5", 0.5), ("+5.", 5.0), ("-1e-3", -0.001), ("[1, 2]", [1, 2]), ("[[1],[2]]", [[1], [2]])],
)
def test_values_as_people_write_them(cli, text, value):
    outcome = cli("step", "y = x * 1", "--at", f"x={text}", "--format", "jsonl", "-q")
    assert json.loads(outcome.out.splitlines()[0])["value"] == value


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '["NaN", 1]'])
def test_what_is_not_finite_goes_in_as_it_comes_out(cli, text):
    outcome = cli("step", "y = x * 1", "--at", f"x={text}", "--format", "jsonl", "-q")
    expected = json.loads(text) if text.startswith("[") else text
    assert (outcome.code, json.loads(outcome.out.splitlines()[0])["value"]) == (0, expected)
    assert outcome.err.startswith("stopped: iteration 1, line 1")


def test_a_seed_draws_the_same_numbers_and_another_one_others(cli):
    first, again, other = (
        lines(cli("step", "N3", "--seed", seed, "--only", "l1", "--format", "json"))[0]["value"] for seed in (3, 3, 4)
    )
    assert first == again != other


# -- formats


@pytest.mark.parametrize(("dtype", "kind"), [("float64", np.float64), ("float32", np.float32)])
def test_numbers_round_trip(cli, dtype, kind):
    """Any number comes back to the bit: computed here by NumPy in the same precision, one operation a line."""
    x = np.random.default_rng(7).normal(size=20) * 10.0 ** np.random.default_rng(8).integers(-15, 15, 20)
    values = x.astype(kind)
    at = f"x={json.dumps([float(v) for v in values])}"
    records = lines(cli("step", "y = x * 1; z = y * y", "--at", at, "--dtype", dtype, "--format", "json", "-q"))
    for record, expected in zip(records, (values, values * values), strict=True):
        assert np.array(record["value"], dtype=kind).tobytes() == expected.tobytes()


def test_jsonl_has_the_records_of_json(cli):
    outcome = cli("step", "B6", "--format", "jsonl")
    assert [json.loads(line) for line in outcome.out.splitlines()] == lines(cli("step", "B6", "--format", "json"))


def test_csv_has_one_number_a_row(cli):
    found = list(csv.DictReader(io.StringIO(cli("step", "B6", "--only", "Z1,W1,J", "--format", "csv").out)))
    assert list(found[0]) == ["iteration", "phase", "line", "name", "parameter", "index", "value"]
    for record in lines(cli("step", "B6", "--only", "Z1,W1,J", "--format", "json")):
        values = np.array(record["value"])
        mine = [r for r in found if (r["name"], r["parameter"]) == (record["name"], record["parameter"] or "")]
        assert len(mine) == values.size
        for row in mine:
            assert float(row["value"]) == values[tuple(map(int, row["index"].split()))]


def test_markdown_is_a_table(cli):
    rows = cli("step", "M3", "--format", "markdown").out.splitlines()
    assert rows[0] == "| iteration | phase | line | equation | parameter | value |"
    assert "| 1 | forward | 1 | yhat = W \\* X + b |  | [6, 16, 31, 26] |" in rows
    assert "| 1 | update | 11 | theta = theta - step | W | 4.5175 |" in rows


def test_in_latex_too_a_single_number_is_no_factor_entry_by_entry(cli):
    out = cli("step", "L = sum(W * W)", "--at", "W=[1, 2]", "--iterations", "1", "--phase", "update", "-f", "latex").out
    assert r"\mathrm{step} = \mathrm{lr} \cdot g" in out
    assert r"\odot" not in out


def test_latex_is_an_environment(cli):
    out = cli("step", "S6", "--optimizer", "adam", "--only", "v_hat,dw1", "--format", "latex").out
    assert out.startswith("\\begin{align*}\n")
    assert out.endswith("\\end{align*}\n")
    assert r"\frac{\partial L}{\partial w_{1}}" in out
    assert r"&= 16 \quad (w_{1}) \\" in out
    assert out.count("{") == out.count("}")


def test_the_text_of_a_small_lesson(cli):
    assert cli("step", "M3", "--phase", "forward,loss,backward").out == (
        "Linear regression, one step of gradient descent\n"
        "sgd: lr = 0.01\n"
        "\n"
        "iteration 1\n"
        "  forward\n"
        "   1  yhat = W * X + b      [6  16  31  26]\n"
        "   2  E = yhat - Y          [2  8  17  13]\n"
        "   3  L = 0.5 * E**2        [2  32  144.5  84.5]\n"
        "  loss\n"
        "   4  J = mean(L)            65.75\n"
        "  backward\n"
        f"   5  {lines(cli('step', 'M3', '--only', 'dL', '--format', 'json'))[0]['equation']:<20}  "
        "[0.25  0.25  0.25  0.25]\n"
        "   6  dE = dL * E           [0.5  2  4.25  3.25]\n"
        "   7  dyhat = dE            [0.5  2  4.25  3.25]\n"
        "   8  dW = sum(dyhat * X)    48.25\n"
        "   9  db = sum(dyhat)        10\n"
    )


def test_single_numbers_over_iterations_are_a_table(cli):
    out = cli("step", "S5", "--only", "L,w0", "--iterations", "2").out
    assert out.splitlines()[3:] == [
        "iteration             L            w0",
        "        1             2           1.2",
        "        2        0.2048        1.2768",
    ]


@pytest.mark.parametrize("optimizer", [None, "adamw"])
@pytest.mark.parametrize("lesson", LESSONS[:-1])
def test_text_fits_eighty_columns(cli, lesson, optimizer):
    outcome = cli("step", lesson, *(["--optimizer", optimizer] if optimizer else []))
    assert outcome.code == 0
    assert max(cells(line) for line in outcome.out.splitlines()) <= 80


def test_a_large_matrix_is_shortened_and_says_so(cli):
    out = cli("step", "Z = X * 1", "--at", f"X={json.dumps(np.ones((30, 300)).tolist())}", "-q").out
    assert "… 18 more rows of 30" in out
    assert " more]" in out
    assert max(map(cells, out.splitlines())) <= 80


def test_digits_are_for_text(cli):
    assert "0.33\n" in cli("step", "y = 1 / x", "--at", "x=3", "--digits", "2").out
    assert lines(cli("step", "y = 1 / x", "--at", "x=3", "--digits", "2", "--format", "json"))[0]["value"] == 1 / 3


def test_wide_names_line_up(cli):
    rows = cli("step", "猫 = w * 2; 犬犬 = 猫 + 1", "--at", "w=1", "--phase", "forward,loss").out.splitlines()
    ends = {cells(row.rstrip()) for row in rows if row.endswith(("2", "3"))}
    assert len(ends) == 1
    assert all("  " in row for row in rows[-3:])


# -- wrong input: exit code 2, a line on stderr, nothing on stdout

WRONG = [
    (["step", "S5", "--watch", "norm(dw9)"], "--watch: there is no value named `dw9`"),
    (["step", "S5", "--watch", "w1*"], "--watch: the line stops where a value should follow"),
    (["step", "S5", "--watch", "m_hat.w1"], "--watch: there is no value named `m_hat.w1` here; with --optimizer adam"),
    (["step"], "Missing argument"),
    (["step", "S9"], "there is no lesson `S9`"),
    (["step", "optimisers"], "did you mean optimizers?"),
    (["step", "nope.toml"], "nope.toml: there is no such file"),
    (["step", "compuation-graph"], "there is no lesson `compuation-graph`; did you mean computation-graph?"),
    (["step", "w-b"], "gives its value a name: `y = w-b`"),
    (["step", "no/such"], "there is no file or folder no/such; and an equation gives its value a name: `y = no/such`"),
    (["step", "w*x"], "gives its value a name: `y = w*x`"),
    (["step", TEXT], "no value for `w`, `x`, `t`: add --at w=... --at x=... --at t=..."),
    (["step", "L = (y - wx)**2", "--at", "y=1", "--at", "w=1", "--at", "x=1"], "a product is written w * x"),
    (["step", TEXT, *GIVEN, "--at", "q=1"], "--at q: no equation uses `q`"),
    (["step", TEXT, *GIVEN, "--at", "y=1"], "--at y: `y` is computed by an equation"),
    (["step", "w = w * 2; L = w", "--at", "w=1"], "`w` stands on both sides; give the new value another name"),
    (["step", "step = w; L = step(step)", "--at", "w=1"], "`step` is a function of the language; choose another name"),
    (["step", TEXT, *GIVEN, "--at", "w"], "--at takes NAME=VALUE, such as --at w=1; this is `w`"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=0,5"], "with a point (0.5), a list in brackets ([0,5])"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=one"], "a name cannot stand for one"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=[[1], [2, 3]]"], "rows that are equally long"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=[]"], "an empty list"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=[[[1]]]"], "has 3 axes"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=true"], "is not a number"),
    (["step", TEXT, *GIVEN[2:], "--at", 'w=["1"]'], "is not a number"),
    (["step", TEXT, *GIVEN[2:], "--at", 'w={"a": 1}'], "is not a number"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=1e999"], "the number is too large"),
    (["step", TEXT, *GIVEN[2:], "--at", f"w=[1{'0' * 400}]"], "the number is too large"),
    (["step", TEXT, *GIVEN[2:], "--at", f"w=1{'0' * 6000}"], "the number is too large"),
    (["step", TEXT, *GIVEN[2:], "--at", f"w={'[' * 100_000}"], "cannot be read"),
    (["step", TEXT, *GIVEN[2:], "--at", "w=\x1b[31mred"], r"`\x1b[31mred` cannot be read"),
    (["step", "S5", "--iterations", "0"], "0 is not in the range x>=1"),
    (["step", "S5", "--iterations", "many"], "'many' is not a valid int"),
    (["step", "S5", "--only", "nope"], "--only: no line computes `nope`"),
    (["step", "S5", "--only", "x0"], "--only: `x0` is given; it has no line of its own"),
    (["step", "S5", "--only", "v_hat"], "with --optimizer adam or adamw one does"),
    (["step", "S5", "--phase", "fwd"], "`fwd` is not a phase; they are forward, loss, backward, update"),
    (["step", "S5", "--optimizer", "adm"], "did you mean adam"),
    (["step", "S5", "--hyper", "beta1=0.9"], "sgd has no `beta1`"),
    (["step", "S5", "--hyper", "lr=fast"], "`lr` takes a number, not `fast`"),
    (["step", TEXT, *GIVEN, "--at", "w=[1]"], "--at w is given twice, as 3 and as [1]; leave one out"),
    (["step", "S5", "--hyper", "lr=1", "--hyper", "lr=2"], "--hyper lr is given twice, as 1 and as 2; leave one out"),
    (["step", "S5", "--lr", "0.1", "--hyper", "lr=0.5"], "--lr and --hyper lr are the same; leave one out"),
    (["open", "S5", "--lr", "0.1", "--hyper", "lr=0.5"], "--lr and --hyper lr are the same; leave one out"),
    (["train", "iris", "--lr", "1", "--hyper", "lr=1"], "--lr and --hyper lr are the same; leave one out"),
    (["train", "iris", "--hyper", "beta1"], "--hyper takes NAME=VALUE, such as --hyper beta1=0.8; this is `beta1`"),
    (["train", "iris", "--class-weights", "setosa=1,setosa=2"], "one weight for each class, such as good=2,bad=1, not"),
    (["step", "S5", "--hyper", "lr"], "--hyper takes NAME=VALUE, such as --hyper beta1=0.8"),
    (["step", "S5", "--dtype", "float16"], "'float16' is not one of 'float64', 'float32'"),
    (["step", "S5", "--digits", "0"], "0 is not in the range"),
    (["step", "S5", "--seed", "-1"], "-1 is not in the range"),
    (["step", "S5", "--format", "yaml"], "'yaml' is not one of"),
    (["step", "S5", "--until", "L <"], "--until: the line stops where a value should follow"),
    (["step", "S5", "--until", "L = 1"], "--until: an expression is wanted here, without a name; equality"),
    (["step", "S5", "--until", "M < 1"], "--until: there is no value named `M`"),
    (["step", "M3", "--until", "yhat"], "--until: the condition `yhat` is a vector of 4; it must be one yes or no"),
    (["step", "S5", "--parameter", "q"], "the parameter `q` has no value"),
    (["step", "A1", "--optimizer", "adam"], "dense-layer has no parameters; there is nothing for adam to learn"),
    (["step", "A1", "--lr", "1"], "dense-layer has no parameters"),
    (["step", "S5", "--frobnicate"], "No such option: --frobnicate"),
    (["step", "S5", "S6"], "unexpected extra argument"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(a)[5:60] for a, _ in WRONG])
def test_wrong_input(cli, arguments, said):
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert "\x1b" not in outcome.err
    assert len(outcome.err.splitlines()) <= 5
    assert len(outcome.err) < 600


def test_hostile_files(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "big.toml").write_text("# " + "x" * 10_000_000)
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    (tmp_path / "latin.toml").write_bytes('title = "größer"\n'.encode("latin-1"))
    (tmp_path / "nul.toml").write_bytes(b'title = "a\0b"\n')
    (tmp_path / "deep.toml").write_text("x = " + "[" * 5000)
    (tmp_path / "empty.toml").write_text("")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "mine.toml").write_text("title = 1\n")
    for name, said in (
        ("big.toml", "larger than 4,000,000 bytes"),
        ("binary.toml", "not UTF-8"),
        ("latin.toml", "latin.toml, line 1: not UTF-8; save the file as UTF-8"),
        ("nul.toml", "nul.toml, line 1"),
        ("deep.toml", "nested too deeply"),
        ("empty.toml", "the file has no equations"),
        ("folder.toml", "cannot be read"),
        (".", "that is a folder; a lesson is a file that ends in .toml"),
        ("mine", "for the file, say mine.toml"),
        ("", "there is no lesson ``"),
        ("y = \0", "NUL"),
        ("L = " + "(" * 2000, "more than 2000 characters"),
        ("L = " + "-" * 1500 + "w", "nested"),
        ("x" * 100_000, "there is no lesson `xxx"),
    ):
        outcome = cli("step", name)
        assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, ""), name
        assert said in outcome.err, name
        assert "Traceback" not in outcome.err
        assert len(outcome.err) < 600


def test_escape_sequences_in_a_file_stay_text(cli, tmp_path):
    path = tmp_path / "red.toml"
    path.write_text(
        'title = "\\u001b[31mred\\u0007\\u202e"\nequations = "L = w**2"\nparameters = ["w"]\n[values]\nw = 3\n',
        encoding="utf-8",
    )
    for form in ("text", "json", "csv", "markdown", "latex"):
        outcome = cli("step", path, "--format", form)
        assert outcome.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(outcome.out)
    assert r"\x1b[31mred\x07\u202e" in cli("step", path).out


# -- as a process


def start(*arguments, **options):
    command = [sys.executable, "-m", "tui_nn", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_an_interrupt_ends_a_long_run(tmp_path):
    path = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "tui_nn", "step", "N3", "--iterations", "1000000", "--only", "mse", "-f", "jsonl"]
    with path.open("w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while path.stat().st_size == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (ExitCode.INTERRUPTED, "")
    whole = path.read_text().split("\n")[:-1]
    assert whole
    assert [json.loads(line)["iteration"] for line in whole] == list(range(1, 1 + len(whole)))


def test_a_reader_that_has_seen_enough(tmp_path):
    with start("step", "N3", "--iterations", "1000000", "--format", "csv") as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == ExitCode.READER_GONE


def test_without_colour_or_terminal_there_are_no_escape_sequences():
    for environment in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}, {"FORCE_COLOR": "1"}):
        done = start("step", "S5", env={**os.environ, **environment})
        out, err = done.communicate(timeout=30)
        assert (done.returncode, err) == (0, "")
        assert "\x1b" not in out


def test_a_terminal_without_unicode_gets_escapes_not_an_error():
    done = start("explain", "S5", "dw1", env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    out, err = done.communicate(timeout=30)
    assert (done.returncode, err) == (0, "")
    assert out.isascii()
    assert "dw1 = df2 * x1" in out
    assert "\\u" not in out


def test_json_is_the_same_in_any_encoding():
    arguments = ("explain", "S5", "dw1", "--format", "json")
    outs = []
    for encoding in ("latin-1", "utf-8"):
        done = start(*arguments, env={**os.environ, "PYTHONIOENCODING": encoding}, encoding=encoding)
        outs.append(json.loads(done.communicate(timeout=30)[0]))
    assert outs[0] == outs[1]
    assert outs[0]["mathematics"].startswith("∂L/∂w₁")


def waiting(terminal):
    """What has been written to a terminal and not been read, if anything."""
    try:
        return os.read(terminal, 100_000).decode()
    except OSError:
        return ""


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX terminal")
@pytest.mark.parametrize(("options", "expected"), [([], True), (["-q"], False)])
def test_a_terminal_sees_how_far_a_long_run_is(options, expected):
    import pty

    theirs, ours = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "tui_nn",
        "step",
        "N3",
        "--iterations",
        "1000000",
        "--only",
        "mse",
        "--format",
        "json",
    ]
    seen = ""
    os.set_blocking(theirs, False)
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=ours) as process:
        end = time.monotonic() + (30 if expected else 2.5)
        while time.monotonic() < end and "of 1,000,000" not in seen:
            seen += waiting(theirs)
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
    seen += waiting(theirs)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == ExitCode.INTERRUPTED
    assert ("of 1,000,000" in seen) is expected
    assert seen == "" or seen.endswith("\r\x1b[K"), "the line is gone at the end"


# -- completion


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("tui-nn step comp", ["computation-graph"]),
        ("tui-nn explain opt", ["optimizers"]),
        ("tui-nn check dense", ["dense-layer"]),
        ("tui-nn lessons show net", ["network-from-scratch"]),
        ("tui-nn step S5 --optimizer ada", ["adagrad", "adam", "adamw"]),
        ("tui-nn step S5 --phase forward,l", ["forward,loss"]),
        ("tui-nn step S5 --dtype ", ["float64", "float32"]),
        ("tui-nn step les", ["lesson.toml"]),
        ("tui-nn explain S5 dw", ["dw3", "dw2", "dw1", "dw0"]),
    ],
)
def test_completion_in_a_shell(words, offered, tmp_path):
    (tmp_path / "lesson.toml").write_text("")
    code = "import sys; sys.argv[0] = 'tui-nn'; from tui_nn.__main__ import main; sys.exit(main())"
    environment = {
        **os.environ,
        "_TUI_NN_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60
    )
    assert set(done.stdout.split()) == set(offered), done.stderr
