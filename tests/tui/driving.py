"""How tests drive the app: press keys, wait until the session has answered, read the screen's text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot

from tui_nn.lessons.problem import Settings
from tui_nn.tui.app import TuiNN
from tui_nn.tui.bridge import settle
from tui_nn.view.look import Look

STUCK = 30.0  # seconds in which every message must be dealt with


class Driver:
    """A running app."""

    def __init__(self, app: TuiNN, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self):
        return self.app.screen

    @property
    def snapshot(self):
        return self.screen.snapshot

    async def press(self, *keys: str) -> None:
        """Press keys, and let the session answer each."""
        for key in keys:
            await self._send(key)
            await self.settle()

    async def type(self, text: str) -> None:
        for character in text:
            await self._send(NAMED.get(character, character))
        await self.settle()

    async def settle(self) -> None:
        """Wait until the session has answered and every message is dealt with."""
        await self._drain()
        while (bridge := getattr(self.screen, "bridge", None)) is not None:
            settle(bridge)
            self.screen.poll()
            await self._drain()
            if not bridge.busy:
                return

    async def to(self, screen: str, key: str) -> None:
        """Press a key that leads to a screen."""
        await self._send(key)
        await self.until(screen)

    async def until(self, screen: str, other_than: object = None) -> None:
        """Wait until a screen of that name is seen and has settled."""
        for _ in range(500):
            await self.settle()
            if type(self.screen).__name__ == screen and self.screen is not other_than:
                await self.pilot.pause()
                await self.settle()
                return
            await asyncio.sleep(0.01)
        raise TimeoutError(f"no {screen} came")

    async def when(self, holds: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until something holds."""
        for _ in range(int(seconds / 0.01)):
            poll = getattr(self.screen, "poll", None)
            if poll is not None:
                poll()
            await self._drain()
            if holds():
                return
            await asyncio.sleep(0.01)
        raise TimeoutError(f"it did not come to hold; the screen says:\n{self.text()}")

    async def _send(self, key: str) -> None:
        """As `Pilot.press`, which sleeps for 40 ms a key, does it."""
        character = key if len(key) == 1 else CHARACTERS.get(key)
        event = events.Key(key, character)
        event.set_sender(self.app)
        self.app._driver.send_message(event)
        await self._drain()

    async def _drain(self) -> None:
        """Messages cause messages, a hop at a time: a key goes up from widget to app, an action's message up again."""
        quiet, end = 0, time.monotonic() + STUCK
        while quiet < 6:
            await asyncio.sleep(0)
            if self.app._exception is not None:
                raise self.app._exception
            if time.monotonic() > end:
                raise TimeoutError("there are messages that nobody deals with")
            pumps = [self.app, *self.screen.walk_children(with_self=True)]
            quiet = 0 if any(pump.message_queue_size for pump in pumps) else quiet + 1
        await self.pilot._wait_for_screen()

    def text(self) -> str:
        """What is on the screen, without colours."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


CHARACTERS = {
    "space": " ",
    "full_stop": ".",
    "comma": ",",
    "minus": "-",
    "plus": "+",
    "colon": ":",
    "equals_sign": "=",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "slash": "/",
    "asterisk": "*",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "underscore": "_",
}
NAMED = {character: name for name, character in CHARACTERS.items()}


@asynccontextmanager
async def opened(
    target: str = "", size: tuple[int, int] = (80, 24), settings: Settings | None = None, look: Look | None = None
) -> AsyncIterator[Driver]:
    """The app with a lesson open."""
    app = TuiNN(target, settings, look=look or Look())
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        await pilot.pause()
        await driver.settle()
        yield driver
