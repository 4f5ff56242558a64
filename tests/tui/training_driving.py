"""How tests drive a training run: without waiting for it to end, and with small runs that are quickly had."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from tests.tui.driving import Driver
from tui_nn.session.run import Run
from tui_nn.session.settings import Settings, from_values
from tui_nn.tui.app import TuiNN
from tui_nn.tui.screens.training import TrainingScreen
from tui_nn.view.look import Look

SMALL = {"data": "digits", "layers": "12,6", "epochs": 3, "rows": 500, "seed": 5}


def small(folder: object, **changes: Any) -> Settings:
    """Settings of a run that takes a fraction of a second: 3 epochs of 11 batches, the last one smaller."""
    return from_values({**SMALL, "out": str(folder), **changes})


class TrainingDriver(Driver):
    """A driver that does not wait for what goes on and on."""

    async def tap(self, *keys: str) -> None:
        """Press keys, and let the screen deal with them."""
        for key in keys:
            await self._send(key)

    @property
    def iteration(self) -> int:
        """The last one that was trained, as far as the screen knows."""
        shot = self.snapshot
        return shot.progress.iteration if shot is not None and shot.progress is not None else 0


@asynccontextmanager
async def training(
    settings: Settings, *, paused: bool = True, size: tuple[int, int] = (80, 24), look: Look | None = None
) -> AsyncIterator[TrainingDriver]:
    """The app with a run that has just begun."""
    app = TuiNN(look=look or Look())
    async with app.run_test(size=size) as pilot:
        driver = TrainingDriver(app, pilot)
        await driver.pause()
        app.push_screen(TrainingScreen(partial(Run.begin, settings), "a run", paused=paused))
        await driver.when(lambda: isinstance(driver.screen, TrainingScreen) and driver.snapshot is not None)
        await driver.when(lambda: driver.snapshot.facts is not None and (not paused or not driver.screen.bridge.busy))
        yield driver
