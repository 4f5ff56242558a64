"""Whether a printed figure is right: by the digits that it was printed with, and nothing else.

- match: the computed value, rounded to the printed digits, is the printed figure, and the figure either loses nothing
  by that or has at least EXPECTED_DIGITS significant digits.
- rounded: right to the printed digits (rounded, or cut off), but with fewer of them than a reader would expect.
- erratum: anything else.
"""

from __future__ import annotations

import math
from decimal import Decimal

from tui_nn.lessons.lesson import Verdict

EXPECTED_DIGITS = 4
"""Significant digits from which on a rounded figure is as good as the value itself: 0.7985 is, 0.80 is not."""

CUT_DIGITS = 2
"""Significant digits that a figure needs for its being cut off rather than rounded to be believable."""

EXACT = 1e-12
"""Relative (and, near 0, absolute) difference within which two numbers are the same but for floating point."""


def same(a: float, b: float) -> bool:
    """Whether two numbers are equal but for floating point."""
    return math.isclose(a, b, rel_tol=EXACT, abs_tol=EXACT)


def verdict_of(computed: float, printed: int | Decimal) -> Verdict:
    """The verdict on one printed number. A value that is not finite is matched by no figure."""
    if not math.isfinite(computed):
        return "erratum"
    if same(computed, float(printed)):
        return "match"
    figure = Decimal(printed)
    unit = Decimal(1).scaleb(int(figure.as_tuple().exponent))
    digits = len(figure.as_tuple().digits)
    off = Decimal(computed) - figure
    if abs(off) <= unit / 2:
        return "match" if digits >= EXPECTED_DIGITS else "rounded"
    is_cut = (off > 0) == (figure > 0) and abs(off) < unit and digits >= CUT_DIGITS
    return "rounded" if is_cut else "erratum"


def confirms(computed: float, right: int | Decimal) -> bool:
    """Whether `computed` is the number given as right: a whole number exactly, a decimal one to its last digit."""
    if isinstance(right, int):
        return same(computed, right)
    return math.isfinite(computed) and verdict_of(computed, right) != "erratum"


def worst(verdicts: list[Verdict]) -> Verdict:
    """The verdict on a row or matrix: an erratum if any entry is one, rounded if any is."""
    order: tuple[Verdict, ...] = ("erratum", "rounded", "match")
    return next(v for v in order if v in verdicts)
