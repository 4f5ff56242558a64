"""How tests drive the app: press keys, wait until the session has answered, read the screen's text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual import events
from textual.geometry import Size
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

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
        """Wait until the session has answered, every message is dealt with, and what came of it is laid out."""
        await self.pause()
        while (bridge := getattr(self.screen, "bridge", None)) is not None:
            settle(bridge)
            self.screen.poll()
            await self.pause()
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
        self._send_event(events.Key(key, character))
        await self._drain()

    def _send_event(self, event: events.Event) -> None:
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    async def pause(self) -> None:
        """Have the screen laid out and drawn, as its timer would a moment later. `Pilot.pause` sleeps until then."""
        await self._drain()
        for _ in range(5):  # a new layout tells widgets their sizes, and what they then show may need another
            due = [screen for screen in self._seen if screen._callbacks or screen._update_timer._active.is_set()]
            if not due:
                return
            for screen in due:
                screen._on_timer_update()
            await self._drain()

    @property
    def _seen(self) -> list[Screen[object]]:
        """The screen on top and those that it does not cover."""
        return [self.app.screen, *self.app._background_screens]

    async def resize(self, width: int, height: int) -> None:
        """Make the terminal another size."""
        size = Size(width, height)
        self.app._driver._size = size
        self.app.post_message(events.Resize(size, size))
        await self._drain()
        self.app._check_resize()
        await self.pause()

    async def click(self, x: int, y: int, within: str = "") -> None:
        """Press and release the mouse in a cell of the screen, or of a widget. `Pilot.click` waits for a rest."""
        if within:
            corner = self.screen.query_one(within).region
            x, y = corner.x + x, corner.y + y
        for kind in (events.MouseMove, events.MouseDown, events.MouseUp):
            event = kind(None, x, y, 0, 0, 0 if kind is events.MouseMove else 1, False, False, False, x, y)
            self._send_event(event)
        await self._drain()

    async def _drain(self) -> None:
        """Messages cause messages, a hop at a time: a key goes up from widget to app, an action's message up again."""
        quiet, end = 0, time.monotonic() + STUCK
        while quiet < 4:
            await asyncio.sleep(0)
            if self.app._exception is not None:
                raise self.app._exception
            if self.app._exit:
                return
            if time.monotonic() > end:
                raise TimeoutError("there are messages that nobody deals with")
            pumps = (self.app, *(pump for screen in self._seen for pump in screen.walk_children(with_self=True)))
            quiet = 0 if any(map(is_at_work, pumps)) else quiet + 1

    def text(self) -> str:
        """What is on the screen, without colours."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def is_at_work(pump: MessagePump) -> bool:
    """Whether it has messages, or deals with one: otherwise it waits to get one."""
    return pump.message_queue_size > 0 or (pump._task is not None and not pump._message_queue.ready_event._waiters)


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
        await driver.settle()
        yield driver
