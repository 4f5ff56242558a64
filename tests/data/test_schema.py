"""The stored description of the columns: new rows are treated as the training rows were, or refused by name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.data.csv_file import parse_csv
from tui_nn.data.infer import Reading, dataset_from_table
from tui_nn.data.schema import Field, Schema
from tui_nn.errors import UserError

PETS = dataset_from_table(
    parse_csv(b"id,age,kind,class\n1,3,cat,s\n2,1,dog,l\n3,2,cat,s\n", "train"), Reading(drop=["id"])
)
BARE = dataset_from_table(parse_csv(b"3,cat,0\n1,dog,1\n", "train"), Reading())


def encode(data, schema=PETS.schema, **options):
    return schema.encode(parse_csv(data, "new.csv", **options)).tolist()


def test_columns_are_found_by_name_in_any_order():
    assert encode(b"kind,age\ndog,7\n") == [[7, 0, 1]]
    assert encode(b"class,age,id,kind\ns,7,1,cat\n") == [[7, 1, 0]]


@pytest.mark.parametrize("row", [b"7,dog\n", b"99,7,dog\n", b"99,7,dog,s\n"])
def test_without_names_all_columns_or_all_but_the_target_or_just_those_in_use(row):
    assert encode(row, header=False) == [[7, 0, 1]]


def test_a_model_without_column_names_goes_by_position():
    assert BARE.schema.named is False
    assert encode(b"7,dog\n", BARE.schema) == [[7, 0, 1]]
    assert encode(b"age,kind\n7,dog\n", BARE.schema) == [[7, 0, 1]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"age,sort\n7,dog\n", r"Missing: kind\. Unknown: sort\..*Needed: age, kind"),
        (b"age,kinds\n7,dog\n", r"Unknown: kinds\. Did you mean 'kind'\?"),
        (b"age,kind,extra\n7,dog,1\n", r"Unknown: extra"),
        (b"age,kind\n7,cow\n", r"row 1 \(line 2\), column 'kind' is 'cow'; known are: cat, dog"),
        (b"age,kind\n7,dogs\n", r"Did you mean 'dog'"),
        (b"age,kind\n7,dog\nold,cat\n", r"row 2 \(line 3\), column 'age' is 'old', which is no finite number"),
        (b"age,kind\n7,dog\n,cat\n?,dog\n", r"row 2 \(line 3\), column 'age' has no value, and 1 more cell"),
        (b"age,kind\n7,\n", r"column 'kind' has no value"),
        (b"7\n8\n", r"1 column and no column names; it needs 2: age, kind \(or 4"),
    ],
)
def test_wrong_rows_are_refused_by_name(data, message):
    with pytest.raises(UserError, match=message):
        encode(data)


def test_targets_where_they_are_there():
    assert PETS.schema.encode_target(parse_csv(b"age,kind\n7,dog\n", "new")) is None
    assert PETS.schema.encode_target(parse_csv(b"age,kind,class\n7,dog,s\n8,cat,l\n", "new")).tolist() == [1, 0]
    with pytest.raises(UserError, match="column 'class' is 'xl'; known are: l, s"):
        PETS.schema.encode_target(parse_csv(b"age,kind,class\n7,dog,xl\n", "new"))


def test_numeric_classes_are_known_in_any_spelling():
    table = parse_csv(b"a,y\n1,1.0\n2,01\n3,0\n", "new")
    assert Schema((Field("a"),), "y", "classification", ("0", "1"), ("a", "y")).encode_target(table).tolist() == [
        *(1, 1, 0)
    ]


def test_the_training_rows_come_out_again():
    table = parse_csv(b"id,age,kind,class\n1,3,cat,s\n2,1,dog,l\n3,2,cat,s\n", "train")
    assert PETS.schema.encode(table).tolist() == PETS.X.tolist()
    assert PETS.schema.encode_target(table).tolist() == PETS.y.tolist()


name = st.text(min_size=1, max_size=5)
fields = st.lists(
    st.builds(Field, name, st.lists(name, max_size=3, unique=True).map(tuple)),
    min_size=1,
    unique_by=lambda field: field.name,
)


@given(fields, name, st.lists(name, unique=True), st.booleans())
def test_a_schema_survives_plain_values(fields, target, classes, named):
    task = "classification" if classes else "regression"
    columns = (*(field.name for field in fields), target)
    schema = Schema(tuple(fields), target, task, tuple(classes), columns, named)
    values = schema.to_dict()
    assert None not in values.values(), "TOML has no null"
    assert Schema.from_dict(json.loads(json.dumps(values))) == schema


@pytest.mark.parametrize("change", [{"task": "x"}, {"fields": 3}, {"classes": None}, {"categories": []}])
def test_a_damaged_schema_is_an_error(change):
    with pytest.raises(UserError, match="damaged"):
        Schema.from_dict({**PETS.schema.to_dict(), **change})
    with pytest.raises(UserError, match="damaged"):
        Schema.from_dict({})
