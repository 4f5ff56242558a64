"""Turn: whose turn comes when. What costs time is done again only when it has not taken too much of it."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class Turn:
    """Says when something that costs time may be done again.

    Attributes:
        share: of the time that it may take.
        rest: seconds between two times, at least.
    """

    share: float
    rest: float = 0.0
    _next: float = 0.0

    def due(self) -> bool:
        """Whether it may be done now."""
        return time.perf_counter() >= self._next

    def done(self, began: float) -> None:
        """It was done, from `began` (by `time.perf_counter`) until now."""
        now = time.perf_counter()
        self._next = now + max((now - began) / self.share, self.rest)

    def at_once(self) -> None:
        """It may be done now, whatever it has taken."""
        self._next = 0.0
