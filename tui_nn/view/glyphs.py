"""The two glyph sets: Unicode, and ASCII for terminals, fonts and encodings that have nothing else.

Sign is a *family* of glyphs and magnitude is its density, so that both can be read without any colour: blocks are
positive and dots negative; in ASCII, crosses are positive and strokes negative. The families share no glyph.
"""

from __future__ import annotations

from dataclasses import dataclass

Arms = int
"""Which arms a line cell has: a sum of UP, DOWN, LEFT, RIGHT."""

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Every sign that the views draw; one cell each, except the words."""

    minus: str
    infinity: str
    ellipsis: str
    above: str  # more rows than are shown
    before: str  # more to the left, and to the right, than is shown
    after: str
    diagonal: str  # more of both in a matrix; '' where there is no such sign
    unknown: str  # not computed yet
    changed: str
    cursor: tuple[str, str]
    arrow: str
    gradient: str
    times: str
    node: tuple[str, str]  # a positive and a negative (or zero) activation
    positive: str  # densities, lightest first
    negative: str
    plain: str  # densities without a sign, lightest first
    nonfinite: str
    below: str  # a number that an axis does not reach down to
    markers: str  # one a series
    bars: str  # eighths, lowest first
    lines: str  # by Arms, 0 to 15
    junction: str  # four arms of one line; a crossing of two lines is lines[15]
    frame: tuple[str, str, str, str, str]  # y axis with a tick, y axis, corner, x axis, x axis with a tick
    position: str  # where on the axis


UNICODE = Glyphs(
    minus="−",
    infinity="∞",
    ellipsis="…",
    above="⋮",
    before="‹",
    after="›",
    diagonal="⋱",
    unknown="·",
    changed="•",
    cursor=("[", "]"),
    arrow="▸",
    gradient="∂",
    times="×",
    node=("●", "○"),
    positive="░▒▓█",
    negative="∙•○●",
    plain="░▒▓█",
    nonfinite="✗",
    below="▾",
    markers="●▲■◆▼✚",
    bars="▁▂▃▄▅▆▇█",
    lines=" ╵╷│╴╯╮┤╶╰╭├─┴┬┼",
    junction="●",
    frame=("┤", "│", "└", "─", "┬"),
    position="▲",
)

ASCII = Glyphs(
    minus="-",
    infinity="inf",
    ellipsis="~",
    above=":",
    before="<",
    after=">",
    diagonal="",
    unknown=".",
    changed="*",
    cursor=("[", "]"),
    arrow=">",
    gradient="d",
    times="x",
    node=("#", "o"),
    positive="+x*#",
    negative="-~=%",
    plain=".:oO",
    nonfinite="!",
    below="v",
    markers="ox+*#@",
    bars="_.-~=+*#",
    lines=" |||-+++-+++-+++",
    junction="+",
    frame=("+", "|", "+", "-", "+"),
    position="^",
)
