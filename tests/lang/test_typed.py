"""Whatever name the Unicode writer writes is read back; what it would write for two names is left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_nn.lang.notation import GREEK, MARKS
from tui_nn.lang.typed import typed
from tui_nn.lang.unicode import unicode_name

STEMS = st.sampled_from(["w", "W", "L", "x", *GREEK])
ONE_NAME = st.builds(
    lambda stem, mark, digits: stem + mark + digits,
    STEMS, st.sampled_from(["", *(f"_{m}" for m in MARKS)]), st.sampled_from(["", "0", "1", "12"]),
)  # fmt: skip
NAMES = st.lists(ONE_NAME, min_size=1, max_size=8, unique_by=unicode_name)


@given(NAMES, st.sampled_from(["NFC", "NFD"]))
def test_what_is_written_is_read(names, form):
    gradients = {f"d{name}": name for name in names}
    for name in names:
        shown = unicode_name(name)
        for text, wanted in ((shown, name), (f"∂J/∂{shown}", f"d{name}")):
            assert typed(unicodedata.normalize(form, text), [*names, *gradients], gradients, "J") == wanted


def test_names_are_read_within_an_expression():
    names = ["w1", "w11", "dw1", "m_hat.w1", "L", "lr"]
    gradients = {"dw1": "w1"}
    for text, wanted in (
        ("abs(∂L/∂w₁) > w₁₁ * 2", "abs(dw1) > w11 * 2"),
        ("m̂.w₁/w₁", "m_hat.w1/w1"),
        ("abs(dw1) > 1e-3", "abs(dw1) > 1e-3"),
        ("∂L/∂w₂ + w₁₂", "∂L/∂w₂ + w₁₂"),
        ("aw₁", "aw₁"),
    ):
        assert typed(text, names, gradients, "L") == wanted


@pytest.mark.parametrize("names", [["w1", "w_1"], ["θ", "theta"]])
def test_what_two_names_would_be_written_as_stays(names):
    shown = unicode_name(names[0])
    assert typed(shown, names, {}, "") == shown
