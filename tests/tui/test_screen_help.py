"""The help of each screen explains what is drawn there."""

from __future__ import annotations

import pytest

from tests.tui.driving import opened
from tui_nn.lang.primitives import FUNCTIONS
from tui_nn.lessons.catalogue import all_lessons
from tui_nn.tui.drawing.runs import COLUMNS
from tui_nn.tui.screen_help import RUNS, of_lesson
from tui_nn.tui.screens.help import page
from tui_nn.tui.widgets.runner import RunnerPane
from tui_nn.view.look import Look

OBVIOUS = {"data", "optimizer"}  # columns whose title says it


def signs(sections):
    return {sign for _, pairs in sections for sign, _ in pairs}


@pytest.mark.parametrize("ascii_only", [False, True])
async def test_lockstep_explains_each_row_of_its_boxes_and_each_optimiser(ascii_only):
    async with opened(look=Look(ascii_only=ascii_only)) as driver:
        driver.app.open_lockstep("S6")
        await driver.until("LockstepScreen")
        await driver.press("i")
        sections = dict(driver.screen.sections())
        explained = sections["Names"]
        assert all(meaning for _, meaning in explained)
        names = {name for name, _ in explained}
        for pane in driver.screen.query(RunnerPane):
            rows = list(filter(str.strip, pane.draw(70, 20).plain.splitlines()))
            assert {row.split()[0] for row in rows[2:-1]} <= {name.split()[0] for name in names}
            assert any(heading.startswith(f"{pane._title}: ") for heading in sections)
        await driver.press("question_mark")
        assert "one optimiser on the same problem" in driver.text()


async def test_the_editor_explains_the_language_and_derived_names():
    async with opened() as driver:
        await driver.to("EquationsScreen", "e")
        found = signs(driver.screen.sections())
        assert set(FUNCTIONS) <= {sign.split("(")[0] for sign in found}
        assert {"a @ b", "δ₁, δ₂", "Values"} <= found
        await driver.press("f1")
        assert "a line each, from what is given to the loss" in driver.text()


async def test_a_new_run_explains_each_field():
    async with opened() as driver:
        await driver.to("TrainFormScreen", "t")
        found = dict(pair for _, pairs in driver.screen.sections() for pair in pairs)
        assert all(found[name.replace("_", " ")] for name in driver.screen.texts)


def test_the_list_of_runs_explains_its_columns():
    assert {title for title, *_ in COLUMNS} - OBVIOUS <= {sign for sign, _ in RUNS[1]}


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.code)
def test_a_lesson_says_all_that_its_file_has_to_say(lesson):
    text = page(of_lesson(lesson), 70)
    assert max(map(len, text.splitlines())) <= 70
    for said in (lesson.summary, lesson.notes, *(text for slip in lesson.errata for text in (slip.right, slip.note))):
        assert " ".join(said.split()) in " ".join(text.split())
