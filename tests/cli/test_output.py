"""Output: numbers that round-trip, text that cannot act on a terminal, tables that line up."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from enum import Enum
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui_nn.cli import output
from tui_nn.cli.output import TableFormat, safe, safe_cell, to_json_value

NAMES = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)


def read_back(value: object) -> object:
    return [read_back(item) for item in value] if isinstance(value, list) else NAMES.get(value, value)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@given(data=st.data())
def test_floats_round_trip_to_the_bit(dtype, data):
    array = data.draw(hnp.arrays(dtype, SHAPES))
    text = json.dumps(to_json_value(array), allow_nan=False)
    again = np.array(read_back(json.loads(text)), dtype=dtype).reshape(array.shape)
    nan = np.isnan(array)
    assert np.array_equal(np.isnan(again), nan)
    assert again[~nan].tobytes() == array[~nan].tobytes()


@given(hnp.arrays(hnp.integer_dtypes(), SHAPES))
def test_integers_stay_integers(array):
    assert to_json_value(array) == array.tolist()


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.1), 0.1),
        (np.float64(0.1), 0.1),
        (np.float32(16777216), 16777216.0),
        (np.array([[0.1, np.nan]], np.float32), [[0.1, "NaN"]]),
        (np.bool_(True), True),
        (np.int64(3), 3),
        (np.array(["a"]), ["a"]),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        ({"a": (1, None, np.array([2.5]))}, {"a": [1, None, [2.5]]}),
        (Colour.RED, "red"),
        (TableFormat.CSV, "csv"),
        (PurePosixPath("a/b"), "a/b"),
        (True, True),
    ],
)
def test_to_json_value(value, expected):
    result = to_json_value(value)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize("value", [1j, np.array([1j]), {1, 2}, object(), [b"bytes"]])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError, match="no form in JSON"):
        to_json_value(value)


CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text(alphabet=st.characters() | st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_safe_text_holds_nothing_that_a_terminal_acts_on(text):
    for character in safe(text).replace("\n", "").replace("\t", "") + safe_cell(text):
        assert unicodedata.category(character) not in CONTROLS
        assert unicodedata.bidirectional(character) not in BIDIRECTIONAL


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),
        ("a\r\nb", "a\\r\nb"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\udc80", r"\udc80"),
        ("θ = ∂J/∂W₁ v̂ 猫 🐈", "θ = ∂J/∂W₁ v̂ 猫 🐈"),
    ],
)
def test_safe(text, shown):
    assert safe(text) == shown


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON_VALUES)
def test_json_is_what_a_parser_reads_back(value):
    laid_out, line = output._laid_out(value), output._one_line(value)
    assert json.loads(laid_out) == json.loads(line) == value
    assert safe_cell(line) == line.replace("\t", r"\t")
    assert safe(laid_out) == laid_out


def test_a_matrix_is_laid_out_row_by_row(capsys):
    output.write_json({"name": "dW1", "shape": [2, 2], "value": np.array([[1.0, -2.5], [0.0, np.inf]])})
    assert capsys.readouterr().out == (
        '{\n  "name": "dW1",\n  "shape": [2, 2],\n  "value": [\n    [1.0, -2.5],\n    [0.0, "Infinity"]\n  ]\n}\n'
    )


HEADER = ["name", "value", "note"]
ROWS = [["v̂", np.float32(0.1), "a, b"], ["猫|*x*", -12.3456789, None], ["\x1b[1m", np.nan, "two\nlines"]]


def test_plain_table(capsys):
    output.write_table(ROWS, HEADER)
    assert capsys.readouterr().out == (
        "name        value  note\n"
        "v̂             0.1  a, b\n"
        "猫|*x*   -12.3457\n"
        r"\x1b[1m       NaN  two\nlines" + "\n"
    )


def test_a_table_in_a_terminal_shows_the_same_text(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    output.write_table([["[red]x[/red]", 1.5], [":cat: \x1b[2J", 2.0]], ["name", "value"])
    out = capsys.readouterr().out
    assert "[red]x[/red]" in out
    assert r":cat: \x1b[2J" in out
    assert "\x1b[2J" not in out


def test_csv(capsys):
    output.write_csv([*ROWS, ["W", np.array([[1.0, np.nan]]), True]], HEADER)
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        HEADER,
        ["v̂", "0.1", "a, b"],
        ["猫|*x*", "-12.3456789", ""],
        [r"\x1b[1m", "NaN", "two\nlines"],
        ["W", '[[1.0, "NaN"]]', "true"],
    ]


def test_markdown_table(capsys):
    output.write_markdown_table(ROWS, HEADER)
    assert capsys.readouterr().out.splitlines() == [
        "| name | value | note |",
        "| --- | ---: | --- |",
        "| v̂ | 0.1 | a, b |",
        r"| 猫\|\*x\* | -12.3456789 |  |",
        r"| \\x1b[1m | NaN | two\\nlines |",
    ]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (TableFormat.TEXT, "a  b\n1  x\n"),
        (TableFormat.JSON, '[\n  {"a": 1, "b": "x"}\n]\n'),
        (TableFormat.JSONL, '{"a": 1, "b": "x"}\n'),
        (TableFormat.CSV, "a,b\n1,x\n"),
        (TableFormat.MARKDOWN, "| a | b |\n| ---: | --- |\n| 1 | x |\n"),
    ],
)
def test_rows_in_each_format(capsys, form, expected):
    output.write_rows([[1, "x"]], ["a", "b"], form)
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("form", TableFormat)
def test_no_rows(capsys, form):
    output.write_rows([], ["a", "b"], form)
    out = capsys.readouterr().out
    assert out == {"json": "[]\n", "jsonl": "", "csv": "a,b\n", "markdown": "| a | b |\n| --- | --- |\n"}.get(
        form, "a  b\n"
    )
