"""From a table to a data set: inferred target and task, one-hot columns, missing values."""

from __future__ import annotations

import numpy as np
import pytest

from tui_nn.data.csv_file import parse_csv
from tui_nn.data.infer import Reading, dataset_from_table
from tui_nn.errors import UserError

PETS = b"age,kind,weight\n3,cat,4.5\n1,dog,20\n2,cat,5.25\n"


def dataset(data, **reading):
    return dataset_from_table(parse_csv(data, "t.csv"), Reading(**reading))


def column(values):
    """A table with one feature and these targets."""
    return "x,y\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values))


def test_a_golden_by_hand():
    pets = dataset(PETS)
    assert pets.features == ("age", "kind=cat", "kind=dog")
    assert pets.X.tolist() == [[3, 1, 0], [1, 0, 1], [2, 1, 0]]
    assert (pets.y.tolist(), pets.target, pets.task, pets.classes) == ([4.5, 20, 5.25], "weight", "regression", ())
    assert pets.notes == (
        "the first line holds the column names",
        "the target is 'weight', the last column",
        "regression: 'weight' holds numbers with fractions",
    )


def test_classes_are_sorted_as_scikit_learns_label_encoder_sorts_them():
    pets = dataset(PETS, target="kind")
    assert (pets.classes, pets.y.tolist(), pets.y.dtype) == (("cat", "dog"), [0, 1, 0], np.int64)
    assert pets.features == ("age", "weight")


@pytest.mark.parametrize("target", ["kind", 2, "-2"])
def test_the_target_by_name_or_number(target):
    assert dataset(PETS, target=target).target == "kind"


@pytest.mark.parametrize("name", ["class", "Target", "LABEL", "y"])
def test_a_column_named_as_a_target_is_the_target(name):
    assert dataset(f"{name},a,b\n1,2,3.5\n2,2,4\n".encode()).target == name


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["0", "1", "1"], "classification", ("0", "1")),
        (["1", "-1", "1"], "classification", ("-1", "1")),
        (["4", "8", "14", "13"], "regression", ()),
        (["1", "4", "2", "1"], "regression", ()),
        ([str(i % 3) for i in range(15)], "classification", ("0", "1", "2")),
        ([str(i % 3) for i in range(14)], "regression", ()),
        ([str(i % 21) for i in range(210)], "regression", ()),
        (["0.5", "1", "1"], "regression", ()),
        (["yes", "no", "yes"], "classification", ("no", "yes")),
        (["5+", "3", "4"], "classification", ("3", "4", "5+")),
        (["10", "9.0", "9", "10"] * 3, "classification", ("9", "10")),
    ],
)
def test_the_task_is_inferred_and_said(values, task, classes):
    found = dataset(column(values).encode())
    assert (found.task, found.classes) == (task, classes)
    assert any(note.startswith(task) for note in found.notes)


def test_the_task_can_be_said():
    assert dataset(column(["0", "1", "1"]).encode(), task="regression").y.tolist() == [0, 1, 1]
    assert dataset(column(["1.5", "2.5", "1.5"]).encode(), task="classification").classes == ("1.5", "2.5")
    assert not any("regression" in note for note in dataset(column(["1", "2"]).encode(), task="regression").notes)


def test_columns_are_dropped_or_taken_as_text():
    data = b"id,zip,y\n7,01,0\n8,1,1\n9,01,1\n"
    assert dataset(data, drop=["id"], text=["zip"]).X.tolist() == [[1, 0], [0, 1], [1, 0]]
    assert dataset(data, drop=["1"], text=[2]).features == ("zip=01", "zip=1")
    assert dataset(data, drop=["zip"]).schema.columns == ("id", "zip", "y")


def test_missing_values_are_reported_by_row_and_column():
    with pytest.raises(UserError) as caught:
        dataset(b"a,b,y\n1,,x\n?,2,z\n3,3,\n4,4,z\n")
    message = str(caught.value)
    assert "missing values in: a (1), b (1), y (1)" in message
    assert "row 1 (line 2), column 'b'; row 2 (line 3), column 'a'; row 3 (line 4), column 'y'" in message
    assert "--missing drop" in message
    assert "3 of 4" in message


def test_rows_with_missing_values_can_be_left_out():
    kept = dataset(b"a,b,y\n1,,x\n5,2,z\n3,3,x\n", missing="drop")
    assert (kept.X.tolist(), kept.y.tolist()) == ([[5, 2], [3, 3]], [1, 0])
    assert "1 row of 3 left out for missing values" in kept.notes


def test_a_dropped_column_may_have_missing_values():
    assert dataset(b"a,b,y\n1,,x\n5,,z\n", drop=["b"]).rows == 2


def test_no_row_is_left_out_when_that_leaves_none():
    with pytest.raises(UserError, match="No row is without one"):
        dataset(b"a,b,y\n1,,x\n5,,z\n", missing="drop")


@pytest.mark.parametrize(
    ("data", "reading", "message"),
    [
        (
            b"a,y\n1,0\nl2,1\n3,1\n",
            {},
            r"1 of 3 cells of column 'a' is no finite number: row 2 \(line 3\), column 'a' is 'l2'.*--text",
        ),
        (b"a,y\n1,0\n2,zero\n", {"task": "regression"}, r"column 'y' is 'zero'"),
        (column([f"{i}.5" for i in range(30)] + ["x"]).encode(), {}, r"column 'y' is 'x'"),
        (
            column(["1.5", "2.5", "inf", "inf", "4.5", "6.5", "7.5", "8.5", "9.5", "3.5"]).encode(),
            {},
            r"2 of 10 cells .*row 3 .*'y' is 'inf'",
        ),
        (column(["3", "8", "4", "1e400"]).encode(), {}, "1 of 4 cells of column 'y' is no finite number.*'1e400'"),
        (column(["rose", "lily"]).encode(), {"task": "regression"}, "2 of 2 cells .* are no finite numbers.*--task"),
        (b"a,y\n1,0\n", {"drop": ["y"]}, "'y' is the target"),
        (b"a,y\n1,0\n2,1\n", {"drop": ["a"]}, "no column left"),
        (b"a,y\n1,0\n2,1\n", {"drop": ["z"]}, "no column 'z'"),
        (b"a,y\n1,x\n2,x\n", {}, "'x' in every row"),
        (b"a,y\n1,0\n2,1\n", {"task": "cluster"}, "classification, regression"),
        (b"a,y\n1,0\n2,1\n", {"missing": "guess"}, "error, drop"),
        (b"x y\n0 1\n1 2\n", {}, "no column left.*--delimiter space"),
        (column(range(1001)).encode(), {"task": "classification"}, "1,001 different values"),
        (("n,y\n" + "".join(f"u{i},{i % 2}\n" for i in range(101))).encode(), {}, "101 different texts.*--drop"),
    ],
)
def test_what_cannot_be_learned_from_is_named(data, reading, message):
    with pytest.raises(UserError, match=message):
        dataset(data, **reading)


def test_the_hash_is_of_the_content_alone():
    base = dataset(PETS)
    table = parse_csv(PETS.replace(b"\n", b"\r\n"), "elsewhere.csv")
    assert dataset_from_table(table, Reading()).sha256 == base.sha256
    others = [
        dataset(PETS, target="age"),
        dataset(PETS.replace(b"4.5", b"4.25")),
        dataset(PETS.replace(b"age", b"Age")),
        dataset(PETS, task="classification"),
        base.take(np.array([0, 2, 1])),
    ]
    assert len({base.sha256, *(other.sha256 for other in others)}) == 6


def test_a_data_set_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        dataset(PETS).X[0, 0] = 1
