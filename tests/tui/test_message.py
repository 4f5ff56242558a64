"""What a line or two say: whole where it fits, and its reason even where a path is long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.driving import opened
from tests.tui.training_driving import small, training
from tui_nn.tui.drawing.message import LEAST, fitted
from tui_nn.tui.widgets.scrubber import Scrubber

REASON = "there is no room left on the device."
FULL = f"Cannot write '/home/somebody/deep/in/folders/small/run/checkpoints/000042.safetensors': {REASON}"


@given(st.text(st.characters(categories=("L", "N", "P", "Zs"))), st.integers(1, 60), st.integers(1, 3))
def test_a_message_keeps_to_its_room_and_says_where_it_is_cut(text, width, height):
    lines = fitted(text, width, height, "…")
    assert len(lines) <= height
    assert all(cell_len(line) <= max(width, 2) for line in lines)  # a wide character takes two
    kept = "".join("".join(lines).split())
    assert kept == "".join(text.split()) or "…" in kept


@pytest.mark.parametrize("width", range(len("Cannot write : ") + LEAST + len(REASON), len(FULL) + 3))
def test_a_path_gives_way_in_its_middle_before_the_reason_is_lost(width):
    (line,) = fitted(FULL, width, 1, "…")
    assert line.endswith(f": {REASON}")
    assert line.startswith("Cannot write '")
    assert (line == FULL) == (width >= len(FULL))
    assert line == FULL or len(line) == width
    assert line == FULL or len(line.split("'")[1]) + 2 >= LEAST


@pytest.mark.parametrize("height", [1, 2])
def test_a_formula_is_no_path(height):
    text = "iteration 3, line 7: `p = exp(a)/(exp(a)+exp(b))` gives p = NaN; operands: a, b"
    (*_, last) = fitted(text, 60, height, "…")
    assert (last[-1] == "…") == (height == 1)


def test_a_message_is_cut_between_words():
    assert fitted("operands: a = 4.72673e+298, b = 2.5", 22, 1, "…") == ("operands: a = …",)


@pytest.mark.parametrize("size", [(60, 18), (80, 24)], ids="{0[0]}x{0[1]}".format)
async def test_a_complaint_of_a_run_is_whole_on_the_screen(tmp_path, size):
    async with training(small(tmp_path / "run"), size=size) as driver:
        driver.screen.complain(FULL)
        said = " ".join(driver.text().split())
        assert "Cannot write '" in said
        assert REASON in said


async def test_the_steppers_line_becomes_two_for_what_it_has_to_say_and_one_again():
    long = "breakpoint at line 3, " + " + ".join(f"w{i} * x{i}" for i in range(10))
    async with opened("S5", size=(80, 24)) as driver:
        driver.screen.query_one(Scrubber).say(long)
        await driver.pause()
        await driver.settle()
        assert long in " ".join(driver.text().split())
        assert "n next" in driver.text().splitlines()[-1]
        await driver.resize(160, 48)
        assert driver.screen.query_one(Scrubber).size.height == 1
        await driver.press("n")
        await driver.resize(80, 24)
        assert driver.screen.query_one(Scrubber).size.height == 1


async def test_the_hint_of_the_watches_and_the_edits_are_whole_at_the_smallest_size():
    async with opened("S5", size=(60, 18)) as driver:
        await driver.press("v", "v", "v", "v")
        await driver.pause()
        pane = driver.screen.query_one("#watch")
        assert words(pane) == "w watches an expression: abs(dw0), w0**2"
        for edit in ("w1=2.125", "w2=3.125"):
            await driver.press("e", "ctrl+u")
            await driver.type(edit)
            await driver.press("enter")
        assert "w1 = 2.125 from the start; w2 = 3.125 from the start" in words(pane)


def words(pane):
    return " ".join(pane.draw(*pane.body).plain.split())
