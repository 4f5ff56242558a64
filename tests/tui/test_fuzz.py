"""Random keys, resizes and clicks on each screen: no exception, and afterwards the Session's invariants hold.

Keys come one by one and in bursts, faster than the screen answers. `TUI_NN_FUZZ=2000 pytest tests/tui/test_fuzz.py`
does 2,000 on each screen, as the gate `.ci/run` does; the usual number is for every day. Others come with
`TUI_NN_FUZZ_SEED`.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from textual import events

from tests.tui.driving import CHARACTERS, Driver
from tests.tui.training_driving import TrainingDriver, small
from tui_nn.lessons.problem import find
from tui_nn.session.checkpoint_file import newest
from tui_nn.session.open_run import open_run
from tui_nn.session.run import Run
from tui_nn.session.run_folder import RunFolder
from tui_nn.tui import keys
from tui_nn.tui.app import Start, TuiNN
from tui_nn.tui.screens.batch_stepper import BatchStepper
from tui_nn.tui.screens.question import DeleteQuestion, StopQuestion
from tui_nn.tui.screens.training import TrainingScreen
from tui_nn.tui.take import take
from tui_nn.view.look import Look

STEPS = int(os.environ.get("TUI_NN_FUZZ", "16"))
SEED = os.environ.get("TUI_NN_FUZZ_SEED", "")
BURSTS = (1, 1, 2, 4, 8, 16, 32, 64, 128)  # keys that are sent before the screen has dealt with the first of them
LEAVING = {"quit", "interrupt", "leave", "close", "begin", "resume", "delete", "command_palette"}
WORDS = (
    "w2 = 3",
    "L < 0.1",
    "12",
    "3:4",
    "dw1",
    "w1 * 2",
    "nonsense [",
    "w0 = 1e400",
    "",
    "any(isnan(L))",
    "W1[0, 1] = -1",
    "0.01",
)
SIZES = ((80, 24), (80, 24), (80, 24), (60, 18), (60, 18), (30, 10), (100, 30), (137, 37), (160, 48), (200, 60))
TYPED = (*"abwxyL01", "equals_sign", "asterisk", "left_parenthesis", "enter", "backspace", "delete", "left", "home")


@dataclass(frozen=True)
class Scene:
    """A screen to be pressed about on: where the app starts, how the screen is reached, and what is typed there."""

    screen: str
    table: str
    reach: Callable[[Driver, object], Awaitable[None] | None] = lambda driver, folder: None
    target: str = ""
    typed: tuple[str, ...] = ()


async def press(driver: Driver, *pressed: str) -> None:
    for key in pressed:
        await driver._send(key)


def over(screen: Callable[[object], object]) -> Callable[[Driver, object], Awaitable[None]]:
    """Reach a screen by putting it on top."""

    async def reach(driver: Driver, folder: object) -> None:
        await driver.app.push_screen(screen(folder))

    return reach


def endless(folder: object) -> Run:
    return Run.begin(small(folder / f"endless-{len(list(folder.iterdir()))}", epochs=10**8))


def kept(folder: object) -> RunFolder:
    if RunFolder(folder / "kept").exists():
        return RunFolder(folder / "kept")
    run = Run.begin(small(folder / "kept"))
    while run.trainer.stop is None:
        run.advance(0)
    run.finish()
    return run.folder


SCENES = {  # those that take longest come first: nobody is to wait for them at the end
    "new run": Scene("TrainFormScreen", "train", lambda driver, _: press(driver, "t"), typed=TYPED),
    "lockstep": Scene("LockstepScreen", "lockstep", lambda driver, _: driver.app.open_lockstep("S6")),
    "equations": Scene("EquationsScreen", "equations", lambda driver, _: press(driver, "e"), typed=TYPED),
    "lessons": Scene("LessonsScreen", "lessons", typed=("a", "s", "backspace")),
    "stepper": Scene("StepperScreen", "stepper", target="S5"),
    "stepper of a network": Scene("StepperScreen", "stepper", target="B6"),
    "prompt": Scene("Prompt", "stepper", lambda driver, _: press(driver, "e"), "S5", (*TYPED, "escape")),
    "help": Scene("HelpScreen", "stepper", lambda driver, _: press(driver, "question_mark"), "S5", ("down", "end")),
    "autopsy": Scene("AutopsyScreen", "autopsy", lambda driver, _: to_autopsy(driver), "S5", ("down", "up")),
    "training": Scene("TrainingScreen", "training", over(lambda f: TrainingScreen(lambda say: endless(f), ""))),
    "runs": Scene("RunsScreen", "runs", lambda driver, f: driver.app.open_runs(kept(f).path), typed=("up", "down")),
    "batches": Scene("BatchStepper", "stepper", over(lambda f: BatchStepper("a run", open_run(kept(f), 9)))),
    "stop": Scene("StopQuestion", "stop", over(lambda _: StopQuestion("End it?"))),
    "delete": Scene("DeleteQuestion", "delete", over(lambda _: DeleteQuestion("Delete it?"))),
}  # fmt: skip


async def to_autopsy(driver: Driver) -> None:
    """Numbers that run away, past the breakpoints that random keys have set."""
    await press(driver, "r", "e")
    await driver.until("Prompt")
    await press(driver, "ctrl+u")
    await driver.type("w2=1e200")
    await driver.to("StepperScreen", "enter")
    for _ in range(len(driver.screen.bridge._desk.session.program.lines)):
        await driver.press("i")
        await driver.settle()
        if type(driver.screen).__name__ == "AutopsyScreen":
            return


def playful(scene: Scene) -> list[str]:
    """The keys that do not lead away, digits, and some that mean nothing."""
    rows = [row for row in keys.table(scene.table) if row.action not in LEAVING]
    if scene.table == "stepper":
        rows += [row for pane in keys.PANES.values() for row in pane]
    own = [key for row in rows for key in row.keys.split(",")]
    return [*own, *scene.typed, *"0123456789", "f12", "ctrl+x", "y"]


async def one_burst(driver: Driver, chance: random.Random, pressed: list[str], most: int) -> int:
    """Some keys of the table, at most so many, or a click, or another size; how many it were."""
    kind = chance.random()
    if kind < 0.12:
        await driver.resize(*chance.choice(SIZES))
        return 1
    if kind < 0.4:
        width, height = driver.screen.size
        height -= type(driver.screen).__name__ == "LessonsScreen"  # whose footer has a way out of the app
        await driver.click(chance.randrange(max(width, 1)), chance.randrange(max(height, 1)))
        return 1
    burst = [chance.choice(pressed) for _ in range(min(chance.choice(BURSTS), most))]
    if type(driver.screen).__name__ == "Prompt":
        words = chance.choices(WORDS, k=chance.choice((1, 1, 2, 4, 8)))
        burst = [*(key for word in words for key in (*names_of(word), "enter")), "escape"]
    for key in burst:
        driver._send_event(events.Key(key, key if len(key) == 1 else CHARACTERS.get(key)))
    await driver._drain()
    if chance.random() < 0.3 and (bridge := getattr(driver.screen, "bridge", None)) is not None:
        bridge.cancel()
    return len(burst)


def names_of(text: str) -> list[str]:
    """A text as keys."""
    named = {character: name for name, character in CHARACTERS.items()}
    return [named.get(character, character) for character in text]


@contextmanager
def told(name: str) -> Iterator[None]:
    """An exception says how it is had again."""
    try:
        yield
    except Exception as error:
        test = f"{__file__}::{test_a_screen_withstands_it.__name__}[{name}]"
        error.add_note(f"again: TUI_NN_FUZZ={STEPS} TUI_NN_FUZZ_SEED='{SEED}' pytest -n 0 '{test}'")
        raise


@pytest.mark.parametrize("name", SCENES)
async def test_a_screen_withstands_it(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with told(name):
        await play(name, tmp_path)
    for folder in tmp_path.glob("endless-*"):
        assert_intact(RunFolder(folder))


async def play(name: str, tmp_path: Path) -> None:
    scene, chance = SCENES[name], random.Random(f"{name} {SEED}")
    app = TuiNN(start=Start(scene.target), look=Look())
    async with app.run_test(size=(80, 24)) as pilot:
        driver = TrainingDriver(app, pilot)
        await driver.pause()
        below = driver.screen
        await reach(driver, scene, tmp_path)
        first, done, pressed = driver.screen, 0, playful(scene)
        while done < STEPS:
            done += await one_burst(driver, chance, pressed, STEPS - done)
            if chance.random() < 0.3:
                await back_to(driver, first if first in app.screen_stack else below)
            if not any(type(screen).__name__ == scene.screen for screen in app.screen_stack):
                await reach(driver, scene, tmp_path)
                first = driver.screen
        steppers = [screen for screen in app.screen_stack if type(screen).__name__ == "StepperScreen"]
        await back_to(driver, steppers[-1] if steppers else first if first in app.screen_stack else below)
        bridge = getattr(driver.screen, "bridge", None)
        if bridge is not None:
            bridge.cancel()
            await driver.pause()
            if bridge.crash is not None:
                raise bridge.crash
        assert app.return_code in (None, 0)
        if type(driver.screen).__name__ == "StepperScreen":
            assert driver.screen.bridge.wait(30)
            assert_invariants(driver.screen)


async def reach(driver: Driver, scene: Scene, folder: object) -> None:
    """Go to the screen, and first to the stepper below it where that was left."""
    if scene.target and not any(type(screen).__name__ == "StepperScreen" for screen in driver.app.screen_stack):
        driver.app.open_target(scene.target)
    elif scene.target:
        steppers = [screen for screen in driver.app.screen_stack if type(screen).__name__ == "StepperScreen"]
        await back_to(driver, steppers[-1])
        driver.screen.bridge.cancel()
    if scene.target:
        await driver.when(lambda: type(driver.screen).__name__ == "StepperScreen")
        await driver.settle()
    if (going := scene.reach(driver, folder)) is not None:
        await going
    await driver.when(lambda: type(driver.screen).__name__ == scene.screen)


async def back_to(driver: Driver, screen: object) -> None:
    """Take away what lies over a screen."""
    while screen in driver.app.screen_stack and driver.app.screen_stack[-1] is not screen:
        await driver.app.pop_screen()


def assert_invariants(screen) -> None:
    """The same edits at the same position give a fresh Session the same bits."""
    desk = screen.bridge._desk
    shot = take(desk, screen.bridge.wanted)
    session = find(screen.problem.target, screen.settings).session()
    for edit in shot.edits:
        session.goto(edit.iteration, edit.line)
        session.set(edit.name, edit.index, edit.value)
    session.goto(*shot.position)
    for name, role in session.program.roles.items():
        if role in ("input", "parameter") or session.is_computed(name):
            assert np.array_equal(session.value(name), desk.session.value(name), equal_nan=True), name


def assert_intact(folder: RunFolder) -> None:
    """What a run has written can be read."""
    if not folder.records():
        return  # it was left before an epoch was over
    stored, complaints = newest(folder.checkpoints)
    assert stored is not None
    assert not complaints
    text = (folder.path / "metrics.jsonl").read_text(encoding="utf-8")
    assert all(json.loads(line)["epoch"] for line in text.splitlines())
