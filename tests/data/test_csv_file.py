"""CSV and TSV: what is detected, and what a hostile file gets."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.data.csv_file import parse_csv
from tui_nn.errors import UserError


def cells(data, **options):
    table = parse_csv(data, "t.csv", **options)
    return table.names, [list(column.cells) for column in table.columns]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"a,b\n1,2\n", ("a", "b")),
        (b"1,2\n3,4\n", ("x1", "x2")),
        (b",a\n0,1\n1,2\n", ("x1", "a")),  # as pandas writes an index
        (b"5.1,3.5,setosa\n4.9,3.0,setosa\n", ("x1", "x2", "x3")),
        (b"name,kind\nann,p\nbob,q\n", ("name", "kind")),
        (b"p,x,s\ne,x,s\np,b,s\n", ("x1", "x2", "x3")),  # texts that turn up again: data
        (b"?,2\n3,4\n", ("x1", "x2")),
    ],
)
def test_a_header_is_detected(data, names):
    table = parse_csv(data, "t.csv")
    assert table.names == names
    assert table.header == (names != tuple(f"x{i + 1}" for i in range(len(names))))
    assert len(table.notes) == 1


def test_a_header_can_be_said():
    assert cells(b"1,2\n3,4\n", header=True) == (("1", "2"), [["3"], ["4"]])
    assert cells(b"a,b\n1,2\n", header=False) == (("x1", "x2"), [["a", "1"], ["b", "2"]])
    assert parse_csv(b"a,b\n1,2\n", "t", header=False).notes == ()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiters_are_detected(delimiter):
    data = f'a{delimiter}b\n1{delimiter}"2,5;6\t7"\n'.encode()
    assert cells(data) == (("a", "b"), [["1"], ["2,5;6\t7"]])


def test_a_delimiter_can_be_said():
    wanted = (("a", "b"), [["1", "3"], ["2", "4"]])
    assert cells(b"a|b\n1|2\n3|4\n", delimiter="|") == wanted
    assert cells(b"a\tb\n1\t2\n3\t4\n", delimiter="tab") == wanted
    for name in ("space", " "):
        assert cells(b"  a b\r\n 1   2 \r\n3 4\r\n", delimiter=name) == wanted


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n"])
def test_a_delimiter_is_one_character(delimiter):
    with pytest.raises(UserError, match="one character"):
        parse_csv(b"a,b\n1,2\n", "t", delimiter=delimiter)


def test_one_column_needs_no_delimiter():
    assert cells(b"y\n1\n2\n") == (("y",), [["1", "2"]])


def test_line_ends_quotes_spaces_byte_order_mark_and_blank_lines():
    data = b'\xef\xbb\xbfname, size\r\n"Ann ""A"" B", 1 \r\n\r\n  \r\n"two\r\nlines",2'
    assert cells(data) == (("name", "size"), [['Ann "A" B', "two\r\nlines"], ["1", "2"]])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1,2\n1,2,3\n", r"line 3: 3 cells, but the first line has 2"),
        (b"a,b\n1\n", r"line 2: 1 cell, but the first line has 2"),
        (b"a,b,a\n1,2,3\n", r"'a' more than once: columns 1, 3"),
        (b"a,b\n1,\x002\n", r"line 2 holds a NUL byte"),
        (b"a,b\n1,2\nx,caf\xe9\n", r"line 3 holds the byte 0xe9.*UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b'a,b\n1,"2\n3,4\n', r"line 3: unexpected end of data\. A quote"),
        (b'a,b\n1,"2"x\n', r"line 2: .* A quote"),
        (b"a,b\n1," + b"9" * (1 << 21) + b"\n", r"line 2: field larger than field limit"),
    ],
)
def test_what_is_wrong_is_named_by_line(data, message):
    with pytest.raises(UserError, match=message) as caught:
        parse_csv(data, "t.csv")
    assert "t.csv" in str(caught.value)


def test_text_of_a_file_cannot_steer_a_terminal_through_a_message():
    with pytest.raises(UserError) as caught:
        parse_csv(b"\x1b[2J,\x1b[2J\n1,2\n", "evil\x1b]0;t\x07.csv")
    assert str(caught.value).isprintable()
    assert r"\x1b[2J" in str(caught.value)


word = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=6).map(str.strip)


@given(st.integers(1, 4).flatmap(lambda k: st.lists(st.lists(word, min_size=k, max_size=k), min_size=1, max_size=8)))
def test_what_the_csv_module_writes_is_read_back(rows):
    rows = [["#", *row] for row in rows]  # no row is blank
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    table = parse_csv(text.getvalue().encode(), "t", header=False, delimiter=",")
    assert [list(row) for row in zip(*(column.cells for column in table.columns), strict=True)] == rows


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_clear_error(data):
    try:
        table = parse_csv(data, "t")
    except UserError as error:
        assert str(error).isprintable()  # noqa: PT017 - either is right
        return
    assert table.rows >= 1
    assert all(len(column.cells) == table.rows for column in table.columns)
