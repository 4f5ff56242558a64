"""Finding a lesson by name, by code, and as a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui_nn.errors import UserError
from tui_nn.lessons.catalogue import all_lessons, load
from tui_nn.lessons.decks import full_title
from tui_nn.lessons.lesson import Init, Optimizer
from tui_nn.tui.keys import table

MINE = """
equations = "L = (y - w * x)**2"
parameters = ["w"]
[values]
x = 2
y = 1
w = 0.5
"""


def test_lessons_come_in_the_order_of_the_decks() -> None:
    assert [lesson.code for lesson in all_lessons()] == ["M3", "B2", "B6", "S1", "S5", "S6", "N3", "A1"]


@pytest.mark.parametrize("target", ["S5", "s5", "computation-graph", "Computation-Graph"])
def test_a_lesson_answers_to_its_name_and_its_code(target: str) -> None:
    assert load(target).slug == "computation-graph"


def test_every_lesson_says_what_it_shows_and_where_it_is_from() -> None:
    for lesson in all_lessons():
        assert lesson.title, lesson.slug
        assert lesson.slide, lesson.slug
        assert len(lesson.summary) > 60, lesson.slug
        assert len(lesson.notes) > 200, lesson.slug
        assert full_title(lesson.deck) != lesson.deck, lesson.slug


def test_an_unknown_name_suggests_near_ones() -> None:
    with pytest.raises(
        UserError, match=r"no lesson `optimisers`; did you mean optimizers.*`tui-nn lessons` lists them"
    ):
        load("optimisers")


def test_a_file_of_ones_own_needs_only_equations_parameters_and_values(tmp_path: Path) -> None:
    path = tmp_path / "my lesson.toml"
    path.write_text(MINE)
    lesson = load(str(path))
    assert (lesson.slug, lesson.title, lesson.code) == ("my lesson", "my lesson", "")
    assert (lesson.parameters, lesson.loss, lesson.values["w"]) == (("w",), "L", 0.5)
    assert lesson.optimizer is None
    assert lesson.figures == ()


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_file_from_windows_is_read(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(start + MINE.replace("\n", "\r\n").encode())
    assert load(str(path)).values["x"] == 2


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "regression.toml").write_text(MINE)
    with pytest.raises(UserError, match=r"regresion.toml: there is no such file; did you mean regression.toml"):
        load(str(tmp_path / "regresion.toml"))


def test_a_file_that_is_no_text_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'title = "x"\nsummary = "gr\xfc\xdfe"\n')
    with pytest.raises(UserError, match=r"latin.toml, line 2: not UTF-8; save the file as UTF-8"):
        load(str(path))


def test_a_folder_is_no_lesson(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(UserError, match="cannot be read"):
        load(str(folder))


@pytest.mark.parametrize("target", ["", "\0", "a\0b.toml", "x" * 5000, "L = 1\nM = 2"])
def test_odd_targets_are_user_errors(target: str) -> None:
    with pytest.raises(UserError):
        load(target)


def test_the_optimizers_lesson_offers_five() -> None:
    lesson = load("S6")
    assert lesson.choice() == Optimizer("sgd", {"lr": 0.1})
    assert lesson.choice("adam") == Optimizer("adam", {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-5})
    assert set(lesson.optimizers) == {"momentum", "adagrad", "rmsprop", "adam"}
    assert lesson.choice("nesterov") == Optimizer("nesterov", {"lr": 0.1})


def test_values_can_be_drawn() -> None:
    assert load("B6").values["W1"] == Init("normal", (4, 3), {"mean": 0.0, "scale": 0.01})
    assert load("N3").values["w2"] == Init("uniform", (4, 1), {"low": 0.0, "high": 1.0})


def test_what_a_lesson_tells_to_press_or_to_type_is_right_where_it_is_read() -> None:
    """On the app's screen and at a command line: it says which of the two a key or an option is for."""
    for lesson in all_lessons():
        text = " ".join(f"{lesson.summary} {lesson.notes}".split())
        options = [(flag, where) for flag, where in re.findall(r"(--\w+)( on the command line)?", text)]
        assert set(options) <= {("--optimizer", " on the command line")}, lesson.code
        letters = re.findall(r"In the app, (\w) ", text)
        assert len(letters) == len(options)
        for name in ("lessons", "stepper") if letters else ():
            assert (letters[0], "lockstep") in {(row.keys, row.action) for row in table(name)}
