"""The key table is what the program does: bindings, footer, help and palette say the same."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.tui.driving import opened
from tests.tui.test_fuzz import SCENES, reach
from tests.tui.training_driving import TrainingDriver
from tui_nn.tui import keys, why
from tui_nn.tui.app import Start, TuiNN
from tui_nn.tui.drawing.keybar import slots
from tui_nn.tui.screens.help import page
from tui_nn.tui.widgets.keybar import KeyBar
from tui_nn.view.look import Look

TARGETS = {"lessons": "", "stepper": "S5"}
OPEN = {"lockstep": "l", "equations": "e"}


def every_row(name):
    return [*keys.table(name), *(row for rows in keys.PANES.values() for row in rows)]


@pytest.mark.parametrize("name", keys.SCREENS)
def test_no_key_twice(name):
    pressed = [key for row in keys.table(name) for key in row.keys.split(",")]
    assert len(pressed) == len(set(pressed))


@pytest.mark.parametrize("pane", keys.PANES)
def test_a_pane_takes_no_key_of_the_stepper_but_enter_and_the_like(pane):
    own = {key for row in keys.PANES[pane] for key in row.keys.split(",")}
    screen = {key for row in keys.table("stepper") for key in row.keys.split(",")}
    assert not own & screen


@pytest.mark.parametrize("name", keys.SCREENS)
def test_help_says_every_key(name):
    text = " ".join(page(why.key_sections(name)).split())
    for row in keys.table(name):
        assert " ".join(row.help.split()) in text
        assert row.shown in text


@pytest.mark.parametrize("pane", keys.PANES)
def test_help_says_the_keys_of_the_pane_that_stands_out(pane):
    text = " ".join(page(why.key_sections("stepper", pane)).split())
    for row in keys.PANES[pane]:
        assert row.help in text


@pytest.mark.parametrize("ascii_only", [False, True])
def test_help_has_the_signs_that_are_drawn(ascii_only):
    look = Look(ascii_only=ascii_only)
    text = dict(why.panes(why.PANES, look)[1])["listing"]
    for sign, meaning in {
        look.glyphs.arrow: "is the line computed last",
        look.glyphs.unknown: "is not computed yet",
        look.glyphs.node[0]: "is a breakpoint",
        look.glyphs.changed: "is what an edit has changed",
    }.items():
        assert look.text(f" {sign} {meaning}") in look.text(text)


@pytest.mark.parametrize("name", keys.SCREENS)
def test_the_footer_never_leaves_out_the_way_to_the_others(name):
    assert [row for _, _, row in slots(keys.footer(name), 10_000)] == list(keys.footer(name))
    for width in (60, 80, 100):
        placed = slots(keys.footer(name), width)
        assert any(row.action == "explain" for _, _, row in placed)
        assert placed[-1][1] <= width
        assert all(a[1] <= b[0] for a, b in pairwise(placed))


@pytest.mark.parametrize("name", ["lessons", "stepper", "lockstep", "equations"])
async def test_every_row_has_an_action_and_a_binding(name):
    async with opened(TARGETS.get(name, "")) as driver:
        if name in OPEN:
            await driver.press(OPEN[name])
            await driver.pause()
        assert name == driver.screen.TABLE
        bound = driver.screen._bindings.key_to_bindings
        for row in keys.table(name):
            owner, _, action = next(iter(bound[row.keys.split(",")[0]])).action.rpartition(".")
            assert action == row.action
            assert hasattr(driver.app if owner == "app" else driver.screen, f"action_{action}"), row
            for key in row.keys.split(","):
                assert next(iter(bound[key])).action.rpartition(".")[2] == row.action
        assert set(bound) - {key for row in keys.table(name) for key in row.keys.split(",")} <= INHERITED


INHERITED = {"super+c", "tab", "shift+tab"}  # Textual's own


async def test_a_list_has_the_keys_that_its_help_says():
    async with opened() as driver:
        bound = driver.screen.query_one("#lessons")._bindings.key_to_bindings
        rows = keys.PANES[keys.LIST]
        assert {key for row in rows for key in row.keys.split(",")} <= set(bound)
        await driver.press("question_mark")
        assert "Keys in the list" in driver.text()


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if scene.table not in ("stepper", "delete")])
async def test_every_key_of_a_screen_is_whole_in_the_footer_or_in_the_help(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scene = SCENES[name]
    async with TuiNN(start=Start(scene.target), look=Look()).run_test(size=(80, 24)) as pilot:
        driver = TrainingDriver(pilot.app, pilot)
        await driver.pause()
        await reach(driver, scene, tmp_path)
        if name == "training":
            await driver.tap("space")
        for width in (80, 60):
            await driver.resize(width, 24)
            bar = driver.screen.query_one(KeyBar)
            drawn = bar.render_line(0).text
            signs = re.findall(r"(?<= )\S+ \S.*?(?=  |$)", " " + drawn.rstrip())
            known = {f"{key.shown} {key.label}" for row in keys.table(scene.table) for key in (row, row.now(True))}
            assert len(signs) > 1
            assert known >= set(signs)
            assert drawn.rstrip().endswith(f"{keys.footer(scene.table)[-1].shown} help")
        await driver.tap(keys.footer(scene.table)[-1].keys.split(",")[0])
        await driver.when(lambda: type(driver.screen).__name__ == "HelpScreen")
        text = driver.screen.query_one("#page Static").content.plain
        idle = bar._idle if scene.table == "autopsy" else ()  # there what is idle never comes to be anything else
        said = {
            row.action for row in keys.table(scene.table) if re.search(rf"^ +{re.escape(row.shown)}( |$)", text, re.M)
        }
        assert said == {row.action for row in keys.table(scene.table)} - set(idle)


async def test_a_prompt_says_its_keys_even_after_a_mistake():
    async with opened("S5") as driver:
        await driver.press("g")
        for typed in ("nowhere", "3"):
            assert "Enter answers, Esc leaves" in driver.text()
            assert type(driver.screen).__name__ == "Prompt"
            await driver.type(typed)
            await driver.press("enter", *["backspace"] * len(typed))
        assert driver.snapshot.position.iteration == 3


@pytest.mark.parametrize("pane", [pane for pane in keys.PANES if pane != keys.LIST])
async def test_every_row_of_a_pane_has_an_action(pane):
    async with opened("S5") as driver:
        widget = driver.screen.query_one(f"#{pane}")
        bound = widget._bindings.key_to_bindings
        for row in keys.PANES[pane]:
            assert hasattr(widget, f"action_{row.action}"), row
            assert next(iter(bound[row.keys])).action == row.action


async def test_the_palette_is_the_table():
    async with opened("S5") as driver:
        found = {command.title: command.help for command in driver.app.get_system_commands(driver.screen)}
        for row in keys.table("stepper"):
            if row.action != "command_palette":
                assert found[f"{row.label} ({row.shown})"] == row.help


async def test_a_command_of_the_palette_does_it():
    async with opened("S5") as driver:
        await driver.press("ctrl+p")
        await driver.pause()
        await driver.type("next (n)")
        await driver.pilot.pause(0.5)
        await driver.to("StepperScreen", "enter")
        assert driver.snapshot.position == (1, 1)


async def test_a_click_on_the_footer_is_its_key():
    async with opened("S5") as driver:
        bar = driver.screen.query_one("#keybar")
        start, _, _ = next(slot for slot in slots(bar._keys, 80) if slot[2].action == "next")
        await driver.click(start + 1, 0, "#keybar")
        await driver.settle()
        assert driver.snapshot.position == (1, 1)


async def test_the_footer_follows_the_pane_that_stands_out():
    async with opened("S5") as driver:
        assert "Backspace return" not in driver.text().splitlines()[-1]
        await driver.press("tab")
        assert driver.screen.focused.id == "card"
        assert "Backspace return" in driver.text().splitlines()[-1]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids="{0[0]}x{0[1]}".format)
async def test_the_footer_has_undo_as_long_as_there_is_something_to_undo(size):
    async with opened("S5", size=size) as driver:
        await driver.press("i")
        assert "z undo" not in driver.text().splitlines()[-1]
        await driver.press("e")
        await driver.type("w2 = 3")
        await driver.press("enter")
        assert "z undo" in driver.text().splitlines()[-1]
        await driver.press("z")
        assert "z undo" not in driver.text().splitlines()[-1]


async def test_the_footer_and_the_palette_say_what_space_does_now():
    async with opened("S5") as driver:

        def said():
            palette = {command.title for command in driver.app.get_system_commands(driver.screen)}
            return driver.text().splitlines()[-1], palette

        for now, other in (("run", "pause"), ("pause", "run"), ("run", "pause")):
            footer, palette = said()
            assert f"Space {now} " in footer
            assert f"Space {other}" not in footer
            assert f"{now} (Space)" in palette
            assert f"{other} (Space)" not in palette
            await driver._send("space")
            await driver._drain()
            driver.screen.poll()
        driver.screen.action_stop()


async def test_help_explains_the_line_symbol_by_symbol_and_closes():
    async with opened("S5", size=(100, 60)) as driver:
        await driver.press("1", "3", "n", "question_mark")
        text = driver.text()
        assert "Line 13: ∂L/∂w₁ = ∂L/∂f₂ · x₁" in text
        assert "the product, entry by entry" in text
        assert "x₁ (x1)" in text
        await driver.press("escape")
        assert type(driver.screen).__name__ == "StepperScreen"
