"""Colour maps: signs stay apart for every eye and terminal, text on them can be read, levels are the numbers'."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem

from tests.view.looks import LOOKS, name
from tui_nn.view.colour import encoded, lab, linear, luminance, nearest_xterm, xterm_colours
from tui_nn.view.look import Colours, Look
from tui_nn.view.palette import diverging, magnitude, quantise, quantise_from, sequential

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "none": np.eye(3).tolist(),
}
SHADED = [look for look in LOOKS if look.shaded and not look.ascii_only] + [Look(levels=11)]


@pytest.mark.parametrize(
    ("rgb", "expected"),  # from the definition, as tabulated by Lindbloom for D65
    [
        ((255, 255, 255), (100.0, 0.0, 0.0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_lab_of_known_colours(rgb: tuple[int, int, int], expected: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(lab(np.array(rgb, float)), expected, atol=0.02)


def test_xterm_colours_are_where_they_should_be() -> None:
    assert [nearest_xterm(c) for c in ((0, 0, 0), (255, 255, 255), (255, 0, 0), (95, 135, 175))] == [16, 231, 196, 67]
    assert xterm_colours()[232 - 16] == (8, 8, 8)
    assert xterm_colours()[255 - 16] == (238, 238, 238)


@pytest.mark.parametrize("look", SHADED, ids=name)
@pytest.mark.parametrize("kind", BLINDNESS)
def test_signs_stay_apart_for_every_eye(look: Look, kind: str) -> None:
    seen = np.array(diverging(look).colours[:-1], float)
    middle = len(seen) // 2
    simulated = lab(encoded(linear(seen) @ np.array(BLINDNESS[kind]).T))
    strong = [k for k in range(1, middle + 1) if k / middle >= 0.2]
    apart = [float(np.linalg.norm(simulated[middle + k] - simulated[middle - k])) for k in strong]
    assert min(apart) > 30  # a just noticeable difference is about 2.3


@pytest.mark.parametrize("look", SHADED, ids=name)
def test_text_on_a_colour_can_be_read(look: Look) -> None:
    for palette in (diverging(look), sequential(look)):
        for rgb, style in zip(palette.colours, palette.fills, strict=True):
            assert style.color is not None
            ink = luminance(tuple(style.color.get_truecolor()))
            light, dark = max(ink, luminance(rgb)), min(ink, luminance(rgb))
            assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2, level AA


@pytest.mark.parametrize("look", SHADED, ids=name)
def test_zero_is_near_the_background_and_strength_grows_from_it(look: Look) -> None:
    lightness = lab(np.array(diverging(look).colours[:-1], float))[:, 0]
    middle = len(lightness) // 2
    away = lightness - lightness[middle] if look.dark else lightness[middle] - lightness
    for side in (away[middle:], away[middle::-1]):
        assert (np.diff(side) > -6).all()  # 256 colours have no even steps
        assert side[-1] > 25


@pytest.mark.parametrize("dark", [True, False])
def test_256_colours_survive_the_way_through_true_colour(dark: bool) -> None:
    """Textual turns numbered colours into RGB, and Rich turns that into 256 colours again."""
    for style in diverging(Look(Colours.XTERM, dark=dark)).inks:
        assert style.color is not None
        there_and_back = Color.from_rgb(*style.color.get_truecolor()).downgrade(ColorSystem.EIGHT_BIT)
        assert there_and_back.number == style.color.number


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_sign_is_a_family_of_glyphs_and_magnitude_a_density(look: Look) -> None:
    glyphs = diverging(look).glyphs
    middle = look.levels // 2
    negative, positive = set(glyphs[:middle]), set(glyphs[middle + 1 : -1])
    assert glyphs[middle] == " "
    assert len(negative) == len(positive) == 4
    assert not negative & positive
    assert glyphs[-1] not in negative | positive | {" "}
    assert not look.ascii_only or "".join(glyphs).isascii()


@pytest.mark.parametrize("colours", [Colours.ANSI, Colours.NONE])
def test_poor_terminals_have_two_colours_or_none(colours: Colours) -> None:
    palette = diverging(Look(colours))
    middle = len(palette.inks) // 2
    ends = {palette.inks[0].color, palette.inks[-2].color}
    assert len(ends) == (2 if colours is Colours.ANSI else 1)
    assert (colours is Colours.NONE) == (ends == {None})
    assert middle


@given(st.floats(-3, 3), st.sampled_from([3, 11, 33]))
def test_levels_of_signed_numbers(value: float, levels: int) -> None:
    (level,) = quantise(np.array([value]), 2.0, levels).tolist()
    centre = (level - levels // 2) / (levels // 2) * 2.0  # what the level stands for
    clipped = min(max(value, -2.0), 2.0)
    assert abs(centre - clipped) <= 2.0 / (levels // 2) / 2 + 1e-12


def test_levels_of_what_is_not_finite() -> None:
    odd = np.array([np.nan, np.inf, -np.inf, 0.0])
    assert quantise(odd, 1.0, 33).tolist() == [33, 33, 33, 16]
    assert quantise_from(odd, 0.0, 1.0, 33).tolist() == [33, 33, 33, 0]


def test_magnitude() -> None:
    assert magnitude(np.array([1.0, -3.0, np.nan, np.inf])) == 3.0
    assert magnitude(np.array([])) == magnitude(np.zeros(3)) == magnitude(np.array([np.nan])) == 1.0
    assert magnitude(np.array([-7, 2])) == 7.0
