"""`tui-nn lockstep`: the deck's five optimisers side by side, and what the command makes of its options."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

FIVE = ["sgd", "momentum", "adagrad", "rmsprop", "adam"]

W, G = np.array([1.0, -1, 1, 2]), np.array([-2.0, -4, -2, 2])

# One step each from the deck's weights and gradient: what each remembers, and the new weights, as the deck's own
# formulas give them (its slips put right).
DECK = {
    "sgd": ({}, [1.2, -0.6, 1.2, 1.8]),
    "momentum": ({"v": [-0.2, -0.4, -0.2, 0.2]}, [1.2, -0.6, 1.2, 1.8]),
    "adagrad": ({"r": [4, 16, 4, 4]}, [1.099998, -0.900001, 1.099998, 1.900002]),
    "rmsprop": ({"r": [0.04, 0.16, 0.04, 0.04]}, [1.99975, -0.000125, 1.99975, 1.00025]),
    "adam": (
        {"m": [-0.2, -0.4, -0.2, 0.2], "v": [0.004, 0.016, 0.004, 0.004], "m_hat": G, "v_hat": [4, 16, 4, 4]},
        [1.1, -0.9, 1.1, 1.9],
    ),
}


def document(outcome):
    assert (outcome.code, outcome.err) == (0, "")
    return json.loads(outcome.out)


def column(record, name):
    return [p[name] for p in record["parameters"]]


def test_the_deck_s_five_side_by_side(cli):
    found = document(cli("lockstep", "S6", "--format", "json"))
    assert [each["optimizer"]["name"] for each in found["optimizers"]] == FIVE
    for each in found["optimizers"]:
        state, after = DECK[each["optimizer"]["name"]]
        assert each["losses"] == [2]
        assert [p["name"] for p in each["parameters"]] == ["w0", "w1", "w2", "w3"]
        assert column(each, "before") == W.tolist()
        assert column(each, "g") == G.tolist()
        for name, values in state.items():
            assert column(each, name) == pytest.approx(values, rel=1e-12)
        assert column(each, "after") == pytest.approx(after, abs=1e-6)
        assert column(each, "change") == pytest.approx(np.array(column(each, "after")) - W, abs=1e-15)


def test_losses_are_of_every_iteration_and_the_rest_of_the_last(cli):
    """Momentum, by hand, with a rate and a decay that hold for it as for the others."""
    given = ("L = (y - w*x)**2", "--at", "w=1", "--at", "x=2", "--at", "y=6", "--lr", "0.02", "--hyper", "gamma=0.5")
    found = document(cli("lockstep", *given, "--optimizer", "momentum", "--optimizer", "sgd", "-n", "3", "-f", "json"))
    momentum, plain = found["optimizers"]
    assert (momentum["optimizer"]["gamma"], momentum["optimizer"]["lr"], plain["optimizer"]) == (
        0.5, 0.02, {"name": "sgd", "lr": 0.02},
    )  # fmt: skip
    w, v, losses = 1.0, 0.0, []
    for _ in range(3):
        losses.append((6 - w * 2) ** 2)
        g, before = -4 * (6 - w * 2), w
        v = 0.5 * v + g
        w -= 0.02 * v
    assert momentum["losses"] == pytest.approx(losses, rel=1e-12)
    (of_w,) = momentum["parameters"]
    assert list(of_w) == ["name", "shape", "before", "g", "v", "step", "change", "after"]
    assert [of_w[n] for n in list(of_w)[2:]] == pytest.approx([before, g, v, 0.02 * v, w - before, w], rel=1e-12)


def test_a_row_for_each_number(cli):
    rows = list(csv.DictReader(io.StringIO(cli("lockstep", "N3", "--optimizer", "adam", "-n", "2", "-f", "csv").out)))
    (each,) = document(cli("lockstep", "N3", "--optimizer", "adam", "-n", "2", "-f", "json"))["optimizers"]
    assert [float(r["value"]) for r in rows if r["name"] == each["loss"]] == each["losses"]
    assert {r["iteration"] for r in rows if r["name"] == "m_hat"} == {"2"}
    w1 = each["parameters"][0]
    assert [float(r["value"]) for r in rows if (r["name"], r["parameter"]) == ("v", w1["name"])] == [
        x for row in w1["v"] for x in row
    ]


def test_the_text_keeps_to_the_width_and_says_what_it_leaves_out(cli):
    out = cli("lockstep", "N3", "-n", "40").out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "… 4 more entries" in out
    assert "… of 40 iterations" in out
    table = out.partition("\nC\n")[2].splitlines()
    assert table[0].split() == ["iteration", *FIVE]
    assert [table[1].split()[0], table[12].split()[0]] == ["1", "40"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["A1"], "A1 has nothing to optimise; lockstep needs a loss and parameters"),
        (["S6", "--optimizer", "adamm"], "there is no optimizer `adamm`; did you mean adam"),
        (["S6", "--hyper", "beta3=1"], "none of sgd, momentum, adagrad, rmsprop, adam has a setting `beta3`"),
        (["S6", "--lr", "1", "--hyper", "lr=2"], "--lr and --hyper lr are the same"),
        (["S9"], "there is no lesson `S9`"),
    ],
)
def test_wrong_input(cli, arguments, said):
    outcome = cli("lockstep", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
