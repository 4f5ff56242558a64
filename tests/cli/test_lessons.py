"""`tui-nn lessons`: the list and one lesson, for people and for programs."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from tui_nn.cli.diagnostics import ExitCode

EIGHT = {
    "M3": "linear-regression",
    "B2": "going-to-class",
    "B6": "the-algorithm",
    "S1": "linear-classifier",
    "S5": "computation-graph",
    "S6": "optimizers",
    "N3": "network-from-scratch",
    "A1": "dense-layer",
}
MINE = 'equations = "L = (1 - w)**2"\nparameters = ["w"]\n[values]\nw = 3\n'


@pytest.mark.parametrize("arguments", [["lessons"], ["lessons", "list"]])
def test_the_list(cli, arguments):
    outcome = cli(*arguments)
    assert (outcome.code, outcome.err) == (0, "")
    for code, name in EIGHT.items():
        assert f"  {code:<4}{name}  " in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80
    records = json.loads(cli(*arguments, "--format", "json").out)
    assert EIGHT.items() <= {r["code"]: r["name"] for r in records}.items()
    assert all(r["title"] and r["deck"] for r in records)
    assert [json.loads(line) for line in cli(*arguments, "-f", "jsonl").out.splitlines()] == records
    assert list(csv.DictReader(io.StringIO(cli(*arguments, "-f", "csv").out))) == records
    assert len(cli(*arguments, "-f", "markdown").out.splitlines()) == 2 + len(records)


@pytest.mark.parametrize("name", EIGHT.values())
def test_each_lesson_can_be_shown(cli, name):
    outcome = cli("lessons", "show", name)
    assert (outcome.code, outcome.err) == (0, "")
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert f"tui-nn step {name}" in outcome.out
    found = json.loads(cli("lessons", "show", name, "--format", "json").out)
    for line in found["listing"]:
        assert f"{line['line']:4}  {line['equation']}" in outcome.out
        assert line["mathematics"] in outcome.out


def test_show_is_what_is_meant_by_a_name(cli):
    assert cli("lessons", "S5").out == cli("lessons", "show", "S5").out
    assert cli("lessons", "S5", "--format", "json").out == cli("lessons", "show", "S5", "-f", "json").out


def test_what_a_lesson_says_of_itself(cli):
    found = json.loads(cli("lessons", "show", "s6", "--format", "json").out)
    assert (found["name"], found["code"], found["loss"], found["seed"]) == ("optimizers", "S6", "L", 0)
    assert found["parameters"] == ["w0", "w1", "w2", "w3"]
    assert found["values"] == {"x0": 1, "x1": 1, "y": 1, "w0": 1, "w1": -1, "w2": 1, "w3": 2}
    assert found["optimizers"] == ["momentum", "adagrad", "rmsprop", "adam"]
    assert found["listing"][6] == {
        "line": 7, "phase": "backward", "equation": "df = f - y", "mathematics": "∂L/∂f = f − y",
    }  # fmt: skip
    text = cli("lessons", "S6").out
    assert "   7  df = f - y                        ∂L/∂f = f − y\n" in text
    assert "optimisers  sgd, momentum, adagrad, rmsprop, adam\n" in text
    assert "parameters  w0 = 1, w1 = -1, w2 = 1, w3 = 2\n" in text


def test_drawn_values_are_those_that_step_uses(cli):
    shown = json.loads(cli("lessons", "show", "N3", "--format", "json").out)["values"]
    lines = json.loads(cli("step", "N3", "--only", "l1", "--format", "json").out)["lines"]
    l1 = 1 / (1 + np.exp(-(np.array(shown["X"]) @ np.array(shown["w1"]))))
    assert np.allclose(lines[0]["value"], l1, rtol=1e-14)
    assert "w1 (3x4, uniform)" in cli("lessons", "N3").out


def test_a_file_of_one_s_own(cli, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    outcome = cli("lessons", "show", path)
    assert outcome.code == 0
    assert outcome.out.startswith("mine\n\nparameters  w = 3\n")
    assert "∂L/∂w" in outcome.out
    assert "figures to check" not in outcome.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["S9"], "there is no lesson `S9`"),
        (["show", "optimisers"], "did you mean optimizers?"),
        (["show"], "Missing argument"),
        (["--format", "xml"], "'xml' is not one of"),
        (["show", "S5", "--format", "csv"], "'csv' is not one of 'text', 'json'"),
        (["\x1b[31m"], r"`\x1b[31m`"),
        (["--nope"], "No such option"),
    ],
)
def test_wrong_input(cli, arguments, said):
    outcome = cli("lessons", *arguments)
    assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, "")
    assert said in outcome.err
    assert "\x1b" not in outcome.err


def test_the_language_is_listed_and_means_what_it_says(cli):
    """Each function of the list can be called as it is written there, of numbers for which all of them exist."""
    from tui_nn.lang.primitives import FUNCTIONS

    rows = json.loads(cli("lessons", "language", "--format", "json").out)
    assert {r["written"].split("(")[0] for r in rows} >= set(FUNCTIONS)
    calls = [r["written"] for r in rows if "(" in r["written"]]
    page = "; ".join(f"y{i} = {call}" for i, call in enumerate(calls) if not call.startswith(("outer", "expand")))
    given = [word for name in "abc" for word in ("--at", f"{name}=[[0.75, 0.25], [0.25, 0.75]]")]
    page = page.replace("clip(a, b, c)", "clip(a, 0, 1)").replace("dropout_mask(a, b)", "dropout_mask(a, 0.5)")
    assert cli("step", page, *given, "-q").code == 0
    text = cli("lessons", "language").out
    assert max(map(len, text.splitlines())) <= 80
    assert "softmax_cross_entropy(a, b, axis=0)\n" in text


def test_titles_stay_text(cli, tmp_path):
    path = tmp_path / "red.toml"
    path.write_text('title = "\\u001b[31m[bold]red"\nsummary = "\\u009b2J"\n' + MINE)
    outcome = cli("lessons", "show", path)
    assert outcome.out.startswith("\\x1b[31m[bold]red\n\n\\x9b2J\n")
