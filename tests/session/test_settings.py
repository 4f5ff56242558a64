"""Settings: one table, whose values survive every way in and out, and whose mistakes are told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.errors import UserError
from tui_nn.nn.activations import ACTIVATIONS
from tui_nn.nn.initializers import INITIALIZERS
from tui_nn.nn.layers import LAYERS
from tui_nn.nn.losses import LOSSES
from tui_nn.nn.optimizers import OPTIMIZERS
from tui_nn.nn.schedules import SCHEDULES
from tui_nn.session.plan import network, rate_curve, update
from tui_nn.session.settings import PANELS, Settings, changed, flag, from_values, rows, to_values
from tui_nn.session.settings_file import read_settings, write_settings

NUMBERS = st.floats(0.001, 1e6)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda s: s.strip() == s and "=" not in s and "," not in s
)
VALUES = {
    "layers": st.lists(st.integers(1, 999) | st.sampled_from(["dropout(0.2)", "maxout(4, pieces=3)"]), min_size=1),
    "activation": st.lists(st.sampled_from(["relu", "leaky_relu(0.2)"]), min_size=1, max_size=3),
    "hyper": st.dictionaries(st.sampled_from(["beta1", "eps"]), NUMBERS | st.sampled_from(["inside"])),
    "class_weights": st.just("balanced") | st.dictionaries(NAMES, NUMBERS, min_size=1),
    "batch_size": st.integers(1, 10**6) | st.just("all"),
    "test": st.floats(0, 0.99) | st.integers(0, 1000),
    "time": NUMBERS,
    "lr": NUMBERS,
    "lr_changes": st.dictionaries(st.integers(1, 10**6), NUMBERS).map(lambda d: [[i, r] for i, r in d.items()]),
    "drop": st.lists(NAMES),
    "header": st.booleans(),
    "break_when": st.lists(st.just('norm(dW1) > 10 # it\'s "big"')),
}


@given(st.fixed_dictionaries({}, optional=VALUES))
def test_what_is_written_is_read_back(tmp_path_factory, values):
    settings = from_values(values)
    assert from_values(to_values(settings)) == settings
    file = tmp_path_factory.mktemp("settings") / "run.toml"
    file.write_text(write_settings(settings), encoding="utf-8")
    assert read_settings(file) == settings


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("layers", "10, 8", (10, 8)),
        ("layers", "0", ()),
        ("layers", "dense(5, relu), 3", ("dense(5, relu)", 3)),
        ("activation", "relu,leaky_relu(0.2)", ("relu", "leaky_relu(0.2)")),
        ("test", "0.25", 0.25),
        ("test", "50", 50),
        ("batch_size", "all", None),
        ("batch_size", "16", 16),
        ("time", "90", 90.0),
        ("time", "1.5h", 5400.0),
        ("time", "5m", 300.0),
        ("hyper", ["beta1=0.8", "eps_place=inside"], {"beta1": 0.8, "eps_place": "inside"}),
        ("class_weights", "good=2,bad=1", {"good": 2.0, "bad": 1.0}),
        ("dropout", "0.2,0.5", (0.2, 0.5)),
        ("lr_changes", ["81=0.05", "7 = 1e-3"], ((7, 0.001), (81, 0.05))),
    ],
)
def test_texts_of_the_command_line(key, text, value):
    assert getattr(from_values({key: text}), key) == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("lr", 0),
        ("lr", "fast"),
        ("lr", float("nan")),
        ("test", 1.0),
        ("test", -1),
        ("dropout", "1"),
        ("layers", "-3"),
        ("layers", "3,,4"),
        ("batch_size", 0),
        ("time", "5 weeks"),
        ("time", "0"),
        ("hyper", ["beta1"]),
        ("hyper", ["beta1=0.8", "beta1=0.9"]),
        ("class_weights", "good=-1"),
        ("class_weights", "good=1,good=2"),
        ("lr_changes", ["81"]),
        ("lr_changes", ["0=0.1"]),
        ("lr_changes", ["81=0"]),
        ("lr_changes", ["81=0.1", "81=0.2"]),
        ("shuffle", "yes"),
        ("dtype", "float16"),
        ("seed", -1),
        ("data", True),
    ],
)
def test_what_a_kind_does_not_take_is_told_with_what_it_takes(key, value):
    with pytest.raises(UserError, match=r" takes .+, not '"):
        from_values({key: value})


@pytest.mark.parametrize("key", list(rows()))
def test_whatever_toml_may_hold_is_read_or_refused(key):
    for value in [3, -1, 2.5, True, "", "a=b=c", [], [[1]], [{}], {}, {"a": [1]}, {"": {}}]:
        problem = None
        try:
            from_values({key: value}, where="run.toml")
        except UserError as error:
            problem = str(error)
        assert problem is None or problem.startswith(f"run.toml: {key} takes ")


def test_an_unknown_key_is_told_with_a_near_one():
    with pytest.raises(UserError, match=r"run\.toml: there is no setting 'epoch'\. Did you mean 'epochs'\?"):
        from_values({"epoch": 3}, where="run.toml")


def test_tables_are_merged_key_by_key_and_the_rest_is_replaced():
    base = from_values({"hyper": {"beta1": 0.8, "eps": 1e-6}, "drop": ["a"]})
    found = from_values({"hyper": ["beta1=0.7"], "drop": ["b"]}, base)
    assert found.hyper == {"beta1": 0.7, "eps": 1e-6}
    assert found.drop == ("b",)


def test_of_two_words_for_the_learning_rate_that_of_the_command_line_holds():
    as_hyper = from_values({"hyper": ["lr=0.3"]})
    assert from_values({"hyper": ["lr=0.3"]}, from_values({"lr": 0.1})) == as_hyper
    over_it = from_values({"lr": 0.1}, as_hyper)
    assert update(over_it).hyper["lr"] == 0.1
    assert from_values(to_values(over_it)) == from_values({}, over_it) == over_it


def test_a_run_that_goes_on_may_change_when_it_ends_and_what_it_shows():
    assert changed(from_values({"epochs": 9, "lr": 0.1, "quiet": True}), Settings()) == []
    assert changed(from_values({"seed": 9, "epochs": 3, "layers": "5"}), Settings()) == ["layers", "seed"]


def test_every_row_says_what_it_is_and_names_what_there_is():
    for name, (_, row) in rows().items():
        assert row.help.endswith("."), name
        assert row.panel in PANELS
        value = getattr(Settings(), name)
        assert value is not None or row.unset or name == "batch_size", name
    named = {name: row.offers for name, (_, row) in rows().items() if row.offers}
    tables = {
        "layers": LAYERS, "activation": ACTIVATIONS, "output_activation": ACTIVATIONS, "init": INITIALIZERS,
        "loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": [*SCHEDULES, "plateau"],
    }  # fmt: skip
    assert named == {name: tuple(table) for name, table in tables.items()}


WRONG_NAMES = {
    "layers": "maxot(3)",
    "activation": "rleu",
    "output_activation": "rleu",
    "init": "hee",
    "loss": "mes",
    "optimizer": "adm",
    "hyper": {"beta9": 1.0},
    "schedule": "cosin",
}


@pytest.mark.parametrize("setting", WRONG_NAMES)
def test_a_name_that_there_is_not_is_told_with_the_setting_it_was_given_for(setting):
    settings = from_values({setting: WRONG_NAMES[setting]})
    plan = {"optimizer": lambda: update(settings), "hyper": lambda: update(settings)}
    plan["schedule"] = lambda: rate_curve(settings, 0.1, 10)
    with pytest.raises(UserError, match=rf"^{flag(setting)}: .*(there is no|has no) "):
        plan.get(setting, lambda: network(settings, 4, ("a", "b", "c"), np.zeros(3, int)))()
