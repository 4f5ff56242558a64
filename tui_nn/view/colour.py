"""Colour science for the palettes: sRGB, CIELAB, and the xterm colour that looks nearest.

Rich's own reduction to 256 colours compares in RGB and shifts hues (greens and magentas among blues); in CIELAB the
nearest is the one that looks nearest. Formulas: IEC 61966-2-1 (sRGB) and CIE 15 (CIELAB, white point D65).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]
Floats = NDArray[np.float64]

_RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _RGB_TO_XYZ.sum(axis=1)
_CUBE = (0, 95, 135, 175, 215, 255)


def linear(rgb: Floats) -> Floats:
    """sRGB (0 to 255) as linear light (0 to 1), element by element."""
    unit = np.asarray(rgb, dtype=np.float64) / 255.0
    return np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)


def encoded(light: Floats) -> Floats:
    """Linear light (0 to 1, clipped) as sRGB (0 to 255), element by element."""
    light = np.clip(light, 0.0, 1.0)
    return 255.0 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def lab(rgb: Floats) -> Floats:
    """CIELAB of sRGB colours, shape (..., 3)."""
    ratio = linear(rgb) @ _RGB_TO_XYZ.T / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def from_lab(colours: Floats) -> Floats:
    """sRGB (0 to 255, not rounded) of CIELAB colours, shape (..., 3); what lies outside the gamut is clipped."""
    fy = (colours[..., 0] + 16) / 116
    f = np.stack([fy + colours[..., 1] / 500, fy, fy - colours[..., 2] / 200], axis=-1)
    ratio = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    return encoded((ratio * _WHITE) @ np.linalg.inv(_RGB_TO_XYZ).T)


def luminance(rgb: RGB) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG 2 defines it for contrast."""
    return float(linear(np.array(rgb, dtype=np.float64)) @ _RGB_TO_XYZ[1])


@cache
def xterm_colours() -> tuple[RGB, ...]:
    """The 240 colours of xterm that are the same everywhere: numbers 16 to 255 (the first 16 are the user's)."""
    cube = tuple((r, g, b) for r in _CUBE for g in _CUBE for b in _CUBE)
    return cube + tuple((8 + 10 * i,) * 3 for i in range(24))


@cache
def _xterm_lab() -> Floats:
    return lab(np.array(xterm_colours(), dtype=np.float64))


@cache
def nearest_xterm(rgb: RGB) -> int:
    """The number (16 to 255) of the xterm colour with the smallest CIELAB distance."""
    distance = _xterm_lab() - lab(np.array(rgb, dtype=np.float64))
    return 16 + int(np.argmin((distance * distance).sum(axis=-1)))
