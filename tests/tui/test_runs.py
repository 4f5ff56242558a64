"""Running: with a speed, until something holds, to breakpoints; and what happens when numbers run away."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.tui.driving import opened
from tui_nn.lessons.problem import Settings, find
from tui_nn.tui import commands
from tui_nn.tui.batch_problem import REFUSED
from tui_nn.tui.screens.autopsy import AutopsyScreen
from tui_nn.view.look import Look

AWAY = Settings({}, hyper={"lr": 0.2})  # M3 diverges with it


async def test_run_and_pause():
    async with opened("S5") as driver:
        driver.screen.pace.index = 3
        driver.screen.action_run()
        await asyncio.sleep(0.35)
        driver.screen.poll()
        await driver._drain()
        assert "10 iterations/s" in driver.text()
        await driver.press("space")
        here = driver.snapshot.position
        assert here.iteration > 1
        assert not driver.screen.bridge.busy
        await asyncio.sleep(0.2)
        driver.screen.poll()
        assert driver.snapshot.position == here
        assert "iterations/s" not in driver.text()


async def test_a_step_while_it_runs_ends_the_run():
    async with opened("S5") as driver:
        driver.screen.pace.index = 5
        driver.screen.action_run()
        await asyncio.sleep(0.1)
        await driver.press("r")
        assert driver.snapshot.position == (1, 0)
        assert not driver.screen.bridge.busy


async def test_the_speed_goes_as_far_as_it_goes():
    async with opened("S5") as driver:
        await driver.press(*["plus"] * 9)
        assert "full speed" in driver.text()
        await driver.press(*["minus"] * 9)
        assert "1 line/s" in driver.text()


async def test_a_run_stops_at_a_breakpoint_which_is_marked():
    async with opened("S5") as driver:
        await driver.press("5", "n", "s")
        assert "runs stop at line 5; s takes it away" in driver.text()
        await driver.press("r")
        assert driver.snapshot.breaks == ("line 5",)
        marked = [line[:40] for line in driver.text().splitlines()[:-2] if "●" in line[:4]]
        assert len(marked) == 1
        assert " f = f₃ + f₄" in marked[0]
        driver.screen.pace.index = 5
        await driver.press("space")
        assert driver.snapshot.position == (1, 5)
        assert "breakpoint at line 5" in driver.text()
        await driver.press("space")
        assert driver.snapshot.position == (2, 5)
        await driver.press("s")
        assert driver.snapshot.breaks == ()
        assert "runs no longer stop at line 5" in driver.text()


@pytest.mark.parametrize("move", ["9n", "2p", "9i"])
async def test_a_counted_move_stops_at_a_breakpoint_too_and_the_help_says_so(move):
    async with opened("S5", size=(80, 120)) as driver:
        await driver.press("5", "n", "s", "r")
        await driver.press(*move)
        assert driver.snapshot.position == (1, 5)
        await driver.press("question_mark")
        text = " ".join(driver.text().replace("│", " ").split())
        assert "s stop runs and counted moves at the line under the pointer, or no longer" in text
        assert "S stop runs and counted moves when a condition holds, or no longer" in text


async def test_what_is_given_takes_no_breakpoint():
    async with opened("S5") as driver:
        await driver.press("home", "s")
        assert driver.snapshot.breaks == ()
        assert "put the pointer on a line with a number" in driver.text()


async def test_until_and_back_until_and_break_when():
    async with opened("M3") as driver:
        await driver.press("u")
        await driver.type("J < 1")
        await driver.press("enter")
        await driver.settle()
        session = find("M3").session()
        session.run_until("J < 1")
        assert driver.snapshot.position == session.position
        assert "stopped: J < 1" in driver.text()
        await driver.press("U")
        await driver.type("J > 20")
        await driver.press("enter")
        await driver.settle()
        session.back_until("J > 20")
        assert driver.snapshot.position == session.position
        await driver.press("S")
        await driver.type("J < 10")
        await driver.press("enter")
        assert "runs stop when J < 10; S takes it away" in driver.text()
        assert "stops when J < 10  iteration" in driver.text().splitlines()[0]
        driver.screen.pace.index = 5
        await driver.press("space")
        await driver.settle()
        session.break_when("J < 10")
        session.run(1000)
        assert driver.snapshot.position == session.position
        await driver.press("S")
        await driver.type("J < 10")
        await driver.press("enter")
        assert "runs no longer stop when J < 10" in driver.text()
        assert "stops when" not in driver.text().splitlines()[0]


async def test_a_condition_that_is_none_is_told_in_the_prompt():
    async with opened("M3") as driver:
        await driver.press("u")
        await driver.type("yhat > 1")
        await driver.press("enter")
        assert "it must be one yes or no" in driver.text()


async def test_back_until_that_never_held_stays():
    async with opened("S5") as driver:
        await driver.press("5", "i", "U")
        await driver.type("L < 0")
        await driver.press("enter")
        await driver.settle()
        assert driver.snapshot.position == (5, 17)
        assert "held at no earlier moment" in driver.text()


@pytest.fixture
async def ran_away():
    """M3 with too large a learning rate, run until it broke."""
    async with opened("M3", settings=AWAY) as driver:
        driver.screen.pace.index = 5
        await driver.to("AutopsyScreen", "space")
        yield driver


async def test_a_run_that_runs_away_stops_with_an_autopsy(ran_away):
    session = find("M3", AWAY).session()
    session.run(5000)
    text = ran_away.text()
    assert f"iteration {session.position.iteration}, line {session.position.line}" in text
    assert "lr = 0.2 is too large" in " ".join(text.split())
    assert "iteration 1, line 11" in text
    assert "g go to the origin  s smaller steps  c clip" in text


async def test_a_step_over_the_first_bad_number_stops_there_with_an_autopsy_once():
    async with opened("M3", settings=AWAY) as driver:
        await driver.press(*"400", "i")
        await driver.until("AutopsyScreen")
        session = find("M3", AWAY).session()
        session.run(5000)
        await driver.to("StepperScreen", "escape")
        assert driver.snapshot.position == session.position
        assert (str(driver.snapshot.card), driver.snapshot.card.value) == ("L[1]", np.inf), "the card of that number"
        await driver.press("i", "n")
        assert type(driver.screen).__name__ == "StepperScreen"
        assert driver.snapshot.position == (session.position.iteration + 1, 1)


async def test_a_question_that_leads_to_an_autopsy_does_not_stay_below_it():
    async with opened("M3", settings=AWAY) as driver:
        await driver.press("u")
        await driver.type("J < 0")
        await driver.to("AutopsyScreen", "enter")
        await driver.to("StepperScreen", "escape")


async def test_one_key_goes_to_where_the_growth_began(ran_away):
    await ran_away.to("StepperScreen", "g")
    assert ran_away.snapshot.position == (1, 11)


async def test_one_key_tries_again_with_a_smaller_learning_rate(ran_away):
    here = ran_away.screen.found.position
    await ran_away.to("StepperScreen", "s")
    assert ran_away.snapshot.position == here
    assert [(e.name, e.value) for e in ran_away.snapshot.edits] == [("lr", pytest.approx(0.02))]
    assert all(np.isfinite(head.entries).all() for head in ran_away.snapshot.heads.values())
    await ran_away.press("z")
    assert ran_away.snapshot.edits == ()


async def test_where_no_treatment_is_to_be_had_the_autopsy_says_once_what_to_do_instead(ran_away):
    notation = ran_away.app.screen_stack[-2].subject.notation
    screen = AutopsyScreen(ran_away.screen.found, notation, Look(), REFUSED)
    await ran_away.app.push_screen(screen)
    assert ran_away.text().count("begin a new one with a smaller lr") == 1
    assert "c clip" not in ran_away.text()
    await ran_away.press("c")
    assert ran_away.screen is screen
    await ran_away.to("HelpScreen", "question_mark")
    signs = {line.split()[0] for line in ran_away.screen._text().plain.splitlines() if line.startswith("  ")}
    assert {"g", "s", "c", "Esc"} & signs == {"g", "Esc"}, "the help offers no more than the footer"


async def test_one_key_tries_again_with_clipping_on_a_branch(ran_away):
    found = ran_away.screen.found
    first = ran_away.app.screen_stack[-2]
    lines = len(first.program.lines)
    await ran_away.press("c")
    await ran_away.until("StepperScreen", other_than=first)
    other, program = ran_away.screen, ran_away.screen.program
    assert len(program.lines) == lines + 2
    here, line = ran_away.snapshot.position, found.position.line
    assert here.iteration == found.position.iteration
    assert program.lines[here.line - 1].name == first.program.lines[line - 1].name
    assert [(e.name, e.value) for e in ran_away.snapshot.edits] == [("clip_norm", 1.0)]
    assert all(np.isfinite(head.entries).all() for head in ran_away.snapshot.heads.values())
    assert "a gradient no longer than 1 from the start on; z undoes" in ran_away.text()
    assert "what if" in ran_away.text()
    session, before = ran_away.screen.bridge._desk.session, first.bridge._desk.session
    assert {n: v.tobytes() for n, v in session.original(program.parameters).items()} == {
        n: before.value(n).tobytes() for n in program.parameters
    }
    await ran_away.press("e")
    await ran_away.press("ctrl+u")
    await ran_away.type("W=3")
    await ran_away.to("StepperScreen", "enter")
    assert len(ran_away.snapshot.edits) == 2
    await ran_away.press("z")
    assert len(ran_away.snapshot.edits) == 1
    await ran_away.press("z")
    await ran_away.until("StepperScreen", other_than=other)
    assert ran_away.screen is first, "without the limit it is the page that it was"


async def test_clipping_takes_the_changes_along_that_led_there_and_goes_further_where_it_does_not_suffice():
    async with opened("M3", settings=Settings({}, optimizer="sgd")) as driver:
        stepper = driver.screen
        assert not stepper.ask(commands.edit("lr", 1e300))
        await driver.press("5", "0", "i")
        await driver.until("AutopsyScreen")
        await driver.press("c")
        await driver.until("StepperScreen", other_than=stepper)
        assert [(e.name, e.value) for e in driver.snapshot.edits] == [("lr", 1e300), ("clip_norm", 1.0)]
        driver.screen._treat(None, "clip")
        await driver.settle()
        assert [(e.name, e.value) for e in driver.snapshot.edits][-1] == ("clip_norm", 0.1)


async def test_an_autopsy_waits_until_a_question_is_answered():
    async with opened("M3", settings=AWAY) as driver:
        driver.screen.pace.index = 5
        stepper = driver.screen
        await driver.to("Prompt", "g")
        stepper.action_run()
        for _ in range(2000):
            stepper.poll()
            await driver._drain()
            if stepper._due is not None:
                break
            await asyncio.sleep(0.01)
        assert stepper._due is not None
        assert type(driver.screen).__name__ == "Prompt"
        await driver.to("AutopsyScreen", "escape")


async def test_an_autopsy_of_the_living():
    async with opened("S5") as driver:
        await driver.press("i", "x")
        await driver.settle()
        assert "all numbers up to here are finite" in driver.text()
