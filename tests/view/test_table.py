"""Tables: aligned, cut only where it does no harm, and honest about what was left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.view.looks import FEW, LOOKS, ascii_only, cells, check_size, name
from tui_nn.view.look import Look
from tui_nn.view.table import confusion, numbers, table

ADAM = {"g": [-2, -4, -2, 2], "m": [-0.2, -0.4, -0.2, 0.2], "v": [0.004, 0.016, 0.004, 0.004], "m̂": [-2.0, -4, -2, 2]}
ADAM |= {"v̂": [4.0, 16, 4, 4], "step": [-0.1] * 4, "θ": [1, -1, 1, 2], "θ′": [1.0999999, -0.9, 1.1, 1.9]}
NAMES = ["w0", "w1", "w2", "w3"]


@given(
    st.lists(st.lists(st.text(max_size=9), min_size=3, max_size=3), max_size=4),
    st.integers(0, 40),
    st.one_of(st.none(), st.integers(0, 3)),
    st.sampled_from(FEW),
)
def test_any_table_in_any_width(rows: list[list[str]], width: int, current: int | None, look: Look) -> None:
    drawn = table(["a", "bb", "ccc"], rows, look, width, current=current)
    check_size(drawn, width, len(rows) + 1)
    assert not look.ascii_only or ascii_only(drawn)


def test_texts_are_cut_and_numbers_never() -> None:
    rows = [["a very long name of a layer", "100480"]]
    assert table(["layer", "parameters"], rows, Look(), 22).plain == "layer       parameters\na very lo…      100480"
    assert table(["layer", "parameters"], rows, Look(), 12).plain.split("\n")[1] == "a very lo…"
    assert "…" in table(["layer", "parameters"], rows, Look(), 12).plain.split("\n")[0]


def test_the_pointer() -> None:
    assert table(["n"], [["1"], ["2"]], Look(), 9, current=1).plain == "  n\n  1\n▸ 2"
    assert table(["n"], [["1"], ["2"]], Look(ascii_only=True), 9, current=1).plain == "  n\n  1\n> 2"


def test_an_optimisers_state_side_by_side() -> None:
    text = numbers(NAMES, ADAM, Look(), 80, current=1, changed=[(1, "θ′")]).plain
    assert text.split("\n")[0].split() == list(ADAM)
    assert text.split("\n")[2].split() == ["▸", "w1", "−4", "−0.4", "0.016", "−4", "16", "−0.1", "−1", "−0.900•"]


@pytest.mark.parametrize("width", [80, 50, 36])
def test_every_quantity_is_there_in_any_usual_width(width: int) -> None:
    text = numbers(NAMES, ADAM, Look(), width).plain
    assert all(title in text.split() for title in (*ADAM, *NAMES))


def test_what_is_not_computed_is_no_zero() -> None:
    lines = numbers(["w"], {"g": None, "m": [0.0]}, Look(), 30).plain.split("\n")
    assert lines[1].split() == ["w", "·", "0"]


@given(st.integers(0, 60), st.sampled_from(FEW))
def test_numbers_in_any_width(width: int, look: Look) -> None:
    drawn = numbers(NAMES, ADAM, look, width, changed=[(0, "g")])
    check_size(drawn, width)
    assert not look.ascii_only or ascii_only(drawn)


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_confusion(look: Look) -> None:
    drawn = confusion([[50, 2, 0], [3, 40, 9], [0, 0, 0]], ["setosa", "versicolor", "virginica"], look, 60)
    rows = [line.split() for line in drawn.plain.split("\n")]
    assert rows[1] == ["setosa", "50", "2", "0", "96.2%"]
    assert rows[2] == ["versicolor", "3", "40", "9", "76.9%"]
    assert rows[3] == ["virginica", "0", "0", "0", look.glyphs.unknown]
    right = {style for text, style in cells(drawn)[1] if text == "5"}
    assert right == {look.style("current")}


@pytest.mark.parametrize(("width", "height"), [(60, 20), (200, 20), (60, None)])
def test_of_many_classes_the_mistakes_are_told_the_most_frequent_first(width: int, height: int | None) -> None:
    classes = [f"class {i}" for i in range(40)]
    counts = np.diag([50] * 40)
    counts[3, 7], counts[20, 1], counts[3, 39] = 4, 9, 4
    lines = confusion(counts, classes, Look(), width, height).plain.splitlines()
    assert lines[0].split() == ["40", "classes,", "99.2%", "right;", "mistakes:"]
    assert [line.split() for line in lines[2:]] == [
        ["class", "20", "class", "1", "9", "59"],
        ["class", "3", "class", "7", "4", "58"],
        ["class", "3", "class", "39", "4", "58"],
    ]
    assert confusion(counts, classes, Look(), 400, 41).plain.splitlines()[0].startswith("true")


def test_a_confusion_matrix_is_square() -> None:
    with pytest.raises(ValueError, match="2 classes"):
        confusion(np.ones((3, 2)), ["a", "b"], Look(), 40)
