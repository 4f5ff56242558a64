"""Lockstep on the screen: the deck's five optimisers, all at once at 120 columns, in tabs at 80."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.driving import opened
from tui_nn.errors import UserError
from tui_nn.lessons.contestants import contestants
from tui_nn.lessons.problem import Settings, find
from tui_nn.session.frame import Position
from tui_nn.session.lockstep import Lockstep
from tui_nn.session.positions import moved
from tui_nn.session.ways import whole
from tui_nn.session.what_if import remaking
from tui_nn.tui.carried import Branch
from tui_nn.tui.drawing.lockstep import AWAY, layout, runner
from tui_nn.tui.lockstep_desk import LockstepDesk, LockstepWanted, take_lockstep
from tui_nn.tui.notation import Notation
from tui_nn.tui.widgets.runner import RunnerPane
from tui_nn.view.look import Look

FIVE = ("sgd", "momentum", "adagrad", "rmsprop", "adam")


async def race(driver):
    driver.app.open_lockstep("S6")
    await driver.until("LockstepScreen")


async def test_the_decks_five_stand_on_one_screen():
    async with opened(size=(120, 30)) as driver:
        await race(driver)
        await driver.press("i")
        await driver.pause()
        text = driver.text()
        for name in FIVE:
            assert f"{name}: θ = " in text
        shot = driver.snapshot
        assert [runner.name for runner in shot.runners] == list(FIVE)
        for runner in shot.runners:
            session = find("S6", Settings({}, optimizer=runner.name)).session()
            session.next_iteration()
            columns = dict(runner.state.columns)
            assert columns["theta'"] == tuple(float(session.value(w)) for w in ("w0", "w1", "w2", "w3"))
            assert columns["theta"] == (1, -1, 1, 2)
        adam = dict(shot.runners[-1].state.columns)
        assert adam["v_hat"] == pytest.approx((4, 16, 4, 4))
        row = next(line for line in text.splitlines() if line.startswith("rmsprop: "))
        assert "adam: " in row


async def test_where_there_is_room_for_one_loss_it_is_that_of_the_tab():
    async with opened(size=(60, 18)) as driver:
        await race(driver)
        await driver.press("i")
        for name in (*FIVE, FIVE[0]):
            await driver.pause()
            assert driver.text().splitlines()[-2].startswith(name)
            await driver.press("v")


async def test_in_eighty_columns_they_stand_in_tabs():
    async with opened() as driver:
        await race(driver)
        await driver.press("i")
        for i, name in enumerate(FIVE):
            await driver.pause()
            text = driver.text()
            assert f"[{name}]" in text
            assert [other for other in FIVE if f"\n{other}: " in text] == [name]
            assert "Right entries" not in text, "all are seen"
            assert driver.screen.chosen == i
            await driver.press("v")
        assert driver.screen.chosen == 0
        await driver.press("V")
        assert driver.screen.chosen == 4


MOVED = {
    "n": (1, 1),
    "pn": (1, 6),
    "ppn": (1, 7),
    "ii": (2, 21),
    "iiI": (1, 21),
    "inbb": (1, 20),
    "iir": (1, 0),
}


async def test_they_advance_together():
    lengths = {name: len(find("S6", Settings({}, optimizer=name)).program().lines) for name in FIVE}
    async with opened() as driver:
        await race(driver)
        for pressed, position in MOVED.items():
            await driver.press("r", *pressed)
            assert driver.snapshot.position == position
            for runner in driver.snapshot.runners:
                number = runner.line.number if runner.line else 0
                assert number == min(position[1], lengths[runner.name])


async def test_space_runs_the_race_and_pauses_it():
    async with opened() as driver:
        await race(driver)
        assert "Space run " in driver.text()
        await driver.press("minus")
        assert "speed: 1 line/s" in driver.text().splitlines()[0]
        await driver.press(*["plus"] * 9)
        await driver._send("space")
        for _ in range(1000):
            await driver._drain()
            driver.screen.poll()
            if driver.snapshot.position.iteration > 3:
                break
            await driver.pilot.pause(0.01)
        assert "Space pause " in driver.text()
        assert "full speed" in driver.text()
        await driver.press("space")
        assert "Space run " in driver.text()
        here = driver.snapshot.position
        assert here.iteration > 3
        await driver.press("n")
        longest = max(len(problem.program().lines) for problem, _ in driver.screen.problems.values())
        assert driver.snapshot.position == moved(here, 1, longest)


async def test_their_losses_race():
    async with opened(size=(120, 30)) as driver:
        await race(driver)
        await driver.press("1", "2", "i")
        for runner in driver.snapshot.runners:
            assert runner.curve.iterations == tuple(range(1, 13))
            session = find("S6", Settings({}, optimizer=runner.name)).session()
            session.goto(12, session.length)
            assert runner.curve.losses[-1] == float(session.value("L"))


async def test_a_lesson_with_one_optimizer_races_the_usual_five_and_q_leads_back():
    async with opened("M3") as driver:
        await driver.to("LockstepScreen", "l")
        assert tuple(runner.name for runner in driver.snapshot.runners) == FIVE
        await driver.press("full_stop")
        assert driver.snapshot.runners[0].state.entries == (("W", ()), ("b", ()))
        await driver.to("StepperScreen", "q")


async def test_the_changes_of_a_branch_hold_in_lockstep_too_and_in_what_is_opened_from_there():
    async with opened("S6") as driver:
        await driver.press("i")
        for change in ("w2 = 3", "lr = 0.2"):
            await driver.to("Prompt", "e")
            await driver.press("ctrl+u")
            await driver.type(change)
            await driver.to("StepperScreen", "enter")
        await driver.to("LockstepScreen", "l")
        assert "with 2 changes of the branch" in driver.text().splitlines()[0]
        await driver.press("i", "n")
        for runner in driver.snapshot.runners:
            assert dict(runner.state.columns)["theta"][2] == 3
        assert "with 2 changes of the branch" in driver.text().splitlines()[0]
        assert [len(runner.edits) for runner in driver.snapshot.runners] == [2, 1, 1, 1, 1]
        await driver.press("v")
        await driver.to("StepperScreen", "enter")
        assert [(e.name, e.value) for e in driver.snapshot.edits] == [("w2", 3.0)]
        assert driver.snapshot.position == (2, 1)


def test_each_change_of_a_branch_is_made_where_it_belongs():
    programs = {name: find("S6", Settings({}, optimizer=name)).program() for name in FIVE}
    session = find("S6", Settings({}, optimizer="sgd")).session()
    session.set("x1", (), 2.0)
    session.goto(2, session.length)
    for name in ("f1", "dw1", "w2", "step.w0", "lr"):
        session.set(name, (), 0.5)
    branch = Branch(session.program, session.edits)
    assert len(branch.in_other(programs["sgd"])) == 6
    told, lost = branch.told(programs)
    assert (told, lost) == ("with 6 changes of the branch", "")
    for name, program in programs.items():
        other, by_hand = (find("S6", Settings({}, optimizer=name)).session() for _ in range(2))
        whole(remaking(other, branch.in_other(program), other.position))
        assert other.position == (1, 0)
        by_hand.set("x1", (), 2.0)
        by_hand.goto(2, by_hand.length)
        for edited in ("f1", "dw1", "w2", *(("step.w0", "lr") if name == "sgd" else ())):
            by_hand.set(edited, (), 0.5)
        for each in (other, by_hand):
            each.goto(4, each.length)
        assert other.edits == by_hand.edits
        assert [other.value(w) for w in program.parameters] == [by_hand.value(w) for w in program.parameters]
    one = Branch(session.program, tuple(e for e in session.edits if e.name == "lr"))
    assert one.told(programs) == ("with lr = 0.5 (sgd)", "")
    assert one.told({"adam": programs["adam"]}) == ("", "lr = 0.5")


async def test_what_has_nothing_to_optimise_says_so():
    with pytest.raises(UserError, match="nothing to optimise"):
        contestants("A1", Settings({}))
    async with opened("A1") as driver:
        await driver.press("l")
        await driver.pause()
        assert "nothing to optimise" in driver.text()
        await driver.press("n")
        assert "nothing to optimise" not in driver.text()


async def test_a_count_that_is_refused_is_said_until_something_is_done():
    async with opened(size=(60, 18)) as driver:
        await race(driver)
        await driver.type("10000005")
        assert "The largest count is 1,000,000: it stays at 1,000,000" in driver.text()
        await driver.press("plus")
        assert "largest" not in driver.text()
        assert "speed: " in driver.text()


@pytest.mark.parametrize("width", [40, 50, 80])
async def test_the_numbers_of_a_row_end_at_one_decimal(width):
    async with opened(size=(160, 48)) as driver:
        await race(driver)
        await driver.press("i", "i")
        for pane in driver.screen.query(RunnerPane):
            rows = [line.split() for line in pane.draw(width, 20).plain.splitlines()]
            numbers = [row[1:] for row in rows if len(row) == 5]
            assert len(numbers) >= 5
            for row in numbers:
                fixed = [text for text in row if "e" not in text]
                assert len({len(text.partition(".")[2]) for text in fixed}) == 1, row


def test_a_box_says_so_where_its_numbers_have_run_away():
    found = contestants("M3", Settings({}, optimizer="sgd", hyper={"lr": 0.2}))
    desk = LockstepDesk(Lockstep({name: found[name][0].session() for name in ("sgd", "adam")}))
    texts = {}
    for iteration in (1, 400):
        desk.go(Position(iteration, desk.lockstep.length), heeding=False)
        shot = take_lockstep(desk, LockstepWanted(), None, False)
        for data in shot.runners:
            notation = Notation(found[data.name][0].program())
            texts[iteration, data.name] = runner(
                data, notation, Look(), 50, layout(shot.runners, notation, Look(), 50, 20)
            ).plain
    assert AWAY in texts.pop((400, "sgd"))
    assert not any(AWAY in text for text in texts.values())


def desk_of(target, *names):
    found = contestants(target, Settings({}))
    return found, LockstepDesk(Lockstep({name: found[name][0].session() for name in names or found}))


@pytest.mark.parametrize("width", [40, 52, 80, 120])
@pytest.mark.parametrize("height", [8, 14, 22])
@pytest.mark.parametrize("target", ["B6", "S6"])
def test_every_entry_is_shown_or_can_be_reached_and_those_hidden_are_counted(target, width, height):
    found, desk = desk_of(target)
    desk.go(Position(2, desk.lockstep.length), heeding=False)
    program = found["adam"][0].program()
    parameter, first, seen = program.parameters[0], 0, []
    notation = Notation(program)
    while True:
        shot = take_lockstep(desk, LockstepWanted(parameter, first), None, False)
        data, plan = shot.runners[-1], layout(shot.runners, notation, Look(), width, height)
        text = runner(data, notation, Look(), width, plan).plain
        assert (" of " in text) == (plan.shown < data.total)
        seen += data.state.entries[: plan.shown]
        if len(seen) < data.total:
            assert text.splitlines()[-1].endswith(f"… {first + 1} to {len(seen)} of {data.total}: ← →")
        first += plan.shown
        if first >= data.total:
            break
    shape = program.shape(parameter)
    whole = [(parameter, i) for i in np.ndindex(shape)] if shape else [(p, ()) for p in program.parameters]
    assert seen == whole
    for data in shot.runners:
        assert runner(data, notation, Look(), width, plan).height <= max(height, 13)


def test_entries_stand_in_blocks_where_there_is_height():
    _, desk = desk_of("B6")
    shot = take_lockstep(desk, LockstepWanted(), None, False)
    notation, look = Notation(desk.lockstep.sessions["adam"].program), Look()
    plan = layout(shot.runners, notation, look, 52, 22)
    assert (plan.columns, plan.shown) == (6, 12)
    data = shot.runners[0]
    lines = runner(data, notation, look, 52, plan).plain.splitlines()
    found = [float(text.replace("−", "-")) for line in lines if line.startswith("θ ") for text in line.split()[1:]]
    assert found == pytest.approx(dict(data.state.columns)["theta"], rel=0.05)


def test_what_was_set_of_an_optimiser_holds_for_it():
    found = contestants("S6", Settings({}, optimizer="momentum", hyper={"lr": 0.5}))
    rates = {name: problem.update.hyper["lr"] for name, (problem, _) in found.items()}
    assert rates == {
        **{name: find("S6", Settings({}, optimizer=name)).update.hyper["lr"] for name in FIVE},
        "momentum": 0.5,
    }
    given = {"y": 6.0, "w": 1.0, "x": 2.0}
    found = contestants("L = (y - w * x)**2", Settings(given, optimizer="adamw", hyper={"lr": 0.9}))
    assert list(found) == ["adamw", *FIVE]
    assert found["adamw"][0].update.hyper["lr"] == 0.9


@pytest.mark.parametrize("size", [(80, 24), (120, 30)])
async def test_the_optimiser_that_stands_out_is_opened_in_the_stepper_at_the_same_place(size):
    async with opened(size=size) as driver:
        await race(driver)
        await driver.press("i", "i", "b", "b", "v", "v")
        shot = driver.snapshot
        await driver.to("StepperScreen", "enter")
        program = driver.screen.program
        assert program.update.name == shot.runners[2].name == "adagrad"
        assert driver.snapshot.position == (2, min(shot.position.line, len(program.lines)))
        await driver.press("R")
        assert "nothing here is drawn by chance" in driver.text(), "it knows how it was asked for"
        await driver.to("LockstepScreen", "q")
        assert driver.snapshot.position == shot.position


async def test_the_losses_can_be_seen_on_a_logarithmic_axis():
    async with opened(size=(120, 30)) as driver:
        await race(driver)
        await driver.press("5", "i")
        assert "log axis" not in driver.text()
        await driver.press("y")
        assert "loss, log axis" in driver.text()
        await driver.press("y", "enter")
        await driver.until("StepperScreen")
        await driver.press("y")
        assert driver.screen.view == "loss"
        assert "L, log axis" in driver.text()
