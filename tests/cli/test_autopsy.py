"""`tui-nn autopsy`: the first number that is not finite, of equations and of training runs."""

from __future__ import annotations

import json
import math

import pytest

from tui_nn.session.run import Run
from tui_nn.session.settings import from_values

# w goes to −3w in each step of gradient descent with lr 2, so L is 9 to the power of the iteration, less one.
TRIPLES = ("autopsy", "L = (w*x)**2", "--at", "w=1", "--at", "x=1", "--lr", "2")
FIRST = next(n for n in range(1, 1000) if (n - 1) * math.log(9) > math.log(2) * 1024)


def document(outcome):
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def test_growth_from_the_start_until_a_float_cannot_hold_it(cli):
    found = document(cli(*TRIPLES, "--format", "json"))
    assert list(found) == ["target", "seed", "dtype", "optimizer", "iterations", "autopsy"]
    autopsy = found["autopsy"]
    assert (found["iterations"], autopsy["iteration"], autopsy["line"], autopsy["began"]) == (FIRST, FIRST, 1, 1)
    number = autopsy["number"]
    assert (number["entry"], number["value"], number["equation"]) == ("L", "Infinity", "L = (w * x)**2")
    assert [(o["entry"], abs(o["value"])) for o in number["operands"]] == [
        ("w", pytest.approx(3.0 ** (FIRST - 1), rel=1e-9)),
        ("x", 1),
    ]
    sizes = autopsy["sizes"]
    assert (sizes["of"], sizes["iterations"]) == ("L", list(range(1, FIRST)))
    assert sizes["values"][:4] == pytest.approx([1, 9, 81, 729], rel=1e-12)
    assert "lr = 2 is too large" in autopsy["causes"][-1]
    text = cli(*TRIPLES).out
    for part in (
        f"L = Infinity                            iteration {FIRST}, line 1",
        "  iteration 1\n",
        "about ×9 in each",
    ):
        assert part in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_number_that_becomes_finite_again_is_not_missed(cli):
    """The logarithm of −1 is none; the gradient goes on all the same, to where there is one."""
    found = document(cli("autopsy", "L = log(w)", "--at", "w=-1", "--lr", "0.5", "-n", "50", "-f", "json"))["autopsy"]
    assert (found["iteration"], found["number"]["value"], found["began"]) == (1, "NaN", None)
    assert found["causes"][0].startswith("log(w) is the logarithm of -1, and there is none")


def test_where_all_is_well_it_says_so(cli):
    found = document(cli("autopsy", "S5", "-n", "20", "-f", "json"))
    assert (found["iterations"], found["autopsy"]) == (20, None)
    assert "All numbers are finite, up to the end of iteration 20.\n" in cli("autopsy", "S5", "-n", "20").out
    assert "iteration 1." in cli("autopsy", "Z = X @ W", "--at", "X=[[1]]", "--at", "W=[[1]]", "-q").out


def test_of_training_runs(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for settings in ({"lr": 100.0, "optimizer": "sgd"}, {"lr": 0.01}):
        run = Run.begin(from_values({"data": "iris", "layers": "5", "epochs": 10, **settings}))
        while run.trainer.stop is None:
            run.advance()
        run.finish()
    reason = json.loads(cli("runs", "show", "iris-1", "-f", "json").out)["result"]["reason"]
    found = document(cli("autopsy", "iris-1", "-f", "json"))
    assert found["optimizer"] == {"name": "sgd", "lr": 100}
    assert found["autopsy"]["text"] == reason
    assert reason.startswith(f"iteration {found['autopsy']['iteration']}, line {found['autopsy']['line']}: ")
    assert document(cli("autopsy", "iris-2", "-f", "json"))["autopsy"] is None
    outcome = cli("autopsy", "iris-2", "-n", "3")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--iterations is for lessons and equations" in outcome.err
