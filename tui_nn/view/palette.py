"""Colour maps for magnitudes: diverging for what has a sign, sequential for images, each with a glyph for each level.

Blue is positive and orange negative on dark screens; blue and red on light ones. Both pairs stay apart under each
kind of colour blindness (a test simulates them). Zero is the background, so that what is large stands out.
Interpolated in CIELAB, so equal steps look equal. A palette has `levels` entries and one more, the last, for what is
not finite.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from rich.color import Color
from rich.style import Style

from tui_nn.view.colour import RGB, from_lab, lab, luminance, nearest_xterm, xterm_colours
from tui_nn.view.look import Colours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tui_nn.view.look import Look

# The stops, evenly spaced from most negative to most positive (diverging) or from nothing to all (sequential).
_DIVERGING_DARK: tuple[RGB, ...] = ((255, 176, 64), (171, 88, 0), (28, 28, 30), (0, 103, 191), (112, 200, 255))
_DIVERGING_LIGHT: tuple[RGB, ...] = ((168, 40, 0), (238, 140, 90), (250, 250, 250), (96, 160, 220), (10, 80, 175))
# With 256 colours the nearest to a dark orange or blue is a grey, and the sign is gone: these steps are chosen by hand,
# lightness one way and hue apart from the first step on. Numbers of xterm colours, from most negative to most positive.
_STEPS_DARK = (215, 214, 172, 130, 94, 52, 234, 17, 18, 25, 32, 75, 117)
_STEPS_LIGHT = (130, 166, 202, 209, 216, 223, 231, 189, 153, 111, 68, 26, 25)
_SEQUENTIAL_DARK: tuple[RGB, ...] = ((18, 18, 18), (245, 245, 245))
_SEQUENTIAL_LIGHT: tuple[RGB, ...] = ((252, 252, 252), (20, 20, 20))
_NONFINITE: RGB = (215, 0, 175)

_INK_DARK, _INK_LIGHT = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Palette:
    """One colour map of one Look, by level.

    Attributes:
        colours: the RGB of each level as the terminal has it; empty where the Look has no shades.
        fills: text on that colour, in the ink that can be read on it.
        inks: that colour as text, on no background.
        glyphs: one glyph a level: sign by family, magnitude by density.
        halves: by upper and lower level, the style of a `▀`; empty like colours.
    """

    colours: tuple[RGB, ...]
    fills: tuple[Style, ...]
    inks: tuple[Style, ...]
    glyphs: tuple[str, ...]
    halves: tuple[tuple[Style, ...], ...]

    @property
    def nonfinite(self) -> int:
        """The level of NaN and the infinities."""
        return len(self.glyphs) - 1


@cache
def diverging(look: Look) -> Palette:
    """The map for signed numbers; zero is the level in the middle."""
    middle = look.levels // 2
    glyphs = look.glyphs
    signed = [
        " " if k == 0 else _density(glyphs.positive if k > 0 else glyphs.negative, abs(k), middle)
        for k in range(-middle, middle + 1)
    ]
    wanted = _between(_DIVERGING_DARK if look.dark else _DIVERGING_LIGHT, look.levels)
    if look.colours is Colours.XTERM:
        wanted = _stepped(_STEPS_DARK if look.dark else _STEPS_LIGHT, look.levels)
    plain = [look.style("negative" if k < 0 else "positive") for k in range(-middle, middle + 1)]
    return _palette(look, wanted, signed, plain)


@cache
def sequential(look: Look) -> Palette:
    """The map for magnitudes from 0: images, counts."""
    densities = [" "] + [_density(look.glyphs.plain, k, look.levels - 1) for k in range(1, look.levels)]
    wanted = _between(_SEQUENTIAL_DARK if look.dark else _SEQUENTIAL_LIGHT, look.levels)
    return _palette(look, wanted, densities, [look.style("text")] * look.levels)


def quantise(values: NDArray[np.generic], scale: float, levels: int) -> NDArray[np.int16]:
    """Signed numbers as levels of a diverging palette: 0 for -scale, levels // 2 for zero, `levels` if not finite."""
    middle = levels // 2
    return _levels(np.asarray(values, np.float64) / (scale or 1.0) * middle + middle, levels)


def quantise_from(values: NDArray[np.generic], low: float, high: float, levels: int) -> NDArray[np.int16]:
    """Numbers as levels of a sequential palette: 0 for `low`, levels - 1 for `high`, `levels` if not finite."""
    span = (high - low) or 1.0
    return _levels((np.asarray(values, np.float64) - low) / span * (levels - 1), levels)


def magnitude(values: NDArray[np.generic]) -> float:
    """The largest finite magnitude, the usual scale of a diverging map; 1 if there is none."""
    array = np.asarray(values)
    if array.size == 0:
        return 1.0
    with np.errstate(invalid="ignore"):
        largest = max(abs(float(array.max())), abs(float(array.min())))
    if not np.isfinite(largest):
        finite = array[np.isfinite(array)]
        largest = float(np.abs(finite).max()) if finite.size else 0.0
    return largest or 1.0


def _levels(position: NDArray[np.float64], levels: int) -> NDArray[np.int16]:
    finite = np.isfinite(position)
    index = np.clip(np.rint(np.where(finite, position, 0.0)), 0, levels - 1)
    return np.where(finite, index, levels).astype(np.int16)


def _density(family: str, step: int, steps: int) -> str:
    """The glyph for `step` of 1 to `steps`."""
    return family[min((step * len(family) - 1) // steps, len(family) - 1)]


def _palette(look: Look, wanted: list[RGB], glyphs: list[str], plain: list[Style]) -> Palette:
    glyphs = [*glyphs, look.glyphs.nonfinite]
    if not look.shaded:
        inks = (*plain, look.style("nonfinite"))
        return Palette((), inks, inks, tuple(glyphs), ())
    pairs = [_available(look, rgb) for rgb in (*wanted, _NONFINITE)]
    shown = [rgb for rgb, _ in pairs]
    colours = [colour for _, colour in pairs]
    fills = tuple(Style(color=look.rgb(*_ink_on(rgb)), bgcolor=colour) for rgb, colour in pairs)
    inks = tuple(Style(color=colour) for colour in colours)
    halves = tuple(tuple(Style(color=upper, bgcolor=lower) for lower in colours) for upper in colours)
    return Palette(tuple(shown), fills, inks, tuple(glyphs), halves)


def _available(look: Look, rgb: RGB) -> tuple[RGB, Color]:
    if look.colours is Colours.TRUE:
        return rgb, Color.from_rgb(*rgb)
    number = nearest_xterm(rgb)
    return xterm_colours()[number - 16], Color.from_ansi(number)


def _between(stops: tuple[RGB, ...], count: int) -> list[RGB]:
    points = lab(np.array(stops, dtype=np.float64))
    at = np.linspace(0, len(stops) - 1, count)
    channels = [np.interp(at, np.arange(len(stops)), points[:, c]) for c in range(3)]
    rgb = np.rint(from_lab(np.stack(channels, axis=-1))).astype(int)
    return [(int(r), int(g), int(b)) for r, g, b in rgb]


def _stepped(steps: tuple[int, ...], levels: int) -> list[RGB]:
    """The steps spread over the levels; zero keeps its step for itself."""
    side, middle = len(steps) // 2, levels // 2
    offsets = [-(-abs(k) * side // middle) * (1 if k > 0 else -1) for k in range(-middle, middle + 1)]
    return [xterm_colours()[steps[side + offset] - 16] for offset in offsets]


def _ink_on(background: RGB) -> RGB:
    """The ink with the higher contrast (WCAG 2) on this background."""
    ground = luminance(background)

    def contrast(ink: RGB) -> float:
        light, dark = sorted((luminance(ink), ground), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    return max(_INK_LIGHT, _INK_DARK, key=contrast)
