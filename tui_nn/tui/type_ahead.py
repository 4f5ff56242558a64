"""Keys in the order they were typed, also by one who types faster than the app draws.

Textual hands a key at once to what has the focus. Where several keys come in one reading of a slow line, the second
one is sent off before the first has moved the focus or opened a screen: `/plane` would search for nothing and press
p, l, a, n and e on the list below. So a key waits until all that the one before it set off has been done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

ROUNDS = 4  # through the queues: a screen that shows what runs is never at rest, and the next key is not to wait for it
PATIENCE = 0.5  # seconds: where a key is still at work after that, the next one is handed on as Textual does

Typed = events.Key | events.Paste


class TypeAhead(App[None]):
    """An app that hands on one key at a time."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._held: deque[Typed] = deque()
        self._turn = 0  # the keys handed on so far
        self._at_work = False

    async def on_event(self, event: events.Event) -> None:
        """Hold what is typed while a key is at work, but never a key that works everywhere (Ctrl-C)."""
        if not isinstance(event, Typed) or event.is_forwarded:
            await super().on_event(event)
        elif self._at_work and not self._works_everywhere(event):
            self._held.append(event)
            if len(self._held) == 1:
                self._be_patient()
        else:
            await self._hand_on(event)

    def _works_everywhere(self, event: Typed) -> bool:
        if not isinstance(event, events.Key):
            return False
        return any(binding.priority for binding in self._bindings.key_to_bindings.get(event.key, ()))

    async def _hand_on(self, event: Typed) -> None:
        self._turn += 1
        self._at_work = True
        target = self.focused or self.screen
        await super().on_event(event)
        # What the key sets off goes through the target's own queue, and up from there to the app.
        self._follow([target, *target.ancestors_with_self], self._turn)
        if self._held:
            self._be_patient()

    def _be_patient(self) -> None:
        """What is held comes next in any case, also where what is at work is removed before it is done."""
        self.set_timer(PATIENCE, partial(self._next, self._turn))

    def _follow(self, way: Sequence[MessagePump], turn: int) -> None:
        """Go through the queues on the way, behind all that is in them by now."""
        for number, stop in enumerate(way, 1):
            if stop is not self and stop.call_later(self._follow, way[number:], turn):
                return
        self.call_later(self._settle, turn, ROUNDS)

    def _settle(self, turn: int, rounds: int) -> None:
        """Wait for what goes sideways, from widget to widget, and for a new screen to give one of them the focus."""
        busy = rounds and any(widget.message_queue_size for widget in self.screen.walk_children(with_self=True))
        then = partial(self._settle, turn, rounds - 1) if busy else partial(self._next, turn)
        if not self.screen.call_later(self.call_later, then):
            self.call_later(self._next, turn)

    async def _next(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._at_work = False
        if self._held:
            await self._hand_on(self._held.popleft())
