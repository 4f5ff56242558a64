"""The way through the numbers: from the one that was looked at first, operand by operand, down to the inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_nn.tui.snapshot import Focus


@dataclass(frozen=True, slots=True)
class Trail:
    """Foci, the latest last. An empty trail follows the current line."""

    foci: tuple[Focus, ...] = ()

    @property
    def focus(self) -> Focus | None:
        """What is looked at; None follows."""
        return self.foci[-1] if self.foci else None

    def open(self, focus: Focus, come_from: Focus | None) -> Trail:
        """One step deeper; where the trail only followed, from what it followed to."""
        foci = self.foci or ((come_from,) if come_from is not None else ())
        return Trail((*foci, focus))

    def back(self) -> Trail:
        """One step back; the first stays."""
        return Trail(self.foci[:-1]) if len(self.foci) > 1 else self

    def at_index(self, index: tuple[int, ...], come_from: Focus | None) -> Trail:
        """Another entry of the same tensor."""
        focus = self.focus or come_from
        return self if focus is None else Trail((*self.foci[:-1], replace(focus, index=index)))

    def kept(self) -> Trail:
        """The first of the trail, as it is now and not when it was opened."""
        return Trail((replace(self.foci[0], at=None),)) if self.foci else self
