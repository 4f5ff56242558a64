"""`tui-nn gradcheck`: what it prints, and when it fails."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tui_nn.lessons.catalogue import all_lessons


@pytest.mark.parametrize("slug", [lesson.slug for lesson in all_lessons()])
def test_every_lesson_holds(cli, slug):
    outcome = cli("gradcheck", slug, "--format", "json")
    found = json.loads(outcome.out)
    assert outcome.code == 0
    assert all(row["holds"] and row["relative_error"] < 1e-6 for row in found["rows"])


def test_the_numbers_are_those_of_the_slide(cli):
    rows = json.loads(cli("gradcheck", "S5", "--format", "json").out)["rows"]
    assert {row["parameter"]: row["analytic"] for row in rows} == {"w0": -2, "w1": -4, "w2": -2, "w3": 2}
    assert [row["numeric"] for row in rows] == pytest.approx([-2, -4, -2, 2], rel=1e-9)


def test_beyond_the_tolerance_is_a_failed_check(cli):
    # Differences of a loss of about 0.7 are good to some 1e-13 of it: to 1e-15 no gradient can be confirmed by them.
    outcome = cli("gradcheck", "the-algorithm", "--tolerance", "1e-15", "--format", "json")
    assert outcome.code == 1
    assert not all(row["holds"] for row in json.loads(outcome.out)["rows"])


def test_what_is_not_finite_is_a_failed_check(cli):
    outcome = cli("gradcheck", "L = log(w)", "--at", "w=-1", "--format", "json")
    (row,) = json.loads(outcome.out)["rows"]
    assert outcome.code == 1
    assert (row["verdict"], row["numeric"], row["relative_error"]) == ("not finite", "NaN", "NaN")


def test_a_large_parameter_is_sampled_and_that_is_said(cli):
    weights = json.dumps([[0.1 * i - 0.01 * k for i in range(30)] for k in range(10)])
    arguments = ("gradcheck", "L = mean(tanh(W)**2)", "--at", f"W={weights}", "--seed", "4")
    outcome = cli(*arguments)
    assert outcome.code == 0
    assert "W: 200 of 300 entries were checked, drawn with the seed" in outcome.err
    assert cli(*arguments).out == outcome.out


def test_a_wrong_tolerance_is_wrong_usage(cli):
    assert cli("gradcheck", "S5", "--tolerance", "0").code == 2


def test_a_kink_is_said_and_not_called_wrong(cli):
    outcome = cli("gradcheck", "L = relu(w * x)", "--at", "w=0", "--at", "x=2", "--format", "json")
    (row,) = json.loads(outcome.out)["rows"]
    assert (outcome.code, row["verdict"], row["analytic"]) == (0, "kink", 0)
    assert "kink" in outcome.err


def test_nothing_to_learn_is_nothing_to_check(cli):
    outcome = cli("gradcheck", "dense-layer", "--format", "json")
    assert (outcome.code, json.loads(outcome.out)["rows"]) == (0, [])
    assert "no parameters" in outcome.err
    assert cli("gradcheck", "dense-layer", "--quiet").err == ""


def test_what_has_no_gradient_is_not_called_checked(cli):
    outcome = cli("gradcheck", "y = w*X", "--at", "w=2", "--at", "X=[1, 2]")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: `y` is a vector of 2, not a single number")
    assert "no parameters" not in outcome.err


def test_as_csv_and_as_markdown(cli):
    rows = list(csv.DictReader(io.StringIO(cli("gradcheck", "S5", "--format", "csv").out)))
    assert [row["parameter"] for row in rows] == ["w0", "w1", "w2", "w3"]
    assert cli("gradcheck", "S5", "--format", "markdown").out.startswith("| parameter | shape |")
