"""A Look: what the terminal at hand can show, and the styles that follow. Passed to each view, never a global.

Rich caches a style's escape sequence for the first colour system that prints it, so styles are made once *per Look*
and are never shared between Looks. The attribute `dim` is not used: terminals disagree about it, and Textual's
filters need a colour for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Literal

from rich.color import Color
from rich.style import Style

from tui_nn.view.colour import nearest_xterm
from tui_nn.view.glyphs import ASCII, UNICODE, Glyphs
from tui_nn.view.number import number
from tui_nn.view.text import clean, to_ascii

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colours(Enum):
    """How many colours the terminal has."""

    TRUE = "truecolor"
    XTERM = "256"
    ANSI = "16"
    NONE = "none"


Role = Literal[
    "text",
    "dim",
    "header",
    "title",
    "axis",
    "cursor",
    "changed",
    "mark",
    "pointed",
    "current",
    "accent",
    "positive",
    "negative",
    "nonfinite",
    "gradient",
    "panel",
]


@dataclass(frozen=True, slots=True)
class Look:
    """Colours, background and glyphs of one screen. `levels` (odd) is how fine colour maps are: 11 for slow links."""

    colours: Colours = Colours.TRUE
    dark: bool = True
    ascii_only: bool = False
    levels: int = 33

    def __post_init__(self) -> None:
        if self.levels < 3 or self.levels % 2 == 0:
            raise ValueError(f"levels must be odd and at least 3, so that one of them is zero; got {self.levels}")

    @property
    def glyphs(self) -> Glyphs:
        """The glyph set."""
        return ASCII if self.ascii_only else UNICODE

    @property
    def shaded(self) -> bool:
        """Whether magnitudes can be shades of colour; otherwise they are densities of glyphs."""
        return self.colours in (Colours.TRUE, Colours.XTERM)

    @property
    def pixels(self) -> bool:
        """Whether a cell can hold two pixels (half blocks in shades)."""
        return self.shaded and not self.ascii_only

    def style(self, role: Role) -> Style:
        """The style of a role; the same object each time."""
        return _role_style(self, role)

    def series(self, index: int) -> Style:
        """The style of the `index`-th series of a plot; colours repeat after six, markers tell the rest."""
        return _series_style(self, index % 6)

    def text(self, text: str) -> str:
        """Text from a file or a person as it may be drawn: controls visible, and in ASCII where the glyph set is."""
        return to_ascii(clean(text)) if self.ascii_only else clean(text)

    def number(self, value: float, *, digits: int = 4, width: int | None = None) -> str:
        """One number, not padded; see `number.number`."""
        return number(value, digits=digits, width=width, ascii_only=self.ascii_only)

    def rgb(self, red: int, green: int, blue: int) -> Color | None:
        """This colour as the terminal has it: exact, the nearest of 256 (in CIELAB), or None."""
        if self.colours is Colours.TRUE:
            return Color.from_rgb(red, green, blue)
        if self.colours is Colours.XTERM:
            return Color.from_ansi(nearest_xterm((red, green, blue)))
        return None


def detect(environment: Mapping[str, str], *, dark: bool = True, slow: bool = False) -> Look:
    """The Look of the terminal that these environment variables describe.

    NO_COLOR (any text) switches colour off; COLORTERM and TERM say how many there are; a locale that is not UTF-8,
    or a terminal without the glyphs (`linux`, `dumb`), gets ASCII. `slow` draws heat maps with 11 levels.
    """
    term = environment.get("TERM", "").lower()
    locale = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    utf8 = locale.lower().replace("-", "").endswith("utf8") or (not locale and term not in ("", "dumb"))
    return Look(
        colours=_colours(environment, term),
        dark=dark,
        ascii_only=not utf8 or term in ("linux", "dumb"),
        levels=11 if slow else 33,
    )


def _colours(environment: Mapping[str, str], term: str) -> Colours:
    if environment.get("NO_COLOR") or term in ("", "dumb"):
        return Colours.NONE
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct"):
        return Colours.TRUE
    return Colours.XTERM if "256" in term or term in _RICH_TERMINALS else Colours.ANSI


_RICH_TERMINALS = frozenset({"xterm-kitty", "alacritty", "wezterm", "xterm-ghostty", "foot"})

# Role -> (on dark, on light, in 16 colours on dark, on light, attributes). Attributes serve where colour is missing.
# Words have at least 4.5 times the luminance of what they stand on, or the other way round, headlines' grounds too.
_ROLES: dict[Role, tuple[str, str, str, str, str]] = {
    "text": ("", "", "", "", ""),
    "dim": ("#9e9e9e", "#585858", "bright_black", "bright_black", ""),
    "header": ("#b2b2b2", "#3a3a3a", "", "", ""),
    "title": ("", "", "", "", "bold"),
    "axis": ("#767676", "#767676", "bright_black", "bright_black", ""),
    "cursor": ("", "", "", "", "bold reverse"),
    "changed": ("#ffd75f", "#005f00", "bright_yellow", "magenta", "bold"),
    "mark": ("", "", "", "", "bold"),
    "pointed": ("", "", "", "", "bold underline"),
    "current": ("#5fd7d7", "#005f87", "bright_cyan", "blue", "bold"),
    "accent": ("#5fd7d7", "#005f87", "bright_cyan", "blue", ""),
    "positive": ("#5fafff", "#1a5090", "bright_cyan", "blue", ""),
    "negative": ("#ff9f40", "#b2182b", "yellow", "red", ""),
    "gradient": ("#c9a2ff", "#5f2fa8", "bright_magenta", "magenta", ""),
    "panel": ("", "", "", "", ""),
    "nonfinite": ("#ff5fd7", "#9c0078", "bright_magenta", "magenta", "bold reverse"),
}

# Okabe and Ito's colours, told apart in each kind of colour blindness; lighter on dark screens, darker on light ones.
_SERIES: tuple[tuple[str, str, str], ...] = (
    ("#56b4e9", "#0072b2", "cyan"),
    ("#e69f00", "#b35900", "yellow"),
    ("#2fc79a", "#00805c", "green"),
    ("#e58fbe", "#a8457f", "magenta"),
    ("#f0e442", "#7a6a00", "blue"),
    ("#d0d0d0", "#444444", "red"),
)


@cache
def _role_style(look: Look, role: Role) -> Style:
    dark, light, ansi_dark, ansi_light, attributes = _ROLES[role]
    named = _named(look, dark if look.dark else light, ansi_dark if look.dark else ansi_light)
    return Style.parse(attributes or "none") + Style(color=named, bgcolor=_panel(look) if role == "panel" else None)


@cache
def _series_style(look: Look, index: int) -> Style:
    dark, light, ansi = _SERIES[index]
    return Style(color=_named(look, dark if look.dark else light, ansi))


def _panel(look: Look) -> Color | None:
    """The background of a box, a little off the screen's; none without shades."""
    return look.rgb(*((38, 41, 48) if look.dark else (232, 236, 242)))


def _named(look: Look, rgb: str, ansi: str) -> Color | None:
    if look.colours is Colours.ANSI:
        return Color.parse(ansi) if ansi else None
    return look.rgb(*bytes.fromhex(rgb[1:])) if rgb else None
