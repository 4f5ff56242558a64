"""How numbers read in few cells, without misleading.

Four promises. A number that is not zero never reads as zero: 1e-9 is `1.0e-9`, not `0.0000`. In a column it keeps at
least two digits where there are cells for them: beside 17.25, 0.0058 is not 0.01. A number on its own drops trailing
zeros only where it ends there: `0.7` is 0.7, `0.7000` was rounded. What does not fit reads `###`, as in a spreadsheet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Style = Literal["integer", "fixed", "scientific"]

_PLAIN_FROM, _PLAIN_BELOW = 1e-4, 1e6  # outside, scientific reads better
_NARROW_TINY = 6  # cells of 1.0e-9
_MORE_DECIMALS = 2  # that a column takes on for their sake, at most
_MANY = 64  # numbers, for whose smallest ones a column is not made wider
_FEW = 12
_AS_GOOD = 4e-7  # a relative error that float32 has anyway


def number(value: float, *, digits: int = 4, width: int | None = None, ascii_only: bool = False) -> str:
    """One number with `digits` significant digits, in at most `width` cells (any width if None); not padded.

    A NumPy scalar is taken as exact to its own precision, so that float32 0.1 reads `0.1`.
    """
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, int | np.integer) and (width is None or len(str(value)) <= width) and abs(value) < 10**9:
        return _signed(str(int(value)), ascii_only)
    x = float(value)
    if not math.isfinite(x) or x == 0:
        text = _special(x, ascii_only)
        return text if width is None or len(text) <= width else _cut_special(x, width, ascii_only)
    tolerance = _tolerance(value)
    if width is None:
        return _signed(_readable(x, digits, tolerance), ascii_only)
    fitting = [text for text in _spellings(x, digits, tolerance) if len(text) <= width]
    if not fitting:
        return "#" * width
    exact = next((text for text in fitting if abs(float(text) - x) <= tolerance * abs(x)), None)
    return _signed(exact or max(fitting, key=_significant), ascii_only)


@dataclass(frozen=True, slots=True)
class Format:
    """One format for a column or a matrix: `write` gives exactly `width` cells, aligned at the decimal point.

    What has fewer than `least` significant digits so, and does not end there, is written in its own form.
    """

    style: Style
    decimals: int
    width: int
    ascii_only: bool = False
    least: int = 2

    def write(self, value: float) -> str:
        """The value in `width` cells: a lone `0` for zero; its own form for what would mislead."""
        x = float(value)
        if x == 0:
            tail = " " * (self.decimals + 1 if self.style == "fixed" and self.decimals else 0)
            return ("0" + tail).rjust(self.width)[-self.width :] if self.width > len(tail) else "0".rjust(self.width)
        if not math.isfinite(x):
            return number(x, width=self.width, ascii_only=self.ascii_only).rjust(self.width)
        text = _scientific(x, self.decimals) if self.style == "scientific" else f"{x:.{self.decimals}f}"
        fits, kept = len(text) <= self.width, _significant(text)
        if fits and (self.style == "scientific" or kept >= self.least or abs(float(text) - x) <= _AS_GOOD * abs(x)):
            return _signed(text, self.ascii_only).rjust(self.width)
        own = number(value, width=self.width, ascii_only=self.ascii_only)
        if fits and kept and ("#" in own or _significant(_plain(own)) < kept):
            own = _signed(text, self.ascii_only)
        return own.rjust(self.width)


def column_format(values: ArrayLike, *, digits: int = 4, max_width: int = 10, ascii_only: bool = False) -> Format:
    """The common format of these numbers: `digits` significant digits of the largest, or fewer if all end there.

    Args:
        values: numbers of any shape; non-finite ones take part only with their width.
        digits: significant digits of the largest magnitude.
        max_width: cells that a number may take, sign included.
        ascii_only: whether `−`, `∞` must be written in ASCII.
    """
    array = np.asarray(values)
    flat = array.astype(np.int8).ravel() if array.dtype == np.bool_ else array.ravel()
    finite = flat[np.isfinite(flat)] if flat.dtype.kind == "f" else flat
    special = 0 if finite.size == flat.size else (4 if ascii_only else 3)
    if finite.size == 0 or not finite.any():
        return Format("integer", 0, min(max(special, 1), max_width), ascii_only)
    low, high = float(finite.min()), float(finite.max())
    largest = max(-low, high)
    sign = 1 if low < 0 else 0
    if largest < _PLAIN_BELOW and _exact(finite, 0):
        return Format("integer", 0, min(max(len(f"{largest:.0f}") + sign, special), max_width), ascii_only)
    if not _PLAIN_FROM <= largest < _PLAIN_BELOW:
        return _scientific_format(finite, digits, max_width, ascii_only)
    decimals = _decimals(finite, largest, digits, max_width - sign)
    width = len(f"{largest:.{decimals}f}") + sign
    while width > max_width and decimals > max(1 - math.floor(math.log10(largest)), 1):
        width, decimals = width - 1, decimals - 1
    if width > max_width:
        return _scientific_format(finite, digits, max_width, ascii_only)
    least = _least(digits)
    width = max(width, _own_width(finite, decimals, least), special)
    return Format("fixed", decimals, min(width, max_width), ascii_only, least)


def _least(digits: int) -> int:
    """Significant digits that a column's small numbers keep, where the largest has so many."""
    return max(2, digits // 2)


def _decimals(finite: NDArray[np.generic], largest: float, digits: int, max_width: int) -> int:
    """Enough for the largest number's digits; more where few more are enough for each of the others, and fit."""
    exponent = math.floor(math.log10(largest))
    full = max(digits - 1 - exponent, 2 if exponent < 4 else 1)
    common = finite[np.abs(finite) >= 0.5 * 10.0**-full]
    usual = next((d for d in range(full) if _exact(common, d)), full)
    most = min(full + _MORE_DECIMALS, max_width - len(f"{largest:.0f}") - 1)
    smallest = float(np.abs(finite[finite != 0]).min())
    if finite.size > _MANY or -math.floor(math.log10(smallest)) > most:
        return usual  # there is no pleasing all of them: what is too small is written in its own way
    needed = _needed(finite, digits)
    return max(usual, needed) if needed <= most else usual


def _needed(finite: NDArray[np.generic], digits: int) -> int:
    """Decimals with which each number is exact, if it is with fewer digits, or else keeps the least digits."""
    numbers = finite[finite != 0].astype(np.float64)
    exponents = np.floor(np.log10(np.abs(numbers))).astype(int)
    needed = np.maximum(_least(digits) - 1 - exponents, 0)
    for kept in range(digits - 1, 0, -1):
        unit = 10.0 ** (kept - 1 - exponents)
        ends = np.abs(np.round(numbers * unit) / unit - numbers) <= _tolerance(finite) * np.abs(numbers)
        needed = np.where(ends, np.maximum(kept - 1 - exponents, 0), needed)
    return int(needed.max())


def _scientific_format(finite: NDArray[np.generic], digits: int, max_width: int, ascii_only: bool) -> Format:
    magnitudes = np.abs(finite[finite != 0]).astype(np.float64)
    ends = (float(magnitudes.min()), float(magnitudes.max()))
    sign = 1 if float(finite.min()) < 0 else 0
    with np.errstate(all="ignore"):  # subnormal numbers have no mantissa here: they keep all digits
        mantissas = magnitudes / 10.0 ** np.floor(np.log10(magnitudes))
    short = next((d for d in range(1, digits - 1) if _exact(mantissas.astype(finite.dtype), d)), digits - 1)
    for decimals in range(short, -1, -1):
        width = max(len(_scientific(x, decimals)) for x in ends) + sign
        if width <= max_width:
            return Format("scientific", decimals, width, ascii_only)
    return Format("scientific", 0, max_width, ascii_only)


def _own_width(finite: NDArray[np.generic], decimals: int, least: int) -> int:
    """Cells for those that keep too few digits with so many decimals: three digits where there are not many of them."""
    small = finite[(np.abs(finite) < 10.0 ** (least - 1 - decimals)) & (finite != 0)]
    if small.size == 0 or _exact(small, decimals):
        return 0
    if small.size <= _FEW:
        return max(len(number(x, digits=3)) for x in small)
    return _NARROW_TINY + int(small.min() < 0)


def _exact(finite: NDArray[np.generic], decimals: int) -> bool:
    """Whether all of them end at this decimal. A sample decides most cases without touching a large array."""
    if finite.dtype.kind in "iu":
        return True
    for part in (finite[:: max(1, finite.size // 256)], finite):
        x = part.astype(np.float64)
        with np.errstate(all="ignore"):  # too large to be rounded: a whole number
            inexact = np.abs(np.round(x, decimals) - x) > _tolerance(finite) * np.abs(x)
        if inexact.any():
            return False
    return True


def _tolerance(value: object) -> float:
    """The relative error below which a decimal counts as the number itself: a few units of the type's precision."""
    kind = getattr(value, "dtype", np.dtype(np.float64))
    return {2: 2e-3, 4: 4e-7}.get(kind.itemsize, 1e-12) if kind.kind == "f" else 1e-12


def _readable(x: float, digits: int, tolerance: float) -> str:
    """The spelling for prose and cards: fixed in the usual range, scientific outside."""
    if _PLAIN_FROM <= abs(x) < _PLAIN_BELOW:
        return _fixed(x, digits, tolerance)
    return _scientific(x, _short_mantissa(x, digits, tolerance))


def _spellings(x: float, digits: int, tolerance: float) -> list[str]:
    """From the most digits to the fewest; at equal digits fixed stands before scientific."""
    spellings = []
    for d in range(digits, 0, -1):
        if abs(x) < 1e15:
            spellings.append(_fixed(x, d, tolerance))
        spellings.append(_scientific(x, min(d - 1, max(_short_mantissa(x, digits, tolerance), 0))))
    spellings.append(_scientific(x, 0))
    preferred = (
        spellings if _PLAIN_FROM <= abs(x) < _PLAIN_BELOW else sorted(spellings, key=lambda text: "e" not in text)
    )
    return [text for text in preferred if text.split("e")[0].strip("-0.")]


def _fixed(x: float, digits: int, tolerance: float) -> str:
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(x))))
    short = next((d for d in range(decimals) if abs(round(x, d) - x) <= tolerance * abs(x)), decimals)
    return f"{x:.{short}f}"


def _short_mantissa(x: float, digits: int, tolerance: float) -> int:
    for d in range(1, digits - 1):
        if abs(float(f"{x:.{d}e}") - x) <= tolerance * abs(x):
            return d
    return max(digits - 1, 0)


def _scientific(x: float, decimals: int) -> str:
    mantissa, exponent = f"{x:.{decimals}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _significant(text: str) -> int:
    """Significant digits of a spelling. 1200 has four: none of them is wrong."""
    return len(text.split("e")[0].lstrip("-").replace(".", "").lstrip("0"))


def _special(x: float, ascii_only: bool) -> str:
    if x == 0:
        return "0"
    if math.isnan(x):
        return "NaN"
    return _signed(("-" if x < 0 else "") + ("inf" if ascii_only else "∞"), ascii_only)


def _cut_special(x: float, width: int, ascii_only: bool) -> str:
    return ("!" if ascii_only else "✗")[:width] if math.isnan(x) or width < 2 else "#" * width


def _plain(text: str) -> str:
    return text.replace("−", "-")


def _signed(text: str, ascii_only: bool) -> str:
    """A mantissa's minus as wide as a plus; the exponent keeps the plain one."""
    return "−" + text[1:] if text.startswith("-") and not ascii_only else text
