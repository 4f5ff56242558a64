"""The speeds of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speed:
    """A speed of a run: so many lines or iterations in a second; 0 is as fast as it goes."""

    label: str
    unit: str
    per_second: float


SPEEDS = (
    Speed("1 line/s", "line", 1),
    Speed("4 lines/s", "line", 4),
    Speed("1 iteration/s", "iteration", 1),
    Speed("10 iterations/s", "iteration", 10),
    Speed("100 iterations/s", "iteration", 100),
    Speed("full speed", "iteration", 0),
)


@dataclass
class Pace:
    """The speed of a run; may be changed while it goes on."""

    index: int = 1

    @property
    def speed(self) -> Speed:
        """The row of SPEEDS."""
        return SPEEDS[self.index]

    def change(self, by: int) -> Speed:
        """Faster or slower, as far as it goes."""
        self.index = min(max(self.index + by, 0), len(SPEEDS) - 1)
        return self.speed
