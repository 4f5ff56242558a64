"""The pictures: for each its size, what it shows in words, and the keys that lead there in the real app."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.tui.driving import Driver, opened
from tests.tui.training_driving import TrainingDriver
from tui_nn.lessons.problem import Settings
from tui_nn.session.run import Run
from tui_nn.session.settings import from_values
from tui_nn.tui.screens.runs import RunsScreen
from tui_nn.tui.screens.training import TrainingScreen

CALM = 0.3  # seconds: a screen chooses its layout when it knows its size, and is drawn once more
SMALL, USUAL, LARGE = (80, 24), (100, 30), (160, 48)
DIGITS: dict[str, Any] = {"data": "digits", "layers": "32,16", "epochs": 15, "seed": 3}
LONGER: dict[str, Any] = {"layers": "256,128", "epochs": 80, "lr": 0.0003, "schedule": "cosine", "backend": "numpy"}
COMPARED: dict[str, dict[str, Any]] = {
    "adam": {},
    "sgd": {"optimizer": "sgd", "lr": 0.1},
    "dropout": {"dropout": "0.3"},
}
DIVERGES = 0.2  # a learning rate with which M3 runs away

Act = Callable[[Driver], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """One picture.

    Attributes:
        alt: what is to be seen, for those who do not see it.
        size: columns and rows.
        act: presses the keys.
        target: what is opened in the stepper; the list of lessons where it is ''.
        settings: what is changed of it.
    """

    alt: str
    size: tuple[int, int]
    act: Act
    target: str = ""
    settings: Settings | None = None

    async def take(self) -> str:
        """Drive the app there; the picture as SVG."""
        async with opened(self.target, self.size, self.settings) as driver:
            await self.act(driver)
            await asyncio.sleep(CALM)
            return driver.app.export_screenshot(simplify=True)


def keys(*names: str) -> Act:
    """Press these, one after the other."""

    async def act(driver: Driver) -> None:
        await driver.press(*names)

    return act


async def what_if(driver: Driver) -> None:
    """Three iterations, two back, and another w2."""
    await driver.press("3", "i", "2", "I", "e")
    await driver.press("ctrl+u")
    await driver.type("w2 = 3")
    await driver.press("enter", "i")


async def network(driver: Driver) -> None:
    """Two hundred iterations of a network that learns, and what is watched of them."""
    await driver.press("w")
    await driver.type("norm(dw1)")
    await driver.press("enter", "w")
    await driver.type("max(abs(E))")
    await driver.press("enter", "3", "0", "0", "i", "p", "p", "6", "n")


async def autopsy(driver: Driver) -> None:
    """Run until numbers run away."""
    await driver.press("plus", "plus", "plus", "plus", "space")
    await driver.until("AutopsyScreen")


async def training(driver: Driver) -> None:
    """Digits in mid-run: twelve epochs, which are the same each time, and then a moment more."""
    driver = TrainingDriver(driver.app, driver.pilot)
    settings = from_values({**DIGITS, **LONGER, "out": "runs/digits"})
    driver.app.push_screen(TrainingScreen(partial(Run.begin, settings), "a run", paused=True))
    await driver.when(lambda: isinstance(driver.screen, TrainingScreen) and driver.snapshot is not None)
    await driver.when(lambda: driver.snapshot.facts is not None and not driver.screen.bridge.busy)
    await driver.tap("1", "2", "e")
    await driver.when(lambda: not driver.screen.bridge.busy, 60)
    await driver.tap("space")
    here = driver.iteration
    await driver.when(lambda: driver.iteration > here)
    driver.screen.draw()


async def runs(driver: Driver) -> None:
    """Three runs of the same data, marked so that their curves lie over one another."""
    for name, changes in COMPARED.items():
        run = Run.begin(from_values({**DIGITS, **changes, "out": f"runs/{name}"}))
        while run.trainer.stop is None:
            run.advance(1.0)
        run.finish()
    driver = TrainingDriver(driver.app, driver.pilot)
    driver.app.push_screen(RunsScreen(Path("runs")))
    await driver.when(lambda: isinstance(driver.screen, RunsScreen) and driver.snapshot is not None)
    await driver.settle()
    for _ in COMPARED:
        await driver.press("space", "down")


SCENES = {
    "lessons": Scene(
        "The list of lessons by deck, and beside it the equations of the lesson under the pointer",
        (120, 30), keys("down", "down", "down", "down"),
    ),
    "stepper": Scene(
        "The stepper on the lesson S5: the listing with the value of each line up to dL/dw1, and the card that says "
        "why dL/dw1 is -4: the formula, the formula with numbers, and its operands",
        USUAL, keys("1", "3", "n"), "S5",
    ),
    "stepper-large": Scene(
        "The stepper on a 3-4-1 network in a large terminal: listing, card, graph with weighted edges, tensor, "
        "optimiser state, watches and loss beside one another",
        LARGE, network, "N3",
    ),
    "what-if": Scene(
        "What if: w2 is changed to 3 two iterations ago, and each number that follows stands beside what it was",
        USUAL, what_if, "S5",
    ),
    "autopsy": Scene(
        "The autopsy of the first number that is not finite: its line, its operands, where the growth began, likely "
        "causes, and keys to try again with smaller steps or clipping",
        USUAL, autopsy, "M3", Settings({}, hyper={"lr": DIVERGES}),
    ),
    "lockstep": Scene(
        "Five optimisers on the same page in lockstep: the state, the step and the new weights of each, and their "
        "losses",
        (156, 34), keys("l", "8", "i"), "S6",
    ),
    "training": Scene(
        "Training on digits as it runs: loss and accuracy of the training and validation rows, figures of each layer, "
        "histograms of the weights and the confusion matrix",
        LARGE, training,
    ),
    "runs": Scene(
        "Three runs whose curves lie over one another, with their settings and figures",
        LARGE, runs,
    ),
    "help": Scene(
        "The help over the stepper: every symbol of the line in focus, and the keys",
        USUAL, keys("1", "3", "n", "question_mark"), "S5",
    ),
}  # fmt: skip
