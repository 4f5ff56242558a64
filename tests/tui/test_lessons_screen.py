"""The first screen: search, what a lesson shows, opening it."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tests.tui.driving import opened
from tui_nn.lessons.catalogue import all_lessons
from tui_nn.tui.screens.lessons import about, matches


async def test_every_lesson_is_listed_and_opens():
    for lesson in all_lessons():
        async with opened(size=(100, 60)) as driver:
            assert lesson.code in driver.text()
            options = driver.screen.query_one("#lessons")
            options.highlighted = options.get_option_index(lesson.slug)
            await driver.press("enter")
            assert driver.screen.problem.lesson.slug == lesson.slug


async def test_titles_are_whole_where_there_is_room():
    async with opened() as driver:
        for size in ((100, 24), (100, 30), (120, 40), (160, 48)):
            await driver.resize(*size)
            lines = driver.text().splitlines()
            for lesson in all_lessons():
                assert any(line[1:].startswith(f" {lesson.code}  {lesson.title}") for line in lines)


async def test_search_narrows_and_escape_clears_it():
    async with opened() as driver:
        await driver.press("slash")
        await driver.type("adagrad")
        options = driver.screen.query_one("#lessons")
        assert {o.id for o in options.options if o.id} == {"optimizers"}
        await driver.press("enter")
        assert driver.screen.problem.lesson.code == "S6"
        await driver.press("q", "escape")
        assert len([o for o in options.options if o.id]) == len(all_lessons())
        assert driver.screen.focused is options


def test_search_takes_every_word_from_anywhere():
    lesson = next(lesson for lesson in all_lessons() if lesson.code == "S5")
    assert matches(lesson, "GRAPH backprop")
    assert not matches(lesson, "graph zebra")


def test_about_says_what_it_shows():
    lesson = next(lesson for lesson in all_lessons() if lesson.code == "S6")
    assert "adam" in about(lesson)
    assert "f1 = x0 * w0" in about(lesson)


async def test_q_ends_the_app_with_code_0():
    async with opened() as driver:
        await driver.press("q")
        assert driver.app.return_code == 0


async def test_a_file_with_a_mistake_says_so_in_place(tmp_path):
    async with opened() as driver:
        driver.app.open_target(str(tmp_path / "none.toml"))
        await driver.pause()
        about = driver.screen.query_one("#about-text")
        assert "there is no such file" in str(about.render())
        await driver.press("down")
        assert "no such file" not in str(about.render())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes", "notes is no lesson"),
        ("folder", "that is a folder"),
        ("none", "no such file"),
        ("~nobody-here/none", "no such file"),
        ("n" * 300, "cannot be read"),
    ],
    ids=lambda text: text[:12],
)
async def test_what_is_no_lessons_file_is_told_from_what_is_not_there(tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").write_text("root:x:0\n")
    (tmp_path / "folder").mkdir()
    async with opened() as driver:
        await driver.to("Prompt", "o")
        await driver.type(name)
        await driver.press("enter")
        await driver.pause()
        assert said in driver.text()
        assert type(driver.screen).__name__ == "Prompt"


async def test_the_file_of_a_lesson_opens_with_and_without_its_ending(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (files("tui_nn.lessons") / "content" / "computation-graph.toml").read_text(encoding="utf-8")
    for name in ("mine.toml", "other"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    async with opened() as driver:
        for name in ("mine", "mine.toml", "other"):
            await driver.to("Prompt", "o")
            await driver.type(name)
            await driver.to("StepperScreen", "enter")
            await driver.to("LessonsScreen", "q")
