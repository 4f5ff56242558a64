"""Ctrl-C as a wish, not an accident: the step that is under way is finished first. A second one ends at once."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any, Self


class Interrupt:
    """Within it, SIGINT and SIGTERM are noted; afterwards they do what they did before.

    Attributes:
        asked: whether one has come.
        code: the exit code that tells of it: 128 and the signal's number.
    """

    def __init__(self) -> None:
        self.asked = False
        self.code = 128 + signal.SIGINT
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _note(self, number: int, _: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt(128 + number)
        self.asked, self.code = True, 128 + number
