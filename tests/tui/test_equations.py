"""Your equations: each error under its line while it is there; then stepped like a lesson."""

from __future__ import annotations

from textual.events import Paste

from tests.tui.driving import opened
from tui_nn.tui.equations_check import Mark
from tui_nn.tui.screens.equations import FIRST_PAGE
from tui_nn.tui.widgets.marked_editor import MarkedEditor

LONG = "\n".join(f"a{i} = tanh(w * {f'a{i - 1}' if i else 'x'})" for i in range(30)) + "\nL = (y - a29)**2"


async def replace(driver, text: str) -> None:
    """Paste over all that stands in the field."""
    await driver.press("f7")
    event = Paste(text)
    event.set_sender(driver.app)
    driver.app._driver.send_message(event)
    await driver.settle()


async def test_each_error_stands_under_its_line_while_it_is_there():
    async with opened() as driver:
        await driver.to("EquationsScreen", "e")
        await driver.press("end", "asterisk")
        text = driver.text().splitlines()
        at = next(i for i, line in enumerate(text) if "b1)*" in line)
        assert text[at + 1][: text[at].rindex("*") + 2].rstrip().endswith("^")
        below = next(i for i, line in enumerate(text) if "L = 0.5 * (y" in line)
        assert below > at + 1, "the lines below move down"
        editor = driver.screen.query_one("#equations", MarkedEditor)
        await driver.pilot.click("#equations", offset=(8, below - editor.region.y))
        assert editor.cursor_location == (1, 8 - editor.gutter_width), "a click goes to the line that is seen there"
        await driver.press("tab", "f5")
        assert type(driver.screen).__name__ == "EquationsScreen"
        assert driver.screen.focused is editor, "to what is wrong"
        assert editor.cursor_location[0] == 0
        await driver.press("end", "backspace")
        assert driver.screen.checked.marks == ()
        assert "^" not in driver.text()

        await driver.press("tab")
        await replace(driver, "w1 = 1; b1 = 0; w2 = 1\nx = [[1, 2],\n     [3]]\ny = 1")
        text = driver.text().splitlines()
        at = next(i for i, line in enumerate(text) if line.startswith("      [3]]"))
        assert text[at + 1].startswith("      ^")
        assert "equally" in "".join(text[at + 2 : at + 5])
        await replace(driver, "x = 1; w1 = 1; b1 = 0; w2 = 1; y = 1")
        assert driver.screen.checked.marks == ()

        await driver.press("tab", "end")
        await driver.type(" lrr=1")
        text = driver.text().splitlines()
        at = next(i for i, line in enumerate(text) if "lrr=1" in line)
        assert text[at + 1].index("^") == text[at].index("lrr")
        assert "did you mean lr?" in " ".join("".join(line[:38] for line in text[at + 2 : at + 6]).split())


async def test_a_long_page_scrolls_and_equations_are_stepped_like_a_lesson():
    async with opened() as driver:
        await driver.to("EquationsScreen", "e")
        await replace(driver, "a = tanh(w1 * x + \x1b[1mb1\x07)\ud800\r\n\u202eL = (y - w2 * a)**2 + [bold]")
        pasted = "a = tanh(w1 * x + [1mb1)\nL = (y - w2 * a)**2 + [bold]"
        assert driver.screen.focused.text == pasted, "without what a terminal would act on"
        await replace(driver, FIRST_PAGE)
        await driver.to("StepperScreen", "f5")
        await driver.press("i")
        assert driver.snapshot.position == (1, 10)
        assert driver.text().startswith(" a = tanh(w1 * x + b1); L = 0.5")
        await driver.to("EquationsScreen", "q")

        await replace(driver, LONG)
        await driver.press("tab")
        await replace(driver, "x = 1\ny = 1\nw = 1")
        await driver.when(lambda: "30 a₂₉" not in driver.text() and "more lines; Tab leads here" in driver.text())
        await driver.press("tab", "tab", "pagedown")
        await driver.when(lambda: "30 a₂₉" in driver.text())
        await driver.press("end")
        await driver.when(lambda: "θ = θ − step" in driver.text() and "more line" not in driver.text())
        await driver.to("LessonsScreen", "escape")
        await driver.to("EquationsScreen", "e")
        assert driver.screen.focused.text == LONG, "as it was left"


def test_the_rows_of_an_editor_and_its_lines_lead_to_one_another():
    editor = MarkedEditor("one\ntwo\nthree", id="equations")
    mark = Mark("equations", 0, 0, "")
    editor._below = {0: [(mark, 0, 20, 0)], 1: [(mark, 0, 20, 0), (mark, 0, 20, 1)]}
    assert [editor._line_at(row) for row in range(6)] == [(0, None), (0, 0), (1, None), (1, 0), (1, 1), (2, None)]
    assert [editor._row_of(line) for line in range(3)] == [0, 2, 5]
