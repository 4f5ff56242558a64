"""Points of a curve that grows: as many are kept as can be told apart on a screen, spread over all of it."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST = 4096


@dataclass(frozen=True, slots=True)
class Trace:
    """A curve at one moment: ascending places, and the values there."""

    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()


@dataclass
class Points:
    """Takes points one by one; where there are `most` of them, every other one goes and every other one is taken."""

    most: int = MOST
    _x: list[float] = field(default_factory=list)
    _y: list[float] = field(default_factory=list)
    _stride: int = 1
    _seen: int = 0
    _trace: Trace | None = None

    def add(self, x: float, y: float) -> None:
        """The next point."""
        if self._seen % self._stride == 0:
            self._x.append(x)
            self._y.append(y)
            self._trace = None
            if len(self._x) >= self.most:
                self._x, self._y = self._x[::2], self._y[::2]
                self._stride *= 2
        self._seen += 1

    @property
    def trace(self) -> Trace:
        """What there is by now; the same object until a point is added."""
        if self._trace is None:
            self._trace = Trace(tuple(self._x), tuple(self._y))
        return self._trace
