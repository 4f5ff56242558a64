"""`tui-nn check`: every figure with its verdict; exit code 1 where a verdict does not hold."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files

import pytest

from tui_nn.cli.diagnostics import ExitCode

LESSONS = sorted(e.name.removesuffix(".toml") for e in files("tui_nn.lessons").joinpath("content").iterdir())
MINE = """
title = "A line"
equations = "L = 0.5 * (y - w * x)**2"
parameters = ["w"]
[values]
x = 2
y = 1
w = 3
[[figures]]
name = "L"
printed = {printed}
verdict = "{verdict}"
note = "why"
"""  # L = 12.5, dw = 10


def contents(name):
    return tomllib.loads(files("tui_nn.lessons").joinpath(f"content/{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture
def mine(tmp_path):
    def write(printed, verdict):
        path = tmp_path / "mine.toml"
        path.write_text(MINE.format(printed=printed, verdict=verdict))
        return path

    return write


def test_every_figure_of_every_lesson_is_checked_and_holds(cli):
    outcome = cli("check", "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    for name in LESSONS:
        lesson = contents(name)
        records = [r for r in found["figures"] if r["lesson"] == name]
        assert len(records) == len(lesson.get("figures", []))
        assert [r["verdict"] for r in records] == [f.get("verdict") for f in lesson.get("figures", [])]
        assert all(r["holds"] and r["recomputed"] == r["verdict"] for r in records if r["verdict"])
        assert len([e for e in found["errata"] if e["lesson"] == name]) == len(lesson.get("errata", []))


def test_every_erratum_of_the_slides_is_shown(cli):
    """The errata of the eight lessons, as the list of worked examples has them: printed, and right."""
    found = json.loads(cli("check", "--format", "json").out)
    errata = [(r["lesson"], r["printed"], r["computed"]) for r in found["figures"] if r["verdict"] == "erratum"]

    def computed(lesson, printed):
        return [value for name, shown, value in errata if (name, shown) == (lesson, printed)]

    assert computed("linear-regression", [11, 16, 31, 26]) == [[6, 16, 31, 26]]
    assert computed("linear-regression", 11.25) == [65.75]
    assert computed("linear-regression", [7, 8, 17, 13]) == [[2, 8, 17, 13]]
    assert computed("linear-regression", 1.98) == [pytest.approx(0.4825)]
    assert computed("linear-regression", 4.505) == [pytest.approx(4.5175)]
    assert computed("linear-regression", [0.9825, 0.98, 0.9575, 0.9675]) == [
        pytest.approx([0.995, 0.98, 0.9575, 0.9675])
    ]
    assert computed("computation-graph", "w0") == [-1]
    v_hat, *_ = computed("optimizers", [[4, 0.16], [4, 0.0044]])
    assert [pytest.approx(row) for row in v_hat] == [[4, 16], [4, 4]]
    assert sum(name == "optimizers" for name, _, _ in errata) == 7
    assert sum(name == "network-from-scratch" for name, _, _ in errata) == 1
    assert {e["lesson"] for e in found["errata"]} == {"the-algorithm", "dense-layer"}


@pytest.mark.parametrize(
    ("printed", "verdict", "code"),
    [
        ("12.5", "match", 0),
        ("12.5", "erratum", 1),
        ("13", "match", 1),
        ("13", "rounded", 0),
        ("12.4", "match", 1),
        ("12.4", "erratum", 0),
    ],
)
def test_the_exit_code_is_that_of_the_verdicts(cli, mine, printed, verdict, code):
    path = mine(printed, verdict)
    for options in ([], ["--format", "json"], ["--format", "markdown"], ["-q"]):
        outcome = cli("check", path, *options)
        assert (outcome.code, outcome.err) == (code, "")
    assert ("DOES NOT HOLD: the file says" in cli("check", path).out) is bool(code)


def test_a_verdict_that_fails_says_what_it_should_be(cli, mine):
    (record,) = json.loads(cli("check", mine("12.4", "match"), "--format", "json").out)["figures"]
    assert record == {
        "lesson": "mine", "figure": "L", "name": "L", "parameter": None, "iteration": 1, "optimizer": None,
        "printed": 12.4, "computed": 12.5, "verdict": "match", "recomputed": "erratum", "holds": False, "note": "why",
        "problem": "the file says match, recomputed it is erratum",
    }  # fmt: skip


def test_text(cli, mine):
    assert cli("check", mine("12.4", "match")).out == (
        "A line\n"
        "  FAILS     L\n"
        "            printed   12.4\n"
        "            computed  12.5\n"
        "            why\n"
        "            DOES NOT HOLD: the file says match, recomputed it is erratum\n"
        "\n"
        "1 match; 1 verdict does not hold\n"
    )
    assert cli("check", "S5").out.endswith("8 match, 1 erratum; every verdict holds\n")


def test_quiet_prints_what_does_not_hold(cli, mine):
    assert cli("check", "-q").out == ""
    out = cli("check", "S5", mine("12.4", "match"), "-q").out
    assert "A line" in out
    assert "computation graph" not in out


def test_markdown(cli):
    rows = cli("check", "S6", "--format", "markdown").out.splitlines()
    assert rows[0] == "| lesson | figure | printed | computed | verdict | note |"
    assert len(rows) == 2 + len(contents("optimizers")["figures"])
    (v_hat,) = [row for row in rows if "v̂ |" in row]
    assert "| [[4, 0.16], [4, 0.0044]] | [[4, 16], [4, 4]] | erratum |" in v_hat
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 7 for row in rows)


def test_text_fits_eighty_columns(cli):
    assert max(map(len, cli("check").out.splitlines())) <= 80


def test_escape_sequences_stay_text(cli, tmp_path):
    path = tmp_path / "red.toml"
    path.write_text(MINE.format(printed="12.5", verdict="match").replace("why", "\\u001b[31mred"))
    for form in ("text", "json", "markdown"):
        outcome = cli("check", path, "--format", form)
        assert outcome.code == 0
        assert "\x1b" not in outcome.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["S9"], "there is no lesson `S9`"),
        (["S5", "nope.toml"], "there is no such file"),
        (["--format", "csv"], "'csv' is not one of 'text', 'json', 'markdown'"),
        (["--digits", "99"], "99 is not in the range"),
    ],
)
def test_wrong_input(cli, arguments, said):
    outcome = cli("check", *arguments)
    assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, "")
    assert said in outcome.err


def test_a_figure_that_cannot_be_computed_is_named(cli, mine):
    path = mine("12.5", "match")
    path.write_text(path.read_text().replace('name = "L"', 'name = "loss"'))
    outcome = cli("check", path)
    assert (outcome.code, outcome.out) == (ExitCode.BAD_INPUT, "")
    assert "mine.toml, figure 1 (loss): there is no value named `loss`" in outcome.err
